"""Where this runs: on a login node or in a job, and of which partition. The `host` fact."""

import os

from ..machine.node_name import node_name
from ..machine.pseudo_files import read_text

# The variable that a batch system sets in its jobs, and those that name the queue. A variable of a job in a shell that is
# not on the job's node (salloc on a login node) says nothing of this machine: the last one is only set on nodes.
_BATCH = (
    ("slurm", "SLURM_JOB_ID", "SLURM_JOB_PARTITION", "SLURMD_NODENAME"),
    ("pbs", "PBS_JOBID", "PBS_QUEUE", "PBS_JOBID"),
    ("lsf", "LSB_JOBID", "LSB_QUEUE", "LSB_JOBID"),
    ("flux", "FLUX_JOB_ID", "FLUX_QUEUE", "FLUX_JOB_ID"),
    ("sge", "JOB_ID", "QUEUE", "SGE_TASK_ID"),
)
LONGEST_NAME = 200


def place_fact(environ, root="/"):
    """`partition` only where the batch system names it; without `scheduler` this is no job."""
    fact = {"nodeName": node_name(environ)}
    for scheduler, job, queue, on_node in _BATCH:
        if environ.get(job) and environ.get(on_node):
            fact["scheduler"] = scheduler
            if environ.get(queue):
                fact["partition"] = environ[queue][:LONGEST_NAME]
            break
    system = _os_release(os.path.join(root, "etc/os-release"))
    if system:
        fact["system"] = system
    return fact


def _os_release(path):
    """As `PRETTY_NAME` has it: https://www.freedesktop.org/software/systemd/man/latest/os-release.html"""
    for line in (read_text(path) or "").split("\n"):
        name, equals, value = line.partition("=")
        if name == "PRETTY_NAME" and equals:
            return value.strip().strip("\"'")[:LONGEST_NAME] or None
    return None
