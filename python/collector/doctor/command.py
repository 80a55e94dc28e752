"""Runs the command for at most the given seconds, observed from inside by the probe and, where that is not, from outside."""

import os
import signal
import threading
import time

from ..job.command import CommandError, observed_arguments, read_command
from ..job.execute import Child
from ..job.step import bare_environment
from ..probe.options import looks_like_python
from .outside import below, look_at, newest_python

# After it was told to end, this long until it is killed; then this long until it is left.
GRACE_SECONDS = 1.0
KILLED_SECONDS = 0.3
# How often a command without a probe is looked at, first and later.
LOOK_SECONDS = (0.03, 0.25)


class Run:
    """How a command went. `sample` is the last look from outside, None without one."""

    def __init__(self, command):
        self.command = command
        self.child = None
        self.sample = None
        self.is_over_limit = False
        self.error = None

    @property
    def ended(self):
        return self.child.ended if self.child is not None else None


def run_command(argv, folder, seconds):
    """Starts the command with the probe of `folder` (a PrivateFolder) and returns when it ended or was ended.

    A command that cannot be started is told by `error`, a CommandError; the rest of the rank is worth telling.
    """
    run = Run(None)
    try:
        run.command = command = read_command(argv)
        environ = bare_environment()
        if not folder.is_inert(command.program, command.argv):
            environ = folder.environment(environ)
        arguments = observed_arguments(command, folder.rewrite)
        program = command.program if arguments[0] == command.argv[0] else arguments[0]
        run.child = Child(arguments, program, environ)
    except CommandError as error:
        run.error = error
        return run
    except OSError as error:
        message = "%s could not be started: %s" % (argv[0], (error.strerror or "unknown error").lower())
        run.error = CommandError(message, "Try it without the doctor first.")
        return run
    threading.Thread(target=_watch, args=(run, folder), daemon=True).start()
    if not run.child.wait(seconds) and not run.ended.interrupted:
        run.is_over_limit = True
    if run.ended.end is None:
        _look(run)
        _end(run)
    run.child.restore()
    return run


def _watch(run, folder):
    """Looks at the command from outside as long as no probe started in it."""
    pause, longest = LOOK_SECONDS
    while run.ended.end is None:
        time.sleep(pause)
        pause = min(longest, pause * 1.5)
        try:
            if folder.spools():
                return
        except OSError:
            return
        _look(run)


def _look(run):
    sample = look_at(newest_python(run.ended.pid, looks_like_python))
    if sample is not None and run.ended.end is None:
        run.sample = sample


def _end(run):
    """Ends the command and what it started: first asked, then forced."""
    for number, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, KILLED_SECONDS)):
        for pid in reversed(below(run.ended.pid)):
            try:
                os.kill(pid, number)
            except OSError:
                pass
        run.child.wait_for_good(seconds)
        if run.ended.end is not None:
            return
