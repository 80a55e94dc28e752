"""Writes what strace saw into a recording: process images, imports by markers, operations."""

import os
import time

from .operations import Executed, Forked, Marker, Operation
from ..recording.writer import LOADERS
from .strace import Ended

# Imports deeper than this are a runaway.
MOST_NESTED = 2000


class WallClock:
    """strace prints wall-clock seconds; a recording counts microseconds on the monotonic clock."""

    def __init__(self, writer):
        self._begin = writer.origin + time.time() - time.monotonic()

    def microseconds(self, seconds):
        return max(0, int((seconds - self._begin) * 1000000))


class _Thread:
    """`stack` holds the ids of the imports that are open, outermost first."""

    __slots__ = ("image", "stack", "held", "is_own")

    def __init__(self, image, stack):
        self.image = image
        self.stack = stack
        # Operations before the first exec, which is ours and not the job's.
        self.held = []
        self.is_own = False


def _program_size(event):
    """Bytes of the program that was executed: the kernel maps it, and no call says how much of it."""
    if event.error:
        return 0
    try:
        return os.stat(event.path).st_size
    except (OSError, ValueError):
        return 0


class TraceWriter:
    """Takes the events of an OperationReader. `roles` gives the role of an image by pid and number of its exec."""

    def __init__(self, writer, source, roles):
        self._writer = writer
        self._source = source
        self._roles = roles
        self._clock = WallClock(writer)
        self._threads = {}
        self._leaders = {}
        self._executions = {}
        self.first_image = 0

    def take(self, event):
        thread = self._threads.get(event.pid)
        if thread is None:
            thread = self._threads[event.pid] = _Thread(0, [])
        if isinstance(event, Operation):
            self._operation(thread, event)
        elif isinstance(event, Marker):
            self._marker(thread, event)
        elif isinstance(event, Forked):
            self._fork(thread, event)
        elif isinstance(event, Executed):
            self._execute(thread, event)
        elif isinstance(event, Ended):
            self._end(thread, event)

    def _operation(self, thread, event):
        if not thread.image:
            thread.held = [event] if event.operation == "exec" else []
            return
        if thread.is_own:
            thread.is_own = False
            return
        exists = False if event.error else None
        is_folder = True if event.operation in ("opendir", "readdir", "chdir", "mkdir") else None
        path = self._writer.path(event.path, folder=is_folder, exists=exists)
        inside = thread.stack[-1] if thread.stack else 0
        moment = self._clock.microseconds(event.seconds)
        size = _program_size(event) if event.operation == "exec" else event.bytes
        self._writer.operation(thread.image, inside, moment, event.operation, path, event.error, size)

    def _fork(self, thread, event):
        if event.is_thread:
            # What a thread of the dynamic loader or of a BLAS does belongs to the import that started it.
            self._threads[event.child] = _Thread(thread.image, list(thread.stack[-1:]))
            return
        image = self._begin(thread.image, event.child, event.seconds, "fork", 0) if thread.image else 0
        self._threads[event.child] = _Thread(image, [])
        self._leaders[event.child] = image

    def _execute(self, thread, event):
        self._executions[event.pid] = self._executions.get(event.pid, 0) + 1
        program = self._writer.path(event.path, code=True)
        if thread.image and event.pid in self._leaders:
            self._writer.process_end(thread.image, self._clock.microseconds(event.seconds))
        thread.image = self._begin(thread.image, event.pid, event.seconds, "exec", program)
        thread.stack = []
        self._leaders[event.pid] = thread.image
        self.first_image = self.first_image or thread.image
        held, thread.held = thread.held, []
        for operation in held:
            self._operation(thread, operation)

    def _begin(self, parent, pid, seconds, how, program):
        role = self._roles(pid, self._executions.get(pid, 0), parent)
        moment = self._clock.microseconds(seconds)
        image = self._writer.process(parent, self._source, moment, how, program, 0, role, self._rank(pid))
        if role == "job":
            self._writer.phase(image, moment, "interpreter")
        return image

    def _rank(self, pid):
        """The launcher's number of the image that begins, where it is known."""
        return None

    def _end(self, thread, event):
        image = self._leaders.pop(event.pid, 0)
        if image:
            self._writer.process_end(image, self._clock.microseconds(event.seconds), event.status, event.signal)
        self._threads.pop(event.pid, None)

    # Imports

    def _marker(self, thread, event):
        kind, _, rest = os.fsdecode(event.text).partition("/")
        moment = self._clock.microseconds(event.seconds)
        if kind == "b":
            self._import_begin(thread, rest, moment)
        elif kind == "e":
            self._import_end(thread, rest, moment)
        elif kind == "own":
            thread.is_own = True
        elif kind == "main":
            self._writer.phase(thread.image, moment, "main")
        elif kind == "end":
            self._writer.phase(thread.image, moment, "exit")

    def _import_begin(self, thread, rest, moment):
        number, _, module = rest.partition("/")
        if not number.isdecimal() or len(number) > 9 or len(thread.stack) > MOST_NESTED:
            return
        parent = thread.stack[-1] if thread.stack else 0
        level = "nested" if parent else "main" if thread.image == self.first_image else "late"
        self._writer.import_begin(thread.image, int(number), parent, module, moment, level)
        thread.stack.append(int(number))

    def _import_end(self, thread, rest, moment):
        number, outcome, loader, origin = (rest.split("/", 3) + ["", "", ""])[:4]
        if not thread.stack or str(thread.stack[-1]) != number or outcome not in ("loaded", "missing", "failed"):
            return
        thread.stack.pop()
        path = self._writer.path(origin, code=True) if origin.startswith("/") else 0
        self._writer.import_end(thread.image, int(number), moment, outcome, path, LOADERS.get(loader, "other"))
