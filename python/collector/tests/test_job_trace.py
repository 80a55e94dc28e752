"""`--trace job`: the job's own operations, and that the job goes on without its tracer."""

import os
import subprocess
import sys
import time
import unittest

from collector.trace import job_trace
from collector.job import observed
from collector.tests.test_recording import RecordingCase, lines_of, texts_of
from collector.recording.writer import RecordingWriter
from collector.tests.test_strace import can_trace


@unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
class TracesTheJob(RecordingCase):
    def setUp(self):
        RecordingCase.setUp(self)
        self.keeper.add_prefix(sys.base_prefix)
        self.writer = RecordingWriter(self.target, self.keeper)
        self.trace = job_trace.JobTrace(self.folder)
        self.job = observed.Observed()

    def start(self, *command):
        child = subprocess.Popen(self.trace.command(list(command)), stdout=subprocess.PIPE)
        self.trace.watch(child.pid)
        self.job.pid = child.pid
        return child

    def lines(self):
        self.trace.write(self.writer, self.job, "/")
        self.writer.close()
        return lines_of(self.target)

    def test_the_job_keeps_its_parent_and_status_and_wrappers_come_before(self):
        script = "echo $PPID; %s -c 'import sys; sys.exit(5)' & wait; exec %s -c 'import json, sys; sys.exit(7)'"
        child = self.start("/bin/sh", "-c", script % (sys.executable, sys.executable))
        self.assertEqual(int(child.communicate()[0]), os.getpid())
        self.assertEqual(child.returncode, 7)
        lines = self.lines()
        texts = texts_of(lines)
        programs = [(os.path.basename(texts[line[5]["program"]]), line[5]["role"]) for line in lines if line[0] == "x"]
        name = os.path.basename(sys.executable)
        self.assertEqual(programs[0], ("sh", "before"))
        self.assertIn((name, "before"), programs)
        self.assertEqual(programs[-1], (name, "job"))
        job = [line[1] for line in lines if line[0] == "x"][-1]
        read = {texts[line[5]] for line in lines if line[0] == "o" and line[1] == job}
        self.assertTrue([path for path in read if path.endswith("/json/decoder.py")])
        self.assertEqual([line[3] for line in lines if line[0] == "y" and line[1] == job], [{"status": 7}])

    def test_operations_belong_to_the_import_that_was_open(self):
        self.job.process = self.writer.process(0, "probe", 0, "exec", 0, 0, "job")
        script = "import time; print(time.monotonic()); import json; print(time.monotonic())"
        begin, end = map(float, self.start(sys.executable, "-c", script).communicate()[0].split())
        self.writer.import_begin(self.job.process, 1, 0, "json", self.writer.microseconds(begin), "main")
        self.writer.import_end(self.job.process, 1, self.writer.microseconds(end), "loaded", 0, "source")
        lines = self.lines()
        texts = texts_of(lines)
        found = {line[2] for line in lines if line[0] == "o" and texts[line[5]].endswith("/json/decoder.py")}
        self.assertEqual(found, {1})
        found = {line[2] for line in lines if line[0] == "o" and texts[line[5]].endswith("libc.so.6")}
        self.assertEqual(found, {0})

    def test_what_the_probe_asks_for_is_left_out(self):
        # An extension that no interpreter looks for.
        probe = os.path.join(self.folder, "spool.nc4")
        with open(probe, "wb"):
            pass
        script = "open(%r).close(); open('/proc/self/maps').close(); open('/proc/self/status').close()" % probe
        child = self.start(sys.executable, "-c", script)
        child.communicate()
        self.assertEqual(child.returncode, 0)
        lines = self.lines()
        asked = {line[5] for line in lines if line[0] == "o"}
        texts = texts_of(lines)
        self.assertNotIn(".nc4", {line[4] for line in lines if line[0] == "d" and line[1] in asked})
        self.assertEqual({texts[path] for path in asked if texts[path].startswith("/proc/self/")}, {"/proc/self/status"})

    def test_the_job_goes_on_when_the_tracer_is_gone(self):
        script = "import os, time; time.sleep(1.5); print([len(os.listdir('/')) > 3 for _ in range(3)])"
        child = self.start(sys.executable, "-c", script)
        time.sleep(0.7)
        self.trace._stop()
        self.assertEqual(child.communicate()[0], b"[True, True, True]\n")
        self.assertEqual(child.returncode, 0)
        job_trace.END_SECONDS = 0.2
        missing = [line[2]["because"] for line in self.lines() if line[:2] == ["fact", "missing"]]
        self.assertEqual(missing, ["strace ended before the job did"])


class FindsTheInnermost(unittest.TestCase):
    def test_nested_and_interleaved(self):
        from collector.recording.writer import ImportSpan

        spans = {}
        for identity, begin, end in ((1, 10, 50), (2, 20, 30), (3, 25, 60), (4, 70, None)):
            spans[identity] = ImportSpan(0, "m", "main", begin)
            spans[identity].end = end
        moments, innermost = job_trace._innermost(spans)
        self.assertEqual(list(zip(moments, innermost)), [(10, 1), (20, 2), (25, 3), (30, 3), (50, 3), (60, 0), (70, 4)])


if __name__ == "__main__":
    unittest.main()
