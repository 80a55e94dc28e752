"""The repetition of the imports: what it sees, what it leaves out, that nothing happens twice."""

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

from collector.job import observed
from collector.recording import paths, writer as recording
from collector.trace import replay, tracer
from collector.tests.test_recording import lines_of, texts_of
from collector.tests.test_strace import can_trace


class ReplayCase(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.target = os.path.join(self.folder, "job.pharos")
        keeper = paths.PathKeeper(names=paths.Names())
        keeper.add_prefix(sys.base_prefix)
        keeper.add_root(os.path.join(self.folder, "code"))
        os.mkdir(os.path.join(self.folder, "code"))
        self.writer = recording.RecordingWriter(self.target, keeper)
        self.job = observed.Observed()
        self.job.process = self.writer.process(0, "probe", 0, "exec", 0, 0, "job")
        self.job.interpreter = sys.executable
        self.job.cwd = self.folder
        self.job.environment = {b"PATH": os.environb.get(b"PATH", b"/bin"), b"PYTHONPYCACHEPREFIX": b""}
        self.job.sys_path = [os.path.join(self.folder, "code")] + [entry for entry in sys.path if "collector" not in entry]

    def module(self, name, source):
        with open(os.path.join(self.folder, "code", name + ".py"), "w") as file:
            file.write(source)

    def imports(self, *modules, **activities):
        for module in modules:
            identity = len(self.job.imports) + 1
            item = observed.MainImport(identity, module)
            if module in activities:
                item.activities = {module: {activities[module]}}
            self.job.imports.append(item)
            self.writer.import_begin(self.job.process, identity, 0, module, identity, "main")

    def replay(self, seconds=60):
        replay.replay_imports(self.writer, self.job, seconds)
        self.writer.close()
        self.lines = lines_of(self.target)
        self.texts = texts_of(self.lines)
        (fact,) = [line[2] for line in self.lines if line[:2] == ["fact", "replay"]]
        return fact

    def spans(self):
        """(module, level, outcome, loader) of each import that was repeated."""
        images = {line[1] for line in self.lines if line[0] == "x" and line[3] == "replay"}
        words = {line[1]: line[2] for line in self.lines if line[0] == "s"}
        ends = {line[2]: line for line in self.lines if line[0] == "e" and line[1] in images}
        begins = [line for line in self.lines if line[0] == "b" and line[1] in images]
        return [(words[line[4]], line[6], ends[line[2]][4], ends[line[2]][6]) for line in begins]

    def operations(self, module):
        """(operation, path, error) of what one import itself did."""
        images = {line[1] for line in self.lines if line[0] == "x" and line[3] == "replay"}
        words = {line[1]: line[2] for line in self.lines if line[0] == "s"}
        ids = {line[2] for line in self.lines if line[0] == "b" and line[1] in images and words[line[4]] == module}
        found = [line for line in self.lines if line[0] == "o" and line[1] in images and line[2] in ids]
        return [(line[4], self.texts[line[5]], line[6]) for line in found]


@unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
class Repeats(ReplayCase):
    def test_what_site_runs_is_not_repeated_where_it_did_more_than_read(self):
        self.imports("json")
        self.job.site_activities = {"write", "library"}
        fact = self.replay()
        because = "sitecustomize or usercustomize must not run twice: it writes files"
        self.assertEqual((fact["done"], fact["because"]), (False, because))

    def test_imports_are_seen_with_their_operations(self):
        self.module("solo", "import json\n")
        self.imports("solo", "absent_module", "json")
        self.assertEqual(self.replay(), {"done": True, "secondsLimit": 60})
        spans = self.spans()
        self.assertEqual(spans[0], ("solo", "main", "loaded", "source"))
        self.assertIn(("json", "nested", "loaded", "source"), spans)
        self.assertIn(("absent_module", "main", "missing", "other"), spans)
        solo = os.path.join(self.folder, "code", "solo.py")
        operations = self.operations("solo")
        self.assertIn(("stat", solo, ""), operations)
        self.assertIn(("open", solo, ""), operations)
        self.assertFalse([path for _, path, _ in operations if path.endswith("decoder.py")])

    def test_no_bytecode_is_written_and_nothing_is_printed(self):
        self.module("loud", "print('loud')\n")
        self.imports("loud")
        self.assertTrue(self.replay()["done"])
        self.assertEqual(os.listdir(os.path.join(self.folder, "code")), ["loud.py"])

    def test_our_own_calls_are_not_recorded(self):
        self.imports("json")
        self.replay()
        self.assertNotIn("pharos-mark", json.dumps(self.lines))
        errors = {line[6] for line in self.lines if line[0] == "o"}
        self.assertNotIn("EBADF", errors)

    def test_the_search_path_is_the_jobs(self):
        self.module("solo", "")
        self.imports("solo")
        self.job.sys_path.insert(0, os.path.join(self.folder, "absent"))
        self.replay()
        self.assertEqual(self.operations("solo")[0], ("stat", "removed ", "ENOENT"))

    def test_extensions_and_their_libraries_are_mapped(self):
        self.imports("_ctypes")
        self.replay()
        if ("_ctypes", "main", "loaded", "extension") not in self.spans():
            self.skipTest("this interpreter has _ctypes built in")
        mapped = [path for operation, path, _ in self.operations("_ctypes") if operation == "map"]
        self.assertTrue([path for path in mapped if "libffi" in path], mapped)


@unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
class NothingHappensTwice(ReplayCase):
    def test_an_import_that_wrote_is_left_out_and_the_rest_repeated(self):
        self.module("writer", "open(%r, 'a').write('x')\n" % (self.folder + "/trace.txt"))
        self.module("calm", "")
        self.imports("writer", "calm", writer="write")
        fact = self.replay()
        self.assertEqual(fact["leftOut"], [{"module": "writer", "because": "it writes files"}])
        self.assertEqual([span[0] for span in self.spans() if span[1] == "main"], ["calm"])
        self.assertFalse(os.path.exists(self.folder + "/trace.txt"))

    def test_what_needs_it_is_left_out_too(self):
        self.module("writer", "open(%r, 'a').write('x')\n" % (self.folder + "/trace.txt"))
        self.module("needs_it", "import writer\n")
        self.module("calm", "")
        self.imports("writer", "needs_it", "calm", writer="write")
        fact = self.replay()
        self.assertTrue(fact["done"])
        self.assertEqual([item["module"] for item in fact["leftOut"]], ["writer", "needs_it"])
        self.assertFalse(os.path.exists(self.folder + "/trace.txt"))

    def test_what_the_probe_did_not_tell_is_stopped_before_it_happens(self):
        sources = {
            "spawns": "import subprocess; subprocess.call(['touch', %r])",
            "forks": "import os; os.fork() or open(%r, 'w')",
            "systems": "import os; os.system('touch ' + %r)",
            "writes": "open(%r, 'w')",
        }
        for name, source in sources.items():
            self.module(name, source % (self.folder + "/happened") + "\n")
        self.imports("spawns", "forks", "systems", "json")
        fact = self.replay()
        self.assertTrue(fact["done"], fact)
        self.assertEqual({item["module"] for item in fact["leftOut"]}, {"spawns", "forks", "systems"})
        self.assertFalse(os.path.exists(self.folder + "/happened"))

    def test_what_wrote_only_the_first_time_is_repeated(self):
        cache = os.path.join(self.folder, "cache")
        source = "import os\nos.makedirs(%r, exist_ok=True)\nif not os.path.exists(%r): open(%r, 'w')\n"
        os.mkdir(cache)
        open(cache + "/fonts", "w").close()
        self.module("caches", source % (cache, cache + "/fonts", cache + "/fonts"))
        self.imports("caches", caches="write")
        self.assertEqual(self.replay(), {"done": True, "secondsLimit": 60})
        # The job's own mkdir, and not the question before it.
        own = [operation for operation in self.operations("caches") if operation[1] == "removed "]
        self.assertEqual([operation[0] for operation in own], ["mkdir", "stat", "stat"])

    def test_a_new_folder_is_not_made(self):
        self.module("makes", "import os\nos.mkdir(%r)\n" % (self.folder + "/new"))
        self.imports("makes")
        self.assertEqual(self.replay()["leftOut"], [{"module": "makes", "because": "repeating it makes a folder"}])
        self.assertFalse(os.path.exists(self.folder + "/new"))

    def test_processes_of_multiprocessing_are_not_started(self):
        self.module("tracks", "from multiprocessing import resource_tracker\nresource_tracker.ensure_running()\n")
        self.imports("tracks")
        self.assertEqual(self.replay()["leftOut"], [{"module": "tracks", "because": "repeating it starts a process"}])

    def test_in_a_step_nothing_is_repeated(self):
        self.writer.keeper.links = paths.Links(shared_limit=4)
        self.imports("json")
        self.assertIn("spares the file system", self.replay()["because"])

    def test_mpi_is_left_out(self):
        self.module("solo", "")
        self.imports("mpi4py.MPI", "solo")
        self.job.libraries = ["/usr/lib/libmpi.so.40"]
        fact = self.replay()
        self.assertEqual(fact["leftOut"], [{"module": "mpi4py.MPI", "because": "it starts MPI"}])

    def test_mpi_of_an_unknown_import_and_a_gpu_forbid_it(self):
        for library in ("/opt/mpi/lib/libmpi.so.40", "/usr/lib/x86_64-linux-gnu/libcuda.so.1", "/dev/nvidia0"):
            self.job.libraries = [library]
            with self.assertRaises(tracer.NotDone):
                replay.Plan(self.job, {})


class IsNotDone(ReplayCase):
    def because(self, **more):
        fact = self.replay(**more)
        self.assertFalse(fact["done"])
        self.assertTrue(any(line[:2] == ["fact", "missing"] for line in self.lines))
        self.assertFalse(any(line[0] == "x" and line[3] == "replay" for line in self.lines))
        return fact["because"]

    def test_without_strace(self):
        with mock.patch.object(shutil, "which", lambda name: None):
            self.assertEqual(self.because(), "strace is not installed")

    def test_without_ptrace(self):
        with mock.patch.object(tracer, "_try", lambda command: 1), mock.patch.object(shutil, "which", lambda name: name):
            self.assertIn("forbidden", self.because())

    def test_without_a_python(self):
        self.job.interpreter = None
        self.assertIn("no Python", self.because())

    @unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
    def test_when_it_takes_too_long(self):
        self.module("slow", "import time\ntime.sleep(30)\n")
        self.imports("slow")
        self.assertIn("longer than 2 seconds", self.because(seconds=2))

    @unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
    def test_when_it_is_interrupted(self):
        self.module("slow", "import time\ntime.sleep(30)\n")
        self.imports("slow")
        handled = []
        before = signal.signal(signal.SIGTERM, lambda number, frame: handled.append(number))
        self.addCleanup(signal.signal, signal.SIGTERM, before)
        threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
        begin = time.monotonic()
        self.assertEqual(self.because(), "it was interrupted")
        self.assertLess(time.monotonic() - begin, 20)
        # The signal was the replay's; afterwards it is the run's again.
        self.assertEqual(handled, [])
        os.kill(os.getpid(), signal.SIGTERM)
        self.assertEqual(handled, [signal.SIGTERM])

    def test_the_time_limit_grows_with_the_imports(self):
        self.assertEqual(replay._time_limit({}), 60)
        self.writer.import_begin(1, 9, 0, "slow", 0, "main")
        self.writer.import_end(1, 9, 100000000, "loaded", 0, "source")
        self.assertEqual(replay._time_limit(self.writer.imports_of(1)), 660)

    @unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
    def test_when_the_interpreter_dies(self):
        self.module("dies", "import os\nos.abort()\n")
        self.imports("dies")
        self.assertIn("ended before", self.because())

    @unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
    def test_when_the_interpreter_is_gone(self):
        self.job.interpreter = os.path.join(self.folder, "absent")
        self.because()


if __name__ == "__main__":
    unittest.main()
