"""How the job was launched: the `launch` fact, from the launchers' variables. Numbers only.

Imported before an unobserved rank execs, so it may need nothing that is not in memory at start but `os`.
"""

import os

# Numbers above are sentinels (Slurm's 4294967290 is its interactive step).
LARGEST = 99999999


class Launch:
    """This process among the ranks of a step. `node`, `rank` and `local_rank` are None outside of one."""

    def __init__(self, launcher, ranks=1, rank=None, nodes=1, node=None, local_rank=None, ranks_per_node=None):
        self.launcher = launcher
        self.ranks = ranks
        self.rank = rank
        self.nodes = nodes
        self.node = node
        self.local_rank = local_rank
        self.ranks_per_node = ranks_per_node or -(-ranks // max(1, nodes))

    @property
    def is_step(self):
        """Whether other ranks run the same command."""
        return self.rank is not None and self.ranks > 1

    def node_number(self):
        """The node's number in the step; where the launcher does not tell it, as ranks fill nodes in order."""
        if self.node is not None:
            return self.node
        return (self.rank or 0) // max(1, self.ranks_per_node)

    def fact(self, observed_ranks=None):
        fact = {
            "launcher": self.launcher,
            "nodes": self.nodes,
            "ranks": self.ranks,
            "ranksPerNode": self.ranks_per_node,
        }
        numbers = {"node": self.node, "rank": self.rank, "localRank": self.local_rank, "observedRanks": observed_ranks}
        fact.update((name, value) for name, value in numbers.items() if value is not None)
        return fact


def read_launch(environ=None):
    """The innermost launcher's numbers. Open MPI inside a Slurm allocation leaves Slurm's variables of its daemon,
    so Slurm is asked after the MPI launchers."""
    environ = os.environ if environ is None else environ
    for read in (_open_mpi, _jsrun, _flux, _pals, _hydra, _slurm):
        launch = read(environ)
        if launch is not None:
            return launch
    return Launch("none")


def _number(environ, *names):
    for name in names:
        value = environ.get(name, "")
        if value.isdigit() and max(value) <= "9" and len(value) <= 10 and int(value) <= LARGEST:
            return int(value)
    return None


def _launch(launcher, rank, ranks, local_rank, local_ranks, nodes=None, node=None):
    """None unless the rank and the number of ranks are known and fit together."""
    if rank is None or not ranks or rank >= ranks:
        return None
    if not nodes:
        nodes = -(-ranks // local_ranks) if local_ranks else 1
    return Launch(launcher, ranks, rank, nodes, node, local_rank, local_ranks)


def _open_mpi(environ):
    names = ["OMPI_COMM_WORLD_" + name for name in ("RANK", "SIZE", "LOCAL_RANK", "LOCAL_SIZE")]
    return _launch("openmpi", *[_number(environ, name) for name in names])


def _jsrun(environ):
    names = ["JSM_NAMESPACE_" + name for name in ("RANK", "SIZE", "LOCAL_RANK", "LOCAL_SIZE")]
    return _launch("lsf", *[_number(environ, name) for name in names])


def _flux(environ):
    rank, ranks = _number(environ, "FLUX_TASK_RANK"), _number(environ, "FLUX_JOB_SIZE")
    nodes = _number(environ, "FLUX_JOB_NNODES")
    local = -(-ranks // nodes) if ranks and nodes else None
    return _launch("flux", rank, ranks, _number(environ, "FLUX_TASK_LOCAL_ID"), local, nodes)


def _pals(environ):
    rank, ranks = _number(environ, "PALS_RANKID"), _number(environ, "PMI_SIZE", "PALS_SIZE")
    local_rank, local = _number(environ, "PALS_LOCAL_RANKID"), _number(environ, "PMI_LOCAL_SIZE", "PALS_LOCAL_SIZE")
    return _launch("pals", rank, ranks, local_rank, local, node=_number(environ, "PALS_NODEID"))


def _hydra(environ):
    # Slurm's own PMI sets these too; there Slurm's variables say more. A Hydra inside a step of Slurm, MPICH's or
    # Intel's, has variables of its own; those of Slurm are then its proxies'.
    is_own = any(name in environ for name in ("HYDI_CONTROL_FD", "PMI_PORT", "MPI_LOCALRANKID"))
    if _number(environ, "SLURM_STEP_ID") is not None and not is_own:
        return None
    rank, ranks = _number(environ, "PMI_RANK"), _number(environ, "PMI_SIZE")
    local_rank = _number(environ, "MPI_LOCALRANKID", "PMI_LOCAL_RANK")
    return _launch("mpich", rank, ranks, local_rank, _number(environ, "MPI_LOCALNRANKS", "PMI_LOCAL_SIZE"))


def _slurm(environ):
    # A batch script has a rank but is no step: it runs once, whatever SLURM_NTASKS says.
    if _number(environ, "SLURM_STEP_ID", "SLURM_STEPID") is None:
        return None
    rank = _number(environ, "SLURM_PROCID")
    ranks = _number(environ, "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS")
    nodes = _number(environ, "SLURM_STEP_NUM_NODES", "SLURM_NNODES")
    node = _number(environ, "SLURM_NODEID")
    local = tasks_on_node(environ.get("SLURM_STEP_TASKS_PER_NODE", ""), node or 0)
    return _launch("slurm", rank, ranks, _number(environ, "SLURM_LOCALID"), local, nodes, node)


def tasks_on_node(text, node):
    """Slurm's `4(x2),3`: the number of tasks on the node of this number, or None."""
    for part in text[:65536].split(","):
        count, mark, times = part.partition("(x")
        times = times[:-1] if mark else "1"
        if not (count.isdigit() and times.isdigit() and len(count) < 9 and len(times) < 9):
            return None
        if node < int(times):
            return int(count)
        node -= int(times)
    return None
