"""Writes a recording: docs/concepts/recording.md is the contract."""

import errno
import fcntl
import json
import os
import re
import time
import zlib
from collections import Counter

from . import mounts

VERSION = 1
COLLECTOR = "0.1.0"
KIND = "pharos-recording"

SOURCES = frozenset(["probe", "trace", "replay"])
ROLES = frozenset(["before", "job", "child", "other"])
PHASES = frozenset(["interpreter", "site", "main", "ready", "exit"])
LEVELS = frozenset(["main", "nested", "late", "site"])
OUTCOMES = frozenset(["loaded", "missing", "failed"])
LOADERS = frozenset(["source", "bytecode", "extension", "builtin", "frozen", "namespace", "zip", "other"])
OPERATIONS = frozenset(
    "stat fstat open opendir readdir read map readlink close write create rename unlink mkdir lock exec chdir statfs"
    " other".split()
)
ERROR = re.compile(r"^(E[A-Z0-9]{1,30})?$")

FLUSH_SECONDS = 1.0
LONGEST_TEXT = 4096
LONGEST_PATH = 4096
DEEPEST_PATH = 200
# Links followed while one path is resolved; the kernel stops at 40.
LINK_DEPTH = 40


class RecordingError(Exception):
    """The recording could not be written. `hint` says what the user can do."""

    def __init__(self, message, hint):
        Exception.__init__(self, message)
        self.hint = hint


class ImportSpan:
    """An import as it was written, kept for the replay and for a trace of the job."""

    __slots__ = ("parent", "module", "level", "begin", "end", "outcome", "origin", "loader")

    def __init__(self, parent, module, level, begin):
        self.parent = parent
        self.module = module
        self.level = level
        self.begin = begin
        self.end = self.outcome = self.origin = self.loader = None


class _Node:
    """A path on the way to its file system; `real` is the path after links above it.

    `link` is the node that a link names, which may be a link again, `target` the one where all of them end.
    """

    __slots__ = ("parent", "name", "real", "mount", "kept_id", "removed_id", "link", "target", "asked", "children")

    def __init__(self, parent, name, real, mount):
        self.parent = parent
        self.name = name
        self.real = real
        self.mount = mount
        self.kept_id = 0
        self.removed_id = 0
        self.link = None
        self.target = None
        self.asked = False
        self.children = {}


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
        self._paths = {}
        self._mount_ids = {}
        self._described_mounts = set()
        _check_target(target_path)
        self._file = _create_part(self._part_path)
        self._compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
        self._lines = []
        self._flushed = time.monotonic()
        self._root = _Node(None, b"", b"/", self.keeper.mounts.at(b"/"))
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._write([KIND, VERSION, {"collector": COLLECTOR, "started": started}])
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
            self._write(["s", identity, self._text(text)])
        return identity

    def path(self, absolute_path, code=False, folder=None, exists=None):
        """The id of a path (text or bytes). `code`: the caller knows that it is code, so it is kept.

        `folder` and `exists` say what is known of it and save looking for a link.
        """
        key = (absolute_path, code)
        identity = self._paths.get(key)
        if identity is None:
            identity = self._paths[key] = self._new_path(os.fsencode(absolute_path), code, folder, exists)
        return identity

    def _new_path(self, path, code, folder, exists):
        plain = self._plain(path[: 4 * LONGEST_PATH])
        if plain == b"/":
            return 0
        if not _is_sane(plain):
            return self._remove(_Node(self._root, b"", plain, None), plain)
        node = self._walk(plain, folder, exists)
        is_kept = code or node.kept_id or self.keeper.keeps(plain, exists)
        return self._keep(node) if is_kept else self._remove(node, plain)

    def process(self, parent, source, t, how, program, argc, role, rank=None):
        """The id of a process image that begins; `program` is a path id, `rank` the launcher's number for it."""
        assert source in SOURCES and how in ("exec", "fork") and role in ROLES
        identity = self._next("process")
        about = {"how": how, "program": program, "argc": argc, "role": role}
        if rank is not None:
            about["rank"] = rank
        self._write(["x", identity, parent, source, t, about])
        return identity

    def process_end(self, process, t, status=None, signal=None):
        end = {"signal": signal} if signal is not None else {"status": status} if status is not None else {}
        self._write(["y", process, t, end])

    def phase(self, process, t, name):
        assert name in PHASES
        self._write(["f", process, t, name])

    def import_begin(self, process, import_id, parent, module, t, level):
        """`module` is text; `import_id` is the caller's, counted from 1 within the process."""
        assert level in LEVELS
        self._write(["b", process, import_id, parent, self.word(module), t, level])
        self._imports.setdefault(process, {})[import_id] = ImportSpan(parent, module, level, t)

    def import_end(self, process, import_id, t, outcome, origin, loader):
        """`origin` is a path id or 0."""
        assert outcome in OUTCOMES and loader in LOADERS
        self._write(["e", process, import_id, t, outcome, origin, loader])
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
        self._write(["fact", name, self._scrub(mapping)])

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
        self._write(["fact", "removed", {"counts": dict(sorted(self.removed.items()))}])
        self._write(["end"])
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

    def _write(self, line):
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

    # Text and paths

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

    def _plain(self, path):
        if not path.startswith(b"/"):
            path = self.keeper.cwd + b"/" + path
        names = [name for name in path.split(b"/") if name not in (b"", b".")]
        if b".." not in names:
            return b"/" + b"/".join(names)
        node = self._root
        for name in names:
            node = self._step(node, name, True) if name != b".." else _above(node)
        return self._path_of(node)

    def _path_of(self, node):
        names = []
        while node.parent is not None:
            names.append(node.name)
            node = node.parent
        return b"/" + b"/".join(reversed(names))

    def _walk(self, plain, folder, exists, depth=0):
        node = self._root
        names = [name for name in plain.split(b"/") if name]
        for index, name in enumerate(names):
            is_last = index == len(names) - 1
            is_folder = folder if is_last else True
            node = self._step(node, name, is_folder, exists if is_last else None, depth)
        return node

    def _step(self, parent, name, is_folder, exists=None, depth=0):
        node = parent.children.get(name)
        if node is None:
            base = parent.target or parent
            real = base.real.rstrip(b"/") + b"/" + name
            node = parent.children[name] = _Node(parent, name, real, self.keeper.mounts.at(real) or base.mount)
        if not node.asked and exists is not False and depth < LINK_DEPTH:
            node.asked = True
            self._follow(node, is_folder, depth)
        return node

    def _follow(self, node, is_folder, depth):
        mount_class = self.keeper.mounts.classify(node.mount) if node.mount is not None else "unknown"
        target = self.keeper.links.target(node.real, mount_class, is_folder)
        if not target or len(target) > LONGEST_PATH:
            return
        if not target.startswith(b"/"):
            target = os.path.dirname(node.real) + b"/" + target
        found = self._resolve(target, is_folder, depth + 1)
        if not (_is_at_or_below(found, node) or _is_at_or_below(found.target, node)):
            node.link, node.target = found, found.target or found

    def _resolve(self, path, is_folder, depth):
        """The node that a link names, walked as the kernel does; whether it is a link itself is known after."""
        node = self._root
        for name in path.split(b"/"):
            if name == b"..":
                node = _above(node)
            elif name not in (b"", b"."):
                node = self._step(node, name, is_folder, None, depth)
        return node

    def _keep(self, node):
        if node.parent is None or node.kept_id:
            return max(0, node.kept_id)
        # Guards against a link that leads back here while its target is being written.
        node.kept_id = -1
        is_home = self.keeper.home is not None and self._path_of(node) == self.keeper.home
        parent_id = 0 if is_home else self._keep(node.parent)
        mount_id = self._mount_id(node.mount)
        more = {}
        if mount_id != (self._mount_id(node.parent.mount) if parent_id else 0):
            more["mount"] = mount_id
        link = self._link_id(node.link) if node.link is not None else 0
        if link:
            more["link"] = link
        node.kept_id = self._next("path")
        line = ["p", node.kept_id, parent_id, "~" if is_home else self._text(os.fsdecode(node.name))]
        self._write(line + [more] if more else line)
        self._describe_mount(node.mount)
        return node.kept_id

    def _link_id(self, link):
        plain = self._path_of(link)
        is_kept = link.kept_id or (_is_sane(plain) and self.keeper.keeps(plain))
        return self._keep(link) if is_kept else self._remove(link, plain)

    def _remove(self, node, plain):
        if not node.removed_id:
            node.removed_id = self._next("path")
            self.removed["data paths"] += 1
            mount = (node.target or node).mount
            extension, digest = self.keeper.extension(plain), self.keeper.digest(plain)
            self._write(["d", node.removed_id, self._mount_id(mount), plain.count(b"/"), extension, digest])
            self._describe_mount(mount)
        return node.removed_id

    # Mounts

    def _mount_id(self, mount):
        if mount is None:
            return 0
        if mount.point not in self._mount_ids:
            self._mount_ids[mount.point] = len(self._mount_ids) + 1
        return self._mount_ids[mount.point]

    def _describe_mount(self, mount):
        if mount is None or mount.point in self._described_mounts:
            return
        self._described_mounts.add(mount.point)
        self.fact("mount", self._mount_fact(mount))

    def _mount_fact(self, mount):
        table = self.keeper.mounts
        node = self._walk(mount.point, True, True)
        # A folder of somebody's data may be bound into place; a whole file system is the site's own name.
        is_named = mount.root == b"/" or node.kept_id or self.keeper.keeps(mount.point)
        point = self._keep(node) if is_named else self._remove(node, mount.point)
        fact = {
            "id": self._mount_id(mount),
            "point": point,
            "type": mount.type,
            "class": table.classify(mount),
            "readOnly": mount.read_only,
        }
        backing = table.backing(mount)
        if backing is not None:
            fact["backing"] = backing
        options = mounts.kept_options(mount)
        if options:
            fact["options"] = options
        return fact


def _above(node):
    """`..` of a folder: after its links, as the kernel takes it."""
    real = node.target or node
    return real.parent or real


def _is_at_or_below(node, ancestor):
    while node is not None:
        if node is ancestor:
            return True
        node = node.parent
    return False


def is_own_kind(path):
    """Whether a file begins as a recording does."""
    try:
        with open(path, "rb") as file:
            begin = zlib.decompressobj(31).decompress(file.read(512), 64)
    except (OSError, zlib.error):
        return False
    return begin.startswith(b'["' + KIND.encode() + b'"')


def _is_sane(plain):
    return len(plain) <= LONGEST_PATH and plain.count(b"/") <= DEEPEST_PATH


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
