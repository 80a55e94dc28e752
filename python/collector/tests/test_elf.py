"""The ELF reader on this machine's libraries, on made ones of each layout, and on damaged ones."""

import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

from collector.machine import elf


def make_elf(is_wide, order, strings, tags):
    """A minimal shared object: one PT_LOAD over all of it, one PT_DYNAMIC, a string table."""
    table = b"\0" + b"".join(text + b"\0" for text in strings)
    offsets, at = [], 1
    for text in strings:
        offsets.append(at)
        at += len(text) + 1
    head_size, entry_size = (64, 56) if is_wide else (52, 32)
    dynamic_at = head_size + 2 * entry_size
    pairs = [(tag, offsets[index]) for tag, index in tags]
    strings_at = dynamic_at + (len(pairs) + 3) * (16 if is_wide else 8)
    pairs += [(elf.DT_STRTAB, 0x10000 + strings_at), (elf.DT_STRSZ, len(table)), (elf.DT_NULL, 0)]
    dynamic = b"".join(struct.pack(order + ("qQ" if is_wide else "iI"), *pair) for pair in pairs)
    size = strings_at + len(table)
    ident = b"\x7fELF" + bytes([2 if is_wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)

    def segment(kind, offset, length):
        if is_wide:
            return struct.pack(order + "IIQQQQQQ", kind, 4, offset, 0x10000 + offset, 0, length, length, 1)
        return struct.pack(order + "IIIIIIII", kind, offset, 0x10000 + offset, 0, length, length, 4, 1)

    if is_wide:
        head = struct.pack(order + "HHIQQQIHHHHHH", 3, 62, 1, 0, head_size, 0, 0, 64, entry_size, 2, 0, 0, 0)
    else:
        head = struct.pack(order + "HHIIIIIHHHHHH", 3, 3, 1, 0, head_size, 0, 0, 52, entry_size, 2, 0, 0, 0)
    segments = segment(elf.PT_LOAD, 0, size) + segment(elf.PT_DYNAMIC, dynamic_at, len(dynamic))
    return ident + head + segments + dynamic + table


class ElfCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def read(self, data):
        path = os.path.join(self.folder, "x.so")
        with open(path, "wb") as file:
            file.write(data)
        return elf.read_elf(path)

    def sample(self, is_wide=True, order="<"):
        tags = [(elf.DT_NEEDED, 0), (elf.DT_NEEDED, 1), (elf.DT_SONAME, 2), (elf.DT_RUNPATH, 3), (elf.DT_RPATH, 4)]
        strings = [b"libm.so.6", b"libc.so.6", b"libx.so.1", b"$ORIGIN/../x.libs:/opt/lib", b"/old"]
        return make_elf(is_wide, order, strings, tags)


class Reads(ElfCase):
    def test_both_widths_and_both_byte_orders(self):
        for is_wide in (True, False):
            for order in "<>":
                found = self.read(self.sample(is_wide, order))
                self.assertEqual(found.needed, [b"libm.so.6", b"libc.so.6"])
                self.assertEqual(found.soname, b"libx.so.1")
                self.assertEqual(found.runpath, [b"$ORIGIN/../x.libs", b"/opt/lib"])
                self.assertEqual(found.rpath, [b"/old"])

    def test_what_is_no_elf_file_is_none(self):
        for data in (b"", b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF" + bytes(60)):
            self.assertIsNone(self.read(data))
        self.assertIsNone(elf.read_elf(self.folder))
        self.assertIsNone(elf.read_elf(os.path.join(self.folder, "absent")))

    def test_agrees_with_readelf_on_this_machines_libraries(self):
        if shutil.which("readelf") is None:
            self.skipTest("readelf is not installed")
        with open("/proc/self/maps") as maps:
            libraries = {line.split()[-1] for line in maps if ".so" in line.split()[-1]}
        self.assertGreater(len(libraries), 1)
        for path in sorted(libraries):
            text = subprocess.check_output(["readelf", "-dW", path], universal_newlines=True, env={"LC_ALL": "C"})
            needed = [line.split("[")[1].rstrip("]\n") for line in text.split("\n") if "(NEEDED)" in line]
            self.assertEqual([os.fsdecode(name) for name in elf.read_elf(path).needed], needed, path)


class Survives(ElfCase):
    def test_damaged_files_are_none_or_read_never_a_crash(self):
        rand = random.Random(7)
        for _ in range(3000):
            data = bytearray(self.sample(rand.random() < 0.5, rand.choice("<>")))
            for _ in range(rand.randrange(1, 8)):
                data[rand.randrange(4, len(data))] = rand.choice([0, 1, 0x7F, 0x80, 0xFF, rand.randrange(256)])
            if rand.random() < 0.3:
                del data[rand.randrange(len(data)) :]
            found = self.read(bytes(data))
            if found is not None:
                self.assertLessEqual(len(found.needed), elf.MOST_NEEDED)


if __name__ == "__main__":
    unittest.main()
