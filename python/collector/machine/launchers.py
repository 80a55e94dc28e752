"""Who started this process and how it could find its fellows: claims of launchers, the `launcher` fact, keys of a step.

What Slurm's plugins set: https://github.com/SchedMD/slurm/tree/284c3b95f0/src/plugins/mpi
"""

import hashlib
import os
import re

from .launch import LARGEST
from .pseudo_files import is_number, read_text

# Launcher and its variables of rank and size, innermost first: who was started by another one inherits its variables.
_CLAIMS = (
    ("openmpi", ("OMPI_COMM_WORLD_RANK",), ("OMPI_COMM_WORLD_SIZE",)),
    ("mvapich", ("MV2_COMM_WORLD_RANK", "MVP_COMM_WORLD_RANK"), ("MV2_COMM_WORLD_SIZE", "MVP_COMM_WORLD_SIZE")),
    ("lsf", ("JSM_NAMESPACE_RANK",), ("JSM_NAMESPACE_SIZE",)),
    ("flux", ("FLUX_TASK_RANK",), ("FLUX_JOB_SIZE",)),
    ("pals", ("PALS_RANKID",), ("PALS_SIZE",)),
    ("pmix", ("PMIX_RANK",), ()),
)

# What starts a launcher's processes on a node, by the launcher that its variables are told of.
DAEMONS = {
    "slurmstepd": "slurm",
    "orted": "openmpi",
    "prted": "openmpi",
    "prte": "openmpi",
    "prterun": "openmpi",
    "orterun": "openmpi",
    "mpirun": "openmpi",
    "mpirun.openmpi": "openmpi",
    "mpiexec.openmpi": "openmpi",
    "mpiexec": "openmpi",
    "hydra_pmi_proxy": "hydra",
    "pmi_proxy": "hydra",
    "mpiexec.hydra": "hydra",
    "mpiexec.gforker": "pmi",
    "mpispawn": "mvapich",
    "palsd": "pals",
    "apinit": "pals",
    "flux-shell": "flux",
    "jsmd": "lsf",
}
# Named as they are; any other program may be the user's own.
_KNOWN = frozenset(
    """sh bash dash zsh ksh ksh93 mksh csh tcsh fish busybox env nice nohup setsid time timeout stdbuf xargs parallel make
    numactl taskset hwloc-bind chrt ionice script strace ltrace gdb gdbserver valgrind perf nsys ncu rocprof rocprofv3
    vtune amplxe-cl aps map ddt scorep tau_exec
    ssh sshd sshd-session rsh login su sudo systemd init tini dumb-init docker-init catatonit tmux screen
    conda mamba micromamba pixi uv uvx poetry pipenv hatch pdm spack module
    apptainer singularity starter starter-suid charliecloud ch-run podman docker conmon crun runc containerd-shim
    containerd-shim-runc-v2 enroot pyxis sarus shifter udiRoot bwrap fakeroot proot unshare nsenter
    srun sbatch salloc slurm_script slurmd slurmscriptd mpirun_rsh mpiexec.mpich mpirun.mpich mpirun_mpich aprun alps jsrun jswait lrun
    pbs_mom pbs_demux pbs_tmrsh pbsdsh sge_execd sge_shepherd res sbatchd blaunch condor_starter condor_startd
    flux flux-broker flux-imp dvm prun hydra_bstrap_proxy torchrun accelerate deepspeed ray raylet dask dask-worker
    jupyter jupyter-lab ipython pytest""".split()
)
_PYTHON = re.compile(r"(python|pypy)(\d+(\.\d+)?)?t?\Z", re.ASCII)
# The kernel keeps 15 characters of a program's name.
_BY_KERNEL_NAME = {name[:15]: name for name in list(_KNOWN) + list(DAEMONS)}

MOST_ANCESTORS = 32
ANCESTORS_WITHOUT_DAEMON = 4


# Whose variables a daemon sets in what it starts. All others are inherited from a step around it.
_OWN = {
    "slurm": ("slurm", "pmi", "pmix", "pals"),
    "openmpi": ("openmpi", "pmix"),
    "hydra": ("hydra", "intel", "pmi"),
    "flux": ("flux", "pmi"),
    "pals": ("pals", "pmi"),
    "lsf": ("lsf", "pmix"),
}


def claims(environ, root="/", pid="self"):
    """What the variables of each launcher say of this process, for the fact of a rank: the innermost launcher's first.

    A launcher's daemon that was itself started as a step of another launcher hands that one's variables on: they speak
    of the daemon. Where /proc shows no daemon, the order is that in which launchers are usually nested.
    """
    told = [_claim(environ, *names) for names in _CLAIMS]
    told.insert(5, _pmi_claim(environ))
    told.append(_slurm_claim(environ))
    own = _OWN.get(_launcher_above(root, pid), ())
    return sorted((claim for claim in told if claim), key=lambda claim: claim["launcher"] not in own)


def _claim(environ, launcher, rank_names, size_names):
    numbers = {"rank": _number(environ, rank_names), "size": _number(environ, size_names)}
    claim = {name: number for name, number in numbers.items() if number is not None}
    return dict(claim, launcher=launcher) if claim else None


def _pmi_claim(environ):
    """PMI's variables are set by several: by Hydra, which tells itself by others, by Slurm, by Flux, by PALS."""
    launcher = "pmi"
    if _is_hydra(environ):
        launcher = "intel" if "I_MPI_HYDRA_TOPOLIB" in environ else "hydra"
    return _claim(environ, launcher, ("PMI_RANK",), ("PMI_SIZE",))


def _is_hydra(environ):
    return any(name in environ for name in ("HYDI_CONTROL_FD", "I_MPI_HYDRA_TOPOLIB", "MPI_LOCALRANKID"))


def _slurm_claim(environ):
    # A batch script has a rank but is no step.
    if _slurm_step(environ) is None:
        return None
    return _claim(environ, "slurm", ("SLURM_PROCID",), ("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"))


def _slurm_step(environ):
    return _number(environ, ("SLURM_STEP_ID", "SLURM_STEPID"))


def _number(environ, names):
    for name in names:
        value = environ.get(name, "")
        if is_number(value) and len(value) <= 10 and int(value) <= LARGEST:
            return int(value)
    return None


def launcher_fact(environ, root="/", pid="self"):
    """The fact's mapping without `ranks`."""
    fact = {"startedBy": _started_by(root, pid), "offers": _offers(environ)}
    for name, variable in (("slurmMpi", "SLURM_MPI_TYPE"), ("pmixVersion", "PMIX_VERSION")):
        value = environ.get(variable, "")
        if re.match(r"[\w.+-]{1,32}\Z", value, re.ASCII):
            fact[name] = value
    return fact


def _offers(environ):
    """Ways to find the other ranks that a process with these variables has."""
    offers = []
    if "PMIX_NAMESPACE" in environ and any(name.startswith("PMIX_SERVER_URI") for name in environ):
        offers.append("pmix")
    if "PMI_FD" in environ or "PMI_PORT" in environ:
        offers.append("pmi-1")
        # Hydra's proxies and Slurm's plugin take either protocol on that socket; others may not.
        if "HYDI_CONTROL_FD" in environ or (_slurm_step(environ) is not None and "PMI_JOBID" in environ):
            offers.append("pmi-2")
    if "PALS_APID" in environ or "PALS_APINFO" in environ:
        offers.append("pals")
    return offers


def _started_by(root, pid):
    """Names of the programs above, nearest first, up to the launcher's daemon."""
    names = []
    for _, name, _ in _ancestors(root, pid):
        names.append(name if name in DAEMONS or name in _KNOWN or _PYTHON.match(name) else "(other)")
        if name in DAEMONS:
            return names
    return names[:ANCESTORS_WITHOUT_DAEMON]


def _ancestors(root, pid):
    """(process id, program, start in clock ticks) of each process above, as far as /proc tells them."""
    root = root.rstrip("/")
    found = _process(root, pid)
    for _ in range(MOST_ANCESTORS):
        above = found[2] if found else 0
        found = _process(root, str(above)) if above > 0 else None
        if found is None:
            return
        yield above, found[0], found[1]


def _process(root, pid):
    """(program, start in clock ticks, parent); None where /proc does not tell of it."""
    text = read_text("%s/proc/%s/stat" % (root, pid), 4096) or ""
    # The name is the one field that may hold spaces and brackets.
    name, bracket, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    if not bracket or len(fields) < 20 or not is_number(fields[1]) or not is_number(fields[19]):
        return None
    return _BY_KERNEL_NAME.get(name, name), int(fields[19]), int(fields[1])


def step_key(environ, root="/", pid="self"):
    """A digest that names this step equally on all of its nodes, so that other steps' are others; None where nothing does.

    Under Hydra nothing tells two steps of one job apart.
    """
    identity = _step_identity(environ, root, pid)
    return _digest(identity) if identity else None


def _step_identity(environ, root, pid):
    slurm = _slurm_identity(environ)
    started_by = _launcher_above(root, pid)
    # A daemon of Open MPI or of Hydra is itself a step of Slurm on some of the nodes, and not on the first.
    if started_by == "slurm":
        return slurm
    job = _values(environ, ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID", "FLUX_JOB_ID"))
    if "OMPI_COMM_WORLD_RANK" in environ or "JSM_NAMESPACE_RANK" in environ:
        return _identity("pmix", _values(environ, ("PMIX_NAMESPACE",)), job)
    if _is_hydra(environ) or started_by in ("hydra", "mvapich", "openmpi", "pmi"):
        return None
    for kind, names in (("flux", ("FLUX_JOB_ID",)), ("pals", ("PALS_APID",))):
        if _values(environ, names):
            return _identity(kind, _values(environ, names), ())
    return slurm or _identity("pmix", _values(environ, ("PMIX_NAMESPACE",)), job)


def _slurm_identity(environ):
    if _slurm_step(environ) is None:
        return None
    job = _values(environ, ("SLURM_HET_JOB_ID",)) or _values(environ, ("SLURM_JOB_ID", "SLURM_JOBID"))[:1]
    return _identity("slurm", job, [str(_slurm_step(environ))] + _values(environ, ("SLURM_RESTART_COUNT",)))


def _identity(kind, needed, more):
    return [kind] + list(needed) + list(more) if needed else None


def _values(environ, names):
    return [environ[name][:1024] for name in names if environ.get(name)]


def _daemon(root, pid):
    return next((found for found in _ancestors(root, pid) if found[1] in DAEMONS), None)


def _launcher_above(root, pid):
    daemon = _daemon(root, pid)
    return DAEMONS[daemon[1]] if daemon else None


def node_key(environ, root="/", pid="self"):
    """A digest that is equal for the ranks of this step on this node, and another for other steps and other nodes."""
    identity = _step_identity(environ, root, pid)
    if identity is None:
        above = _daemon(root, pid) or next(_ancestors(root, pid), None)
        identity = ["process", str(above[0]), str(above[2])] if above else ["process", str(os.getppid())]
    # A folder for temporary files may be shared by nodes.
    boot = read_text(root.rstrip("/") + "/proc/sys/kernel/random/boot_id", 64) or ""
    # Slurm may run several nodes on one machine.
    return _digest(identity + [boot, os.uname().nodename, environ.get("SLURMD_NODENAME", "")])


def _digest(parts):
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
