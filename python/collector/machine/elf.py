"""Reads the dynamic section of an ELF file: what a shared library is called, needs, and where it looks.

Format: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
Files may be hostile: every offset is checked against the file, every table has a cap.
"""

import os
import struct

from .elf_symbols import Symbols

PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_SONAME, DT_RPATH, DT_RUNPATH = 0, 1, 5, 10, 14, 15, 29

MOST_SEGMENTS = 512
MOST_DYNAMIC_BYTES = 65536
MOST_NEEDED = 1024
LONGEST_STRING = 4096
MOST_STRING_BYTES = 8 << 20


class Elf:
    """`rpath` and `runpath` are lists of entries as written, `$ORIGIN` unresolved; all strings are bytes.

    `defined` and `mentioned` are those of the names asked for that the file defines, and those that it holds as a string
    for its symbols, be they defined or needed; None where that cannot be told. `machine` and `is_wide` are of its header.
    """

    def __init__(self):
        self.soname = None
        self.needed = []
        self.rpath = []
        self.runpath = []
        self.file_bytes = 0
        self.defined = None
        self.mentioned = None
        self.machine = None
        self.is_wide = None


class _Malformed(Exception):
    pass


def read_elf(path, defines=(), mentions=()):
    """The dynamic section of the file, or None when it cannot be read or is no ELF file.

    `defines` and `mentions`: names of symbols (bytes) to look for.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        return _read(_Bytes(descriptor), defines, mentions)
    except (_Malformed, OSError, OverflowError):
        return None
    finally:
        os.close(descriptor)


class _Bytes:
    """A file read by offset, never beyond its end."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def at(self, offset, length):
        if offset < 0 or length < 0 or offset + length > self.size:
            raise _Malformed
        data = os.pread(self._descriptor, length, offset)
        if len(data) != length:
            raise _Malformed
        return data

    def string(self, offset, limit):
        """Bytes up to NUL, within the table that ends at `limit`."""
        end = min(limit, self.size, offset + LONGEST_STRING)
        text, nul, _ = self.at(offset, max(0, end - offset)).partition(b"\0")
        if not nul:
            raise _Malformed
        return text


def _read(data, defines, mentions):
    head = data.at(0, 20)
    if head[:4] != b"\x7fELF" or head[4] not in (1, 2) or head[5] not in (1, 2):
        return None
    layout = _Layout(is_wide=head[4] == 2, order="<" if head[5] == 1 else ">")
    segments = layout.segments(data)
    elf = Elf()
    elf.file_bytes = data.size
    elf.is_wide = layout.is_wide
    (elf.machine,) = struct.unpack(layout.order + "H", head[18:])
    for kind, offset, _, size in segments:
        if kind == PT_DYNAMIC:
            pairs = layout.dynamic(data, offset, size)
            _fill(elf, data, pairs, segments)
            _look_up(elf, data, layout, dict(pairs), segments, defines, mentions)
            break
    return elf


def _look_up(elf, data, layout, values, segments, defines, mentions):
    try:
        start = _offset_of(values[DT_STRTAB], segments)
        strings = (start, start + values[DT_STRSZ])
        if mentions:
            # Linkers let a string lie at the end of another.
            table = data.at(start, min(values[DT_STRSZ], MOST_STRING_BYTES))
            elf.mentioned = {name for name in mentions if name + b"\0" in table}
        if defines:
            symbols = Symbols(data, layout, lambda address: _offset_of(address, segments), values, strings)
            elf.defined = {name for name in defines if symbols.defines(name)}
    except (_Malformed, KeyError):
        # The rest of the file may be told all the same.
        pass


class _Layout:
    def __init__(self, is_wide, order):
        self.is_wide = is_wide
        self.order = order

    def _unpack(self, kinds, data):
        return struct.unpack(self.order + kinds, data)

    def segments(self, data):
        """(type, file offset, address, file size) of each program header."""
        if self.is_wide:
            (start,) = self._unpack("Q", data.at(32, 8))
            entry_size, count = self._unpack("HH", data.at(54, 4))
        else:
            (start,) = self._unpack("I", data.at(28, 4))
            entry_size, count = self._unpack("HH", data.at(42, 4))
        if count > MOST_SEGMENTS or entry_size < (56 if self.is_wide else 32):
            raise _Malformed
        table = data.at(start, entry_size * count)
        return [self._segment(table[at : at + entry_size]) for at in range(0, len(table), entry_size)]

    def _segment(self, entry):
        if self.is_wide:
            kind, _, offset, address, _, size = self._unpack("IIQQQQ", entry[:40])
        else:
            kind, offset, address, _, size = self._unpack("IIIII", entry[:20])
        return kind, offset, address, size

    def dynamic(self, data, offset, size):
        """(tag, value) pairs up to DT_NULL."""
        width = 16 if self.is_wide else 8
        table = data.at(offset, min(size, MOST_DYNAMIC_BYTES))
        pairs = []
        for at in range(0, len(table) - width + 1, width):
            tag, value = self._unpack("qQ" if self.is_wide else "iI", table[at : at + width])
            if tag == DT_NULL:
                break
            pairs.append((tag, value))
        return pairs


def _fill(elf, data, pairs, segments):
    values = dict(pairs)
    if DT_STRTAB not in values or DT_STRSZ not in values:
        return
    start = _offset_of(values[DT_STRTAB], segments)
    limit = start + values[DT_STRSZ]

    def string(value):
        return data.string(start + value, limit)

    elf.needed = [string(value) for tag, value in pairs if tag == DT_NEEDED][:MOST_NEEDED]
    if DT_SONAME in values:
        elf.soname = string(values[DT_SONAME])
    for tag, name in ((DT_RPATH, "rpath"), (DT_RUNPATH, "runpath")):
        if tag in values:
            setattr(elf, name, [entry for entry in string(values[tag]).split(b":") if entry])


def _offset_of(address, segments):
    for kind, offset, begin, size in segments:
        if kind == PT_LOAD and begin <= address < begin + size:
            return offset + address - begin
    raise _Malformed
