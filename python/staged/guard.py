# Keeps the original as it is, and notes what was not in the image. `begin.py` gives `stage` and `folders`.
# A path is judged as it is written: what C code opens, or a path that was made without the stage's name, is not seen.

import posix
import sys

PACKED_FILE, PACKED_FOLDER, LEFT_FILE, LEFT_FOLDER = range(4)
WRITING = posix.O_WRONLY | posix.O_RDWR | posix.O_CREAT | posix.O_TRUNC | posix.O_APPEND
# Of errno.h on every Linux; the module may not be imported yet, and stays so.
EROFS = 30
BELOW = stage + "/"  # noqa: F821

noted = set()
# Our own calls raise events as well.
is_noting = False


def text_of(path):
    """As text, where it is a path below the stage."""
    if not isinstance(path, str):
        if isinstance(path, int) or path is None:
            return None
        try:
            path = posix.fspath(path)
            if isinstance(path, bytes):
                path = path.decode(sys.getfilesystemencoding(), "surrogateescape")
        except (TypeError, ValueError):
            return None
    return path if path.startswith(BELOW) else None


def left_behind(path):
    """(whether it is a link back itself, whether it is below one), of a path below the stage."""
    original = path[len(stage) :]  # noqa: F821
    folder, _, name = original.rpartition("/")
    names = folders.get(folder)  # noqa: F821
    if names is not None:
        return names.get(name) in (LEFT_FILE, LEFT_FOLDER), False
    while folder:
        folder, _, name = folder.rpartition("/")
        names = folders.get(folder)  # noqa: F821
        if names is not None:
            return False, names.get(name) == LEFT_FOLDER
    return False, False


def note(original):
    """Writes down, once a process, what was used and is not in the image."""
    global is_noting
    if original in noted or is_noting:
        return
    is_noting = True
    try:
        noted.add(original)
        file = "%s.pharos/misses/%d" % (BELOW, posix.getpid())
        descriptor = posix.open(file, posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND | posix.O_CLOEXEC, 0o600)
        try:
            posix.write(descriptor, (original + "\n").encode(sys.getfilesystemencoding(), "surrogateescape"))
        finally:
            posix.close(descriptor)
    except OSError:
        pass  # the stage may be gone or full: a note is not worth a job
    finally:
        is_noting = False


def refuse(path):
    raise OSError(EROFS, posix.strerror(EROFS), path)


def on_open(arguments):
    path = arguments[0]
    if is_noting or (type(path) is str and not path.startswith(BELOW)):
        return
    path = text_of(path)
    if path is None:
        return
    is_link, is_below = left_behind(path)
    if is_link or is_below:
        if len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & WRITING:
            refuse(path)
        note(path[len(stage) :])  # noqa: F821


def on_import(arguments):
    """Of an extension module the event tells the file."""
    if arguments[1] is not None:
        on_load(arguments[1:])


def on_load(arguments):
    path = text_of(arguments[0])
    if path is not None and any(left_behind(path)):
        note(path[len(stage) :])  # noqa: F821


def on_change(arguments):
    """What follows a link: its target would change."""
    path = text_of(arguments[0])
    if path is not None and any(left_behind(path)):
        refuse(path)


def on_name(arguments):
    """What changes a folder: a link back itself is the stage's own."""
    for path in arguments[:2]:
        path = text_of(path)
        if path is not None and left_behind(path)[1]:
            refuse(path)


# https://docs.python.org/3/library/audit_events.html
HANDLERS = {
    "open": on_open,
    "import": on_import,
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
    "os.rename": on_name,
    "os.link": on_name,
    "os.symlink": on_name,
}


def hook_of(handlers):
    get = handlers.get

    def hook(event, arguments):
        handler = get(event)
        if handler is not None:
            handler(arguments)

    return hook
