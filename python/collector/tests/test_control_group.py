"""Control groups: made-up trees of each version and of containers, and a real group where one can be made."""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest

from collector.machine import control_group, limits, node

MOUNTS = {
    "v2": "30 20 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate",
    "cpu": "31 20 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct",
    "cpuset": "32 20 0:28 / /sys/fs/cgroup/cpuset rw shared:6 - cgroup cgroup rw,cpuset",
    "pids": "33 20 0:29 / /sys/fs/cgroup/pids rw shared:7 - cgroup cgroup rw,pids",
    "unified": "34 20 0:30 / /sys/fs/cgroup/unified rw shared:8 - cgroup2 cgroup2 rw",
}


class Tree(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def put(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text + "\n")

    def groups(self, membership, mounts, files):
        self.put("proc/self/cgroup", membership)
        if mounts is not None:
            self.put("proc/self/mountinfo", "\n".join(mounts))
        for path, text in files.items():
            self.put("sys/fs/cgroup/" + path, text)
        return control_group.control_group(self.root)


class Version2(Tree):
    SLURM = "system.slice/slurmstepd.scope/job_7"

    def test_the_nested_groups_of_a_slurm_task(self):
        found = self.groups(
            "0::/%s/step_0/user/task_3" % self.SLURM,
            [MOUNTS["v2"]],
            {
                "cpuset.cpus.effective": "0-63",
                self.SLURM + "/cpuset.cpus.effective": "0-15",
                self.SLURM + "/cpu.max": "800000 100000",
                self.SLURM + "/pids.max": "4096",
                self.SLURM + "/pids.current": "12",
                self.SLURM + "/step_0/user/cpu.max": "max 100000",
                self.SLURM + "/step_0/user/task_3/cpuset.cpus.effective": "4-7",
                self.SLURM + "/step_0/user/task_3/cpu.max": "150000 100000",
                self.SLURM + "/step_0/user/task_3/pids.max": "max",
            },
        )
        self.assertEqual(found, {"version": "v2", "cpus": "4-7", "quota": 1.5, "pidsMax": 4096, "pidsNow": 12})

    def test_a_group_without_the_controller_has_what_the_one_above_has(self):
        files = {self.SLURM + "/cpuset.cpus.effective": "0-15", self.SLURM + "/step_0/cgroup.procs": "1"}
        found = self.groups("0::/%s/step_0" % self.SLURM, [MOUNTS["v2"]], files)
        self.assertEqual(found, {"version": "v2", "cpus": "0-15"})

    def test_the_limit_of_processes_that_leaves_least_room(self):
        files = {
            "user.slice/pids.max": "1000",
            "user.slice/pids.current": "990",
            "user.slice/me/pids.max": "500",
            "user.slice/me/pids.current": "3",
        }
        found = self.groups("0::/user.slice/me", [MOUNTS["v2"]], files)
        self.assertEqual((found["pidsMax"], found["pidsNow"]), (1000, 990))

    def test_a_container_with_a_namespace_sees_its_group_as_the_root(self):
        found = self.groups("0::/", [MOUNTS["v2"]], {"cpu.max": "250000 100000", "cpuset.cpus.effective": "2,4"})
        self.assertEqual(found, {"version": "v2", "cpus": "2,4", "quota": 2.5})

    def test_a_container_that_is_shown_the_hosts_path(self):
        mount = "30 20 0:26 /machine.slice/libpod-1.scope /sys/fs/cgroup ro - cgroup2 cgroup2 rw"
        found = self.groups("0::/machine.slice/libpod-1.scope/sub", [mount], {"sub/cpu.max": "50000 100000"})
        self.assertEqual(found["quota"], 0.5)

    def test_a_group_outside_of_the_namespace_is_not_guessed(self):
        files = {"cpu.max": "50000 100000", "other/cpu.max": "50000 100000", "cpuset.cpus.effective": "0"}
        self.assertEqual(self.groups("0::/../other", [MOUNTS["v2"]], files), {"version": "v2"})
        above = MOUNTS["v2"].replace(" / /sys", " /../.. /sys")
        self.assertEqual(self.groups("0::/", [above], files), {"version": "v2"})

    def test_a_group_that_is_not_below_the_mount_is_not_guessed(self):
        mount = MOUNTS["v2"].replace(" / /sys", " /docker/abc /sys")
        self.assertEqual(self.groups("0::/docker/abcdef", [mount], {"cpu.max": "1 1"}), {"version": "v2"})

    def test_without_mountinfo_the_usual_place_is_read(self):
        found = self.groups("0::/a", None, {"a/cpu.max": "200000 100000"})
        self.assertEqual(found, {"version": "v2", "quota": 2.0})


class Version1(Tree):
    MEMBERSHIP = "9:cpuset:/slurm/uid_1/job_2/step_0/task_0\n4:cpu,cpuacct:/slurm/uid_1/job_2\n3:pids:/user\n1:name=systemd:/x"

    def files(self):
        return {
            "cpuset/slurm/uid_1/job_2/step_0/task_0/cpuset.cpus": "0-3",
            "cpuset/slurm/uid_1/job_2/step_0/task_0/cpuset.effective_cpus": "1-3",
            "cpu,cpuacct/slurm/uid_1/job_2/cpu.cfs_quota_us": "-1",
            "cpu,cpuacct/slurm/uid_1/job_2/cpu.cfs_period_us": "100000",
            "cpu,cpuacct/slurm/cpu.cfs_quota_us": "350000",
            "cpu,cpuacct/slurm/cpu.cfs_period_us": "100000",
            "pids/user/pids.max": "99",
            "pids/user/pids.current": "7",
        }

    def test_each_controller_has_its_own_hierarchy(self):
        found = self.groups(self.MEMBERSHIP, [MOUNTS[name] for name in ("cpu", "cpuset", "pids")], self.files())
        self.assertEqual(found, {"version": "v1", "cpus": "1-3", "quota": 3.5, "pidsMax": 99, "pidsNow": 7})

    def test_beside_the_unified_hierarchy(self):
        mounts = [MOUNTS[name] for name in ("cpu", "cpuset", "pids", "unified")]
        files = dict(self.files(), **{"unified/s/cpu.max": "100000 100000"})
        found = self.groups(self.MEMBERSHIP + "\n0::/s", mounts, files)
        self.assertEqual((found["version"], found["quota"]), ("hybrid", 1.0))

    def test_a_container_without_a_namespace(self):
        mount = "31 20 0:27 /docker/ab /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu"
        files = {"cpu/cpu.cfs_quota_us": "20000", "cpu/cpu.cfs_period_us": "10000"}
        self.assertEqual(self.groups("4:cpu:/docker/ab", [mount], files), {"version": "v1", "quota": 2.0})

    def test_files_without_a_prefix(self):
        mount = "31 20 0:27 / /dev/cpuset rw - cgroup none rw,cpuset,noprefix"
        self.put("dev/cpuset/torque/1/cpus", "0-3")
        self.assertEqual(self.groups("1:cpuset:/torque/1", [mount], {})["cpus"], "0-3")


class Malformed(Tree):
    def test_nothing_to_read_is_no_fact(self):
        self.assertIsNone(control_group.control_group(self.root))

    def test_nonsense_is_left_out(self):
        noise = ["", "0::", "x", "0::relative", ":::/", "0:cpu", "9" * 100000, "1:cpu:/" + "a/" * 500]
        for text in noise:
            found = self.groups(text, ["x", MOUNTS["v2"], "1 2 3"], {"cpu.max": "x y", "pids.max": "-3"})
            self.assertIn(found, (None, {"version": "v1"}, {"version": "hybrid"}), text[:20])

    def test_damaged_files_never_end_in_an_error(self):
        rand = random.Random(2)
        texts = ["", "0::/a/b", "3:cpu,cpuacct:/a", "max", "1 2", "-1", "0-3", "9" * 30, "0::/../..", "\x00", "30 20 0:26 / /sys/fs/cgroup"]
        for _ in range(200):
            names = ["cpu.max", "pids.max", "pids.current", "a/b/cpu.max", "a/cpuset.cpus.effective", "cpu,cpuacct/a/cpu.cfs_quota_us"]
            membership = "\n".join(rand.choice(texts) for _ in range(3))
            mounts = [rand.choice(list(MOUNTS.values()) + texts) for _ in range(3)]
            found = self.groups(membership, mounts, {name: rand.choice(texts) for name in names})
            self.assertTrue(found is None or found["version"] in ("v1", "v2", "hybrid"))

    def test_quota(self):
        self.assertEqual(control_group.quota_of("150000 100000\n"), 1.5)
        for text in ("max 100000", "", "1", "0 0", "x y", None, "1 0", "-1 100000", "1 " + "9" * 400):
            self.assertIsNone(control_group.quota_of(text))


class OfThisMachine(unittest.TestCase):
    def hierarchy(self, controller):
        """Folder of our own group in the hierarchy that has the controller, and whether that is version 2."""
        with open("/proc/self/cgroup") as file:
            lines = [line.rstrip("\n").split(":", 2) for line in file]
        for line in lines:
            if controller in line[1].split(","):
                return "/sys/fs/cgroup/" + line[1] + line[2].rstrip("/"), False
        return "/sys/fs/cgroup" + [line[2] for line in lines if line[0] == "0"][0].rstrip("/"), True

    def make(self, controller, files):
        """A group below ours, with another below it."""
        parent, unified = self.hierarchy(controller)
        outer = "%s/pharos-test-%d" % (parent, os.getpid())
        try:
            if unified:
                self.write(parent + "/cgroup.subtree_control", "+" + controller)
            os.makedirs(outer + "/inner")
            self.addCleanup(os.rmdir, outer)
            self.addCleanup(os.rmdir, outer + "/inner")
            for name, text in files[unified].items():
                self.write(outer + "/" + name, text)
        except OSError as error:
            self.skipTest("no control group of %s can be made here: %s" % (controller, error.strerror))
        return outer + "/inner"

    def write(self, path, text):
        with open(path, "w") as file:
            file.write(text)

    def test_limits_of_real_groups(self):
        quota = self.make("cpu", ({"cpu.cfs_quota_us": "150000"}, {"cpu.max": "150000 100000"}))
        processes = self.make("pids", ({"pids.max": "77"}, {"pids.max": "77"}))

        def enter():
            for group in {quota, processes}:
                self.write(group + "/cgroup.procs", "0")

        code = "from collector.machine.control_group import control_group; import json; print(json.dumps(control_group()))"
        folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        found = json.loads(subprocess.check_output([sys.executable, "-B", "-c", code], cwd=folder, preexec_fn=enter))
        self.assertEqual((found["quota"], found["pidsMax"], found["pidsNow"]), (1.5, 77, 1))

    def test_the_nodes_fact_has_the_same_quota(self):
        self.assertEqual(node.node_fact().get("cpuQuota"), (control_group.control_group() or {}).get("quota"))


class Limits(Tree):
    def test_of_this_process_as_the_system_tells_them(self):
        names = {"processes": "NPROC", "openFiles": "NOFILE", "lockedBytes": "MEMLOCK", "stackBytes": "STACK"}
        soft = {name: resource.getrlimit(getattr(resource, "RLIMIT_" + limit))[0] for name, limit in names.items()}
        expected = {name: None if limit == resource.RLIM_INFINITY else limit for name, limit in soft.items()}
        self.assertEqual(limits.limits(), expected)

    def test_what_is_not_there_is_absent(self):
        self.assertEqual(limits.limits(self.root), {})
        self.put("proc/self/limits", "Max processes             unlimited            9 \nMax open files x y\nMax\n")
        self.assertEqual(limits.limits(self.root), {"processes": None})


if __name__ == "__main__":
    unittest.main()
