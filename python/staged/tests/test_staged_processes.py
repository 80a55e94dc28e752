"""Processes that a staged one starts, and what comes while it runs."""

import os
import re
import shutil
import unittest

from collector.tests.test_strace import can_trace
from staged.tests.stage import PROGRAMS, run, write
from staged.tests.world import InWorlds, snapshot

POOL = r"""
import multiprocessing, sys
import own.deep
def task(number):
    import helper
    return [number, __name__, __file__, helper.__file__, sys.executable, sys.prefix, task.__code__.co_filename]
if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.map(task, [1]))
"""
CHILD = r"""
import os, subprocess, sys
ask = "import subprocess, sys, library, helper; print(sys.prefix, library.__file__, helper.__file__)"
again = "import subprocess, sys; subprocess.run([sys.executable, '-c', %r], env={}, check=True)" % ask
for code in (ask, again):
    subprocess.run([sys.executable, "-c", code], env={}, check=True)
subprocess.run([sys.executable, "-I", "-c", "import library; print(library.__file__)"], env={}, check=True)
subprocess.run([sys.executable, "-m", "own.tool"], env={}, check=True)
"""
LATER = r"""
import importlib, os, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
def absent(name):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return True
names = ["made", "package_made", "moved", "by_a_child"]
print([absent(name) for name in names])
with open(HERE + "/made.py", "w") as file: file.write("MADE = 1")
os.mkdir(HERE + "/package_made")
with open(HERE + "/package_made/__init__.py", "w") as file: file.write("MADE = 2")
with open(HERE + "/moved.part", "w") as file: file.write("MADE = 3")
os.rename(HERE + "/moved.part", HERE + "/moved.py")
subprocess.run(["sh", "-c", "echo MADE = 4 >" + HERE + "/by_a_child.py"])
print([importlib.import_module(name).MADE for name in names])
print(absent("by_another"))
os.environ["FILE"] = HERE + "/by_another.py"
"""
COLLECTIONS = r"""
import gc, sys, threading
before = gc.get_threshold()
import library.stays
assert gc.get_threshold() == before, gc.get_threshold()
import library.sets
assert gc.get_threshold() == (500, 5, 5), gc.get_threshold()
gc.set_threshold(*before)
import library.disables
assert not gc.isenabled() and gc.get_threshold() == before
import library.stays_too
gc.enable()
names = ["library.thread_%d" % number for number in range(40)]
def work(names):
    for name in names: __import__(name)
threads = [threading.Thread(target=work, args=(names[at::4],)) for at in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert gc.get_threshold() == before, gc.get_threshold()
try:
    import library.fails
except ZeroDivisionError:
    pass
assert gc.get_threshold() == before, gc.get_threshold()
print(library.stays.SEEN[0] > before[0] and library.sets.SEEN[0] > before[0])
"""
SUB = r"""
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import library, os, sys
users = os.listdir(sys.argv[1])
sub = interpreters.create()
code = "import library, sys; assert library.__file__.startswith(%r); assert type(library.__loader__).__name__ == 'PackedSourceLoader'"
failed = interpreters.run_string(sub, code % sys.argv[1].partition("/.pharos")[0])
interpreters.destroy(sub)
print(failed, os.listdir(sys.argv[1]) == users)
"""


class StagedProcessesTest(InWorlds):
    def start(self, world, text, *arguments, before=(), flags=(), modules=(), writes=False):
        for name, content in modules:
            write(os.path.join(world.site, name), content)
        path = world.script(text)
        world.pack()
        command = [*before, world.staged_python, *flags, world.folder + path, *arguments]
        kept = snapshot(world.original)
        told = run(command, world.project, script="app.py").stdout.decode()
        if not writes:
            self.assertEqual(snapshot(world.original), kept)
        return told

    def check_pool(self, world):
        ordinary = run([world.python, "-B", world.script(POOL)], world.project).stdout.decode()
        log = os.path.join(self.scratch, "calls")
        before = ["strace", "-f", "-o", log, "-e", "trace=%file"] if can_trace() else []
        staged = self.start(world, POOL, before=before)
        self.assertEqual(staged.replace(world.folder, ""), ordinary)
        if before:
            with open(log, errors="replace") as file:
                calls = [line for line in file if re.search(r'"%s/' % re.escape(world.project), line)]
            self.assertEqual(calls, [])

    @unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
    def test_a_pool_asks_the_project_for_nothing(self):
        self.each(self.check_pool)

    def check_children(self, world):
        write(os.path.join(world.project, "own/tool.py"), "import sys, library\nprint(__spec__.name, __file__, library.__file__)\n")
        ordinary = run([world.python, "-B", world.script(CHILD)], world.project).stdout.decode()
        staged = self.start(world, CHILD)
        self.assertEqual(staged.replace(world.folder, ""), ordinary)
        self.assertEqual(staged.count(world.folder), 6)

    def test_children_without_an_environment_stay_in_the_stage(self):
        self.each(self.check_children)

    def check_later(self, world):
        another = "import os, sys\nopen(sys.argv[1], 'w').write('MADE = 5')\n"
        writer = write(os.path.join(self.scratch, "writer.py"), another)
        text = LATER + "subprocess.run([sys.executable, %r, os.environ['FILE']])\n" % writer + "import by_another; print(by_another.MADE)\n"
        told = self.start(world, text, writes=True).splitlines()
        self.assertEqual(told, ["[True, True, True, True]", "[1, 2, 3, 4]", "True", "5"])

    def test_modules_that_are_made_while_it_runs(self):
        self.each(self.check_later)

    def check_collections(self, world):
        seen = "import gc\nSEEN = gc.get_threshold()\n"
        modules = [("library/stays.py", seen), ("library/stays_too.py", seen), ("library/fails.py", "1 / 0\n")]
        modules.append(("library/sets.py", seen + "gc.set_threshold(500, 5, 5)\n"))
        modules.append(("library/disables.py", seen + "gc.disable()\n"))
        modules += [("library/thread_%d.py" % at, "import time\ntime.sleep(%f)\n" % (at % 3 / 1000)) for at in range(40)]
        self.assertEqual(self.start(world, COLLECTIONS, modules=modules), "True\n")

    def test_collections_are_put_off_while_a_library_is_imported(self):
        self.each(self.check_collections)

    def check_optimized(self, world):
        text = "import library.asserts\nprint(library.asserts.holds(), __debug__)\n"
        self.assertEqual(self.start(world, text, flags=["-O"]), "False False\n")

    def test_assertions_go_with_optimization(self):
        self.each(self.check_optimized)

    def check_interpreters(self, world):
        if run([world.interpreter, "-c", "try:\n import _xxsubinterpreters\nexcept ImportError:\n import _interpreters"],
               self.scratch, check=False).returncode:  # fmt: skip
            self.skipTest("this interpreter has no module for further ones")
        told = self.start(world, SUB, world.folder + "/.pharos/users")
        self.assertEqual(told, "None True\n")

    def test_further_interpreters_of_a_process(self):
        self.each(self.check_interpreters)

    def check_python_path(self, world):
        """The system's Python with a folder of PYTHONPATH, and with a sitecustomize of its own or without one."""
        path = world.script("import library, sys\nprint(type(library.__loader__).__name__, 'sitecustomize' in sys.modules)\n")
        world.pack()
        os.remove(world.folder + world.site + "/00-pharos.pth")
        with open(os.path.join(PROGRAMS, "sitecustomize.py")) as file:
            text = file.read().replace("@PHAROS-STAGE@", world.folder)
        write(world.folder + world.site + "/sitecustomize.py", text)
        write(self.scratch + "/own/sitecustomize.py", "import sys\nsys.own = __file__\nprint('own', __name__)\n")
        for folders, told in ((["own"], "own sitecustomize\nPackedSourceLoader True\n"), ([], "PackedSourceLoader False\n")):
            variables = {"PYTHONPATH": ":".join([world.folder + world.site, *(self.scratch + "/" + name for name in folders)])}
            ran = run([world.staged_python, path], world.project, environment=variables)
            self.assertEqual((ran.stdout.decode(), ran.stderr), (told, b""))

    def test_a_folder_of_pythonpath_begins_a_staged_start(self):
        self.each(self.check_python_path)

    def check_damaged(self, world):
        """Without what Pharos puts there it is an ordinary environment; `site` tells what was wrong."""
        path = world.script("import library, sys\nprint(library.VALUE)\n")
        world.pack()
        shutil.rmtree(world.folder + "/.pharos/staged")
        ran = run([world.staged_python, world.folder + path], world.project)
        self.assertEqual(ran.stdout, b"1\n")
        self.assertIn(b"00-pharos.pth", ran.stderr)

    def test_a_damaged_stage_still_starts(self):
        self.each(self.check_damaged)


if __name__ == "__main__":
    unittest.main()
