"""Under the doctor, too, a command's output, status and what it sees of itself are as in a bare run."""

import os
import sys
import unittest

from .ground import COLLECTOR, each_interpreter
from .test_unchanged import FAILING, Jobs

# What a census at exit could disturb, beside the forms that the audit's test has.
LATE = {
    "exits_late.py": "import atexit, sys\natexit.register(lambda: print('last', sorted(sys.modules)))\nimport json\n",
    "no_callbacks.py": "import sys\nprint('atexit' in sys.modules)\nimport atexit\natexit.register(print, 'one')\natexit.register(print, 'two')\n",
    "unregisters.py": "import atexit\natexit.register(print, 'never')\natexit.unregister(print)\n",
    "fails_late.py": "import atexit\nclass Fails:\n    __repr__ = lambda self: 'it'\n    __call__ = lambda self: 1 / 0\natexit.register(Fails())\n",
    "threads_late.py": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()\nprint('main')\n",
    "collects.py": "import gc, weakref\nclass A:\n    pass\na = A()\nweakref.finalize(a, print, 'finalized')\n",
    "ctypes_late.py": "import sys\nprint([name for name in sys.modules if 'ctypes' in name])\nimport ctypes\nprint(ctypes.CDLL(None).getpid() > 0)\n",
    "no_streams.py": "import os, sys\nsys.stdout.flush()\nos.close(1)\nos.close(2)\n",
    "names.py": "import sys, math, decimal\nprint(sorted(sys.modules), sys.path, sys.flags, len(sys.meta_path))\n",
    "sets_mask.py": "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nimport json\nprint(len(os.sched_getaffinity(0)))\n",
    "no_modules.py": "import sys\nprint('here', flush=True)\nsys.modules.clear()\n",
    "no_path.py": "import sys\nsys.path = None\nprint('here')\n",
    "strange_modules.py": "import sys\nclass Lazy:\n    def __getattribute__(self, name):\n        raise RuntimeError(name)\nsys.modules['lazy'] = Lazy()\nsys.modules[3] = None\nprint('here')\n",
}


class UnderTheDoctor(Jobs):
    JOBS = dict(Jobs.JOBS, **LATE)

    def run_observed(self, argv, **options):
        prefix = [sys.executable, "-I", "-B", COLLECTOR, "doctor", "-o", self.recording, "--passthrough", "--"]
        return self._run(prefix + argv, **options)

    def lines(self):
        node = os.uname().nodename.split(".")[0]
        plain, self.recording = self.recording, "%s.%s.pharos" % (self.recording[: -len(".pharos")], node)
        try:
            return super().lines()
        finally:
            self.recording = plain

    def check(self, argv, how="inside", **options):
        lines = super().check(argv, seen=False, **options)
        seen = [line[2]["seen"] for line in lines if line[:2] == ["fact", "rank"]]
        self.assertEqual(seen, [how], argv)
        return lines

    @each_interpreter
    def test_forms(self, python, version):
        self.check([python, "state.py", "one", "two words"])
        for options in (["-I"], ["-E"], ["-S"], ["-s"], ["-X", "dev"], ["-O"]):
            self.check([python] + options + ["state.py", "argument"])
        self.check([python, "-c", "import json; print(json.__name__)"])
        self.check([python, "-m", "package", "argument"])
        self.check([python], given=b"import json\nprint(1)\n")

    @each_interpreter
    def test_failures(self, python, version):
        outside = ("killed.py", "aborts.py", "signalled.py", "unreadable.py")
        for name in FAILING:
            if name not in outside:
                self.check([python, name])
        self.check([python, "signalled.py"], how="outside")

    @each_interpreter
    def test_ends(self, python, version):
        for name in LATE:
            self.check([python, name])

    @each_interpreter
    def test_children(self, python, version):
        self.check([python, "forks.py"])
        self.check([python, "parallel.py"])
        self.check([python, "subinterpreter.py"])
        self.check([python, "threads.py"])


if __name__ == "__main__":
    unittest.main()
