# Keeps the original as it is, and notes what was not in the image. `begin.py` gives `stage`, `folders` and `users`.
# What C code or another program opens is not seen, nor what is reached by another name than the stage's, or by an open
# folder (`dir_fd`) other than by shutil.rmtree.

import os
import posix
import sys

PACKED_FILE, PACKED_FOLDER, LEFT_FILE, LEFT_FOLDER, LEFT_LIBRARY = range(5)
LEFT = (LEFT_FILE, LEFT_FOLDER, LEFT_LIBRARY)
WRITING = posix.O_WRONLY | posix.O_RDWR | posix.O_CREAT | posix.O_TRUNC | posix.O_APPEND
# Of errno.h on every Linux; the module may not be imported yet, and stays so.
EROFS = 30
BELOW = stage + "/"  # noqa: F821
OWN = BELOW + ".pharos/"
USERS = tuple(root + "/" for root in users)  # noqa: F821

noted = set()
# How often this process has changed what may be in a folder of the user's, or has started another: finders look again then.
changes = [0]
# Whether the working folder may be below the stage. Else a path that is not absolute is none of ours.
is_inside = [False]


def text_of(path):
    """As text, absolute and without `..`, where it is a path below the stage."""
    if type(path) is not str:
        if path is None or isinstance(path, int):
            return None
        try:
            path = posix.fspath(path)
        except TypeError:
            return None
        if isinstance(path, bytes):
            path = path.decode(sys.getfilesystemencoding(), "surrogateescape")
    if is_inside[0] and not path.startswith("/"):
        path = below_working_folder(path)
    if not path.startswith(BELOW):
        return None
    if "/." in path or "//" in path:
        # Links of the stage lead to folders of the same depth or out of it: what is written is where it leads, nearly.
        path = os.path.normpath(path)
    return path if path.startswith(BELOW) and not path.startswith(OWN) else None


def below_working_folder(path):
    try:
        path = posix.getcwd() + "/" + path
    except OSError:
        return path
    # A folder that was entered through a link back is known by its original name only.
    is_own = path.startswith(BELOW) or path.startswith(USERS)
    return path if is_own else stage + path  # noqa: F821


def left_behind(path):
    """(whether it is a link back itself, whether it is below one), of a path below the stage."""
    folder, _, last = path[len(stage) :].rpartition("/")  # noqa: F821
    names = folders.get(folder)  # noqa: F821
    if names is not None:
        return names.get(last) in LEFT, False
    name = None
    while folder:
        folder, _, name = folder.rpartition("/")
        names = folders.get(folder)  # noqa: F821
        if names is not None:
            break
    if names is None or names.get(name) == PACKED_FOLDER:
        return followed(path)
    return False, names.get(name) == LEFT_FOLDER


def followed(path):
    """The same, of a path through a link that stays in the stage, such as `lib64`."""
    folder, _, last = path.rpartition("/")
    real = os.path.realpath(folder)
    if not (real + "/").startswith(BELOW):
        return False, True
    names = folders.get(real[len(stage) :])  # noqa: F821
    return (names is not None and names.get(last) in LEFT), False


def is_left_library(original):
    """Whether it was left out of the image on purpose, for its cost there."""
    folder, _, last = original.rpartition("/")
    return folders.get(folder, {}).get(last) == LEFT_LIBRARY  # noqa: F821


def note(original):
    """Writes down, once a process, what was used and is not in the image."""
    if original in noted or is_left_library(original):
        return
    noted.add(original)
    try:
        flags = posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND | posix.O_CLOEXEC
        descriptor = posix.open("%smisses/%d" % (OWN, posix.getpid()), flags, 0o600)
        try:
            posix.write(descriptor, (original + "\n").encode(sys.getfilesystemencoding(), "surrogateescape"))
        finally:
            posix.close(descriptor)
    except OSError:
        pass  # the stage may be gone or full: a note is not worth a job


def refuse(path):
    raise OSError(EROFS, posix.strerror(EROFS), path)


def count_change(path):
    """Elsewhere than in the user's own folders nothing that is written can become a module of theirs."""
    if type(path) is not str or not path.startswith("/") or path.startswith(USERS):
        changes[0] += 1


def on_open(arguments):
    path = arguments[0]
    flags = arguments[2] if len(arguments) > 2 else None
    is_writing = type(flags) is int and flags & WRITING
    if is_writing:
        count_change(path)
    if type(path) is str and not is_inside[0] and not path.startswith(BELOW):
        return
    path = text_of(path)
    if path is not None and any(left_behind(path)):
        if is_writing:
            refuse(path)
        note(path[len(stage) :])  # noqa: F821


def on_load(arguments):
    path = text_of(arguments[0])
    if path is not None and any(left_behind(path)):
        note(path[len(stage) :])  # noqa: F821


def on_change(arguments):
    """What follows a link: its target would change."""
    path = text_of(arguments[0])
    if path is not None and any(left_behind(path)):
        refuse(path)


def check_name(path):
    path = text_of(path)
    if path is not None and left_behind(path)[1]:
        refuse(path)


def on_name(arguments):
    """What changes a folder: a link back itself is the stage's own."""
    count_change(arguments[0])
    check_name(arguments[0])


def on_two_names(arguments):
    on_name(arguments)
    count_change(arguments[1])
    check_name(arguments[1])


def on_link(arguments):
    """The first argument is what the new name leads to."""
    count_change(arguments[1])
    check_name(arguments[1])


def on_start(arguments):
    changes[0] += 1


def on_move(arguments):
    """Of the working folder, which may be given as an open one."""
    path = arguments[0]
    is_inside[0] = is_inside[0] or type(path) is not str or not path.startswith("/") or path.startswith(BELOW[:-1])


def look_where_we_are():
    try:
        is_inside[0] = (posix.getcwd() + "/").startswith(BELOW)
    except OSError:
        pass  # it is gone: nothing relative is found


look_where_we_are()

# https://docs.python.org/3/library/audit_events.html
HANDLERS = {
    "open": on_open,
    "ctypes.dlopen": on_load,
    "os.truncate": on_change,
    "os.chmod": on_change,
    "os.chown": on_change,
    "os.utime": on_change,
    "os.setxattr": on_change,
    "os.removexattr": on_change,
    "os.mkdir": on_name,
    "os.rmdir": on_name,
    "os.remove": on_name,
    "os.rename": on_two_names,
    "os.link": on_two_names,
    "os.symlink": on_link,
    "os.chdir": on_move,
    "os.fork": on_start,
    "os.posix_spawn": on_start,
    "os.system": on_start,
    "shutil.rmtree": on_name,
    "subprocess.Popen": on_start,
}


def handlers(before_import):
    def on_import(arguments):
        """Of an extension module the event tells the file, of others it comes before they are looked for."""
        if arguments[1] is not None:
            on_load(arguments[1:])
        elif arguments[0] == "runpy":
            before_import()

    return {**HANDLERS, "import": on_import}


def hook_of(handlers):
    get = handlers.get

    def hook(event, arguments):
        handler = get(event)
        if handler is not None:
            handler(arguments)

    return hook
