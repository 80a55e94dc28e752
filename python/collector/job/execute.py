"""Runs the command once, as a child that has the collector's terminal, files and process group."""

import errno
import os
import signal
import subprocess
import threading
import time

# Passed on to the command; it would have got them itself if it had been started without the collector.
PASSED_ON = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT", "SIGXCPU")
STOPS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGXCPU")
# After being told to stop, this long until the recording is written, whether the command has ended or not.
GRACE_SECONDS = 5.0
SAME_MOMENT_SECONDS = 0.3
# How often /proc is asked which program the child is, while it starts.
MOST_WATCHED = 32
WATCH_STEPS = ((2.0, 0.002), (10.0, 0.01), (60.0, 0.1))


class Ended:
    """How the command ended; `status` and `signal` are None while it runs. Times are readings of time.monotonic."""

    def __init__(self):
        self.pid = 0
        self.begin = 0.0
        self.end = None
        self.status = None
        self.signal = None
        self.interrupted = None
        # (monotonic seconds, program) of each exec seen in the child itself.
        self.programs = []
        # (monotonic seconds, process id, program) of the same in the processes below it.
        self.below = []


class Child:
    """The running command."""

    def __init__(self, argv, program, environment):
        self.ended = Ended()
        self._is_told_to_stop = False
        # Set while something goes on that may be given up: then a signal to stop ends that, and no more.
        self.may_give_up = False
        self._gone = threading.Event()
        self._changed = threading.Event()
        self._old_handlers = {}
        self._watch()
        self.ended.begin = time.monotonic()
        try:
            self._process = _start(argv, program, environment)
        except BaseException:
            self.restore()
            raise
        self.ended.pid = self._process.pid
        # The main thread only waits for events, so that signals reach it at any moment.
        for target, args in ((self._reap, ()), (_watch_programs, (self.ended,))):
            threading.Thread(target=target, args=args, daemon=True).start()

    def _watch(self):
        for name in PASSED_ON:
            number = getattr(signal, name, None)
            # What is ignored stays ignored, in the command too.
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                self._old_handlers[number] = signal.signal(number, self._receive)

    def _receive(self, number, frame):
        name = _signal_name(number)
        if self.may_give_up and name in STOPS:
            self.may_give_up = False
            raise KeyboardInterrupt
        if name in STOPS and not self._is_long_gone():
            self.ended.interrupted = self.ended.interrupted or name
            self._is_told_to_stop = True
            self._changed.set()
        if self.ended.pid and self.ended.end is None and not _is_from_terminal(number):
            try:
                os.kill(self.ended.pid, number)
            except OSError:
                pass

    def _is_long_gone(self):
        # The command may end of the same signal before this thread gets to it.
        return self.ended.end is not None and time.monotonic() - self.ended.end > SAME_MOMENT_SECONDS

    def wait(self, seconds=None):
        """Until the command ended, or was told to stop and has had its time, or these seconds. True when it ended."""
        self._changed.wait(seconds)
        if self._is_told_to_stop and not self._gone.is_set():
            self._gone.wait(GRACE_SECONDS)
        return self._gone.is_set()

    def wait_for_good(self, seconds=None):
        """Until the command ended, however long it takes, or these seconds."""
        self._gone.wait(seconds)

    def _reap(self):
        self._process.wait()
        self._note_end()
        self._gone.set()
        self._changed.set()

    def _note_end(self):
        ended = self.ended
        ended.end = time.monotonic()
        if self._process.returncode < 0:
            ended.signal = _signal_name(-self._process.returncode)
        else:
            ended.status = self._process.returncode

    def restore(self):
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        self._old_handlers = {}


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return "SIGRT%d" % number


def _start(argv, program, environment):
    # Everything that the collector was given is the command's: files, group, terminal. Its own files are not inherited.
    options = {"executable": program, "env": environment, "close_fds": False}
    # glibc's posix_spawn leaves its two internal signals ignored in the child; fork and exec leave nothing.
    subprocess._USE_POSIX_SPAWN = False
    try:
        return subprocess.Popen(argv, **options)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        # A script without a first line that names its interpreter: shells run it themselves.
        return subprocess.Popen(["/bin/sh", program] + argv[1:], env=environment, close_fds=False)


def _is_from_terminal(number):
    """True when the terminal sent the signal: then the command, in the foreground with us, has got it too."""
    if number not in (signal.SIGINT, signal.SIGQUIT):
        return False
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _watch_programs(ended):
    """Notes when the child, or a process below it, becomes another program: known to the step of the watch.

    Nobody else tells: the kernel keeps no time of an exec, and wrappers that exec say nothing.
    """
    begin = time.monotonic()
    known = {}
    for until, pause in WATCH_STEPS:
        while time.monotonic() - begin < until:
            if ended.end is not None:
                return
            _look(ended, known)
            time.sleep(pause)


def _look(ended, known):
    waiting = [ended.pid]
    for pid in waiting:
        try:
            program = os.readlink("/proc/%d/exe" % pid)
        except OSError:
            continue
        if known.get(pid) != program:
            known[pid] = program
            moment = time.monotonic()
            if pid == ended.pid:
                ended.programs.append((moment, program))
            else:
                ended.below.append((moment, pid, program))
        if len(waiting) < MOST_WATCHED:
            waiting.extend(_children(pid))


def _children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), "rb", buffering=0) as file:
            return [int(word) for word in file.read(4096).split()[:MOST_WATCHED]]
    except (OSError, ValueError):
        return []
