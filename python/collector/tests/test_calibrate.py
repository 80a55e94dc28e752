"""The mode `calibrate`, run as users run it, on folders of this machine."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

from collector.calibrate import coldness, pace, policy
from collector.calibrate.mount import Where
from collector.calibrate.options import OptionsError, read_options
from collector.calibrate.run import measure
from collector.calibrate.series import Tally
from collector.calibrate.warm import Warmth
from collector.failure import Failure

from .interpreters import find_old_interpreters

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = 60


class Teller:
    """Stands where the parent would listen."""

    def __init__(self):
        self.said = []

    def beat(self):
        pass

    def say(self, message):
        self.said.append(message)


def _become_nobody():
    os.setuid(65534)


def _nobody_may_run(python):
    try:
        return subprocess.call([python, "-c", ""], preexec_fn=_become_nobody) == 0
    except OSError:
        return False


class Ground(unittest.TestCase):
    def setUp(self):
        self.ground = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.ground, True)
        self.folder = os.path.join(self.ground, "project")
        os.mkdir(self.folder)
        self.output = os.path.join(self.ground, "mount.calibration.json")

    def command(self, *more, python=sys.executable):
        return [python, "-m", "collector", "calibrate", "-o", self.output] + list(more)

    def calibrate(self, *more, python=sys.executable, **how):
        how = dict({"cwd": PACKAGE, "timeout": SECONDS, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}, **how)
        return subprocess.run(self.command(*more, python=python), universal_newlines=True, **how)

    def refused(self, *more, **how):
        """What an attempt that must fail says. Nothing is left of it."""
        ran = self.calibrate(*more, **how)
        self.assertEqual(ran.returncode, 2, ran.stderr)
        self.assertRegex(ran.stderr, r"\Aerror: .+\nhint: .+\.\n\Z")
        self.assertEqual([name for name in os.listdir(self.ground) if name.endswith(".part")], [])
        return ran.stderr


class Local(Ground):
    def test_a_local_folder_is_measured_and_left_as_it_was(self):
        for python in [sys.executable] + list(find_old_interpreters().values())[:1]:
            with self.subTest(python=python):
                ran = self.calibrate("--seconds", "15", self.folder, python=python)
                self.assertEqual((ran.returncode, ran.stderr), (0, ""))
                self.assertEqual(os.listdir(self.folder), [])
                with open(self.output) as file:
                    calibration = json.load(file)
                self.assertIn(coldness.LOCAL_NOTE, calibration["notes"])
                (phase,) = calibration["phases"]
                self.assertLessEqual(phase["seconds"], 15)
                seen = {(series["call"], series["touch"]) for series in phase["series"]}
                for call in ("miss", "stat", "open", "close", "read", "list", "readlink"):
                    self.assertLessEqual({(call, 1), (call, 2)}, seen)
                self.assertEqual(sum(series["failed"] for series in phase["series"]), 0)

    def test_load_rises_and_leaves_nothing(self):
        ran = self.calibrate("--seconds", "15", "--load", self.folder, timeout=120)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(os.listdir(self.folder), [])
        with open(self.output) as file:
            crowded = json.load(file)["phases"][1:]
        self.assertEqual({phase["series"][0]["call"] for phase in crowded}, {"miss", "open", "list", "read"})
        self.assertLessEqual({1, 2, 4}, {phase["processes"] for phase in crowded})
        self.assertTrue(all(len(phase["series"]) == 1 and phase["seconds"] > 0 for phase in crowded))


class Refused(Ground):
    def test_what_is_no_folder(self):
        self.assertIn("does not exist", self.refused(os.path.join(self.ground, "absent")))
        file = os.path.join(self.ground, "file")
        open(file, "w").close()
        self.assertIn("is not a folder", self.refused(file))

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_a_folder_of_somebody_else(self):
        os.chmod(self.ground, 0o777)
        os.chmod(self.folder, 0o755)
        python = next((each for each in (sys.executable, "/usr/bin/python3") if _nobody_may_run(each)), None)
        if python is None:
            self.skipTest("no interpreter that another user may run")
        said = self.refused(self.folder, python=python, preexec_fn=_become_nobody)
        self.assertIn("you may not make files", said)

    def test_a_pseudo_file_system(self):
        self.refused("/proc/self")

    def test_an_output_of_another_kind_is_not_overwritten(self):
        with open(self.output, "w") as file:
            file.write("my notes")
        self.assertIn("is no calibration", self.refused(self.folder))
        with open(self.output) as file:
            self.assertEqual(file.read(), "my notes")

    @unittest.skipUnless(os.geteuid() == 0, "only root can mount")
    def test_mounts_that_are_full_or_read_only(self):
        for options, said in (("size=64k", "is full"), ("nr_inodes=8", "is full"), ("ro", "read-only")):
            with self.subTest(options=options):
                subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.folder], check=True)
                try:
                    self.assertIn(said, self.refused(self.folder))
                    self.assertEqual(os.listdir(self.folder), [])
                finally:
                    subprocess.run(["umount", "-l", self.folder], check=True)

    def test_first_touches_of_a_shared_mount_that_come_from_memory(self):
        options = read_options(["--seconds", "15", self.folder])
        teller = Teller()
        # A real folder in memory, of which the kernel is said to tell that it is shared.
        where = Where(mock.Mock(type="nfs4", options=[], point=b"/"), "nfs")
        with mock.patch("collector.calibrate.run.find_mount", lambda folder: where):
            with self.assertRaises(Failure) as caught:
                measure(options, teller)
        self.assertEqual(str(caught.exception), coldness.NOT_COLD)
        self.assertEqual(os.listdir(self.folder), [])

    def test_several_nodes_without_the_sites_word(self):
        step = dict(os.environ, SLURM_STEP_ID="0", SLURM_PROCID="0", SLURM_NTASKS="2", SLURM_NNODES="2")
        self.assertIn("on 2 nodes", self.refused(self.folder, env=step))


class Stopped(Ground):
    def test_whoever_stops_it_finds_nothing_left(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                running = subprocess.Popen(self.command(self.folder), cwd=PACKAGE, stderr=subprocess.PIPE)
                self.await_folder()
                time.sleep(2)
                running.send_signal(number)
                said = running.communicate(timeout=20)[1]
                self.assertEqual(running.returncode, 128 + number, said)
                self.assertEqual(os.listdir(self.folder), [])
                self.assertFalse(os.path.exists(self.output))

    def test_killed_for_good_its_child_still_cleans_up(self):
        running = subprocess.Popen(self.command(self.folder), cwd=PACKAGE, stderr=subprocess.DEVNULL)
        self.await_folder()
        running.kill()
        running.wait()
        until = time.monotonic() + 20
        while os.listdir(self.folder) and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(os.listdir(self.folder), [])

    def await_folder(self):
        until = time.monotonic() + 20
        while not os.listdir(self.folder):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)


class Pace(unittest.TestCase):
    def test_no_second_sees_more_than_fifty_requests(self):
        moments = []
        polite = pace.Pace(2.5, lambda: None)
        until = time.monotonic() + 2.5
        for requests in [10, 1, 9, 2, 10, 3] * 20:
            polite.wait(requests)
            moments += [time.monotonic()] * requests
            if time.monotonic() > until:
                break
        for begin in moments:
            self.assertLessEqual(sum(begin <= moment < begin + 1 for moment in moments), 50)

    def test_it_ends_in_time_to_remove_what_was_made(self):
        polite = pace.Pace(1.0, lambda: None)
        polite.check(10, 20)
        with self.assertRaises(pace.TimeIsUp):
            polite.check(10, 40)


class Warm(unittest.TestCase):
    def test_a_call_that_waited_for_a_processor_is_no_overhead(self):
        took = ([2.0] * 20 + [3000.0]) * 9
        with mock.patch("collector.calibrate.warm.calls.miss", side_effect=took):
            warmth = Warmth()
            for _ in range(9):
                warmth.warm()
        self.assertEqual(warmth.overhead(), 2.0)


class Coldness(unittest.TestCase):
    def tally(self, first, second):
        tally = Tally()
        for took in [first] * 12:
            tally.note("miss", 1, took)
            tally.note("miss", 2, second)
        return tally

    def test_clearly_slower_than_memory_is_cold_whether_it_is_kept_or_not(self):
        self.assertEqual(coldness.prove_cold(self.tally(400.0, 5.0), 3.0, False), [])
        self.assertEqual(coldness.prove_cold(self.tally(400.0, 390.0), 3.0, False), [coldness.NOT_KEPT_NOTE])

    def test_as_fast_as_memory_is_refused_on_a_shared_mount_only(self):
        with self.assertRaises(Failure):
            coldness.prove_cold(self.tally(5.0, 5.0), 3.0, False)
        self.assertEqual(coldness.prove_cold(self.tally(5.0, 5.0), 3.0, True), [coldness.LOCAL_NOTE])


class Policy(Ground):
    def policy(self, text):
        path = os.path.join(self.ground, "policy.json")
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o644)
        return path

    def test_without_a_policy_load_is_for_one_node(self):
        absent = os.path.join(self.ground, "absent")
        policy.check_allowed(None, True, 1, absent)
        with self.assertRaises(Failure):
            policy.check_allowed(None, False, 2, absent)

    def test_a_policy_that_is_named_and_missing_allows_nothing(self):
        with self.assertRaises(Failure):
            policy.check_allowed(os.path.join(self.ground, "absent"), True, 1)

    @unittest.skipUnless(os.geteuid() == 0, "a policy is root's")
    def test_what_the_site_says(self):
        nodes = self.policy('{"calibrate": {"load": "nodes"}}')
        policy.check_allowed(nodes, False, 2)
        with self.assertRaises(Failure):
            policy.check_allowed(nodes, True, 2)
        for text in ('{"calibrate": {"load": "none"}}', '{"calibrate": {"load": 1}}', "[]", "{", "[" * 60000):
            with self.subTest(text=text[:40]), self.assertRaises(Failure):
                policy.check_allowed(self.policy(text), True, 1)

    def test_a_policy_that_others_may_write_is_none(self):
        path = self.policy('{"calibrate": {"load": "nodes"}}')
        os.chmod(path, 0o666)
        with self.assertRaises(Failure):
            policy.check_allowed(path, True, 1)


class Options(unittest.TestCase):
    def test_nonsense_is_told(self):
        for words in ([], ["a", "b"], [""], ["--seconds", "31", "a"], ["--seconds", "nan", "a"], ["--loud", "a"], ["-o"], ["a\0b"]):
            with self.subTest(words=words), self.assertRaises(OptionsError):
                read_options(words)


if __name__ == "__main__":
    unittest.main()
