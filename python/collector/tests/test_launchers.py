"""Who started a process, by its ancestors and by the variables of launchers. Variables as real launchers set them."""

import os
import shutil
import tempfile
import unittest

from collector.machine import launchers

SLURM = {
    "SLURM_JOB_ID": "1234",
    "SLURM_STEP_ID": "0",
    "SLURM_PROCID": "5",
    "SLURM_NTASKS": "8",
    "SLURM_STEP_NUM_TASKS": "8",
}
# Slurm 22.05 `srun --mpi=pmi2`.
PMI2 = dict(SLURM, PMI_FD="11", PMI_JOBID="1234.0", PMI_RANK="5", PMI_SIZE="8", SLURM_MPI_TYPE="pmi2")
PMIX = {"PMIX_RANK": "5", "PMIX_NAMESPACE": "slurm.pmix.1234.0", "PMIX_SERVER_URI41": "x", "PMIX_VERSION": "4.2.2rc2"}
# Open MPI 4.1.4 `mpirun`.
OPEN_MPI = {
    "OMPI_COMM_WORLD_RANK": "1",
    "OMPI_COMM_WORLD_SIZE": "4",
    "PMIX_RANK": "1",
    "PMIX_NAMESPACE": "423624705",
    "PMIX_SERVER_URI2": "x",
}
# MPICH 4.0.2 `mpiexec.hydra`, and Intel's.
HYDRA = {"PMI_FD": "8", "PMI_RANK": "3", "PMI_SIZE": "4", "MPI_LOCALRANKID": "1", "HYDI_CONTROL_FD": "7"}
INTEL = {"PMI_FD": "8", "PMI_RANK": "3", "PMI_SIZE": "4", "MPI_LOCALRANKID": "1", "I_MPI_HYDRA_TOPOLIB": "hwloc"}
CRAY = dict(SLURM, PALS_APID="1234.0", PALS_APINFO="/x", PALS_RANKID="5", SLURM_MPI_TYPE="cray_shasta")
FLUX = {"FLUX_TASK_RANK": "2", "FLUX_JOB_SIZE": "4", "FLUX_JOB_ID": "f1234", "PMI_FD": "5", "PMI_RANK": "2", "PMI_SIZE": "4"}


class Tree(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def chain(self, *names):
        """A /proc in which process 100 is below the named programs, nearest first; returns its process id."""
        for index, name in enumerate(("python3",) + names):
            folder = "%s/proc/%d" % (self.root, 100 - index)
            os.makedirs(folder, exist_ok=True)
            parent = 99 - index if index < len(names) else 0
            fields = ["S", str(parent)] + ["0"] * 17 + [str(5000 - index), "0"]
            with open(folder + "/stat", "w") as file:
                file.write("%d (%s) %s\n" % (100 - index, name[:15], " ".join(fields)))
        return "100"

    def told(self, environ, *names):
        pid = self.chain(*names)
        return [(claim["launcher"], claim.get("rank"), claim.get("size")) for claim in self.claims(environ, pid)]

    def claims(self, environ, pid):
        return launchers.claims(environ, self.root, pid)


class Claims(Tree):
    def test_of_each_launcher(self):
        self.assertEqual(self.told({}), [])
        self.assertEqual(self.told(SLURM), [("slurm", 5, 8)])
        self.assertEqual(self.told(PMI2), [("pmi", 5, 8), ("slurm", 5, 8)])
        self.assertEqual(self.told(dict(SLURM, **PMIX)), [("pmix", 5, None), ("slurm", 5, 8)])
        self.assertEqual(self.told(OPEN_MPI), [("openmpi", 1, 4), ("pmix", 1, None)])
        self.assertEqual(self.told(HYDRA), [("hydra", 3, 4)])
        self.assertEqual(self.told(INTEL), [("intel", 3, 4)])
        self.assertEqual(self.told(CRAY), [("pals", 5, None), ("slurm", 5, 8)])
        self.assertEqual(self.told(FLUX), [("flux", 2, 4), ("pmi", 2, 4)])
        self.assertEqual(self.told({"MV2_COMM_WORLD_RANK": "1", "MV2_COMM_WORLD_SIZE": "2"}), [("mvapich", 1, 2)])
        self.assertEqual(self.told({"JSM_NAMESPACE_RANK": "1", "JSM_NAMESPACE_SIZE": "2"}), [("lsf", 1, 2)])

    def test_a_batch_script_is_no_step(self):
        self.assertEqual(self.told({"SLURM_PROCID": "0", "SLURM_NTASKS": "64", "SLURM_JOB_ID": "7"}), [])
        self.assertEqual(self.told(dict(SLURM, SLURM_STEP_ID="4294967290")), [])

    def test_what_is_inherited_from_a_step_around_comes_last(self):
        inherited = dict(SLURM, **dict(PMIX, **HYDRA))
        self.assertEqual(self.told(inherited, "hydra_pmi_proxy", "slurmstepd")[0], ("hydra", 3, 4))
        inside = dict(SLURM, **OPEN_MPI)
        self.assertEqual([name for name, _, _ in self.told(inside, "orted", "slurmstepd")], ["openmpi", "pmix", "slurm"])
        self.assertEqual(self.told(inside, "slurmstepd", "srun", "python3", "mpirun")[-1], ("openmpi", 1, 4))

    def test_nonsense_is_no_claim(self):
        for value in ("-1", "x", "", "9" * 20, "\u0665", "1.5", " 1"):
            self.assertEqual(self.told({"OMPI_COMM_WORLD_RANK": value, "PMI_SIZE": value}), [], value)


class Fact(Tree):
    def fact(self, environ, *names):
        return launchers.launcher_fact(environ, self.root, self.chain(*names))

    def test_programs_up_to_the_daemon(self):
        names = ("bash", "my-secret-wrapper", "python3.11", "slurmstepd", "systemd")
        self.assertEqual(self.fact({}, *names)["startedBy"], ["bash", "(other)", "python3.11", "slurmstepd"])

    def test_names_that_the_kernel_cuts(self):
        self.assertEqual(self.fact({}, "hydra_pmi_proxy")["startedBy"], ["hydra_pmi_proxy"])
        self.assertEqual(self.fact({}, "hydra_bstrap_proxy")["startedBy"], ["hydra_bstrap_proxy"])

    def test_without_a_daemon_the_nearest(self):
        self.assertEqual(len(self.fact({}, *["bash"] * 9)["startedBy"]), 4)

    def test_a_proc_that_hides_others_ends_the_list(self):
        pid = self.chain("bash", "slurmstepd")
        os.remove(self.root + "/proc/98/stat")
        self.assertEqual(launchers.launcher_fact({}, self.root, pid)["startedBy"], ["bash"])

    def test_programs_with_odd_names(self):
        self.assertEqual(self.fact({}, "a) R 1 (b", "mpirun")["startedBy"], ["(other)", "mpirun"])

    def test_a_loop_of_parents_ends(self):
        pid = self.chain("bash")
        with open(self.root + "/proc/99/stat", "w") as file:
            file.write("99 (bash) S 99 " + "0 " * 30)
        self.assertEqual(len(launchers.launcher_fact({}, self.root, pid)["startedBy"]), 4)

    def test_what_is_set_up_to_find_the_other_ranks(self):
        expected = ((SLURM, []), (PMI2, ["pmi-1", "pmi-2"]), (dict(SLURM, **PMIX), ["pmix"]), (OPEN_MPI, ["pmix"]),
                    (HYDRA, ["pmi-1", "pmi-2"]), (INTEL, ["pmi-1"]), (CRAY, ["pals"]), (FLUX, ["pmi-1"]))  # fmt: skip
        for environ, offers in expected:
            self.assertEqual(self.fact(environ)["offers"], offers, environ)

    def test_plugin_and_version(self):
        found = self.fact({"SLURM_MPI_TYPE": "pmix_v4", "PMIX_VERSION": "4.2.2rc2"})
        self.assertEqual((found["slurmMpi"], found["pmixVersion"]), ("pmix_v4", "4.2.2rc2"))
        self.assertNotIn("slurmMpi", self.fact({"SLURM_MPI_TYPE": "a b"}))


class Keys(Tree):
    def step(self, environ, *names):
        return launchers.step_key(environ, self.root, self.chain(*names))

    def node(self, environ, *names):
        return launchers.node_key(environ, self.root, self.chain(*names))

    def test_the_same_on_all_nodes_of_a_step_and_another_for_others(self):
        first = self.step(SLURM, "slurmstepd")
        self.assertEqual(first, self.step(dict(SLURM, SLURM_PROCID="0", SLURM_NODEID="3"), "slurmstepd"))
        for name, value in (("SLURM_STEP_ID", "1"), ("SLURM_JOB_ID", "99"), ("SLURM_RESTART_COUNT", "1")):
            self.assertNotEqual(first, self.step(dict(SLURM, **{name: value}), "slurmstepd"))

    def test_mpirun_in_a_batch_script_has_one_key_on_its_first_node_and_the_others(self):
        batch = dict({"SLURM_JOB_ID": "1234", "SLURM_PROCID": "0"}, **OPEN_MPI)
        others = dict(SLURM, **OPEN_MPI)
        self.assertEqual(
            self.step(batch, "mpirun.openmpi", "slurm_script", "slurmstepd"), self.step(others, "orted", "slurmstepd")
        )

    def test_hydra_tells_no_step_but_the_node_has_its_proxy(self):
        inside = dict(SLURM, **dict(PMIX, **HYDRA))
        self.assertIsNone(self.step(inside, "hydra_pmi_proxy", "slurmstepd"))
        self.assertEqual(self.node(inside, "hydra_pmi_proxy"), self.node(dict(inside, PMI_RANK="2"), "hydra_pmi_proxy"))
        # Below a wrapper the proxy is process 98.
        self.assertNotEqual(self.node(HYDRA, "hydra_pmi_proxy"), self.node(HYDRA, "bash", "hydra_pmi_proxy"))

    def test_outside_of_a_step_the_parent_counts(self):
        self.assertIsNone(self.step({}, "bash"))
        self.assertRegex(self.node({}, "bash"), "^[0-9a-f]{32}$")
        self.assertRegex(launchers.node_key({}, self.root, "5"), "^[0-9a-f]{32}$")

    def test_nodes_of_slurm_on_one_machine_are_told_apart(self):
        nodes = {self.node(dict(SLURM, SLURMD_NODENAME=name, SLURM_PROCID=rank), "slurmstepd")
                 for name, rank in (("n1", "0"), ("n1", "1"), ("n2", "2"))}  # fmt: skip
        self.assertEqual(len(nodes), 2)

    def test_another_boot_is_another_node(self):
        before = self.node(SLURM, "slurmstepd")
        os.makedirs(self.root + "/proc/sys/kernel/random")
        with open(self.root + "/proc/sys/kernel/random/boot_id", "w") as file:
            file.write("6c0b1b5e-0b5e-4b8e-9c53-2d6a7d5c5e0f\n")
        self.assertNotEqual(before, self.node(SLURM, "slurmstepd"))

    def test_of_this_process(self):
        started_by = launchers.launcher_fact(os.environ)["startedBy"]
        self.assertTrue(started_by, "this process has no parent")
        self.assertEqual(launchers.node_key({}), launchers.node_key({}))


if __name__ == "__main__":
    unittest.main()
