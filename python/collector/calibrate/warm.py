"""Makes the processor ready before a call is timed, with calls that the kernel answers from memory.

A start asks one thing after another; a process that has slept pays 50 to 150 µs for waking its processor (2 cores, Linux
6.18), which is no time of any server.
"""

import os

from . import calls
from .series import median

SECONDS = 0.001
FOLDERS = ("/dev/shm", "/proc")


class Warmth:
    """`overhead` is the median time of such a call at the moment when another would be timed."""

    def __init__(self):
        self._folder = _open_any()
        self._last = []

    def warm(self):
        """Burns about a millisecond of this process's time."""
        took = spent = 0.0
        while spent < SECONDS * 1e6:
            took = calls.miss(self._folder, "pharos-absent")
            spent += took
        self._last.append(took)

    def overhead(self):
        """Microseconds of a call that leaves this process for the kernel only."""
        return median(self._last)


def _open_any():
    for path in FOLDERS[:-1]:
        try:
            return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            continue
    return os.open(FOLDERS[-1], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
