"""Writes a recording: docs/concepts/recording.md is the contract."""

import errno
import fcntl
import json
import os
import re
import time
import zlib
from collections import Counter

from ..failure import Failure
from .path_table import PathTable

VERSION = 1
COLLECTOR = "0.1.0"
KIND = "pharos-recording"

SOURCES = frozenset(["probe", "trace", "replay"])
ROLES = frozenset(["before", "job", "child", "other"])
PHASES = frozenset(["interpreter", "site", "main", "ready", "exit"])
LEVELS = frozenset(["main", "nested", "late", "site"])
OUTCOMES = frozenset(["loaded", "missing", "failed"])
# Classes of importlib, by name; any other loader is "other".
LOADERS = {
    "SourceFileLoader": "source",
    "SourcelessFileLoader": "bytecode",
    "ExtensionFileLoader": "extension",
    "BuiltinImporter": "builtin",
    "FrozenImporter": "frozen",
    "NamespaceLoader": "namespace",
    "_NamespaceLoader": "namespace",
    "zipimporter": "zip",
}
LOADER_KINDS = frozenset(LOADERS.values()) | {"other"}
OPERATIONS = frozenset(
    "stat fstat open opendir readdir read map readlink close write create rename unlink mkdir lock exec chdir statfs"
    " other".split()
)
ERROR = re.compile(r"^(E[A-Z0-9]{1,30})?$")

FLUSH_SECONDS = 1.0
LONGEST_TEXT = 4096


class RecordingError(Failure):
    """The recording could not be written. `hint` says what the user can do."""


class ImportSpan:
    """An import as it was written, kept for the replay and for a trace of the job."""

    __slots__ = ("parent", "module", "level", "begin", "end", "outcome", "origin", "loader")

    def __init__(self, parent, module, level, begin):
        self.parent = parent
        self.module = module
        self.level = level
        self.begin = begin
        self.end = self.outcome = self.origin = self.loader = None


class RecordingWriter:
    """Writes beside the target (`.part`) and renames at `close`.

    Times are whole microseconds since `origin`, a reading of `time.monotonic`. A failing disk never raises into
    the job's run: what could not be written is told by `close`.
    """

    def __init__(self, target_path, keeper, origin=None):
        self.target_path = target_path
        self.keeper = keeper
        self.origin = time.monotonic() if origin is None else origin
        self.removed = Counter()
        self._part_path = target_path + ".part"
        self._failure = None
        self._closed = False
        self._counts = Counter()
        self._words = {}
        self._imports = {}
        self._paths = PathTable(self, keeper)
        _check_target(target_path)
        self._file = _create_part(self._part_path)
        self._compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
        self._lines = []
        self._flushed = time.monotonic()
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.write_line([KIND, VERSION, {"collector": COLLECTOR, "started": started}])
        self.flush()

    def microseconds(self, monotonic=None):
        """Now, or a reading of `time.monotonic`, on the recording's clock; never negative."""
        moment = time.monotonic() if monotonic is None else monotonic
        return max(0, int((moment - self.origin) * 1000000))

    # Tables

    def word(self, text):
        """The id of a word, such as a module's name."""
        identity = self._words.get(text)
        if identity is None:
            identity = self._words[text] = self._next("word")
            self.write_line(["s", identity, self._text(text)])
        return identity

    def path(self, absolute_path, code=False, folder=None, exists=None):
        """The id of a path (text or bytes). `code`: the caller knows that it is code, so it is kept.

        `folder` and `exists` say what is known of it and save looking for a link.
        """
        return self._paths.identity(absolute_path, code, folder, exists)

    def process(self, parent, source, t, how, program, argc, role, rank=None):
        """The id of a process image that begins; `program` is a path id, `rank` the launcher's number for it."""
        assert source in SOURCES and how in ("exec", "fork") and role in ROLES
        identity = self._next("process")
        about = {"how": how, "program": program, "argc": argc, "role": role}
        if rank is not None:
            about["rank"] = rank
        self.write_line(["x", identity, parent, source, t, about])
        return identity

    def process_end(self, process, t, status=None, signal=None):
        end = {"signal": signal} if signal is not None else {"status": status} if status is not None else {}
        self.write_line(["y", process, t, end])

    def phase(self, process, t, name):
        assert name in PHASES
        self.write_line(["f", process, t, name])

    def import_begin(self, process, import_id, parent, module, t, level):
        """`module` is text; `import_id` is the caller's, counted from 1 within the process."""
        assert level in LEVELS
        self.write_line(["b", process, import_id, parent, self.word(module), t, level])
        self._imports.setdefault(process, {})[import_id] = ImportSpan(parent, module, level, t)

    def import_end(self, process, import_id, t, outcome, origin, loader):
        """`origin` is a path id or 0."""
        assert outcome in OUTCOMES and loader in LOADER_KINDS
        self.write_line(["e", process, import_id, t, outcome, origin, loader])
        span = self._imports.get(process, {}).get(import_id)
        if span is not None:
            span.end, span.outcome, span.origin, span.loader = t, outcome, origin, loader

    def imports_of(self, process):
        """The imports of a process so far, ImportSpan by id."""
        return self._imports.get(process, {})

    def operation(self, process, import_id, t, operation, path_id, error, nbytes):
        """`error` is empty or the errno's name."""
        assert operation in OPERATIONS and ERROR.match(error)
        self._line('["o",%d,%d,%d,"%s",%d,"%s",%d]\n' % (process, import_id, t, operation, path_id, error, nbytes))

    def fact(self, name, mapping):
        self.write_line(["fact", name, self._scrub(mapping)])

    def remove(self, kind, count=1):
        """Counts what was left out, by kind: `environment values`, `arguments`, `code`."""
        if count:
            self.removed[kind] += count

    # The file

    def flush(self):
        """Makes all lines so far readable in the part file."""
        self._flushed = time.monotonic()
        text, self._lines = "".join(self._lines), []
        if self._failure is not None:
            return
        try:
            self._file.write(self._compressor.compress(text.encode("utf-8")))
            self._file.write(self._compressor.flush(zlib.Z_SYNC_FLUSH))
            self._file.flush()
        except OSError as error:
            self._failure = error

    def close(self):
        """Ends the file and gives it its name. Raises RecordingError, leaving nothing, when the disk failed."""
        if self._closed:
            return
        self._closed = True
        if self.keeper.links.skipped:
            self.fact("missing", _links_missing(self.keeper.links.skipped))
        if self.keeper.names.hidden:
            self.removed["names"] += self.keeper.names.hidden
        self.write_line(["fact", "removed", {"counts": dict(sorted(self.removed.items()))}])
        self.write_line(["end"])
        self.flush()
        try:
            self._finish()
        except OSError as error:
            self._failure = self._failure or error
        if self._failure is not None:
            self._discard()
            raise _write_error(self.target_path, self._failure)

    def abandon(self):
        """Leaves nothing: the command was never started. After `close` it does nothing."""
        if not self._closed:
            self._closed = True
            self._discard()

    def _finish(self):
        if self._failure is None:
            self._file.write(self._compressor.flush(zlib.Z_FINISH))
            self._file.flush()
            # Some file systems tell a full quota only here.
            os.fsync(self._file.fileno())
        self._file.close()
        if self._failure is None:
            os.rename(self._part_path, self.target_path)

    def _discard(self):
        for step in (self._file.close, lambda: os.unlink(self._part_path)):
            try:
                step()
            except OSError:
                pass

    def _next(self, table):
        self._counts[table] += 1
        return self._counts[table]

    def write_line(self, line):
        """For the path table; everything else has a method of its own."""
        # Names that are not UTF-8 carry surrogates; escaped as \udcXX they survive JSON.
        self._line(json.dumps(line, separators=(",", ":"), ensure_ascii=True) + "\n")

    def _line(self, text):
        self._lines.append(text)
        if len(self._lines) & 255 == 0 or time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self._relieve()

    def _relieve(self):
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()
        elif len(self._lines) >= 4096 and self._failure is None:
            text, self._lines = "".join(self._lines), []
            try:
                self._file.write(self._compressor.compress(text.encode("utf-8")))
            except OSError as error:
                self._failure = error

    # Text

    def _text(self, text):
        return self.keeper.names.hide(text[:LONGEST_TEXT])

    def _scrub(self, value):
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {self._text(key): self._scrub(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._scrub(item) for item in value]
        return value


def is_own_kind(path):
    """Whether a file begins as a recording does."""
    try:
        with open(path, "rb") as file:
            begin = zlib.decompressobj(31).decompress(file.read(512), 64)
    except (OSError, zlib.error):
        return False
    return begin.startswith(b'["' + KIND.encode() + b'"')


def _check_target(target_path):
    for path in (target_path, target_path + ".part"):
        if os.path.lexists(path) and not is_own_kind(path):
            raise RecordingError(
                "%s exists and is not a recording" % path, "Name another file with -o, or remove this one."
            )


def _create_part(part_path):
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(part_path, flags, 0o666)
    except OSError as error:
        raise _write_error(part_path, error)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise RecordingError("another collector is writing %s" % part_path, "Name another file with -o.")
    except OSError:
        pass  # Some parallel file systems have no locks; two collectors with one target are then the user's to avoid.
    os.ftruncate(descriptor, 0)
    return os.fdopen(descriptor, "wb")


def _write_error(path, error):
    hints = {
        errno.ENOSPC: "Free some space or name a file on another file system with -o.",
        errno.EDQUOT: "Free some of your quota or name a file on another file system with -o.",
        errno.ENOENT: "Make the folder first or name another file with -o.",
    }
    return RecordingError(
        "cannot write %s: %s" % (path, (error.strerror or str(error)).lower()),
        hints.get(error.errno, "Name a file that you may write with -o."),
    )


def _links_missing(count):
    return {
        "what": "symbolic links of %d paths" % count,
        "because": "looking for all of them would burden the file system",
    }
