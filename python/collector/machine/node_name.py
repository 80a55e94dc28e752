"""What a node is called in its recording and in the name of the file."""

import os


def node_name(environ):
    """The node's name; where several nodes of a scheduler run on one machine, the scheduler's own."""
    return environ.get("SLURMD_NODENAME") or os.uname().nodename or "node"
