"""Inside a job step every rank starts the collector: a sample of them is observed, the others exec at once.

Read before anything else of the collector, by every rank of a large job: it imports nothing that is not in memory
when Python starts, but `launch`.
"""

import os
import sys

from ..machine.launch import LARGEST, read_launch

MOST_NODES = 8
# Looking for links on shared storage, on every node of a sample, is asked of the same server. Two observed ranks may
# share a node (the first and the last), and the recording itself is written there: together at most 20 requests.
SHARED_LIMIT = 4


class RanksError(Exception):
    """`--ranks` cannot be understood."""


def read_ranks(text):
    """`0,5,10-12` as (first, last) pairs; None for `all`."""
    if text == "all":
        return None
    pairs = []
    for part in text.split(",")[:4096]:
        first, dash, last = part.strip().partition("-")
        last = last if dash else first
        if not (_is_number(first) and _is_number(last)) or int(first) > int(last):
            raise RanksError("'%s' is no list of ranks" % text)
        pairs.append((int(first), int(last)))
    return pairs


def _is_number(text):
    return text.isdecimal() and text.isascii() and len(text) < 10 and int(text) <= LARGEST


def is_observed(launch, ranks_text=None):
    """Whether this rank is one of the sample. Every rank answers for itself, from its own variables."""
    if not launch.is_step:
        return True
    if ranks_text is not None:
        pairs = read_ranks(ranks_text)
        return pairs is None or any(first <= launch.rank <= last for first, last in pairs)
    if launch.rank in (0, launch.ranks - 1):
        return True
    return _is_first_on_node(launch) and launch.node_number() in sampled_nodes(launch.nodes)


def observed_ranks(launch, ranks_text=None):
    """The list of observed ranks where it can be told from here: only when it was asked for by number."""
    if ranks_text is None or not launch.is_step:
        return None
    pairs = read_ranks(ranks_text)
    if pairs is None:
        return None
    numbers = {rank for first, last in pairs for rank in range(first, min(last, launch.ranks - 1, first + 10000) + 1)}
    return sorted(number for number in numbers if number < launch.ranks)


def sampled_nodes(nodes):
    """Node numbers spread evenly, the first and the last among them."""
    if nodes <= MOST_NODES:
        return frozenset(range(nodes))
    return frozenset(index * (nodes - 1) // (MOST_NODES - 1) for index in range(MOST_NODES))


def _is_first_on_node(launch):
    if launch.local_rank is not None:
        return launch.local_rank == 0
    return launch.rank % max(1, launch.ranks_per_node) == 0


def step_output(target_path, launch):
    """One file a rank: `job.pharos` becomes `job.NODE.RANK.pharos`."""
    if not launch.is_step:
        return target_path
    stem = target_path[: -len(".pharos")] if target_path.endswith(".pharos") else target_path
    return "%s.%d.%d.pharos" % (stem, launch.node_number(), launch.rank)


def leave_if_unobserved(arguments, environ=None):
    """Becomes CMD when this rank is not of the sample; else, or when the command line is not understood, returns."""
    launch = read_launch(environ)
    if not launch.is_step or "--" not in arguments:
        return
    index = arguments.index("--")
    command = arguments[index + 1 :]
    try:
        if not command or is_observed(launch, _option(arguments[:index], "--ranks")):
            return
    except RanksError:
        return
    become(command)


def _option(arguments, name):
    value = None
    for index, argument in enumerate(arguments):
        if argument == name and index + 1 < len(arguments):
            value = arguments[index + 1]
        elif argument.startswith(name + "="):
            value = argument[len(name) + 1 :]
    return value


def become(command):
    """Execs CMD as if the collector had not been there. Does not return."""
    restore_signals()
    environ = bare_environment()
    try:
        os.execvpe(command[0], command, environ)
    except OSError as error:
        sys.stderr.write("error: cannot start %a: %s\n" % (command[0], (error.strerror or "unknown error").lower()))
        sys.stderr.write("hint: Check the command after --.\n")
        sys.stderr.flush()
        os._exit(126 if isinstance(error, PermissionError) else 127)


def restore_signals():
    """Python ignores these two from its start on, and exec would hand that down."""
    import _signal

    for name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(_signal, name):
            _signal.signal(getattr(_signal, name), _signal.SIG_DFL)


def bare_environment():
    """The environment that this interpreter was given. In the C locale Python sets LC_CTYPE for its children."""
    environ = dict(os.environb)
    if environ.get(b"LC_CTYPE") in (b"C.UTF-8", b"C.utf8", b"UTF-8"):
        try:
            with open("/proc/self/environ", "rb", buffering=0) as file:
                given = file.read(1 << 22)
        except OSError:
            return environ
        if given and not (b"\0" + given).count(b"\0LC_CTYPE="):
            del environ[b"LC_CTYPE"]
    return environ
