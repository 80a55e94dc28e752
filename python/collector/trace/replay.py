"""Repeats the module-level imports of `__main__` under strace, after the one run, where that can do no harm.

The job runs once: an import that started MPI, a GPU, a process, a connection, or that wrote files, is left out.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

from . import operations, replay_boot, strace, traced
from .tracer import NotDone, find_tracer

# At least this long; under strace imports take about six times as long as without.
SECONDS = 60
MOST_SECONDS = 900
SLOWDOWN = 6
MOST_ATTEMPTS = 4
MOST_LOG_BYTES = 1 << 29

MPI_MODULES = frozenset(["mpi4py.MPI", "petsc4py.PETSc", "slepc4py.SLEPc", "mpi4jax._src.xla_bridge.mpi_xla_bridge"])
MPI_LIBRARY = re.compile(r"^libmpi(_cray|_gnu|ch|cxx|fort)?[\w-]*\.so")
GPU_FILE = re.compile(r"^/dev/(nvidia|kfd|dri/)|/lib(cuda|nvidia-ml|amdhip64|hsa-runtime64|ze_loader)\.so")

REASONS = {
    "spawn": "it starts a process",
    "connect": "it opens a network connection",
    "write": "it writes files",
}


def replay_imports(writer, observed, seconds=None):
    """Repeats the imports of the job and writes what they did, and the fact `replay`. Never raises on their account.

    `seconds`: the time limit of one attempt; from the time the imports took in the run when absent.
    """
    left_out = []
    progress = _Progress()
    try:
        if writer.keeper.is_sparing:
            raise NotDone("in a job step the collector spares the file system", "Observe one run outside of a step.")
        spans = writer.imports_of(observed.process)
        seconds = seconds or _time_limit(spans)
        plan = Plan(observed, spans)
        left_out = plan.left_out
        writer.flush()
        progress.show("repeating the imports under strace…")
        _replay(writer, observed, plan, seconds)
    except NotDone as reason:
        _tell_not_done(writer, reason, left_out)
    except KeyboardInterrupt:
        _tell_not_done(writer, NotDone("it was interrupted"), left_out)
    except OSError as error:
        _tell_not_done(writer, NotDone("the system refused: %s" % (error.strerror or "unknown error").lower()), left_out)
    else:
        fact = {"done": True, "secondsLimit": seconds}
        writer.fact("replay", dict(fact, leftOut=left_out) if left_out else fact)
    finally:
        progress.clear()


def _time_limit(spans):
    took = sum(span.end - span.begin for span in spans.values() if span.level == "main" and span.end is not None)
    return min(MOST_SECONDS, SECONDS + int(SLOWDOWN * took / 1000000))


def _tell_not_done(writer, reason, left_out):
    fact = {"done": False, "because": str(reason)}
    writer.fact("replay", dict(fact, leftOut=left_out) if left_out else fact)
    missing = {"what": "file operations of the dynamic loader and of C code", "because": str(reason)}
    writer.fact("missing", dict(missing, hint=reason.hint) if reason.hint else missing)


class Plan:
    """Which modules are imported again, which are left out and why, which no import may reach.

    An import that wrote a cache or started a process the first time need not do so again: it is tried, the boot ends
    before anything happens twice, and only then is it left out. MPI is started by C code, unseen, so it never is tried.
    """

    def __init__(self, observed, spans):
        """`spans`: the imports of the job's process, by id, with `parent` and `module`."""
        _refuse(observed)
        self.left_out = []
        self.forbidden = set()
        self._risky = {}
        inside = _modules_by_top(spans)
        self.modules = [item.module for item in observed.imports if item.module != "__main__"]
        for item in observed.imports:
            mpi = MPI_MODULES & inside.get(item.id, set())
            if mpi:
                self.leave_out(item.module, "it starts MPI")
                self.forbidden.update(mpi)
            elif item.activities:
                self._risky[item.module] = _risks(item.activities)
        has_mpi = any(MPI_LIBRARY.match(os.path.basename(path)) for path in observed.libraries)
        if has_mpi and not self.forbidden:
            raise NotDone("the job loaded an MPI library, and it is not known which import starts it")

    def avoid_risks(self):
        """Leaves out every import that did something beside reading in the first run."""
        for module, risks in self._risky.items():
            for kind in sorted(set(risks.values())):
                self.leave_out(module, REASONS[kind])
            self.forbidden.update(risks)

    def leave_out(self, module, because):
        if module in self.modules:
            self.modules.remove(module)
            self.left_out.append({"module": module, "because": because})


def _risks(activities):
    return {module: kind for module, kinds in activities.items() for kind in sorted(kinds) if kind in REASONS}


def _refuse(observed):
    """Raises NotDone for what concerns the whole job."""
    if not observed.process or not observed.interpreter:
        raise NotDone("no Python process was seen from inside")
    if not os.path.isdir(observed.cwd or ""):
        raise NotDone("the job's folder is gone")
    if any(GPU_FILE.search(path) for path in observed.libraries):
        raise NotDone("the imports opened a GPU, which must not happen twice")
    for kind in sorted(observed.site_activities & set(REASONS)):
        raise NotDone("sitecustomize or usercustomize must not run twice: %s" % REASONS[kind])


def _modules_by_top(spans):
    """For each outermost import, the names of the modules that were loaded in it, itself included."""
    inside = {}
    for identity in spans:
        top, steps = identity, 0
        while spans[top].parent in spans and steps < len(spans):
            top, steps = spans[top].parent, steps + 1
        inside.setdefault(top, set()).add(spans[identity].module)
    return inside


def _replay(writer, observed, plan, seconds):
    tracer = find_tracer()
    folder = tempfile.mkdtemp(prefix="pharos-replay-")
    try:
        log = os.path.join(folder, "log")
        with _Interruptible():
            _attempt(tracer, observed, plan, log, seconds)
        _write(writer, log, observed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _attempt(tracer, observed, plan, log, seconds):
    """Returns when a replay went to its end; each attempt that must not go on leaves something out."""
    for _ in range(MOST_ATTEMPTS):
        _run(tracer, observed, plan, log, seconds)
        outcome = _look(log, observed)
        if outcome.is_finished:
            return
        if outcome.stopped is None:
            raise NotDone("the interpreter ended before all imports were repeated")
        module, what = outcome.stopped
        if module not in plan.modules:
            raise NotDone("repeating the imports %s" % what)
        plan.avoid_risks()
        plan.leave_out(module, "repeating it %s" % what)
    raise NotDone("too many imports do something that must not happen twice")


class _Interruptible:
    """While the job ran, signals were the job's. Now one of these ends the replay, and the recording is still written."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __enter__(self):
        self._before = {}
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, _interrupt) for number in self.SIGNALS}

    def __exit__(self, *error):
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _interrupt(number, frame):
    raise KeyboardInterrupt


def _run(tracer, observed, plan, log, seconds):
    environment = dict(observed.environment)
    command = tracer + strace.OPTIONS + ["-o", log, "-e", "trace=" + strace.CALLS]
    # strace itself must not be given the job's libraries.
    for name in (b"LD_PRELOAD", b"LD_LIBRARY_PATH", b"LD_AUDIT"):
        if name in environment:
            command += ["-E", name + b"=" + environment.pop(name)]
    # -B: bytecode is read as before and not written. Code from a pipe: a file would be read, and to keep the source
    # that -c is given, Python 3.13 imports modules of its own.
    command += [observed.interpreter] + observed.options + ["-B", "-"]
    with open(os.devnull, "r+b") as null:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=null,
            stderr=null,
            cwd=observed.cwd,
            env=environment,
            start_new_session=True,
        )
    try:
        child.communicate(_code(observed, plan).encode("ascii"), seconds)
    except subprocess.TimeoutExpired:
        raise NotDone("repeating the imports took longer than %d seconds" % seconds)
    finally:
        _end_group(child)
    if os.path.getsize(log) > MOST_LOG_BYTES:
        raise NotDone("repeating the imports made too many calls to keep")


def _end_group(child):
    """Ends what the replay left behind; its group is its own."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()


def _code(observed, plan):
    source = replay_boot.__loader__.get_source(replay_boot.__name__)
    entries = [os.fsdecode(entry) for entry in observed.sys_path]
    return "%s\nboot(%a, %a, frozenset(%a))\n" % (source, entries, plan.modules, sorted(plan.forbidden))


class _Outcome:
    def __init__(self):
        self.is_finished = False
        self.stopped = None


def _look(log, observed):
    """Whether the replay went to its end, before anything of it is written down."""
    outcome, stack = _Outcome(), {}
    for event in _events(log, observed):
        if not isinstance(event, operations.Marker):
            continue
        kind, _, rest = os.fsdecode(event.text).partition("/")
        inside = stack.setdefault(event.pid, [])
        if kind == "b":
            inside.append(rest.partition("/")[2])
        elif kind == "e" and inside:
            inside.pop()
        elif kind == "stop" and outcome.stopped is None:
            outcome.stopped = (inside[0] if inside else None, rest)
        elif kind == "end":
            outcome.is_finished = outcome.stopped is None
    return outcome


def _write(writer, log, observed):
    trace = traced.TraceWriter(writer, "replay", lambda pid, execution, parent: "child" if parent else "job")
    for event in _events(log, observed):
        trace.take(event)


def _events(log, observed):
    with open(log, "rb") as file:
        for event in operations.OperationReader(strace.StraceReader(file), os.fsencode(observed.cwd)):
            yield event


class _Progress:
    """One line on a terminal, gone at the end."""

    def __init__(self):
        self._shown = False

    def show(self, text):
        if sys.stderr is not None and sys.stderr.isatty():
            self._shown = True
            sys.stderr.write("\r%s" % text)
            sys.stderr.flush()

    def clear(self):
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
