"""Which launcher, which rank: from the variables that launchers set."""

import unittest

from collector.machine import launch

SLURM = {
    "SLURM_STEP_ID": "0",
    "SLURM_PROCID": "5",
    "SLURM_STEP_NUM_TASKS": "11",
    "SLURM_STEP_NUM_NODES": "3",
    "SLURM_NODEID": "1",
    "SLURM_LOCALID": "1",
    "SLURM_STEP_TASKS_PER_NODE": "4(x2),3",
}


class ReadLaunch(unittest.TestCase):
    def test_outside_of_a_step(self):
        found = launch.read_launch({"PATH": "/bin"})
        self.assertEqual(found.fact(), {"launcher": "none", "nodes": 1, "ranks": 1, "ranksPerNode": 1})
        self.assertFalse(found.is_step)

    def test_a_slurm_step(self):
        self.assertEqual(
            launch.read_launch(SLURM).fact([0, 10]),
            {
                "launcher": "slurm",
                "nodes": 3,
                "ranks": 11,
                "ranksPerNode": 4,
                "node": 1,
                "rank": 5,
                "localRank": 1,
                "observedRanks": [0, 10],
            },
        )

    def test_a_batch_script_is_no_step(self):
        batch = {"SLURM_PROCID": "0", "SLURM_NTASKS": "64", "SLURM_NODEID": "0", "SLURM_LOCALID": "0"}
        self.assertFalse(launch.read_launch(batch).is_step)
        interactive = dict(SLURM, SLURM_STEP_ID="4294967290")
        self.assertFalse(launch.read_launch(interactive).is_step)

    def test_mpirun_inside_an_allocation_wins(self):
        inner = dict(SLURM, OMPI_COMM_WORLD_RANK="3", OMPI_COMM_WORLD_SIZE="8", OMPI_COMM_WORLD_LOCAL_RANK="3")
        inner["OMPI_COMM_WORLD_LOCAL_SIZE"] = "4"
        found = launch.read_launch(inner)
        self.assertEqual((found.launcher, found.rank, found.ranks, found.nodes), ("openmpi", 3, 8, 2))

    def test_slurm_with_its_own_pmi_is_slurm(self):
        found = launch.read_launch(dict(SLURM, PMI_RANK="5", PMI_SIZE="11"))
        self.assertEqual((found.launcher, found.node), ("slurm", 1))

    def test_a_hydra_inside_a_step_of_slurm_is_the_inner_one(self):
        # Its proxies are a step of Slurm, whose variables the ranks inherit.
        intel = dict(SLURM, PMI_RANK="3", PMI_SIZE="4", MPI_LOCALRANKID="1", MPI_LOCALNRANKS="2")
        for environ in (intel, dict(intel, HYDI_CONTROL_FD="7")):
            found = launch.read_launch(environ)
            self.assertEqual((found.launcher, found.rank, found.ranks, found.local_rank), ("mpich", 3, 4, 1))

    def test_the_other_launchers(self):
        flux = {"FLUX_TASK_RANK": "2", "FLUX_JOB_SIZE": "4", "FLUX_JOB_NNODES": "2", "FLUX_TASK_LOCAL_ID": "0"}
        pals = {"PALS_RANKID": "9", "PMI_SIZE": "24", "PALS_NODEID": "0", "PALS_LOCAL_RANKID": "9", "PMI_LOCAL_SIZE": "12"}
        hydra = {"PMI_RANK": "1", "PMI_SIZE": "2", "MPI_LOCALRANKID": "1", "MPI_LOCALNRANKS": "2"}
        jsrun = {"JSM_NAMESPACE_RANK": "6", "JSM_NAMESPACE_SIZE": "12", "JSM_NAMESPACE_LOCAL_RANK": "0"}
        expected = {"flux": (2, 4, 2), "pals": (9, 24, 2), "mpich": (1, 2, 1), "lsf": (6, 12, 1)}
        for environ in (flux, pals, hydra, jsrun):
            found = launch.read_launch(environ)
            self.assertEqual((found.rank, found.ranks, found.nodes), expected.pop(found.launcher))
        self.assertEqual(expected, {})

    def test_nonsense_is_no_launch(self):
        for name, value in (
            ("SLURM_PROCID", "-1"),
            ("SLURM_PROCID", "99"),
            ("SLURM_PROCID", "secret"),
            ("SLURM_STEP_NUM_TASKS", "0"),
            ("SLURM_STEP_NUM_TASKS", "9" * 400),
            ("SLURM_PROCID", "\u0665"),
        ):
            self.assertFalse(launch.read_launch(dict(SLURM, SLURM_NTASKS="0", **{name: value})).is_step, (name, value))

    def test_tasks_per_node(self):
        found = [launch.tasks_on_node("4(x2),3,2(x2)", node) for node in range(6)]
        self.assertEqual(found, [4, 4, 3, 2, 2, None])
        for text in ("", "x", "4(x", "4(xx2)", "(x2)"):
            self.assertIsNone(launch.tasks_on_node(text, 0))


if __name__ == "__main__":
    unittest.main()
