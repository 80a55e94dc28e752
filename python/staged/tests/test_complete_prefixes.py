"""Prefixes in binaries, completed as `launch` has it done; no image leads out of its stage."""

import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "complete_prefixes.py")
PREFIX = b"/lustre/u/conda"
STAGE = b"/tmp/pharos-0/0123456789abcdef"
HEAD = b"\x7fELF\x00\x01binary "


def padded(text, room):
    return text.ljust(room, b"\0")


class CompletePrefixesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(os.path.realpath(folder.name), "stage")
        os.makedirs(os.path.join(self.folder, ".pharos"))

    def place(self, path, content, mode=0o755):
        target = os.path.join(self.folder, path.lstrip("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)
        os.chmod(target, mode)
        os.utime(target, (1, 1))
        return target

    def complete(self, entries, stage=STAGE):
        text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
        with open(os.path.join(self.folder, ".pharos", "prefixes"), "wb") as file:
            file.write(text)
        command = [sys.executable, "-I", "-S", PROGRAM, self.folder, os.fsdecode(stage)]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

    def entry(self, path, room, offset=len(HEAD)):
        return {"path": path, "prefix": os.fsdecode(PREFIX), "offset": offset, "bytes": room}

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def test_the_text_grows_into_its_room_and_nothing_else_moves(self):
        text = PREFIX + b"/lib:" + PREFIX + b"/lib64:" + PREFIX + b"-other"
        path = self.place("/lustre/u/conda/lib/one.so", HEAD + padded(text, 256) + b"tail")
        done = self.complete([self.entry("/lustre/u/conda/lib/one.so", 256)])
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        grown = STAGE + PREFIX + b"/lib:" + STAGE + PREFIX + b"/lib64:" + PREFIX + b"-other"
        self.assertEqual(self.read(path), HEAD + padded(grown, 256) + b"tail")
        status = os.stat(path)
        self.assertEqual((status.st_mode & 0o7777, status.st_mtime), (0o755, 1))
        self.assertEqual(os.listdir(os.path.dirname(path)), ["one.so"])

    def test_several_in_one_file(self):
        path = self.place("/a", HEAD + padded(PREFIX, 64) + padded(PREFIX + b"/etc", 80))
        self.assertEqual(self.complete([self.entry("/a", 64), self.entry("/a", 80, len(HEAD) + 64)]).returncode, 0)
        grown = STAGE + PREFIX
        self.assertEqual(self.read(path), HEAD + padded(grown, 64) + padded(grown + b"/etc", 80))

    def test_what_has_no_room_keeps_the_original_and_is_told(self):
        exact = len(STAGE + PREFIX) + 1
        fits = self.place("/fits", HEAD + padded(PREFIX, exact))
        not_quite = self.place("/not", HEAD + padded(PREFIX, exact - 1))
        done = self.complete([self.entry("/fits", exact), self.entry("/not", exact - 1)])
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"1 of 2 prefixes", done.stderr)
        self.assertEqual(self.read(fits), HEAD + STAGE + PREFIX + b"\0")
        self.assertEqual(self.read(not_quite), HEAD + padded(PREFIX, exact - 1))

    def test_the_running_program_can_be_completed(self):
        program = self.read(os.path.realpath(sys.executable))
        path = self.place("/python", program + padded(PREFIX, 99))
        running = subprocess.Popen([path, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertEqual(self.complete([self.entry("/python", 99, len(program))]).returncode, 0)
        running.communicate(b"\n", timeout=60)
        self.assertTrue(self.read(path).endswith(padded(STAGE + PREFIX, 99)))

    def test_a_name_that_is_not_text(self):
        stage, name = b"/tmp/\xff\xfe \xc3\xa4", "/lib \udcff.so"
        path = self.place(name, HEAD + padded(PREFIX, 99))
        self.assertEqual(self.complete([self.entry(name, 99)], stage).returncode, 0)
        self.assertEqual(self.read(path), HEAD + padded(stage + PREFIX, 99))

    def test_nothing_out_of_the_folder_is_touched(self):
        outside = os.path.join(os.path.dirname(self.folder), "outside")
        content = HEAD + padded(PREFIX, 99)
        with open(outside, "wb") as file:
            file.write(content)
        os.symlink(outside, os.path.join(self.folder, "link"))
        os.symlink("..", os.path.join(self.folder, "up"))
        os.mkfifo(os.path.join(self.folder, "pipe"))
        for path in ("/../outside", "/link", "/up/outside", outside, "/pipe", "/", "", "/a\0b", "/gone", "/./link"):
            with self.subTest(path):
                self.assertEqual(self.complete([self.entry(path, 99)]).returncode, 1)
                self.assertEqual(self.read(outside), content)
                self.assertTrue(os.path.islink(os.path.join(self.folder, "link")))

    def test_what_does_not_fit_to_the_file_changes_nothing(self):
        content = HEAD + padded(PREFIX, 64) + b"code"
        path = self.place("/a", content)
        for wrong in (self.entry("/a", 68), self.entry("/a", 64, 0), self.entry("/a", 64, 1 << 40),
                      self.entry("/a", len(PREFIX))):  # fmt: skip
            with self.subTest(wrong):
                self.assertEqual(self.complete([wrong]).returncode, 1)
                self.assertEqual(self.read(path), content)

    def test_any_bytes_are_refused_without_a_traceback(self):
        generator = random.Random(5)
        good = json.dumps([self.entry("/a", 64)]).encode()
        self.place("/a", HEAD + padded(PREFIX, 64))
        for _ in range(20):
            bad = bytearray(good)
            for _ in range(generator.randint(1, 4)):
                bad[generator.randrange(len(bad))] = generator.randrange(256)
            done = self.complete(bytes(bad))
            self.assertIn(done.returncode, (0, 1))
            self.assertNotIn(b"Traceback", done.stderr)
        for bad in (b"", b"{}", b"[[]]", b"[null]", b"5", b'[{"path": 1}]', b"[" * 100000):
            done = self.complete(bad)
            self.assertNotIn(b"Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
