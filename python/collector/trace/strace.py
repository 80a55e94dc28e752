"""Reads what `strace -f -ttt -y -s 0 -o FILE` writes: lines to calls. `operations.py` makes file operations of them.

Grammar: https://man7.org/linux/man-pages/man1/strace.1.html
Text may be cut or hostile: a line that is no call is counted and skipped, every table has a cap.
"""

import re

LONGEST_LINE = 65536
MOST_PENDING = 65536
MOST_ARGUMENTS = 12
FORKS = frozenset(["clone", "clone3", "fork", "vfork"])

# `?`: not every architecture has the call.
CALLS = (
    "%file,close,?getdents,?getdents64,?read,?pread64,?readv,?preadv,?preadv2,?mmap,?mmap2,?write,?pwrite64,?writev"
    ",?flock,?fcntl,?fcntl64,?fchdir,?fstat,?fstat64,?fstatfs,?fstatfs64,?clone,?clone3,?fork,?vfork"
)
# Structures are printed as addresses, except where flags are in them.
OPTIONS = ["-f", "-ttt", "-y", "-s", "0", "-e", "verbose=clone,clone3,openat2"]

_LINE = re.compile(rb"^(?:\[pid +)?(\d{1,10})\]? +(\d{1,12}\.\d{1,9}) (.*)$", re.DOTALL)
_BEGIN = re.compile(rb"^([a-z_][a-z0-9_]*)\(")
_RESUMED = re.compile(rb"^<\.\.\. ([a-z_][a-z0-9_]*) resumed>,? ?")
_UNFINISHED = b" <unfinished ...>"
_EXITED = re.compile(rb"^\+\+\+ (?:exited with (\d{1,3})|killed by (SIG[A-Z0-9+_]{1,12}))")
_SUPERSEDED = re.compile(rb"^\+\+\+ superseded by execve in pid (\d{1,10})")
_RESULT = re.compile(
    rb"\) += (-?\d{1,20}|0x[0-9a-f]{1,16}|\?)(<(?:[^>\\]|\\.)*>)?(?: (E[A-Z0-9]{1,20}))?(?:.*/\* (\d{1,10}) in strace)?",
    re.DOTALL,
)
_TOKEN = re.compile(
    rb'"(?:[^"\\]|\\.)*"(?:\.\.\.)?|(?:\d+|AT_FDCWD)<(?:[^>\\]|\\.)*>|/\*.*?\*/|[()\[\]{},]|\s+|[^\s"()\[\]{},/<]+|.', re.DOTALL
)
_DESCRIPTOR = re.compile(rb"^(\d+|AT_FDCWD)<((?:[^>\\]|\\.)*)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f", b"a": b"\a", b"b": b"\b"}


class Call:
    """A finished system call. `arguments` are the tokens as printed; `value` is None where strace printed `?`."""

    __slots__ = ("pid", "seconds", "name", "arguments", "value", "result_path", "error", "own_pid")

    def __init__(self, pid, seconds, name, arguments, value, result_path, error, own_pid=None):
        self.pid = pid
        self.seconds = seconds
        self.name = name
        self.arguments = arguments
        self.value = value
        self.result_path = result_path
        self.error = error
        self.own_pid = own_pid


class Started:
    """A call that blocks began; needed for `clone`, whose child may run before the parent returns."""

    __slots__ = ("pid", "seconds", "name", "arguments")

    def __init__(self, pid, seconds, name, arguments):
        self.pid = pid
        self.seconds = seconds
        self.name = name
        self.arguments = arguments


class Ended:
    """A thread ended; `status` or `signal` is None."""

    __slots__ = ("pid", "seconds", "status", "signal")

    def __init__(self, pid, seconds, status, signal):
        self.pid = pid
        self.seconds = seconds
        self.status = status
        self.signal = signal


class StraceReader:
    """Iterates over the calls of a binary file; `skipped` counts lines that were not understood."""

    def __init__(self, file):
        self._file = file
        self._pending = {}
        self.skipped = 0

    def __iter__(self):
        for line in _bounded_lines(self._file):
            event = self._read(line.rstrip(b"\n"))
            if event is not None:
                yield event

    def _read(self, line):
        match = _LINE.match(line)
        if match is None:
            self.skipped += bool(line)
            return None
        pid, seconds, rest = int(match.group(1)), float(match.group(2)), match.group(3)
        if rest.startswith(b"+++"):
            return _ended(pid, seconds, rest)
        if rest.startswith(b"---"):
            return None
        if rest.startswith(b"<..."):
            return self._resume(pid, rest)
        if rest.endswith(_UNFINISHED):
            return self._suspend(pid, seconds, rest[: -len(_UNFINISHED)])
        return self._finish(pid, seconds, rest)

    def _suspend(self, pid, seconds, text):
        begin = _BEGIN.match(text)
        if begin is None:
            self.skipped += 1
            return None
        if len(self._pending) < MOST_PENDING:
            self._pending[pid] = (seconds, text)
        name = begin.group(1).decode("ascii")
        if name in FORKS:
            return Started(pid, seconds, name, _arguments(text, begin.end())[0])
        return None

    def _resume(self, pid, rest):
        seconds, text = self._pending.pop(pid, (None, b""))
        match = _RESUMED.match(rest)
        if seconds is None or match is None:
            # The call began before the trace did.
            self.skipped += 1
            return None
        return self._finish(pid, seconds, text + rest[match.end() :])

    def _finish(self, pid, seconds, text):
        begin = _BEGIN.match(text)
        if begin is None:
            self.skipped += 1
            return None
        arguments, end = _arguments(text, begin.end())
        result = _RESULT.match(text, end) if end is not None else None
        if result is None:
            self.skipped += 1
            return None
        return _call(pid, seconds, begin.group(1).decode("ascii"), arguments, result)


def _bounded_lines(file):
    """Lines of a file; the rest of an overlong one is dropped, so that its end is no line of its own."""
    while True:
        line = file.readline(LONGEST_LINE)
        if not line:
            return
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)


def _ended(pid, seconds, rest):
    exited = _EXITED.match(rest)
    if exited is None:
        return None
    status, signal = exited.groups()
    return Ended(pid, seconds, int(status) if status else None, signal.decode("ascii") if signal else None)


def _arguments(text, start):
    """The top-level arguments after the opening bracket, and where the closing one is (None when there is none)."""
    arguments, depth, begin = [], 0, start
    for match in _TOKEN.finditer(text, start):
        token = match.group()
        if token in (b"(", b"[", b"{"):
            depth += 1
        elif token in (b"]", b"}") or (token == b")" and depth):
            depth -= 1
        elif token == b")" or (token == b"," and depth == 0):
            if len(arguments) < MOST_ARGUMENTS:
                arguments.append(text[begin : match.start()].strip())
            if token == b")":
                return arguments, match.start()
            begin = match.end()
    arguments.append(text[begin:].strip())
    return arguments, None


def _call(pid, seconds, name, arguments, result):
    value, path, error, own_pid = result.groups()
    number = None if value == b"?" else int(value, 16 if value.startswith(b"0x") else 10)
    path = unescape(path[1:-1]) if path else None
    error = error.decode("ascii") if error else ""
    return Call(pid, seconds, name, arguments, number, path, error, int(own_pid) if own_pid else None)


def unescape(text):
    """Undoes C escapes as strace prints them."""
    if b"\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match):
    code = match.group(1)
    if code[:1] == b"x" and len(code) == 3:
        return bytes([int(code[1:], 16)])
    if code[:1] in b"01234567":
        return bytes([int(code, 8) & 255])
    return _LETTERS.get(code, code)


def quoted(argument):
    """The bytes of a printed string, or None for an address."""
    if not argument.startswith(b'"'):
        return None
    end = argument.rindex(b'"')
    return unescape(argument[1:end]) if end > 0 else None


def descriptor_path(argument):
    """The path that `-y` prints beside a descriptor; None for sockets, pipes and closed ones."""
    match = _DESCRIPTOR.match(argument)
    if match is None:
        return None
    path = unescape(match.group(2))
    if path.endswith(b" (deleted)"):
        path = path[:-10]
    return path if path.startswith(b"/") and not path.startswith(b"/memfd:") else None
