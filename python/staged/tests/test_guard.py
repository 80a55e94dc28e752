"""The original stays as it is, whatever staged Python tries; what was missed is noted."""

import json
import os
import sys
import unittest

from staged.tests.stage import run
from staged.tests.world import InWorlds, snapshot

# Each line is one try; those that are refused say so.
TRIES = r"""
import json, os, pathlib, shutil, sys
import library
LIBRARY = os.path.dirname(library.__file__)
ENVIRONMENT = sys.prefix
def write(path):
    with open(path, "w") as file:
        file.write("changed")
tries = {
    "a link back, written": lambda: write(LIBRARY + "/late.py"),
    "a link back, appended": lambda: open(LIBRARY + "/late.py", "a").close(),
    "a link back, updated": lambda: open(LIBRARY + "/late.py", "r+").close(),
    "by pathlib": lambda: pathlib.Path(LIBRARY, "late.py").write_text("changed"),
    "by bytes": lambda: write(os.fsencode(LIBRARY + "/late.py")),
    "by os.open": lambda: os.open(LIBRARY + "/late.py", os.O_WRONLY | os.O_TRUNC),
    "below a link back": lambda: write(LIBRARY + "/rest/other.py"),
    "new below a link back": lambda: write(LIBRARY + "/rest/new.py"),
    "deep below a link back": lambda: write(LIBRARY + "/rest/deep/er/new.py"),
    "roundabout": lambda: write(LIBRARY + "/data/../rest//./new.py"),
    "by a link of the stage": lambda: write(LIBRARY.replace("/lib/", "/lib64/") + "/rest/new.py"),
    "a link back by a link of the stage": lambda: write(LIBRARY.replace("/lib/", "/lib64/") + "/late.py"),
    "a folder": lambda: os.mkdir(LIBRARY + "/rest/folder"),
    "folders": lambda: os.makedirs(LIBRARY + "/rest/a/b"),
    "removed": lambda: os.remove(LIBRARY + "/rest/other.py"),
    "renamed": lambda: os.rename(LIBRARY + "/rest/other.py", LIBRARY + "/rest/gone.py"),
    "moved in": lambda: os.replace(LIBRARY + "/single.txt", LIBRARY + "/rest/single.txt"),
    "a link": lambda: os.symlink("/", LIBRARY + "/rest/link"),
    "a hard link": lambda: os.link(LIBRARY + "/part.py", LIBRARY + "/rest/link"),
    "truncated": lambda: os.truncate(LIBRARY + "/late.py", 0),
    "mode": lambda: os.chmod(LIBRARY + "/late.py", 0o600),
    "time": lambda: os.utime(LIBRARY + "/late.py"),
    "copied over": lambda: shutil.copy(LIBRARY + "/part.py", LIBRARY + "/late.py"),
    "a tree": lambda: shutil.rmtree(LIBRARY + "/rest/deep"),
}
told = {}
for name, action in tries.items():
    try:
        action()
        told[name] = "done"
    except OSError as error:
        told[name] = error.errno
os.chdir(LIBRARY)
try:
    write("rest/other.py")
    told["relative"] = "done"
except OSError as error:
    told["relative"] = error.errno
os.chdir("rest")
try:
    write("other.py")
    told["in it"] = "done"
except OSError as error:
    told["in it"] = error.errno
os.chdir("/")
allowed = {
    "a packed file": lambda: write(LIBRARY + "/part.py"),
    "a new file": lambda: write(LIBRARY + "/new.txt"),
    "a link to it": lambda: os.symlink(LIBRARY + "/late.py", LIBRARY + "/elsewhere"),
    "a link back, taken away": lambda: os.remove(LIBRARY + "/late.py"),
    "read": lambda: open(LIBRARY + "/rest/other.py").read(),
    "elsewhere": lambda: write(sys.argv[1]),
}
for name, action in allowed.items():
    try:
        action()
        told[name] = "done"
    except OSError as error:
        told[name] = error.errno
print(json.dumps(told))
"""

CHILDREN = r"""
import multiprocessing, os, sys, threading
def missing(name):
    with open(os.path.join(sys.prefix, name)) as file:
        return file.read()
if __name__ == "__main__":
    threads = [threading.Thread(target=missing, args=("kept-%d" % number,)) for number in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    if os.fork() == 0:
        missing("forked")
        os._exit(0)
    os.wait()
    for method in ("spawn", "forkserver", "fork"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            pool.apply(missing, (method,))
    for _ in range(3):
        missing("often")
"""


class GuardTest(InWorlds):
    def run_staged(self, world, text, *arguments, **options):
        path = world.script(text)
        world.pack()
        return run([world.staged_python, world.folder + path, *arguments], world.project, script="app.py", **options)

    def check_tries(self, world):
        self.maxDiff = None
        for name in ("deep/er/file", "other.txt"):
            path = os.path.join(world.site, "library/rest", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").close()
        before = snapshot(world.original)
        path = world.script(TRIES)
        before = snapshot(world.original)
        world.pack()
        ran = run([world.staged_python, world.folder + path, os.path.join(self.scratch, "out")], world.project, script="app.py")
        told = json.loads(ran.stdout)
        done = {name for name, what in told.items() if what == "done"}
        self.assertEqual(snapshot(world.original), before)
        self.assertEqual(done, {"a packed file", "a new file", "a link to it", "a link back, taken away", "read", "elsewhere"}, told)
        # A rename finds no source, and so on: all others are refused as a read-only file system does.
        self.assertEqual({told[name] for name in told if name not in done}, {30}, told)

    def test_the_original_is_read_only(self):
        self.each(self.check_tries)

    def check_misses(self, world):
        names = ["kept-%d" % number for number in range(4)] + ["forked", "spawn", "forkserver", "fork", "often"]
        for name in names:
            with open(os.path.join(world.environment, name), "w"):
                pass
        left = world.environment + "/"
        world.script(CHILDREN)
        from staged.tests import world as module

        kept, module.LEFT = module.LEFT, module.LEFT + tuple("/env/" + name for name in names)
        try:
            self.run_staged(world, CHILDREN)
        finally:
            module.LEFT = kept
        missed = [path[len(left) :] for path in world.stage.misses() if path.startswith(left)]
        self.assertEqual(sorted(name for name in missed if name in names), sorted(names))

    def test_each_process_notes_what_it_missed_once(self):
        self.each(self.check_misses)

    def check_unwritable(self, world):
        """A stage that is gone or full costs notes, not the job."""
        path = world.script("import shutil, sys, os\nshutil.rmtree(sys.argv[1] + '/.pharos/misses')\nimport library.late\nprint('on')\n")
        world.pack()
        ran = run([world.staged_python, world.folder + path, world.folder], world.project, script="app.py")
        self.assertEqual((ran.stdout, ran.stderr), (b"on\n", b""))

    def test_notes_are_not_worth_a_job(self):
        self.each(self.check_unwritable)


if __name__ == "__main__":
    unittest.main()
