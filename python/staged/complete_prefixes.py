"""Completes the names of a prefix in the binaries of a stage, once a node, before anything starts there.

Binaries of conda packages hold their prefix as text: NUL after it, and more NULs up to the room that the package was
built with. The prefix of the stage is longer than the original one, and goes where there is room for it. Where there is
none the original name stays: it leads to the original files, as anything else does that is not in the stage.

Usage: complete_prefixes.py FOLDER STAGE, where FOLDER holds the tree that will be STAGE.
"""

import json
import os
import stat
import sys

# `.pharos/prefixes` has one entry a name, some hundred in a large environment.
MOST_BYTES = 16 << 20
MOST_FILE_BYTES = 2 << 30

# What may stand behind the name of a folder.
ENDS = (b"", b"/", b":", b";", b",", b" ", b"'", b'"', b"\n")


class Unusable(Exception):
    """What was packed does not fit to what stands in the stage."""


def read_entries(folder):
    """{path in the tree: [(offset, room, prefix)]}. `room` goes up to the last NUL, and holds it."""
    with open(os.path.join(folder, ".pharos", "prefixes"), "rb") as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise Unusable(".pharos/prefixes is longer than %d bytes" % MOST_BYTES)
    entries = {}
    try:
        for entry in json.loads(text.decode("ascii")):
            path, prefix = os.fsencode(entry["path"]), os.fsencode(entry["prefix"])
            offset, room = entry["offset"], entry["bytes"]
            if not (type(offset) is type(room) is int and offset >= 0 and room > 0 and prefix.startswith(b"/")):
                raise ValueError
            entries.setdefault(path, []).append((offset, room, prefix))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unusable(".pharos/prefixes cannot be read") from None
    return entries


def open_inside(folder, path):
    """A file of the tree, reached without a link: none leads out of it. Raises OSError."""
    names = [name for name in path.split(b"/") if name]
    if not names or b".." in names or b"." in names or b"\0" in path:
        raise Unusable("a path of .pharos/prefixes is not plain")
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in names[:-1]:
            below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        file = os.open(names[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
        return at, names[-1], file
    except BaseException:
        os.close(at)
        raise


def completed(text, room, prefix, stage):
    """The text of `room` bytes with the prefix of the stage, or None where that is too long."""
    name, _, rest = text.partition(b"\0")
    if len(text) != room or not name.startswith(prefix) or rest.strip(b"\0") or not text.endswith(b"\0"):
        raise Unusable("a file does not hold the prefix that .pharos/prefixes says")
    # A text may name it more than once, as `PREFIX/lib:PREFIX/lib64`; `PREFIX-other` is another folder.
    first, *others = name.split(prefix)[1:]
    made = stage + prefix + first
    for word in others:
        made += (stage if word[:1] in ENDS else b"") + prefix + word
    return made.ljust(room, b"\0") if len(made) < room else None


def complete_file(folder, path, entries, stage):
    """How many of its names had no room. The file is replaced: it may be the program that runs this."""
    at, name, source = open_inside(folder, path)
    try:
        with os.fdopen(source, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_FILE_BYTES:
                raise Unusable("a path of .pharos/prefixes is no file, or a very large one")
            content = bytearray(file.read())
        left = 0
        for offset, room, prefix in entries:
            text = completed(bytes(content[offset : offset + room]), room, prefix, stage)
            if text is None:
                left += 1
            else:
                content[offset : offset + room] = text
        if left < len(entries):
            _replace(at, name, content, status)
        return left
    finally:
        os.close(at)


def _replace(folder, name, content, status):
    aside = b".pharos-%d" % os.getpid()
    target = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    try:
        with os.fdopen(target, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode) & 0o777)
        os.utime(aside, ns=(status.st_atime_ns, status.st_mtime_ns), dir_fd=folder)
        os.rename(aside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(aside, dir_fd=folder)
        raise


def main(folder, stage):
    left = every = 0
    try:
        for path, entries in read_entries(folder).items():
            every += len(entries)
            left += complete_file(folder, path, entries, os.fsencode(stage))
    except Unusable as because:
        print("pharos: %s" % because, file=sys.stderr)
        return 1
    except OSError as error:
        # What the error names may be hostile: only what went wrong is told.
        print("pharos: a binary that names its prefix cannot be completed: %s" % error.strerror, file=sys.stderr)
        return 1
    if left:
        print("pharos: %d of %d prefixes in binaries stay the original ones: the stage's is too long" % (left, every),
              "pharos: Choose a shorter folder to have these served from the stage too: launch --dest DIR.",
              sep="\n", file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
