"""Observed means unchanged: every form of command, bare and observed, compared byte for byte."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import unittest

from .ground import COLLECTOR, INTERPRETERS, Ground, each_interpreter

FAILING = {
    "raises.py": "def inner():\n    raise ValueError('no')\n\ninner()\n",
    "exits.py": "import sys\nsys.exit(7)\n",
    "exits_text.py": "import sys\nsys.exit('a message')\n",
    "syntax.py": "x = 1\ndef f(:\n",
    "broken_main.py": "import broken_package.broken_module\n",
    "syntax_import.py": "import syntax\n",
    "missing_import.py": "import json\nimport not_there_at_all\n",
    "missing_name.py": "from json import not_there\n",
    "nested_import.py": "import chain_a\n",
    "bad_bytecode.py": "import sourceless\n",
    "null_path.py": "import sys\nsys.path.insert(0, 'a\\0b')\nimport not_there_at_all\n",
    "unreadable.py": "import secret\n",
    "interrupted.py": "raise KeyboardInterrupt\n",
    "signalled.py": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
    "killed.py": "import json, os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "left.py": "import os\nprint('gone', flush=True)\nos._exit(3)\n",
    "aborts.py": "import os\nos.abort()\n",
    "hook.py": "import sys\nsys.excepthook = lambda *args: print('hooked', args[0].__name__, args[2].tb_frame.f_code.co_name)\n1/0\n",
    "chained.py": "try:\n    1/0\nexcept ZeroDivisionError as error:\n    raise KeyError('x') from error\n",
    "warns.py": "import warnings\nwarnings.warn('here', UserWarning, stacklevel=2)\nimport warner\n",
    "prints_stack.py": "import traceback, sys\ntry:\n    import chain_a\nexcept Exception:\n    traceback.print_exc()\n",
    "recursion.py": "import deep\nprint(deep.DEPTH)\n",
    "audits.py": "import sys\nseen = []\nsys.addaudithook(lambda event, args: seen.append(event))\nopen('/dev/null').close()\nimport colorsys\n"
    "print([name for name in seen if not name.startswith('object.')])\n",
    "exit_function.py": "import atexit\natexit.register(lambda: print('bye', __name__))\n",
}
MODULES = {
    "broken_package/__init__.py": "",
    "broken_package/broken_module.py": "def f():\n    return 1 / 0\nf()\n",
    "chain_a.py": "import chain_b\n",
    "chain_b.py": "import importlib\nimportlib.import_module('chain_c')\n",
    "chain_c.py": "raise RuntimeError('deep')\n",
    "warner.py": "import warnings\nwarnings.warn('from import', UserWarning, stacklevel=2)\n",
    "deep.py": "import sys\nframe, DEPTH = sys._getframe(), 0\nwhile frame:\n    frame, DEPTH = frame.f_back, DEPTH + 1\n",
    "package/__init__.py": "",
    "package/__main__.py": "from package import inner\nimport state\nstate.show()\n",
    "package/inner.py": "import json\n",
    "folder/__main__.py": "import sys\nsys.path.insert(1, sys.path[0] + '/..')\nimport state\nstate.show()\n",
    "closes.py": "import os\nos.closerange(3, 5000)\nheld = [open('/dev/null') for _ in range(100)]\nimport json\n"
    "print(held[0].fileno(), held[-1].fileno())\n",
    "identity.py": "import os, posix\nprint([name for name in dir(posix) if getattr(os, name, None) is not getattr(posix, name)])\n",
    "subinterpreter.py": "try:\n    import _interpreters as made\nexcept ImportError:\n    import _xxsubinterpreters as made\n"
    "number = made.create()\n"
    "done = getattr(made, 'run_string')(number, 'import sys, os, json; print(sys.path, os.environ.get(\"PYTHONPATH\"), sorted(sys.modules), flush=True)')\n",
    "threads.py": "import threading\nnames = 'json decimal xml.dom email.message fractions'.split()\n"
    "threads = [threading.Thread(target=__import__, args=(name,)) for name in names]\n"
    "[thread.start() for thread in threads]\n[thread.join() for thread in threads]\nprint('done')\n",
    "children.py": "import os, subprocess, sys\nrun = [sys.executable, 'state.py']\n"
    "sys.stdout.flush()\n"
    "subprocess.run(run)\nsubprocess.run(run, env=dict(os.environ, ADDED='1'))\nsubprocess.run(run, env={'PATH': '/usr/bin'})\n"
    "subprocess.run([sys.executable, '-I', 'state.py', 'a'], env={})\nsubprocess.run([sys.executable, '-Es', '-c', 'import sys; print(sys.argv, sys.path)', 'b'])\n"
    "os.environ['PYTHONPATH'] = '/somewhere'\nsubprocess.run(run)\ndel os.environ['PYTHONPATH']\nsubprocess.run(run)\n"
    "subprocess.run(['printenv'])\nsubprocess.run(['env'])\n"
    "os.spawnve(os.P_WAIT, sys.executable, run, dict(os.environ, SPAWNED='1'))\n"
    "pid = os.posix_spawn(sys.executable, run, os.environ)\nos.waitpid(pid, 0)\n"
    "os.system(sys.executable + ' state.py')\n"
    "sys.stdout.flush()\nos.execv(sys.executable, run + ['last'])\n",
    "forks.py": "import os, sys\nsys.stdout.flush()\nif os.fork() == 0:\n    import state\n    print(sorted(sys.modules))\n    sys.stdout.flush()\n    os._exit(0)\nos.wait()\n",
    "parallel.py": "import multiprocessing, os, sys\n\ndef work(number):\n    import state\n    found = state.state()\n"
    "    found.pop('next_file'), found.pop('argv', None), found.pop('orig_argv'), found.pop('posix')\n"
    "    return repr(found), number\n\n"
    "if __name__ == '__main__':\n    for method in ('fork', 'spawn', 'forkserver'):\n"
    "        context = multiprocessing.get_context(method)\n        with context.Pool(1) as pool:\n"
    "            print(method, pool.map(work, [1, 2]))\n",
}


class Jobs(Ground):
    JOBS = dict(FAILING, **MODULES)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.write("sourceless.pyc", "nonsense")
        # Unreadable for root too.
        os.symlink("loop.py", os.path.join(cls.folder, "loop.py"))
        os.makedirs(os.path.join(cls.folder, "secret.py"))
        shutil.make_archive(os.path.join(cls.folder, "archive"), "zip", os.path.join(cls.folder, "folder"))


class Enough(unittest.TestCase):
    def test_several_interpreters_are_tried(self):
        if len(INTERPRETERS) < 3:
            self.skipTest("fewer than three CPythons of 3.8 or later are here: %s" % ", ".join(INTERPRETERS))


class Forms(Jobs):
    """The interpreter's own forms and options."""

    @each_interpreter
    def test_script(self, python, version):
        self.check([python, "state.py", "one", "two words"])
        self.check([python, self.folder + "/state.py"])

    @each_interpreter
    def test_options(self, python, version):
        for options in (["-s"], ["-O"], ["-b"], ["-W", "error"], ["-X", "dev"], ["-B", "-q"], ["-X", "utf8"]):
            self.check([python] + options + ["state.py"])

    @each_interpreter
    def test_options_that_ignore_the_environment(self, python, version):
        safe = [["-P"], ["-IP"]] if version >= (3, 11) else []
        for options in [["-I"], ["-E"], ["-S"], ["-sE"], ["-IS"], ["-W", "ignore", "-E"], ["-ESs"]] + safe:
            self.check([python] + options + ["state.py", "argument", "-c"])

    @each_interpreter
    def test_code_module_and_standard_input(self, python, version):
        code = "import sys; sys.path.insert(0, '.'); import state\nstate.show()"
        for options in ([], ["-I"], ["-E"], ["-S"]):
            self.check([python] + options + ["-c", code, "argument"])
            self.check([python] + options + ["-"], given=code.encode())
            self.check([python] + options + ["-m", "timeit", "-n1", "-r1", "-v", "raise SystemExit(4)"])
        self.check([python], given=code.encode())
        for options in (["-m"], ["-Em"], ["-Sm"]):
            self.check([python] + options + ["package", "argument"])
        self.check([python, "-Ic" + code, "argument"])

    @each_interpreter
    def test_folder_and_zip(self, python, version):
        for options in ([], ["-I"], ["-E"]):
            self.check([python] + options + ["folder", "argument"])
            self.check([python] + options + ["archive.zip"])

    @each_interpreter
    def test_failures_look_the_same(self, python, version):
        for name in FAILING:
            if name != "killed.py":
                self.check([python, name])

    @each_interpreter
    def test_failures_look_the_same_without_the_environment(self, python, version):
        for name in FAILING:
            if name not in ("killed.py", "warns.py", "recursion.py", "audits.py"):
                self.check([python, "-E", name])
        for code in ("1/0", "def f():\n  raise KeyError\nf()", "x = (", "import sys; sys.exit(5)"):
            self.check([python, "-I", "-c", code])
            self.check([python, "-c", code])

    @each_interpreter
    def test_nothing_to_see(self, python, version):
        for arguments in (["-V"], ["-I", "--version"], ["-I", "absent.py"], ["absent.py"], ["-m", "absent"], ["-Z"]):
            self.check([python] + arguments, seen=False)

    @each_interpreter
    def test_killed(self, python, version):
        lines = self.check([python, "killed.py"])
        self.assertIn(["fact", "exit", {"signal": "SIGKILL"}], lines)
        self.assertIn("json", [line[2] for line in lines if line[0] == "s"])

    @each_interpreter
    def test_environment(self, python, version):
        for value in ("", ":", "/absent:" + self.folder, self.folder + "/package:", "::/x"):
            self.check([python, "state.py"], environment={"PYTHONPATH": value})
        self.check([python, "state.py"], environment={"PYTHONSAFEPATH": "1", "PYTHONDEVMODE": "1"})
        self.check([python, "-E", "state.py"], environment={"PYTHONPATH": "/x", "PYTHONHOME": "/nowhere", "PYTHONWARNINGS": "error"})

    @each_interpreter
    def test_import_times_name_the_same_modules(self, python, version):
        def names(run):
            return [line.rsplit("|", 1)[-1] for line in run[1].splitlines()]

        argv = [python, "-X", "importtime", "-c", "import json"]
        self.assertEqual(names(self.run_bare(argv)), names(self.run_observed(argv)))

    @each_interpreter
    def test_descriptors_and_names(self, python, version):
        self.check([python, "closes.py"])
        self.check([python, "identity.py"])

    @each_interpreter
    def test_subinterpreters(self, python, version):
        lines = self.check([python, "subinterpreter.py"])
        self.assertEqual(len([line for line in lines if line[0] == "x"]), 1)

    @each_interpreter
    def test_threads(self, python, version):
        self.check([python, "threads.py"])


class Site(Jobs):
    """The site's own hooks run, once."""

    @each_interpreter
    def test_sitecustomize(self, python, version):
        path = {"PYTHONPATH": self.folder + "/hooks"}
        for text in ("print('mine', __name__, __file__)", "import json\n1/0", "raise ImportError('x')",
                     "import sys\nsys.path.append('/added')\nsys.dont_write_bytecode = True"):  # fmt: skip
            self.write("hooks/sitecustomize.py", text + "\n")
            self.check([python, "state.py"], environment=path)
        self.write("hooks/sitecustomize.py", "print('site')\n")
        self.write("hooks/usercustomize.py", "print('user')\n")
        self.check([python, "state.py"], environment=path)


class Children(Jobs):
    @each_interpreter
    def test_processes_that_the_job_starts(self, python, version):
        lines = self.check([python, "children.py"])
        roles = [line[5]["role"] for line in lines if line[0] == "x"]
        # The last of them takes the place of the first: that is the job.
        self.assertEqual((roles[0], roles[-1]), ("before", "job"))
        self.assertGreaterEqual(len(roles), 12)

    @each_interpreter
    def test_fork(self, python, version):
        lines = self.check([python, "forks.py"])
        self.assertIn("fork", [line[5]["how"] for line in lines if line[0] == "x"])

    @each_interpreter
    def test_multiprocessing(self, python, version):
        for options in ([], ["-I"]):
            path = {"PYTHONPATH": self.folder}
            script = "parallel.py" if not options else "isolated.py"
            self.write("isolated.py", "import sys\nsys.path.insert(0, %r)\n" % self.folder + MODULES["parallel.py"])
            lines = self.check([python] + options + [script], environment=path)
            roles = [line[5]["role"] for line in lines if line[0] == "x"]
            self.assertGreaterEqual(roles.count("child"), 4)


class Wrapped(Jobs):
    """Programs around Python."""

    @each_interpreter
    def test_entry_point_and_shells(self, python, version):
        entry = self.write("entry", "#!%s\nimport sys\nsys.path.insert(0, %r)\nimport state\nstate.show()\n" % (python, self.folder), True)
        isolated = self.write("isolated", "#!%s -Es\nimport sys\nsys.path.insert(0, %r)\nimport state\nstate.show()\n" % (python, self.folder), True)
        shim = self.write("shims/python3", '#!/bin/bash\nset -e\nX=$(%s -c "print(1)")\nexec %s "$@"\n' % (python, python), True)
        plain = self.write("job.sh", "#!/bin/sh\necho before\n%s state.py a\necho after\nexit 3\n" % python, True)
        longer = self.write("longer.sh", "export PYTHONPATH=/more:$PYTHONPATH\nexec %s state.py\n" % python)
        for argv in ([entry, "x"], [isolated, "y"], [shim, "state.py"], [shim, "-I", "state.py"], [plain], ["sh", longer],
                     ["sh", "-c", python + " state.py"], ["env", "A=1", python, "-E", "state.py"], ["nice", python, "state.py"]):  # fmt: skip
            self.check(argv)

    @each_interpreter
    def test_preloaded_library(self, python, version):
        for name in ("/usr/lib/x86_64-linux-gnu/libm.so.6", "/usr/lib/aarch64-linux-gnu/libm.so.6"):
            if os.path.exists(name):
                self.check([python, "state.py"], environment={"LD_PRELOAD": name})

    def test_two_ranks(self):
        mpirun = shutil.which("mpirun")
        if mpirun is None:
            self.skipTest("mpirun is not installed")
        python = list(INTERPRETERS.values())[-1]
        code = "import os, json; print('rank', flush=True)"
        allow = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        argv = [mpirun, "--oversubscribe", "-n", "2", python, "-c", code]
        lines = self.check(argv, environment=allow)
        self.assertEqual([line[5]["role"] for line in lines if line[0] == "x"].count("other"), 1)


class Endings(Jobs):
    """The collector is told to stop while the command runs."""

    def _stopped(self, number, code):
        python = list(INTERPRETERS.values())[-1]
        argv = [sys.executable, "-I", "-B", COLLECTOR, "-o", self.recording, "--", python, "-c", code]
        running = subprocess.Popen(argv, cwd=self.folder, stdout=subprocess.PIPE, start_new_session=True)
        self.assertEqual(running.stdout.readline(), b"ready\n")
        os.kill(running.pid, number)
        self.assertEqual(running.wait(30), 0)
        running.stdout.close()
        return self.lines()

    def test_told_to_stop(self):
        lines = self._stopped(signal.SIGTERM, "import time; print('ready', flush=True); time.sleep(60)")
        self.assertIn(["fact", "exit", {"interrupted": "SIGTERM", "signal": "SIGTERM"}], lines)
        self.assertEqual(lines[-1], ["end"])

    def test_the_command_handles_the_signal_itself(self):
        code = "import signal, sys, time\nsignal.signal(signal.SIGUSR1, lambda *args: sys.exit(9))\nprint('ready', flush=True)\ntime.sleep(60)"
        lines = self._stopped(signal.SIGUSR1, code)
        self.assertIn(["fact", "exit", {"status": 9}], lines)


    def test_at_a_terminal(self):
        """Ctrl-C reaches the command and the collector; a second one, while the recording is written, does no harm."""
        python = list(INTERPRETERS.values())[-1]
        code = "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('caught', flush=True)"
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execv(sys.executable, [sys.executable, "-I", "-B", COLLECTOR, "-o", self.recording, "--", python, "-c", code])
        seen = b""
        try:
            while True:
                part = os.read(terminal, 1000)
                seen += part
                if b"ready" in part or b"caught" in part:
                    os.write(terminal, b"\x03")
        except OSError:
            # The terminal's other end is closed.
            pass
        os.close(terminal)
        self.assertIn(b"caught", seen)
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        lines = self.lines()
        self.assertEqual(lines[-1], ["end"])
        exits = [line[2] for line in lines if line[:2] == ["fact", "exit"]]
        self.assertEqual(exits[0]["interrupted"], "SIGINT")


class Errors(Jobs):
    def test_what_cannot_be_run(self):
        if os.path.exists(self.recording):
            os.unlink(self.recording)
        for argv in (["not-a-command-at-all"], [self.folder], [self.folder + "/state.py"]):
            done = self.run_observed(argv)
            self.assertEqual(done[2], 2, argv)
            self.assertRegex(done[1], r"^error: .+\nhint: .+\n$")
            self.assertFalse(os.path.exists(self.recording))

    def test_not_a_python_job(self):
        done = self.run_observed(["echo", "hello"])
        self.assertEqual(done, ("hello\n", "", 0))
        self.assertIn("job", [line[2].get("what") for line in self.lines() if line[:2] == ["fact", "missing"]])

    def test_nothing_is_left(self):
        folder = os.path.join(self.folder, "temporary")
        os.mkdir(folder)
        self.run_observed([sys.executable, "state.py"], environment={"TMPDIR": folder})
        self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    unittest.main()
