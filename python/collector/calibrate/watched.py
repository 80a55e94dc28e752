"""Does the work in a child that can be given up: a call on a mount that hangs does not come back."""

import json
import os
import select
import signal
import sys
import time

from ..failure import Failure

# A single call on a working mount does not take this long, whoever else uses it.
SILENCE_SECONDS = 20.0
# For removing what was made, when somebody asks to stop.
FAREWELL_SECONDS = 10.0
BEAT_SECONDS = 0.25
LOOK_SECONDS = 0.5
LONGEST_MESSAGE = 64 << 20
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked to stop. `number` is the signal's."""

    def __init__(self, number):
        Exception.__init__(self, "signal %d" % number)
        self.number = number


class Teller:
    """The child's way to tell the parent. A parent that is gone ends the child: the next beat raises OSError."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._beat = 0.0
        self._is_alone = False

    def beat(self):
        if time.monotonic() - self._beat > BEAT_SECONDS:
            self.say({})

    def say(self, message):
        self._beat = time.monotonic()
        data = b"" if self._is_alone else json.dumps(message).encode("ascii") + b"\n"
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            # Once: what comes now is removing.
            self._is_alone = True
            raise


def watched(work, progress):
    """What `work(teller)` returns in a child process. Raises what it raised, if a Failure; Stopped; Failure on silence.

    `progress(seconds)` is called now and then. The child tells with {"folder": path} what is to be removed if it cannot.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_child(work, Teller(writer))
    os.close(writer)
    return _Watch(child, reader).follow(progress)


def _be_child(work, teller):
    # Of its own group: Ctrl-C reaches the parent, which passes it on once.
    os.setpgid(0, 0)
    for number in STOPS:
        signal.signal(number, _stop)
    status = 1
    try:
        teller.say({"result": work(teller)})
        status = 0
    except Failure as failure:
        teller.say({"failure": [str(failure), failure.hint]})
    except Stopped:
        pass
    finally:
        os._exit(status)


def _stop(number, frame):
    # Once: what comes now is removing.
    for other in STOPS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


class _Watch:
    def __init__(self, child, reader):
        self._child = child
        self._reader = reader
        self._folder = None
        self._stopped = None
        self._stopped_at = None
        self._answer = None

    def follow(self, progress):
        before = {number: signal.signal(number, self._pass_on) for number in STOPS if not _is_ignored(number)}
        try:
            self._listen(progress)
        finally:
            self._end()
            for number, was in before.items():
                signal.signal(number, was)
        return self._result()

    def _pass_on(self, number, frame):
        if self._stopped is None:
            self._stopped, self._stopped_at = number, time.monotonic()
            self._kill(signal.SIGTERM)

    def _listen(self, progress):
        began = heard = time.monotonic()
        rest = b""
        while True:
            ready = select.select([self._reader], [], [], LOOK_SECONDS)[0]
            now = time.monotonic()
            if ready:
                part = os.read(self._reader, 1 << 16)
                heard = now
                rest += part
                *lines, rest = rest.split(b"\n")
                for line in lines:
                    self._take(json.loads(line.decode("ascii")))
                if not part or len(rest) > LONGEST_MESSAGE:
                    return
            if now - heard > SILENCE_SECONDS or self._is_overdue(now):
                return
            progress(now - began)

    def _is_overdue(self, now):
        return self._stopped_at is not None and now - self._stopped_at > FAREWELL_SECONDS

    def _take(self, message):
        self._folder = message.get("folder", self._folder)
        if "result" in message or "failure" in message:
            self._answer = message

    def _kill(self, number):
        try:
            os.kill(self._child, number)
        except ProcessLookupError:
            pass

    def _end(self):
        """A child that hangs in the kernel cannot be ended; it ends when the mount answers or goes."""
        os.close(self._reader)
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            if os.waitpid(self._child, os.WNOHANG)[0]:
                return
            time.sleep(0.02)
        try:
            os.killpg(self._child, signal.SIGKILL)
        except OSError:
            pass

    def _result(self):
        if self._stopped is not None:
            raise _with_folder(Stopped(self._stopped), self._folder)
        if self._answer is None:
            message = "the mount does not answer"
            hint = "Look whether the mount still works, with ls."
            if self._folder:
                message += "; %s is left" % self._folder
                hint = "Remove %s when the mount answers again." % self._folder
            raise Failure(message, hint)
        if "failure" in self._answer:
            raise Failure(*self._answer["failure"])
        return self._answer["result"]


def _with_folder(stopped, folder):
    stopped.folder = folder
    return stopped


def _is_ignored(number):
    return signal.getsignal(number) == signal.SIG_IGN


def show_progress(whole):
    """A function for `watched`, that shows a share of `whole` seconds where somebody looks."""

    def show(seconds):
        if sys.stderr.isatty():
            sys.stderr.write("\rcalibrating: %3d %%" % min(99, 100 * seconds / whole))
            sys.stderr.flush()

    return show
