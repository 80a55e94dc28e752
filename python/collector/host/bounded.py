"""Runs a probe in a process of its own, so that neither a folder that hangs nor a program that does can hold up the rest."""

import json
import os
import select
import signal
import time

LARGEST_ANSWER = 32 << 20


class Told(Exception):
    """A probe has nothing to tell, and says why. `outcome`: `absent` or `failed`."""

    def __init__(self, outcome, because):
        Exception.__init__(self, because)
        self.outcome = outcome


def absent(because):
    return Told("absent", because)


def failed(because):
    return Told("failed", because)


class Answer:
    """`outcome`: `answered`, `absent`, `failed` or `late`; `value` is what the probe returned, None if it did not."""

    def __init__(self, outcome, because, value, seconds):
        self.outcome = outcome
        self.because = because
        self.value = value
        self.seconds = seconds


def run_bounded(probe, seconds):
    """The Answer of `probe()`, whose value must be one that JSON can carry; after `seconds` it is killed, with all it started."""
    began = time.monotonic()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _answer(probe, writing)
    os.close(writing)
    try:
        data = _read(reading, began + seconds)
    finally:
        os.close(reading)
        _end(pid)
    took = time.monotonic() - began
    if data is None:
        return Answer("late", "no answer within %.0f seconds" % seconds, None, took)
    try:
        outcome, because, value = json.loads(data.decode("ascii"))
    except ValueError:
        return Answer("failed", "it ended without an answer", None, took)
    return Answer(outcome, because, value, took)


def _answer(probe, writing):
    """In the child; never returns."""
    try:
        os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        try:
            told = ["answered", None, probe()]
        except Told as reason:
            told = [reason.outcome, str(reason), None]
        except Exception as error:  # A probe that breaks is one answer less; the rest is told.
            told = ["failed", "%s: %s" % (type(error).__name__, error), None]
        data = json.dumps(told, separators=(",", ":")).encode("ascii")
        with os.fdopen(writing, "wb") as file:
            file.write(data if len(data) <= LARGEST_ANSWER else b'["failed","it told more than can be kept",null]')
    finally:
        os._exit(0)


def _read(descriptor, until):
    """All that comes until the end; None when that does not come in time."""
    parts = []
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return None
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _end(pid):
    """Kills the probe's group. One that waits for a dead server dies when that answers; nobody waits for it here."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            pass
    for _ in range(50):
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except OSError:
            return
        time.sleep(0.01)
