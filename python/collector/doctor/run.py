"""The doctor in one rank: notes what the rank is, runs the command for some seconds, and meets the others of its node."""

import os
import sys
import time

from ..failure import visible
from ..job.command import CommandError
from ..job.execute import STOPS
from ..job.private_folder import PrivateFolder
from ..machine.cpu_list import write_cpu_list
from ..machine.launch import read_launch
from ..machine.launchers import node_key
from ..machine.node_name import node_name
from ..probe.parts import DOCTOR_PARTS
from .census import Seen
from .command import run_command
from .gathering import open_gathering
from .options import USAGE, OptionsError, read_options
from .own_python import own_python
from .rank import Own, bare_part, rank_part

# Beyond the command's seconds, this long for the others of the node.
OTHERS_SECONDS = 2.5
INTERRUPTED_SECONDS = 1.0


def main(arguments, mask, began, own_path):
    """Returns the exit status. `mask`: CPUs at the very start, `own_path`: `sys.path` without the collector's."""
    try:
        options = read_options(arguments)
    except OptionsError as error:
        return say(error)
    if options.is_help:
        sys.stdout.write(USAGE)
        return 0
    launch = read_launch()
    own = Own(write_cpu_list(mask), launch)
    is_shared = launch.rank is not None and launch.ranks_per_node > 1
    gathering = _open_gathering(options, launch) if is_shared else None
    run = folder = None
    try:
        if options.command:
            try:
                folder = _private_folder(gathering)
            except OSError as error:
                return say(_without_folder(error))
            run = run_command(options.command, folder, options.seconds)
            if run.error is not None:
                say(run.error)
            busy = run.ended.end - run.ended.begin if run.ended is not None and run.ended.end is not None else 0
            part = rank_part(own, Seen(run, folder), round(max(0.0, time.monotonic() - began - busy), 6))
        else:
            part = bare_part(own, *own_python(own_path))
        part["step"] = _step(options, run)
        written = _finish(options, gathering, part, began, run, is_shared)
    finally:
        if folder is not None:
            folder.remove(keep_probe=False)
    return _exit_status(options, run, written)


def _step(options, run):
    """What is the same in all ranks."""
    step = {"hasCommand": bool(options.command), "secondsLimit": options.seconds}
    if run is not None and run.command is not None:
        step["command"] = run.command.fact()
        step["arguments"] = len(run.command.argv) - 1
    return step


def _open_gathering(options, launch):
    # Not the command: the ranks of one step may each run another.
    key = (node_key(os.environ), node_name(os.environ), os.path.abspath(options.output))
    return open_gathering(key, launch.rank, launch.ranks_per_node)


def _private_folder(gathering):
    return PrivateFolder(DOCTOR_PARTS) if gathering is None else gathering.private_folder()


def _without_folder(error):
    message = "no private folder could be made: %s" % (error.strerror or "unknown error").lower()
    return CommandError(message, "Set TMPDIR to a folder of this node that has room, or make room in /tmp.")


def _finish(options, gathering, part, began, run, is_shared):
    """Whether the node's recording was written, as far as this rank knows."""

    def write(parts):
        # Only the rank that writes loads what is needed for it.
        from .node.write import write_node

        return write_node(options.output, parts, is_shared and (gathering is None or gathering.is_alone))

    if gathering is None:
        _when_stopped(lambda: None)
        return _attempt(lambda: write([part]))
    _when_stopped(lambda: gathering.hurry(INTERRUPTED_SECONDS))
    if run is not None and run.ended is not None and run.ended.interrupted:
        gathering.hurry(INTERRUPTED_SECONDS)
    left = began + options.seconds + OTHERS_SECONDS - time.monotonic()

    def finish():
        try:
            gathering.finish(part, left, write)
        except TimeoutError:
            raise
        except OSError:
            # No room for the part: this rank at least is told of.
            gathering.is_alone = True
            write([part])

    return _attempt(finish)


def _when_stopped(react):
    """From here on what there is gets written, whoever asks to stop; a signal that is ignored stays so."""
    import signal

    for name in STOPS:
        number = getattr(signal, name)
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: react())


def _attempt(write):
    from ..recording.writer import RecordingError

    try:
        write()
    except (RecordingError, TimeoutError) as error:
        say(error)
        return False
    return True


def say(error):
    """Writes an error of ours for people; returns the exit status for it."""
    hint = getattr(error, "hint", "Run the doctor again.")
    sys.stderr.write("error: %s\nhint: %s\n" % (visible(str(error)), visible(hint)))
    sys.stderr.flush()
    return 2


def _exit_status(options, run, written):
    if options.passthrough and run is not None:
        ended = run.ended
        if ended is None:
            return 127
        if ended.signal is not None:
            import signal

            return 128 + int(getattr(signal, ended.signal, 0))
        return ended.status or 0
    return 0 if written else 2
