"""Makes small ELF shared objects with a dynamic section and a symbol table, of any width, byte order and hash table."""

import os
import struct
import sys

from collector.machine import elf
from collector.machine.elf_symbols import DT_GNU_HASH, DT_HASH, DT_SYMTAB, gnu_hash, old_hash
from collector.machine.loader import MACHINES

BASE = 0x10000
OWN_MACHINE = MACHINES.get(os.uname().machine, 62)
OWN_ORDER = "<" if sys.byteorder == "little" else ">"


class SharedObject:
    def __init__(self, soname=None, needed=(), defined=(), undefined=(), tags=(), is_wide=True, order=OWN_ORDER, **more):
        self.wide, self.order = is_wide, order
        self.machine = more.get("machine", OWN_MACHINE)
        self.table = b"\0"
        pairs = [(tag, self.string(text)) for tag, text in tags]
        pairs += [(elf.DT_NEEDED, self.string(name)) for name in needed]
        pairs += [(elf.DT_SONAME, self.string(soname))] if soname else []
        self.pairs = pairs
        self.is_old = more.get("old_hash", False)
        buckets = 3
        self.buckets = buckets
        # GNU's table wants what is undefined first, then the rest by bucket.
        self.names = list(undefined) + sorted(defined, key=lambda name: gnu_hash(name) % buckets)
        self.lowest = 1 + len(undefined)

    def string(self, text):
        at = len(self.table)
        self.table += text + b"\0"
        return at

    def pack(self, kinds, *values):
        return struct.pack(self.order + kinds, *values)

    def symbols(self):
        size = 24 if self.wide else 16
        entries = [bytes(size)]
        for index, name in enumerate(self.names, 1):
            at, section = self.string(name), 1 if index >= self.lowest else 0
            if self.wide:
                entries.append(self.pack("IBBHQQ", at, 0x12, 0, section, 0x1000, 8))
            else:
                entries.append(self.pack("IIIBBH", at, 0x1000, 8, 0x12, 0, section))
        return b"".join(entries)

    def gnu_table(self):
        hashes = [gnu_hash(name) for name in self.names[self.lowest - 1 :]]
        buckets = [0] * self.buckets
        chain = []
        for index, value in enumerate(hashes):
            bucket = value % self.buckets
            buckets[bucket] = buckets[bucket] or self.lowest + index
            is_last = index + 1 == len(hashes) or hashes[index + 1] % self.buckets != bucket
            chain.append(value & ~1 | is_last)
        bloom = bytes([255]) * (8 if self.wide else 4)
        head = self.pack("4I", self.buckets, self.lowest, 1, 6)
        return head + bloom + self.pack("%dI" % (len(buckets) + len(chain)), *buckets, *chain)

    def old_table(self):
        buckets, chain = [0] * self.buckets, [0] * (len(self.names) + 1)
        for index, name in enumerate(self.names, 1):
            bucket = old_hash(name) % self.buckets
            chain[index], buckets[bucket] = buckets[bucket], index
        return self.pack("%dI" % (2 + len(buckets) + len(chain)), len(buckets), len(chain), *buckets, *chain)

    def bytes(self):
        head_size, entry_size = (64, 56) if self.wide else (52, 32)
        symbols = self.symbols()
        hashes = self.old_table() if self.is_old else self.gnu_table()
        dynamic_at = head_size + 2 * entry_size
        symbols_at = dynamic_at + (len(self.pairs) + 5) * (16 if self.wide else 8)
        hashes_at = symbols_at + len(symbols)
        strings_at = hashes_at + len(hashes)
        pairs = self.pairs + [
            (DT_SYMTAB, BASE + symbols_at),
            (DT_HASH if self.is_old else DT_GNU_HASH, BASE + hashes_at),
            (elf.DT_STRTAB, BASE + strings_at),
            (elf.DT_STRSZ, len(self.table)),
            (elf.DT_NULL, 0),
        ]
        dynamic = b"".join(self.pack("qQ" if self.wide else "iI", *pair) for pair in pairs)
        size = strings_at + len(self.table)
        segments = self.segment(elf.PT_LOAD, 0, size) + self.segment(elf.PT_DYNAMIC, dynamic_at, len(dynamic))
        return self.head(head_size, entry_size) + segments + dynamic + symbols + hashes + self.table

    def head(self, head_size, entry_size):
        ident = b"\x7fELF" + bytes([2 if self.wide else 1, 1 if self.order == "<" else 2, 1]) + bytes(9)
        if self.wide:
            return ident + self.pack("HHIQQQIHHHHHH", 3, self.machine, 1, 0, head_size, 0, 0, 64, entry_size, 2, 0, 0, 0)
        return ident + self.pack("HHIIIIIHHHHHH", 3, self.machine, 1, 0, head_size, 0, 0, 52, entry_size, 2, 0, 0, 0)

    def segment(self, kind, offset, length):
        if self.wide:
            return self.pack("IIQQQQQQ", kind, 4, offset, BASE + offset, 0, length, length, 1)
        return self.pack("IIIIIIII", kind, offset, BASE + offset, 0, length, length, 4, 1)


def loader_cache(places, older=b""):
    """A cache of the loader with (name, path) pairs; `older` is a table of the old format before it."""
    order = OWN_ORDER
    strings, entries = b"", []
    start = 48 + 24 * len(places)
    for name, path in places:
        entries.append(struct.pack(order + "iIIIQ", 0x303, start + len(strings), start + len(strings) + len(name) + 1, 0, 0))
        strings += name.encode() + b"\0" + path.encode() + b"\0"
    head = b"glibc-ld.so.cache1.1" + struct.pack(order + "II", len(places), len(strings)) + bytes(20)
    return older + head + b"".join(entries) + strings
