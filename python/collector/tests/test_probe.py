"""What the probe tells of a start: phases, imports and their levels, operations, activities."""

import os
import random
import shutil
import subprocess
import sysconfig
import tempfile
import unittest

from collector.job.command import CommandError, read_command
from collector.job.private_folder import PrivateFolder, choose_folder
from collector.probe.options import looks_like_python, read_command_line
from collector.job.spools import read_images

from .ground import INTERPRETERS, Ground, each_interpreter

JOBS = {
    "levels.py": "import outer\nfrom lazy import part\n\ndef later():\n    import colorsys\n\nlater()\nimport last\n",
    "outer.py": "import inner\ntry:\n    import absent_module\nexcept ImportError:\n    pass\n",
    "inner.py": "",
    "last.py": "",
    "lazy/__init__.py": "import importlib\n\ndef __getattr__(name):\n    if name == 'part':\n"
    "        return importlib.import_module('lazy.part')\n    raise AttributeError(name)\n",
    "lazy/part.py": "",
    "ready.py": "import json\n__import__('sys').audit('pharos.ready')\n",
    "acts.py": "import worker\n",
    "worker.py": "import os, socket, subprocess\nos.makedirs('.', exist_ok=True)\nopen('written', 'a').write('line')\n"
    "subprocess.run(['true'])\nmade = socket.socket(socket.AF_UNIX)\n"
    "try:\n    made.connect('/nowhere')\nexcept OSError:\n    pass\nmade.close()\n",
    "reaches.py": "import reacher\n",
    "reacher.py": "import socket\n"
    "def ask(*a):\n    try:\n        socket.getaddrinfo(*a)\n    except OSError:\n        pass\n"
    "def reach(kind, host):\n    made = socket.socket(socket.AF_INET, kind)\n    made.settimeout(0.05)\n"
    "    try:\n        made.connect((host, 9))\n    except OSError:\n        pass\n    made.close()\n"
    "reach(socket.SOCK_STREAM, '127.0.0.1')\nreach(socket.SOCK_DGRAM, '192.0.2.1')\n"
    "ask('192.0.2.1', 9)\nask(None, 9)\nask('localhost', 9)\n"
    "reach(socket.SOCK_STREAM, '192.0.2.1')\nask('name.invalid', 9, 0, 0, 0, socket.AI_NUMERICHOST)\n",
    "many.py": "for _ in range(310000):\n    open('many.py').close()\n",
    "embedding.c": '#include <Python.h>\nint main(void) { Py_Initialize(); PyRun_SimpleString("import json");'
    " return Py_FinalizeEx() + 5; }\n",
}


class Start(Ground):
    JOBS = JOBS

    def record(self, argv, **options):
        self.observed = self.run_observed(argv, **options)
        lines = self.lines()
        self.words = {line[1]: line[2] for line in lines if line[0] == "s"}
        self.job = [line[1] for line in lines if line[0] == "x" and line[5]["role"] == "job"][0]
        return lines

    def imports(self, lines):
        """Level and parent's name of each module of the job."""
        begun = [line for line in lines if line[0] == "b" and line[1] == self.job]
        names = {line[2]: self.words[line[4]] for line in begun}
        return {self.words[line[4]]: (line[6], names.get(line[3])) for line in begun}

    @each_interpreter
    def test_levels(self, python, version):
        found = self.imports(self.record([python, "levels.py"]))
        self.assertEqual(found["outer"], ("main", None))
        self.assertEqual(found["inner"], ("nested", "outer"))
        self.assertEqual(found["lazy.part"], ("main", None))
        self.assertEqual(found["colorsys"], ("late", None))
        self.assertEqual(found["last"], ("main", None))

    @each_interpreter
    def test_outcomes_and_origins(self, python, version):
        lines = self.record([python, "levels.py"])
        ended = {line[2]: line for line in lines if line[0] == "e" and line[1] == self.job}
        begun = {self.words[line[4]]: line[2] for line in lines if line[0] == "b" and line[1] == self.job}
        self.assertEqual(ended[begun["absent_module"]][4:], ["missing", 0, "other"])
        self.assertEqual(ended[begun["inner"]][4], "loaded")
        self.assertEqual(ended[begun["inner"]][6], "source")
        self.assertGreater(ended[begun["inner"]][5], 0)

    @each_interpreter
    def test_phases(self, python, version):
        lines = self.record([python, "ready.py"])
        phases = [line[3] for line in lines if line[0] == "f" and line[1] == self.job]
        self.assertEqual(phases, ["interpreter", "site", "main", "ready", "exit"])
        times = [line[2] for line in lines if line[0] == "f" and line[1] == self.job]
        self.assertEqual(times, sorted(times))

    @each_interpreter
    def test_activities(self, python, version):
        lines = self.record([python, "acts.py"])
        facts = [line[2] for line in lines if line[:2] == ["fact", "activity"]]
        # A folder that is there already is not written.
        self.assertEqual(sorted(fact["kind"] for fact in facts), ["connect", "spawn", "write"])
        begun = {line[2]: self.words[line[4]] for line in lines if line[0] == "b" and line[1] == self.job}
        self.assertEqual({begun[fact["import"]] for fact in facts}, {"worker"})
        self.assertNotIn("nowhere", repr(lines))

    @each_interpreter
    def test_what_leaves_the_node_is_told_from_what_stays(self, python, version):
        lines = self.record([python, "reaches.py"])
        told = [line[2]["detail"] for line in lines if line[:2] == ["fact", "activity"]]
        self.assertEqual(told, ["loopback", "datagram", "network", "resolve"])

    def test_a_loop_over_files_is_cut(self):
        lines = self.record([list(INTERPRETERS.values())[-1], "many.py"])
        self.assertIn("later file operations", [line[2]["what"] for line in lines if line[:2] == ["fact", "missing"]])

    def test_a_program_that_embeds_python(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        include, folder = sysconfig.get_paths()["include"], sysconfig.get_config_var("LIBDIR")
        library = "python" + sysconfig.get_config_var("LDVERSION")
        program = os.path.join(self.folder, "embedding")
        command = [compiler or "cc", "embedding.c", "-o", program, "-I", include, "-L", folder, "-Wl,-rpath," + folder]
        if compiler is None or subprocess.run(
            command + ["-l" + library], cwd=self.folder, stderr=subprocess.DEVNULL
        ).returncode:
            self.skipTest("no C compiler, or no header files and library of this Python")
        lines = self.check([program])
        self.assertEqual(self.run_observed([program])[2], 5)
        forms = [line[2]["form"] for line in lines if line[:2] == ["fact", "command"]]
        self.assertEqual(forms, ["embedded"])


class Options(unittest.TestCase):
    """The interpreter's command line."""

    def test_forms(self):
        for words, form, target, options, rest in (
            ("-I a.py b", "script", "a.py", ["-I"], 3),
            ("-Im mod x", "module", "mod", ["-I"], 3),
            ("-Immod x", "module", "mod", ["-I"], 2),
            ("-W error -X dev -c code -c", "command", "code", ["-W", "error", "-X", "dev"], 7),
            ("-Werror -", "stdin", "-", ["-Werror"], 3),
            ("-E -- -a.py", "script", "-a.py", ["-E"], 4),
            ("--check-hash-based-pycs never a.py", "script", "a.py", ["--check-hash-based-pycs", "never"], 4),
            ("-V", "none", None, [], 2),
            ("", "stdin", None, [], 1),
        ):
            argv = ["python"] + words.split()
            line = read_command_line(argv)
            self.assertEqual((line.form, line.target, line.rest), (form, target, rest), words)
            if form != "none":
                self.assertEqual(line.options, options, words)

    def test_no_argument_list_is_too_odd(self):
        pick = random.Random(5)
        pieces = ["-", "--", "-I", "-c", "-m", "-W", "-X", "-Ic", "", "a", "-\udc80", "--x", "-E" * 50, "é"]
        for _ in range(3000):
            argv = ["python"] + [pick.choice(pieces) for _ in range(pick.randrange(6))]
            line = read_command_line(argv)
            self.assertLessEqual(line.rest, len(argv))

    def test_names(self):
        for name in ("python", "python3", "/x/python3.11", "python3.13t", "pypy3"):
            self.assertTrue(looks_like_python(name), name)
        for name in ("pythonic", "python-config", "ipython", "python3.11-config", "pytest"):
            self.assertFalse(looks_like_python(name), name)


class Environment(unittest.TestCase):
    """PYTHONPATH with the probe's entry, and what it would be without."""

    def setUp(self):
        self.folder = PrivateFolder()
        self.addCleanup(self.folder.remove, False)

    def test_put_in_and_taken_out(self):
        entry = self.folder.entry
        for value in (None, b"", b":", b"/a", b"/a:", b":/a:/b", b"/a::/b", b"/\xff"):
            self.assertEqual(entry.remove(entry.add(value)), value)

    def test_what_scripts_do_to_it(self):
        entry = self.folder.entry
        for value, before, after in ((None, b"/n:", b""), (b"/a", b"/n:", b""), (b"/a", b"", b":/n"), (b"", b"/n:", b":/m")):
            bare = before + (value or b"") + after
            self.assertEqual(entry.remove(before + entry.add(value) + after), bare)

    def test_module_tools_leave_no_empty_entry(self):
        entry = self.folder.entry
        tool = {b"__LMOD_REF_COUNT_PYTHONPATH": b"/n:1"}
        self.assertEqual(entry.remove(b"/n:" + entry.add(None), tool), b"/n")


class Folder(unittest.TestCase):
    """Where the spools go."""

    def test_a_folder_of_this_node_comes_first(self):
        shared, local = [os.path.realpath(tempfile.mkdtemp()) for _ in range(2)]
        self.addCleanup(os.rmdir, shared)
        self.addCleanup(os.rmdir, local)
        classes = {shared: "lustre", local: "tmpfs"}
        self.assertEqual(choose_folder(["/absent", shared, local], classes.get), local)
        self.assertEqual(choose_folder([shared], classes.get), shared)
        self.assertIsNone(choose_folder(["/absent"], classes.get))

    def test_a_colon_would_end_the_entry(self):
        folder = tempfile.mkdtemp(prefix="a:b")
        self.addCleanup(os.rmdir, folder)
        self.assertIsNone(choose_folder([folder], lambda path: "local"))


class Commands(Ground):
    def test_forms(self):
        self.write("job.py", "#!/usr/bin/env python3\n", True)
        self.write("bin/tool", "#!/usr/bin/python3 -Es\n", True)
        self.write("job.sh", "#!/bin/bash\n", True)
        here = self.folder + "/"
        for argv, form, script in (
            (["python3", "a/b.py", "secret"], "script", "b.py"),
            (["python3", "-m", "pkg.mod"], "module", "pkg.mod"),
            (["python3", "-c", "secret"], "command", None),
            (["python3"], "python", None),
            ([here + "job.py"], "script", "job.py"),
            ([here + "bin/tool"], "entry-point", "tool"),
            ([here + "job.sh"], "shell", "job.sh"),
            (["sh", "-c", "secret"], "shell", None),
            (["ls"], "other", None),
        ):
            fact = read_command(argv).fact()
            self.assertEqual((fact["form"], fact.get("script")), (form, script), argv)
            self.assertEqual(fact["argc"], len(argv) - 1)
            self.assertNotIn("secret", repr(fact))

    def test_no_program(self):
        for word in ("no-such-program-anywhere", "/", ""):
            with self.assertRaises(CommandError):
                read_command([word])


class Spools(unittest.TestCase):
    """The job could write into its spool."""

    def test_any_bytes(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "1.0.spool")
        good = b"r" + (40).to_bytes(4, "little") + (1).to_bytes(4, "little") + b"[('X', 5, [(1, 2)], [], '/usr/bin/py')] "
        pick = random.Random(7)
        for _ in range(2000):
            data = bytearray(good * 2)
            for _ in range(pick.randrange(4)):
                data[pick.randrange(len(data))] = pick.randrange(256)
            # marshal is left to its own: only frames of text are bent.
            data[:1] = b"r"
            with open(path, "wb") as file:
                file.write(data[: pick.randrange(len(data))] if pick.random() < 0.5 else data)
            for image in read_images([path]):
                self.assertIsInstance(image.pid, int)

    def test_records_that_are_not_ours(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "1.0.spool")
        text = b"[('X', 5, [(1, 2)], [], '/usr/bin/py'), 7, (), ('B',), ('I', 6, 'file', 3), ('L', 7, 8), ('X', 'a')]"
        with open(path, "wb") as file:
            file.write(b"r" + len(text).to_bytes(4, "little") + (1).to_bytes(4, "little") + text)
        self.assertEqual([image.ancestry for image in read_images([path])], [[(1, 2)]])


if __name__ == "__main__":
    unittest.main()
