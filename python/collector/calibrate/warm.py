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
    """`overhead` is the median time of such a call shortly before another would be timed.

    Not of the last one: on a busy node the call that ends the burning is the one that waited for a processor.
    """

    def __init__(self):
        self._folder = _open_any()
        self._took = []

    def warm(self):
        """Burns about a millisecond of this process's time."""
        spent = 0.0
        took = []
        while spent < SECONDS * 1e6:
            took.append(calls.miss(self._folder, "pharos-absent"))
            spent += took[-1]
        self._took.append(median(took))

    def overhead(self):
        """Microseconds of a call that leaves this process for the kernel only."""
        return median(self._took)


def _open_any():
    for path in FOLDERS[:-1]:
        try:
            return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            continue
    return os.open(FOLDERS[-1], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
