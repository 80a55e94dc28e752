"""Which ranks are observed, and that the others run as if the collector were not there."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from collector.machine import launch
from collector.job import step
from collector.tests.test_launch import SLURM
from collector.tests.test_strace import can_trace

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def sample(nodes, per_node, ranks_text=None):
    """The ranks that say of themselves that they are observed; ranks fill nodes in order."""
    found = []
    for rank in range(nodes * per_node):
        place = launch.Launch("slurm", nodes * per_node, rank, nodes, rank // per_node, rank % per_node, per_node)
        if step.is_observed(place, ranks_text):
            found.append(rank)
    return found


class Samples(unittest.TestCase):
    def test_one_a_node_and_the_last(self):
        self.assertEqual(sample(4, 4), [0, 4, 8, 12, 15])

    def test_at_most_eight_nodes_spread_evenly(self):
        found = sample(512, 2)
        self.assertEqual(len(found), 9)
        self.assertEqual((found[0], found[-2], found[-1]), (0, 1022, 1023))
        gaps = {second - first for first, second in zip(found[:-2], found[1:-1])}
        self.assertEqual(gaps, {146})

    def test_ranks_by_number_and_all(self):
        self.assertEqual(sample(4, 4, "1,14-99"), [1, 14, 15])
        self.assertEqual(sample(2, 2, "all"), [0, 1, 2, 3])

    def test_a_single_rank_is_always_observed(self):
        self.assertTrue(step.is_observed(launch.read_launch({})))
        self.assertEqual(sample(1, 1), [0])

    def test_ranks_that_are_no_list(self):
        for text in ("", "a", "3-1", "1,,2", "-1", "9999999999", "1-2-3", "\u0665"):
            with self.assertRaises(step.RanksError):
                step.read_ranks(text)

    def test_an_unbounded_range_is_cheap(self):
        place = launch.Launch("slurm", 16, 3, 4, 0, 3, 4)
        self.assertEqual(step.observed_ranks(place, "14-99999999"), [14, 15])
        self.assertIsNone(step.observed_ranks(place))

    def test_the_name_of_the_file(self):
        place = launch.Launch("slurm", 16, 5, 4, 1, 1, 4)
        self.assertEqual(step.step_output("out/job.pharos", place), "out/job.1.5.pharos")
        self.assertEqual(step.step_output("job.pharos", launch.Launch("none")), "job.pharos")


class RunsTheOthersBare(unittest.TestCase):
    LEAVE = "import sys; sys.path.insert(0, %r); from collector.job import step; step.leave_if_unobserved(sys.argv[1:])" % ROOT

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.environ = dict(SLURM, PATH=os.environ.get("PATH", "/bin"))

    def leave(self, command, **more):
        options = more.pop("options", [])
        arguments = [sys.executable, "-B", "-c", self.LEAVE] + options + ["--"] + command
        return subprocess.run(arguments, env=dict(self.environ, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_environment_signals_and_descriptors_are_as_given(self):
        # An absolute path, so that both are started the same way by every subprocess module.
        show = ["/bin/sh", "-c", "env | sort; grep -E 'Sig(Pnd|Blk|Ign|Cgt)' /proc/self/status; ls -l /proc/self/fd | grep -c '[0-9] ->'; pwd"]
        for locale in ({}, {"LC_ALL": "C"}, {"LC_CTYPE": "C.UTF-8"}, {"LANG": "C"}):
            bare = subprocess.run(show, env=dict(self.environ, **locale), stdout=subprocess.PIPE).stdout
            self.assertEqual(self.leave(show, **locale).stdout, bare, locale)

    def test_the_exit_status_is_the_commands(self):
        self.assertEqual(self.leave(["sh", "-c", "exit 41"]).returncode, 41)
        self.assertEqual(self.leave(["sh", "-c", "kill -TERM $$"]).returncode, -signal.SIGTERM)

    def test_a_command_that_is_not_there(self):
        found = self.leave(["no-such-command"])
        self.assertEqual(found.returncode, 127)
        self.assertIn(b"error: cannot start 'no-such-command'", found.stderr)

    def test_an_observed_rank_returns(self):
        self.assertEqual(self.leave(["echo", "ran"], SLURM_PROCID="0").stdout, b"")
        self.assertEqual(self.leave(["echo", "ran"], options=["--ranks", "5"]).stdout, b"")
        self.assertEqual(self.leave(["echo", "ran"], options=["--ranks=0"]).stdout, b"ran\n")

    @unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
    def test_no_file_operation_is_added_after_exec(self):
        job = [sys.executable, "-c", "import json"]
        log = os.path.join(self.folder, "log")
        tracer = ["strace", "-f", "-o", log, "-e", "trace=%file,%desc"]

        def calls(command):
            subprocess.check_call(tracer + command, env=self.environ)
            with open(log) as file:
                text = re.sub(r"0x[0-9a-f]+|^\d+ ", "", file.read(), flags=re.MULTILINE)
            # Memory that is no file's: when the interpreter asks for more of it differs from run to run.
            return [line for line in text[text.rindex("execve(") :].split("\n")[1:] if "MAP_ANONYMOUS" not in line]

        bare = calls(job)
        left = calls([sys.executable, "-B", "-c", self.LEAVE, "--"] + job)
        self.assertGreater(len(bare), 100)
        self.assertEqual(left, bare)


if __name__ == "__main__":
    unittest.main()
