"""The ELF reader on this machine's libraries, on made ones of each layout, and on damaged ones."""

import os
import random
import shutil
import subprocess
import tempfile
import unittest

from collector.machine import elf
from collector.tests.shared_object import SharedObject


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
        tags = [(elf.DT_RUNPATH, b"$ORIGIN/../x.libs:/opt/lib"), (elf.DT_RPATH, b"/old")]
        needed = [b"libm.so.6", b"libc.so.6"]
        return SharedObject(b"libx.so.1", needed, tags=tags, is_wide=is_wide, order=order).bytes()


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
