"""Which names an ELF file defines, by the hash tables that the dynamic loader uses: a few reads a name, no whole table.

GNU's table: https://sourceware.org/ml/binutils/2006-10/msg00377.html; the older one: chapter 5 of the gABI.
"""

import struct

DT_HASH, DT_SYMTAB, DT_GNU_HASH = 4, 6, 0x6FFFFEF5
# Chains of real libraries are a few entries long.
LONGEST_CHAIN = 4096


class Symbols:
    """The dynamic symbol table of a file."""

    def __init__(self, data, layout, offset_of, tags, strings):
        self._data = data
        self._wide = layout.is_wide
        self._order = layout.order
        self._symbols = offset_of(tags[DT_SYMTAB])
        self._strings, self._strings_end = strings
        if DT_GNU_HASH in tags:
            self._first = self._gnu_table(offset_of(tags[DT_GNU_HASH]))
            self._chain = self._gnu_chain
        else:
            self._first = self._old_table(offset_of(tags[DT_HASH]))
            self._chain = self._old_chain

    def _words(self, offset, count):
        return struct.unpack("%s%dI" % (self._order, count), self._data.at(offset, 4 * count))

    def defines(self, name):
        """Whether the file defines this name (bytes) for others."""
        return any(self._is(index, name) for index in self._chain(name))

    def _is(self, index, name):
        if self._wide:
            entry = self._data.at(self._symbols + 24 * index, 24)
            at, _, _, section = struct.unpack(self._order + "IBBH", entry[:8])
        else:
            entry = self._data.at(self._symbols + 16 * index, 16)
            (at,) = struct.unpack(self._order + "I", entry[:4])
            (section,) = struct.unpack(self._order + "H", entry[14:])
        start = self._strings + at
        if not section or start + len(name) >= self._strings_end:
            return False
        return self._data.at(start, len(name) + 1) == name + b"\0"

    def _gnu_table(self, offset):
        buckets, lowest, bloom, _ = self._words(offset, 4)
        return offset + 16 + bloom * (8 if self._wide else 4), buckets, lowest

    def _gnu_chain(self, name):
        """Indexes of symbols whose hash is the name's, but for the lowest bit, which marks the end."""
        start, buckets, lowest = self._first
        if not buckets:
            return
        wanted = gnu_hash(name)
        (index,) = self._words(start + 4 * (wanted % buckets), 1)
        if index < lowest:
            return
        chain = start + 4 * buckets
        for step in range(LONGEST_CHAIN):
            (found,) = self._words(chain + 4 * (index + step - lowest), 1)
            if found | 1 == wanted | 1:
                yield index + step
            if found & 1:
                return

    def _old_table(self, offset):
        buckets, chains = self._words(offset, 2)
        return offset + 8, buckets, chains

    def _old_chain(self, name):
        start, buckets, chains = self._first
        if not buckets:
            return
        (index,) = self._words(start + 4 * (old_hash(name) % buckets), 1)
        for _ in range(LONGEST_CHAIN):
            if not 0 < index < chains:
                return
            yield index
            (index,) = self._words(start + 4 * (buckets + index), 1)


def gnu_hash(name):
    value = 5381
    for byte in name:
        value = (value * 33 + byte) & 0xFFFFFFFF
    return value


def old_hash(name):
    value = 0
    for byte in name:
        value = ((value << 4) + byte) & 0xFFFFFFFF
        high = value & 0xF0000000
        value = (value ^ high >> 24) & ~high
    return value
