"""`--trace job`: the job itself under strace, when asked for. It goes on when the trace ends early.

The tracer is a grandchild (`-D`), so that the job's parent, its process id and its signals are as without it. No
seccomp-bpf: there, a job whose tracer has gone would have its calls refused.
"""

import bisect
import os
import re
import signal
import threading
import time

from . import operations, strace, traced
from .tracer import find_tracer

MOST_LOG_BYTES = 1 << 30
# Of the log's file system, so that the job is not starved of it.
LEAST_FREE_SHARE = 0.05
WATCH_SECONDS = 0.5
# What the probe asks of the kernel: its ancestors and what is mapped. No file system is behind these.
_PROBED = re.compile(rb"^/proc/(\d+/stat|self/maps|self/exe)$")
END_SECONDS = 5


class JobTrace:
    """Raises NotDone at once where tracing cannot be done, before the job runs."""

    def __init__(self, folder):
        """`folder`: a private folder on node-local storage."""
        self._folder = os.fsencode(folder)
        self._log = os.path.join(folder, "job.strace")
        self._tracer = find_tracer(may_filter=False)
        self._pid = 0
        self._is_over = threading.Event()
        self.cut_because = None

    def command(self, arguments):
        """CMD as it must be started to be traced."""
        return self._tracer + strace.OPTIONS + ["-D", "-o", self._log, "-e", "trace=" + strace.CALLS, "--"] + arguments

    def watch(self, pid):
        """`pid`: of the started command. Ends the trace, not the job, when the log grows too large."""
        self._pid = pid
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while not self._is_over.wait(WATCH_SECONDS):
            if self._is_too_large():
                self.cut_because = "it made more calls than there is room to keep"
                self._stop()
                return

    def _is_too_large(self):
        try:
            space = os.statvfs(os.path.dirname(self._log))
            share = space.f_bavail / max(1, space.f_blocks)
            return os.path.getsize(self._log) > MOST_LOG_BYTES or share < LEAST_FREE_SHARE
        except OSError:
            return False

    def _stop(self):
        """Kills the tracer; the kernel then lets the traced processes go on."""
        try:
            with open("/proc/%d/status" % self._pid) as file:
                tracer = int(re.search(r"^TracerPid:\s*(\d+)", file.read(), re.MULTILINE).group(1))
            if tracer:
                os.kill(tracer, signal.SIGKILL)
        except (OSError, AttributeError, ValueError):
            pass

    def write(self, writer, observed, cwd):
        """Writes what was seen, after the job ended. `cwd`: the folder the command was started in."""
        self._is_over.set()
        if not self._wait_for_end() and self.cut_because is None:
            self.cut_because = "strace ended before the job did"
        if self.cut_because:
            writer.fact("missing", {"what": "the rest of the job's trace", "because": self.cut_because})
        if not os.path.exists(self._log):
            return
        cwd = os.fsencode(cwd)
        roles = _Roles(self._events(cwd), observed.pid)
        trace = _JobWriter(writer, roles, observed)
        for event in self._events(cwd):
            if not self._is_of_probe(event):
                trace.take(event)

    def _events(self, cwd):
        with open(self._log, "rb") as file:
            for event in operations.OperationReader(strace.StraceReader(file), cwd):
                yield event

    def _is_of_probe(self, event):
        """Whether the probe, which is in the job too, made this operation. The bare job makes none of them."""
        if not isinstance(event, operations.Operation):
            return False
        return event.path == self._folder or event.path.startswith(self._folder + b"/") or bool(_PROBED.match(event.path))

    def _wait_for_end(self):
        """Whether the log told the end of the command; strace may be behind by a moment."""
        end = re.compile(rb"^%d +[\d.]+ \+\+\+ (exited|killed)" % self._pid, re.MULTILINE)
        deadline, offset = time.monotonic() + END_SECONDS, 0
        while time.monotonic() < deadline:
            try:
                with open(self._log, "rb") as file:
                    file.seek(max(0, offset - 256))
                    tail = b""
                    for block in iter(lambda: file.read(1 << 20), b""):
                        if end.search(tail + block):
                            return True
                        tail = block[-256:]
                    offset = file.tell()
            except OSError:
                return False
            time.sleep(0.02)
        return False


class _Roles:
    """The role of each process image: the job is the last program of its process; before it came wrappers."""

    def __init__(self, events, job_pid):
        self._job_pid = job_pid
        # Moments at which each process became another program.
        self.executions = {}
        for event in events:
            if isinstance(event, operations.Executed):
                self.executions.setdefault(event.pid, []).append(event.seconds)
        self._is_running = False

    def __call__(self, pid, execution, parent):
        if pid == self._job_pid:
            return "job" if execution == len(self.executions.get(pid, ())) else "before"
        return "child" if self._is_running else "before"

    def job_began(self):
        self._is_running = True


class _Open:
    """Which import was the innermost open one of a process, at any moment."""

    def __init__(self, spans):
        self._moments, self._innermost = _innermost(spans)

    def at(self, moment):
        index = bisect.bisect_right(self._moments, moment) - 1
        return self._innermost[index] if index >= 0 else 0


class _JobWriter(traced.TraceWriter):
    """Tells of each Python what the probe saw in it, and gives its operations to the import that was open then."""

    def __init__(self, writer, roles, observed):
        traced.TraceWriter.__init__(self, writer, "trace", roles)
        self._observed = observed
        self._pythons = self._place(observed.pythons)
        self._open = {}

    def _place(self, pythons):
        """By process and number of its exec: the program that the probe then found itself in."""
        placed = {}
        for python in pythons:
            moments = [self._clock.microseconds(seconds) for seconds in self._roles.executions.get(python.pid, ())]
            execution = bisect.bisect_right(moments, python.begin)
            if execution:
                placed[python.pid, execution] = python
        return placed

    def _seen(self, pid):
        return self._pythons.get((pid, self._executions.get(pid, 0)))

    def _rank(self, pid):
        python = self._seen(pid)
        return python.rank if python is not None else None

    def _begin(self, parent, pid, seconds, how, program):
        image = traced.TraceWriter._begin(self, parent, pid, seconds, how, program)
        python = self._seen(pid)
        is_job = self._roles(pid, self._executions.get(pid, 0), parent) == "job"
        if is_job:
            self._roles.job_began()
            self._copy_imports(image, self._observed.process)
        elif python is not None:
            self._writer.phase(image, self._clock.microseconds(seconds), "interpreter")
            self._copy_imports(image, python.process)
        for name, moment in python.phases if python is not None else ():
            self._writer.phase(image, moment, name)
        return image

    def _copy_imports(self, image, process):
        spans = self._writer.imports_of(process)
        self._open[image] = _Open(spans)
        for identity, span in spans.items():
            self._writer.import_begin(image, identity, span.parent, span.module, span.begin, span.level)
        for identity, span in spans.items():
            if span.end is not None:
                self._writer.import_end(image, identity, span.end, span.outcome, span.origin, span.loader)

    def _operation(self, thread, event):
        within = self._open.get(thread.image)
        if within is not None:
            inside = within.at(self._clock.microseconds(event.seconds))
            thread.stack = [inside] if inside else []
        traced.TraceWriter._operation(self, thread, event)


def _innermost(spans):
    """Moments at which the innermost open import changes, and what it then is (0: none)."""
    changes = []
    for identity, span in spans.items():
        changes.append((span.begin, 1, identity))
        if span.end is not None:
            changes.append((span.end, 0, identity))
    # At one moment, ends come before beginnings; ids grow with nesting.
    changes.sort()
    moments, innermost, open_imports = [], [], {}
    for moment, begins, identity in changes:
        if begins:
            open_imports[identity] = True
        else:
            open_imports.pop(identity, None)
        moments.append(moment)
        innermost.append(next(reversed(open_imports)) if open_imports else 0)
    return moments, innermost
