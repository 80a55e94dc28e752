"""The collector's mode `calibrate`: times calls on one mount and writes down the times."""

import os
import signal
import sys
import time

from ..failure import Failure, visible
from ..machine.launch import read_launch
from ..machine.node_name import node_name
from .coldness import prove_cold
from .counters import read_counters
from .errors import failure_of
from .folder import new_folder, open_above
from .load import rising_load
from .mount import find_mount
from .options import USAGE, read_options
from .output import check_target, node_path, write_calibration
from .pace import REQUESTS_PER_SECOND, Pace
from .policy import check_allowed
from .quiet import Quiet
from .warm import Warmth
from .watched import STOPS, Stopped, show_progress, watched

BY = "pharos-collect 0.1.0"
LOAD_SECONDS = 60.0


def main(arguments):
    """Returns the exit status: 0, 2 when the work could not be done, 128 and more after a signal."""
    try:
        options = read_options(arguments)
        if options.is_help:
            sys.stdout.write(USAGE)
            return 0
        launch = read_launch()
        check_allowed(options.policy, options.load, launch.nodes)
        if launch.is_step and launch.local_rank:
            # One process of a node is enough.
            return 0
        output = node_path(options.output, node_name(os.environ)) if launch.nodes > 1 else options.output
        check_target(output)
        whole = options.seconds + (LOAD_SECONDS if options.load else 0.0)
        calibration = watched(lambda teller: measure(options, teller), show_progress(whole))
        write_calibration(output, calibration)
    except Failure as failure:
        return _say("error: %s\nhint: %s\n" % (visible(str(failure)), visible(failure.hint)), 2)
    except Stopped as stopped:
        left = "; %s is left, remove it" % stopped.folder if stopped.folder else ""
        return _say("stopped: nothing was written%s\n" % visible(left), 128 + stopped.number)
    if sys.stderr.isatty():
        sys.stderr.write("\r                 \r")
    return 0


def measure(options, teller):
    """The calibration. Raises Failure; what was made is removed, whatever happens."""
    above = open_above(options.folder)
    where = find_mount(options.folder)
    counters = read_counters(where.mount)
    pace = Pace(options.seconds, teller.beat)
    # Who asks to stop meanwhile is heard when there is something that can be removed.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    folder = _make(above, options.folder, pace)
    path = os.path.join(os.path.abspath(options.folder), folder.name)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        teller.say({"folder": path})
        calibration = _calls(options, teller, where, folder, pace)
    except OSError as error:
        raise failure_of(error, options.folder)
    finally:
        _remove(folder, path, teller, pace)
    if counters is not None:
        calibration["counters"] = counters
    return calibration


def _make(above, named, pace):
    pace.wait(3)
    try:
        return new_folder(above)
    except OSError as error:
        raise failure_of(error, named)


def _remove(folder, path, teller, pace):
    error = folder.remove(pace.wait)
    if error is not None:
        message = "%s could not be removed: %s" % (path, (error.strerror or "unknown error").lower())
        raise Failure(message, "Remove it.")
    teller.say({"folder": None})


def _calls(options, teller, where, folder, pace):
    warmth = Warmth()
    quiet = Quiet(folder, pace, warmth)
    quiet.run()
    overhead = warmth.overhead()
    notes = prove_cold(quiet.tally, overhead, where.is_local)
    phase = {
        "processes": 1,
        "nodes": 1,
        "throttle": REQUESTS_PER_SECOND,
        "seconds": round(pace.seconds(), 3),
        "series": quiet.tally.fact(),
    }
    phases = [phase]
    if options.load:
        more, reasons = rising_load(folder, pace, teller.beat, LOAD_SECONDS)
        phases += more
        notes += reasons
    return {
        "kind": "pharos-calibration",
        "version": 1,
        "by": BY,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "mount": where.fact(),
        "processors": len(os.sched_getaffinity(0)),
        "overheadMicroseconds": round(overhead, 2),
        "phases": phases,
        "notes": notes,
    }


def _say(text, status):
    sys.stderr.write(("\n" if sys.stderr.isatty() else "") + text)
    sys.stderr.flush()
    return status
