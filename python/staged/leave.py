# The end of a staged process: the last one on a node takes the stage with it, unless it is to be kept. `begin.py` gives
# `stage`. A process that is killed leaves its file behind; whoever comes later sees that it is gone.

import posix
import sys

OWN = stage + "/.pharos/"  # noqa: F821
USERS = OWN + "users/"
MOST_MISSES = 1 << 24


def builtin(name):
    """A module of the interpreter, without leaving it among those of the job. Until Python 3.9 a second import of `atexit`
    would forget what the first one had registered."""
    was_there = name in sys.modules or sys.version_info < (3, 10)
    module = __import__(name)
    if not was_there:
        del sys.modules[name]
    return module


def find_mark():
    """`NAMESPACE-BOOT`, as launch/process.sh has it, which says why: 0 where /proc is not that of this process's namespace."""
    namespace, boot = 0, ""
    try:
        boot = read("/proc/sys/kernel/random/boot_id", 64).decode().partition("-")[0].strip()
        if posix.readlink("/proc/self") == str(posix.getpid()):
            namespace = posix.stat("/proc/self/ns/pid").st_ino
    except OSError:
        pass
    return "%d-%s" % (namespace, boot)


def name_of(process):
    return "%d.%s" % (process, MARK)


def lives(name):
    """Or may: of a process in another namespace only the machine's start tells that it has ended."""
    process, _, mark = name.partition(".")
    if mark == MARK and not mark.startswith("0-"):
        return is_there("/proc/" + process)
    return mark.partition("-")[2] == MARK.partition("-")[2]


def enter():
    """Whether this process was not there already: `site` runs again in a further interpreter of a process, and does not in a
    program that took its place. The auxiliary vector tells those apart: the kernel makes a new one for each program."""
    mark = read("/proc/self/auxv", 1 << 16)
    own = USERS + name_of(posix.getpid())
    if is_there(own) and read(own, 1 << 16) == mark:
        return False
    descriptor = posix.open(own, posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC | posix.O_CLOEXEC, 0o600)
    try:
        posix.write(descriptor, mark)
    finally:
        posix.close(descriptor)
    return True


def is_there(path):
    try:
        posix.lstat(path)
    except OSError:
        return False
    return True


def others(folder):
    """Files of the dead are removed: processes of another namespace cannot tell."""
    own, living = name_of(posix.getpid()), []
    for name in posix.listdir(folder):
        if name == own:
            continue
        if lives(name):
            living.append(name)
            continue
        try:
            posix.unlink(folder + "/" + name)
        except FileNotFoundError:
            pass  # somebody else was quicker
    return living


def remove(folder):
    """What is below a link stays."""
    with posix.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                posix.chmod(entry.path, 0o700)
                remove(entry.path)
            else:
                posix.unlink(entry.path)
    posix.rmdir(folder)


def read(path, most):
    descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        return posix.read(descriptor, most)
    finally:
        posix.close(descriptor)


def tell_misses(own):
    """One file a node beside the image: the next `pharos pack --add-misses` reads it."""
    lines = set()
    for name in posix.listdir(own + "misses"):
        lines.update(read(own + "misses/" + name, MOST_MISSES).split(b"\n"))
    lines.discard(b"")
    if not lines:
        return
    folder = read(own + "image", 1 << 16).rstrip(b"\n") + b"/misses"
    try:
        posix.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    name = "%s.%d" % (posix.uname().nodename, posix.getpid())
    aside = folder + b"/." + name.encode()
    descriptor = posix.open(aside, posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_CLOEXEC, 0o600)
    try:
        posix.write(descriptor, b"\n".join(sorted(lines)) + b"\n")
    finally:
        posix.close(descriptor)
    posix.rename(aside, folder + b"/" + name.encode())


def leave(process):
    if posix.getpid() != process:
        return  # a child that was forked: its parent is still here, or has gone without it
    try:
        if others(USERS):
            posix.unlink(USERS + name_of(process))
            return
        try:
            tell_misses(OWN)
        except OSError:
            pass  # an image that is read-only, or not mounted here
        if is_there(OWN + "keep"):
            posix.unlink(USERS + name_of(process))
            return
        gone = "%s/.gone.%s" % (stage.rpartition("/")[0], name_of(process))  # noqa: F821
        posix.rename(stage, gone)  # noqa: F821
        if others(gone + "/.pharos/users"):
            posix.rename(gone, stage)  # noqa: F821
            posix.unlink(USERS + name_of(process))
            return
        remove(gone)
    except OSError:
        pass  # somebody else was quicker; what is left is swept by the next launch


MARK = find_mark()


def arrange():
    try:
        if not enter():
            return
    except OSError:
        return  # the stage is somebody else's to clean, or read-only
    builtin("atexit").register(leave, posix.getpid())
