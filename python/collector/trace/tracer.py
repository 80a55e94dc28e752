"""Whether strace can be used here, and with which options."""

import os
import shutil
import subprocess

TRIAL_SECONDS = 10


class NotDone(Exception):
    """Why there is no replay; `hint` says what would help, where something would."""

    def __init__(self, because, hint=None):
        Exception.__init__(self, because)
        self.hint = hint


def find_tracer(may_filter=True):
    """strace and the options that work here; raises NotDone with the reason.

    `may_filter`: with seccomp-bpf it is faster, but a job whose tracer has gone would have its calls refused.
    """
    tracer = shutil.which("strace")
    if tracer is None:
        raise NotDone("strace is not installed", "Install strace, or ask the site for it.")
    trial = shutil.which("true") or "/bin/true"
    for extra in ([["--seccomp-bpf"]] if may_filter else []) + [[]]:
        result = _try([tracer, "-f"] + extra + ["-o", "/dev/null", trial])
        if result == 0:
            return [tracer] + extra
    hint = "Allow ptrace (kernel.yama.ptrace_scope 0 or 1), or run outside of the container."
    raise NotDone("tracing is forbidden here (ptrace)", hint)


def _try(command):
    try:
        with open(os.devnull, "r+b") as null:
            return subprocess.call(command, stdin=null, stdout=null, stderr=null, timeout=TRIAL_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
