"""The collector's mode `host`: asks the machine what it offers, each probe on its own, and writes a recording."""

import os
import signal
import sys
import time

from ..doctor.node.write import output_path
from ..failure import Failure, visible
from ..machine.devices import devices_fact
from ..machine.launch import read_launch
from ..machine.mounts import MountTable
from ..machine.node import node_fact
from ..machine.node_name import node_name
from ..recording.paths import PathKeeper
from ..recording.writer import RecordingWriter
from .bounded import run_bounded
from .fabrics import probe_fabrics
from .module_system import probe_modules
from .mpis import probe_mpis
from .options import USAGE, read_options
from .place import place_fact
from .processor import processor_fact
from .site_libraries import probe_libraries
from .slurm import probe_slurm
from .spack import probe_spack
from .stacks import probe_folders, probe_stacks

# Seconds for one probe where there are enough in all.
MODULES_SECONDS = 30.0
PROBE_SECONDS = 20.0
FOLDERS_SECONDS = 5.0
MOST_MOUNTS = 512
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stopped(Exception):
    """Asked to stop: what is there gets written."""

    def __init__(self, number):
        Exception.__init__(self)
        self.number = number


def main(arguments):
    """Returns the exit status: 0, 2 when nothing could be written, 128 and more after a signal."""
    try:
        options = read_options(arguments)
        if options.is_help:
            sys.stdout.write(USAGE)
            return 0
        launch = read_launch()
        if launch.is_step and launch.local_rank:
            # One process of a node is enough.
            return 0
        is_shared = launch.is_step and launch.nodes > 1
        output = output_path(options.output, node_name(os.environ)) if is_shared else options.output
        return _record(output, options.seconds)
    except Failure as failure:
        sys.stderr.write("error: %s\nhint: %s\n" % (visible(str(failure)), visible(failure.hint)))
        return 2


def _record(output, seconds):
    writer = RecordingWriter(output, PathKeeper())
    status = 0
    try:
        _stop_on_signals()
        try:
            _tell(writer, time.monotonic() + seconds)
        except _Stopped as stopped:
            status = 128 + stopped.number
            writer.fact("missing", {"what": "the probes that were left", "because": "it was stopped"})
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return status


def _stop_on_signals():
    def stop(number, _):
        # The second of two finds it already stopping.
        for one in STOPS:
            signal.signal(one, signal.SIG_IGN)
        raise _Stopped(number)

    for number in STOPS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)


def _tell(writer, until):
    """Writes what each probe tells, as it comes."""
    environ = dict(os.environ)
    # Not by `fact`, which hides the host's name: a site file has to say which machine it is.
    writer.write_line(["fact", "host", place_fact(environ)])
    writer.fact("node", node_fact())
    writer.fact("devices", devices_fact())
    writer.fact("processor", processor_fact())
    for mount in _mounts():
        writer.fact("hostMount", mount)

    def ask(name, probe, seconds):
        left = max(0.5, min(seconds, until - time.monotonic()))
        _show(name)
        answer = run_bounded(lambda: probe(time.monotonic() + left), left)
        told = {"name": name, "outcome": answer.outcome, "seconds": round(answer.seconds, 3)}
        if answer.because:
            told["because"] = answer.because
        writer.fact("probe", told)
        value = answer.value or {}
        for fact, mapping in value.get("facts", ()):
            writer.fact(fact, mapping)
        return value

    ask("the user's folders", lambda _: probe_folders(environ), FOLDERS_SECONDS)
    shown = ask("environment modules", lambda end: probe_modules(environ, end), MODULES_SECONDS).get("shown", [])
    packages = ask("Spack", lambda _: probe_spack(environ), PROBE_SECONDS).get("packages", [])
    ask("MPI", lambda _: probe_mpis(environ, shown, packages), PROBE_SECONDS)
    ask("libraries", lambda _: probe_libraries(environ, shown, packages), PROBE_SECONDS)
    ask("Slurm", lambda _: probe_slurm(environ), PROBE_SECONDS)
    ask("libfabric and UCX", lambda _: probe_fabrics(environ), PROBE_SECONDS)
    ask("conda, EasyBuild, EESSI", lambda _: probe_stacks(environ), FOLDERS_SECONDS)
    _show("")


def _mounts():
    table = MountTable.read()
    found = []
    for mount in table.all():
        kind = table.classify(mount)
        if kind not in ("pseudo", "tmpfs", "overlay", "squashfs") and len(found) < MOST_MOUNTS:
            found.append({"point": os.fsdecode(mount.point), "type": mount.type, "class": kind})
    return found


def _show(name):
    """What is asked now, on a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K%s" % (name and "asking for %s …" % name))
        sys.stderr.flush()
