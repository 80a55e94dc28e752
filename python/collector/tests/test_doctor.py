"""The doctor's ranks meet on their node, and one file tells of all; whatever becomes of some of them."""

import os
import signal
import subprocess
import sys
import time
import unittest

from .doctored import Doctored, can_unshare
from .interpreters import find_old_interpreters

PYTHON = sys.executable
OLD = find_old_interpreters()
WAITS = "import sys, time; print('up', flush=True); time.sleep(9)"


class OneFileANode(Doctored):
    def test_ranks_share_a_recording(self):
        told = self.run_step(["--", PYTHON, "-c", "import json; print('ran')"], size=4)
        self.assertEqual(told, [("ran\n", "")] * 4)
        self.assertEqual(self.files(), ["step.%s.pharos" % self.node])
        facts = self.facts()
        self.assertEqual([fact["rank"] for fact in facts["rank"]], [0, 1, 2, 3])
        self.assertEqual({fact["seen"] for fact in facts["rank"]}, {"inside"})
        self.assertEqual(facts["step"][0]["localRanks"], 4)
        self.assertEqual(facts["step"][0]["nodeName"], os.uname().nodename)
        # What they share is there once.
        self.assertEqual([fact["ranks"] for fact in facts["python"]], [[0, 1, 2, 3]])
        self.assertEqual([fact["ranks"] for fact in facts["loaded"]], [[0, 1, 2, 3]])
        self.assertEqual(facts["launch"], [{"launcher": "openmpi", "nodes": 1, "ranks": 4, "ranksPerNode": 4}])
        self.assertEqual(self.leftovers(), [])

    def test_ranks_that_differ_are_told_apart(self):
        code = "import os, sys; sys.path.append('/r' + os.environ['OMPI_COMM_WORLD_RANK']); import json"
        ranks = [self.start(["--", PYTHON, "-c", code], rank, 3, environment={"OMP_NUM_THREADS": str(rank // 2 + 1)})
                 for rank in range(3)]  # fmt: skip
        for child in ranks:
            self.end(child)
        values = {tuple(fact["ranks"]): fact["values"]["OMP_NUM_THREADS"] for fact in self.facts()["environment"]}
        self.assertEqual(values, {(0, 1): "1", (2,): "2"})

    def test_a_single_process(self):
        self.run_one(["-o", "mine.pharos", "--", PYTHON, "-c", "import json"])
        facts = self.facts("mine.%s.pharos" % self.node)
        self.assertEqual([fact["rank"] for fact in facts["rank"]], [0])
        self.assertEqual(facts["launch"][0]["launcher"], "none")

    def test_a_launcher_as_the_command(self):
        launcher = self.write("mpirun", "#!/bin/sh\nexport OMPI_COMM_WORLD_SIZE=2\nfor rank in 0 1; do\n"
                              "OMPI_COMM_WORLD_RANK=$rank \"$@\" &\ndone\nwait\n")  # fmt: skip
        os.chmod(launcher, 0o755)
        self.run_one(["--", launcher, PYTHON, "-c", "import json"])
        facts = self.facts()
        self.assertEqual(facts["rank"][0]["claims"], [{"launcher": "openmpi", "rank": 0, "size": 2}])
        self.assertIn("Put the launcher first", facts["missing"][0]["hint"])

    def test_steps_at_once_do_not_mix(self):
        steps = [[self.start(["-o", name, "--", PYTHON, "-c", "import json"], rank) for rank in range(2)]
                 for name in ("a.pharos", "b.pharos")]  # fmt: skip
        for child in steps[0] + steps[1]:
            self.end(child)
        self.assertEqual(self.files(), ["a.%s.pharos" % self.node, "b.%s.pharos" % self.node])
        for name in self.files():
            self.assertEqual([fact["rank"] for fact in self.facts(name)["rank"]], [0, 1])

    def test_the_same_twice_in_one_step(self):
        for _ in range(2):
            self.run_step(["--", PYTHON, "-c", "import json"])
            self.assertEqual(len(self.facts()["rank"]), 2)

    def test_no_command(self):
        self.run_step([])
        facts = self.facts()
        self.assertFalse(facts["step"][0]["hasCommand"])
        self.assertEqual({fact["seen"] for fact in facts["rank"]}, {"nothing"})
        self.assertNotIn("loaded", facts)
        self.assertEqual(len(facts["python"]), 1)
        entries = [self.path_of(entry["path"]) for entry in facts["python"][0]["pathEntries"]]
        self.assertNotIn(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), entries)
        bare = subprocess.check_output([PYTHON, "-c", "import sys; print('\\n'.join(sys.path[1:]))"], cwd="/").decode()
        home = os.path.expanduser("~")
        self.assertEqual(entries, [entry.replace(home + "/", "/~/") for entry in bare.split()])


class WhateverBecomesOfThem(Doctored):
    def test_a_rank_that_never_starts(self):
        begin = time.monotonic()
        first = [self.start(["--seconds", "1", "--", PYTHON, "-c", "import json"], rank, 3) for rank in range(2)]
        for child in first:
            self.end(child)
        self.assertLess(time.monotonic() - begin, 8)
        facts = self.facts()
        self.assertEqual([fact["rank"] for fact in facts["rank"]], [0, 1])
        self.assertEqual(facts["step"][0]["localRanks"], 3)

    def test_a_collector_that_is_killed(self):
        ranks = [self.start(["--seconds", "2", "--", PYTHON, "-c", WAITS], rank, 2) for rank in range(2)]
        ranks[1].stdout.readline()
        ranks[1].kill()
        self.end(ranks[0])
        facts = self.facts()
        self.assertEqual([fact["rank"] for fact in facts["rank"]], [0])
        self.assertEqual(self.leftovers(), [])

    def test_a_process_that_is_killed(self):
        code = "import json, os, signal; os.environ['OMPI_COMM_WORLD_RANK'] == '1' and os.kill(os.getpid(), signal.SIGKILL)"
        self.run_step(["--", PYTHON, "-c", code])
        first, second = self.facts()["rank"]
        self.assertEqual((first["seen"], first["ended"]), ("inside", {"status": 0}))
        self.assertEqual((second["seen"], second["ended"]), ("outside", {"signal": "SIGKILL"}))
        self.assertEqual(second["because"], "the command was ended by SIGKILL")

    def test_a_process_that_fails_is_told_from_inside(self):
        _, err = self.run_one(["--", PYTHON, "-c", "import json; import not_there_at_all"])
        self.assertIn("ModuleNotFoundError", err)
        fact = self.facts()["rank"][0]
        self.assertEqual((fact["seen"], fact["ended"]), ("inside", {"status": 1}))

    def test_the_time_limit(self):
        begin = time.monotonic()
        self.run_one(["--seconds", "1", "--", "sh", "-c", "%s -c '%s'; echo after" % (PYTHON, WAITS.replace("'", '"'))])
        self.assertLess(time.monotonic() - begin, 6)
        facts = self.facts()
        fact = facts["rank"][0]
        self.assertEqual(fact["seen"], "outside")
        self.assertTrue(fact["ended"]["timeLimit"])
        self.assertIn("time", [module["module"] for slow in facts.get("modules", []) for module in slow["slowest"]] + ["time"])
        self.assertTrue(facts["loaded"][0]["libraries"])
        self.assertEqual(subprocess.run(["pgrep", "-f", self.folder], stdout=subprocess.PIPE).stdout, b"")

    def test_one_that_does_not_want_to_end(self):
        code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(9)"
        begin = time.monotonic()
        self.run_one(["--seconds", "0.5", "--", PYTHON, "-c", code])
        self.assertLess(time.monotonic() - begin, 6)
        self.assertEqual(self.facts()["rank"][0]["ended"], {"timeLimit": True, "signal": "SIGKILL"})

    def test_told_to_stop(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            ranks = [self.start(["--", PYTHON, "-c", WAITS], rank, 3) for rank in range(2)]
            for child in ranks:
                child.stdout.readline()
            begin = time.monotonic()
            for child in ranks:
                child.send_signal(number)
            for child in ranks:
                self.end(child)
            self.assertLess(time.monotonic() - begin, 5)
            self.assertEqual([fact["rank"] for fact in self.facts()["rank"]], [0, 1])

    def test_told_to_stop_while_it_waits_for_others(self):
        child = self.start(["--", PYTHON, "-c", "print('ran')"], 0, 2)
        other = self.start(["--", PYTHON, "-c", WAITS], 1, 2)
        child.stdout.readline()
        other.stdout.readline()
        time.sleep(0.5)
        begin = time.monotonic()
        child.terminate()
        self.end(child)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual([fact["rank"] for fact in self.facts()["rank"]], [0])
        # The other was at work still, and tells of itself in a file of its own.
        other.terminate()
        self.end(other)
        facts = self.facts("step.%s.1.pharos" % self.node)
        self.assertEqual([(fact["rank"], fact["seen"]) for fact in facts["rank"]], [(1, "outside")])
        self.assertTrue(facts["python"])

    def test_one_that_starts_late(self):
        # The second is done after the time that the first would have waited by its own clock.
        command = ["--seconds", "0.3", "--", PYTHON, "-c", "import signal; signal.signal(15, signal.SIG_IGN);" + WAITS]
        first = self.start(command, 0, 2)
        time.sleep(2.0)
        second = self.start(command, 1, 2)
        self.end(first)
        self.end(second)
        self.assertEqual([fact["rank"] for fact in self.facts()["rank"]], [0, 1])

    @unittest.skipUnless(can_unshare(), "mount namespaces cannot be made here")
    def test_a_tmp_of_its_own_for_each_rank(self):
        mounts = "for at in /tmp /dev/shm /var/tmp; do mount -t tmpfs none $at; done; exec \"$@\""
        # The folder of the test is in one of them.
        outside = self.move_out()
        before = ["unshare", "-m", "sh", "-c", mounts, "sh"]
        ranks = [self.start(["-o", outside + "/step.pharos", "--", "/usr/bin/env", "true"], rank, 2, before=before) for rank in range(2)]
        for child in ranks:
            self.end(child)
        files = sorted(name for name in os.listdir(outside) if name.endswith(".pharos"))
        self.assertEqual(files, ["step.%s.%d.pharos" % (self.node, rank) for rank in range(2)])


class WhereItCannotWrite(Doctored):
    def test_a_folder_that_is_not_there(self):
        out, err = self.run_one(["-o", "absent/step.pharos", "--", PYTHON, "-c", "print('ran')"], status=2)
        self.assertEqual(out, "ran\n")
        self.assertIn("error: cannot write absent/step.%s.pharos" % self.node, err)
        self.assertIn("hint: ", err)

    def test_the_commands_own_status(self):
        self.run_one(["--passthrough", "-o", "absent/x", "--", PYTHON, "-c", "raise SystemExit(3)"], status=3)
        self.run_one(["--", PYTHON, "-c", "raise SystemExit(3)"], status=0)

    @unittest.skipUnless(can_unshare(), "mount namespaces cannot be made here")
    def test_a_read_only_folder_and_a_full_disk(self):
        for mount in ("mount -t tmpfs -o ro none .", "mount -t tmpfs -o size=4k none . && cd . && head -c 9000 /dev/zero > full"):
            script = "cd /; cd %s; %s; cd /; cd %s; exec \"$@\"" % (self.folder, mount, self.folder)
            before = ["unshare", "-m", "sh", "-c", script, "sh"]
            out, err = self.run_one(["--", PYTHON, "-c", "print('ran')"], before=before, status=2)
            self.assertEqual(out, "ran\n")
            self.assertIn("step.%s.pharos" % self.node, err)

    @unittest.skipUnless(can_unshare(), "mount namespaces cannot be made here")
    def test_no_room_for_a_private_folder(self):
        self.move_out()
        mounts = "for at in /tmp /dev/shm /var/tmp; do mount -t tmpfs -o size=8k none $at; done; cd /; exec \"$@\""
        before = ["unshare", "-m", "sh", "-c", mounts, "sh"]
        for rank in (None, 0):
            _, err = self.run_one(["-o", "/nowhere.pharos", "--", "/bin/true"], rank=rank, before=before, status=2)
            self.assertRegex(err, r"\Aerror: no private folder could be made: no space left on device\nhint: .*\.\n\Z")

    def test_a_file_that_is_no_recording_stays(self):
        path = self.write("step.%s.pharos" % self.node, "precious")
        _, err = self.run_one(["--", "true"], status=2)
        self.assertIn("exists and is not a recording", err)
        with open(path) as file:
            self.assertEqual(file.read(), "precious")

    def test_a_command_that_is_not_there(self):
        _, err = self.run_one(["--", "no-such-program"])
        self.assertIn("error: command not found: no-such-program", err)
        fact = self.facts()["rank"][0]
        self.assertEqual((fact["seen"], fact["because"]), ("nothing", "the command could not be started"))

    def test_what_cannot_be_understood(self):
        for arguments in (["--seconds", "0", "--", "true"], ["--seconds"], ["--unknown"], ["--"], ["-o", "", "--", "true"], ["true"]):
            _, err = self.run_one(arguments, status=2)
            self.assertRegex(err, r"\Aerror: .*\nhint: .*\.\n\Z")
        self.assertEqual(self.files(), [])

    def test_a_folder_of_somebody_else(self):
        """A folder of the name, made beforehand and open to others, is not used."""
        from collector.doctor import gathering

        key = ("key", os.getpid())
        found = gathering.open_gathering(key, 0, 2)
        path = found.path
        found.remove()
        os.mkdir(path, 0o777)
        os.chmod(path, 0o777)
        self.addCleanup(os.rmdir, path)
        other = gathering.open_gathering(key, 0, 2)
        self.assertNotEqual(other.path, path)
        other.remove()
        link = other.path
        os.symlink(self.folder, link)
        self.addCleanup(os.unlink, link)
        third = gathering.open_gathering(key, 0, 2)
        self.assertTrue(third is None or third.path not in (path, link))
        if third is not None:
            third.remove()


class OldPythons(Doctored):
    @unittest.skipUnless(OLD, "no CPython 3.6 or 3.7 is here")
    def test_the_doctor_runs_on_them(self):
        for version, python in OLD.items():
            self.run_step(["--", PYTHON, "-c", "import json"], python=python)
            self.assertEqual({fact["seen"] for fact in self.facts()["rank"]}, {"inside"}, version)
            self.run_step([], python=python)
            self.assertEqual(self.facts()["python"][0]["version"].rsplit(".", 1)[0], version)
            out, _ = self.end_of_read(python)
            self.assertIn("2 of 2 ranks on 1 of 1 nodes", out)

    def end_of_read(self, python):
        from .doctored import COLLECTOR

        command = [python, "-B", COLLECTOR, "read", "step.%s.pharos" % self.node]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode(), done.stderr.decode()

    @unittest.skipUnless(OLD, "no CPython 3.6 or 3.7 is here")
    def test_a_job_on_them_is_seen_from_outside(self):
        for version, python in OLD.items():
            self.run_one(["--", python, "-c", "import json, ctypes, time; time.sleep(0.6)"])
            facts = self.facts()
            self.assertEqual(facts["rank"][0]["seen"], "outside", version)
            self.assertEqual(facts["rank"][0]["because"], "no Python 3.8 or later started with the probe")
            self.assertTrue(facts["loaded"][0]["libraries"])

    @unittest.skipUnless(OLD, "no CPython 3.6 or 3.7 is here")
    def test_the_audit_still_says_that_it_cannot(self):
        from .doctored import COLLECTOR

        for python in OLD.values():
            done = subprocess.run([python, "-B", COLLECTOR, "--", "true"], stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"needs Python 3.8 or later", done.stderr)


if __name__ == "__main__":
    unittest.main()
