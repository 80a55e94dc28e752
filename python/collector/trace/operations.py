"""File operations out of the system calls that `strace.py` reads: who did what to which path.

A path is kept as it was asked for, because the server is asked for what the name says, link by link.
"""

import re

from .strace import FORKS, Ended, Started, descriptor_path, quoted

MARK = b"pharos-mark/"
MOST_ALIASES = 200000
RESTARTED = re.compile(r"^ERESTART")

# Calls that name a path: the operation, and the places of the folder's descriptor (None: no such) and of the name.
_PATH_CALLS = {}
for _operation, _names, _folder, _name in (
    ("stat", "stat stat64 lstat lstat64 oldstat oldlstat access", None, 0),
    ("stat", "newfstatat fstatat64 statx faccessat faccessat2", 0, 1),
    ("open", "open", None, 0),
    ("open", "openat openat2", 0, 1),
    ("create", "creat mknod", None, 0),
    ("create", "mknodat", 0, 1),
    ("create", "symlink link", None, 1),
    ("create", "symlinkat", 1, 2),
    ("create", "linkat", 2, 3),
    ("readlink", "readlink", None, 0),
    ("readlink", "readlinkat", 0, 1),
    ("rename", "rename", None, 0),
    ("rename", "renameat renameat2", 0, 1),
    ("unlink", "unlink rmdir", None, 0),
    ("unlink", "unlinkat", 0, 1),
    ("mkdir", "mkdir", None, 0),
    ("mkdir", "mkdirat", 0, 1),
    ("exec", "execve", None, 0),
    ("exec", "execveat", 0, 1),
    ("chdir", "chdir", None, 0),
    ("statfs", "statfs statfs64", None, 0),
    ("other", "truncate truncate64 chmod chown chown32 lchown lchown32 utime utimes getxattr lgetxattr listxattr"
     " llistxattr setxattr lsetxattr removexattr lremovexattr uselib swapon acct quotactl", None, 0),
    ("other", "fchmodat fchmodat2 fchownat utimensat futimesat name_to_handle_at fanotify_mark", 0, 1),
    ("other", "inotify_add_watch", None, 1),
):
    for _call_name in _names.split():
        _PATH_CALLS[_call_name] = (_operation, _folder, _name)

# Calls on an open file: the operation, the descriptor's place, and whether the result counts bytes.
_FILE_CALLS = {"close": ("close", 0, False), "flock": ("lock", 0, False), "fchdir": ("chdir", 0, False)}
for _operation, _names, _counts in (
    ("fstat", "fstat fstat64", False),
    ("readdir", "getdents getdents64", True),
    ("read", "read pread64 readv preadv preadv2", True),
    ("write", "write pwrite64 writev pwritev pwritev2", True),
    ("statfs", "fstatfs fstatfs64", False),
):
    for _call_name in _names.split():
        _FILE_CALLS[_call_name] = (_operation, 0, _counts)


class Operation:
    """A file operation of a thread. `path` is absolute bytes as it was asked for, links unresolved."""

    __slots__ = ("pid", "seconds", "operation", "path", "error", "bytes")

    def __init__(self, pid, seconds, operation, path, error, moved):
        self.pid = pid
        self.seconds = seconds
        self.operation = operation
        self.path = path
        self.error = error
        self.bytes = moved


class Marker:
    """A note that our own hook left: a call on the descriptor -1, which reaches no file system."""

    __slots__ = ("pid", "seconds", "text")

    def __init__(self, pid, seconds, text):
        self.pid = pid
        self.seconds = seconds
        self.text = text


class Forked:
    """A thread or a process began."""

    __slots__ = ("pid", "child", "seconds", "is_thread")

    def __init__(self, pid, child, seconds, is_thread):
        self.pid = pid
        self.child = child
        self.seconds = seconds
        self.is_thread = is_thread


class Executed:
    """A thread became a new program; `path` as asked for."""

    __slots__ = ("pid", "seconds", "path")

    def __init__(self, pid, seconds, path):
        self.pid = pid
        self.seconds = seconds
        self.path = path


class _View:
    """What threads share: the current folder (CLONE_FS), and the name each open file was asked by."""

    __slots__ = ("cwd", "asked")

    def __init__(self, cwd, asked):
        self.cwd = cwd
        self.asked = asked


class OperationReader:
    """Calls to Operation, Marker, Forked, Executed and Ended, in the order in which they began to be seen."""

    def __init__(self, calls, cwd):
        self._calls = calls
        self._views = {}
        self._first_cwd = cwd
        self._cloning = {}
        self._known = set()

    def __iter__(self):
        for event in self._calls:
            if event.pid not in self._known:
                forked = self._adopt(event)
                if forked is not None:
                    yield forked
            if isinstance(event, Started):
                self._cloning[event.pid] = event
            elif isinstance(event, Ended):
                self._views.pop(event.pid, None)
                self._known.discard(event.pid)
                yield event
            else:
                for result in self._of_call(event):
                    yield result

    def _adopt(self, event):
        """A thread seen before its parent's clone returned: its parent is one that is in a clone now."""
        self._known.add(event.pid)
        if event.pid in self._views:
            return None
        started = next(reversed(list(self._cloning.values())), None) if self._cloning else None
        if started is None:
            self._views[event.pid] = _View(self._first_cwd, {})
            return None
        return self._fork(started, event.pid)

    def _fork(self, start, child):
        flags = b" ".join(start.arguments)
        parent = self._view(start.pid)
        is_thread = b"CLONE_THREAD" in flags
        shares = b"CLONE_FS" in flags
        self._views[child] = parent if shares else _View(parent.cwd, dict(parent.asked))
        self._known.add(child)
        return Forked(start.pid, child, start.seconds, is_thread)

    def _view(self, pid):
        view = self._views.get(pid)
        if view is None:
            view = self._views[pid] = _View(self._first_cwd, {})
        return view

    def _of_call(self, call):
        if RESTARTED.match(call.error):
            return
        if call.name in FORKS:
            self._cloning.pop(call.pid, None)
            child = call.own_pid or call.value
            if child and child > 0 and child not in self._known:
                yield self._fork(call, child)
            return
        operation = self._operation(call)
        if operation is not None:
            yield operation
        if call.name in ("execve", "execveat") and call.value == 0 and operation is not None:
            yield Executed(call.pid, call.seconds, operation.path)

    def _operation(self, call):
        if call.name in _PATH_CALLS:
            return self._path_operation(call)
        if call.name in _FILE_CALLS:
            return self._file_operation(call, *_FILE_CALLS[call.name])
        if call.name in ("mmap", "mmap2") and len(call.arguments) >= 5:
            return self._map_operation(call)
        if call.name in ("fcntl", "fcntl64") and len(call.arguments) >= 2 and b"LK" in call.arguments[1]:
            return self._file_operation(call, "lock", 0, False)
        return None

    def _path_operation(self, call):
        operation, folder_at, name_at = _PATH_CALLS[call.name]
        if len(call.arguments) <= name_at:
            return None
        name = quoted(call.arguments[name_at])
        if name is None:
            return None
        folder = call.arguments[folder_at] if folder_at is not None else b""
        if not name:
            return self._on_descriptor(call, operation, folder)
        if folder == b"-1":
            is_ours = name.startswith(MARK) and call.error == "EBADF"
            return Marker(call.pid, call.seconds, name[len(MARK) :]) if is_ours else None
        path = self._absolute(call.pid, folder, name)
        if path is None:
            return None
        if operation == "open":
            operation = _kind_of_open(call)
        self._note(call, operation, path)
        return Operation(call.pid, call.seconds, operation, path, call.error, 0)

    def _on_descriptor(self, call, operation, folder):
        """An empty name with AT_EMPTY_PATH means the open file itself; without it, nothing is looked up."""
        if b"AT_EMPTY_PATH" not in b" ".join(call.arguments):
            return None
        path = descriptor_path(folder)
        if path is None:
            return None
        kind = "fstat" if operation == "stat" else operation
        return Operation(call.pid, call.seconds, kind, self._asked(call.pid, path), call.error, 0)

    def _absolute(self, pid, folder, name):
        if name.startswith(b"/"):
            return name
        view = self._view(pid)
        if folder.startswith(b"AT_FDCWD") or not folder:
            # `-y` prints the folder in newer versions; in older ones it is followed through chdir.
            base = view.cwd = descriptor_path(folder) or view.cwd
        else:
            base = descriptor_path(folder)
            base = self._asked(pid, base) if base is not None else None
        return base.rstrip(b"/") + b"/" + name if base is not None else None

    def _note(self, call, operation, path):
        if call.error or call.value is None:
            return
        view = self._view(call.pid)
        if operation in ("open", "opendir", "create") and call.result_path and call.result_path != path:
            if len(view.asked) < MOST_ALIASES:
                view.asked[call.result_path] = path
        elif operation == "chdir":
            view.cwd = path

    def _asked(self, pid, path):
        return self._view(pid).asked.get(path, path)

    def _file_operation(self, call, operation, place, counts):
        path = descriptor_path(call.arguments[place]) if call.arguments else None
        if path is None:
            return None
        if operation == "chdir" and not call.error:
            self._view(call.pid).cwd = path
        moved = call.value if counts and call.value is not None and call.value > 0 else 0
        return Operation(call.pid, call.seconds, operation, self._asked(call.pid, path), call.error, moved)

    def _map_operation(self, call):
        path = descriptor_path(call.arguments[4])
        if path is None:
            return None
        length = call.arguments[1]
        moved = int(length) if length.isdigit() and len(length) < 16 and not call.error else 0
        return Operation(call.pid, call.seconds, "map", self._asked(call.pid, path), call.error, moved)


def _kind_of_open(call):
    flags = b" ".join(call.arguments[2 if call.name.startswith("openat") else 1 :])
    if b"O_CREAT" in flags or b"O_TMPFILE" in flags:
        return "create"
    return "opendir" if b"O_DIRECTORY" in flags else "open"
