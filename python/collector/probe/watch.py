# What the doctor watches while imports run: the main thread's mask, the GIL, sources that were compiled, MPI.
# These parts are joined to the probe only for the doctor; they take the place of functions of the parts before them.

import posix
import sys

MOST_CHANGES = 64
MOST_SOURCES = 20000
MOST_CHANGE_LIBRARIES = 64
_FIRST_KINDS = ("openmp", "blas", "mpi", "tbb")


class Watch:
    """Notes of one process; `changes` are (module, mask before, mask after, libraries mapped since the last look)."""

    def __init__(self):
        self.pid = posix.getpid()
        self.is_done = False
        self.mask = posix.sched_getaffinity(0)
        self.known = set(mapped_files())
        self.changes = []
        # Ids of imports for which a source was read, so that it had to be compiled.
        self.sources = []
        is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
        self.was_gil_enabled = is_gil_enabled is None or is_gil_enabled()
        self.gil_turned_on_by = ""
        self.mpi = {}

    def look(self, state, module):
        """After an import: the first that ends after a change is the deepest one that can have made it."""
        if not self.was_gil_enabled and sys._is_gil_enabled():
            self.was_gil_enabled = True
            self.gil_turned_on_by = module
        mask = posix.sched_getaffinity(0)
        if mask != self.mask and len(self.changes) < MOST_CHANGES:
            before, self.mask = self.mask, mask
            libraries = [] if state.spool.is_quiet else self._mapped_since(state)
            change = (module, cpu_list(before), cpu_list(mask), libraries)
            self.changes.append(change)
            state.append(("M", now(), change))

    def _mapped_since(self, state):
        files = set(mapped_files())
        added = sorted(path for path in files - self.known if ".so" in path.rsplit("/", 1)[-1])
        self.known = files
        kinds = [library_kind(path) for path in added]
        first = [path for path, kind in zip(added, kinds) if kind is not None and kind[0] in _FIRST_KINDS]
        return (first + [path for path in added if path not in first])[:MOST_CHANGE_LIBRARIES]


_watches = []
_held = []


def cpu_list(cpus):
    """CPUs as the kernel writes lists of them: `0-3,8`."""
    runs = []
    for cpu in sorted(cpus):
        if runs and runs[-1][1] == cpu - 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join("%d" % first if first == last else "%d-%d" % (first, last) for first, last in runs)


_plain_end = _end


def _end(state, identity, name, error):
    _plain_end(state, identity, name, error)
    if _watches and get_ident() == MAIN_THREAD:
        _watches[0].look(state, name)


def _note_source(self, operation, path, error, size):
    """The doctor keeps no file operations, only which imports had to compile their source."""
    if operation == "read" and path[-3:] == ".py" and _watches and len(_watches[0].sources) < MOST_SOURCES:
        stack = self.stacks.get(get_ident())
        if stack:
            _watches[0].sources.append(stack[-1])


State.note = _note_source

_plain_start = start_probe


def start_probe(folder, moment, entry):
    state = _plain_start(folder, moment, entry)
    if state is not None:
        watch = Watch()
        _watches[:] = [watch]
        state.after_import["mpi4py.MPI"] = lambda: _note_mpi(state, watch)
        at_exit(state, lambda: take_census(state, watch))
    return state


def _note_mpi(state, watch):
    """Here, too: what ends by a signal takes no census, and rank and size go with MPI's finalization."""
    watch.mpi.update(mpi_by_mpi4py())
    if watch.mpi:
        state.append(("D", now(), {"mpi": plain_value(watch.mpi)}))


def at_exit(state, function):
    """Registered before the job registers anything, so that it runs after all of that, but before C's own exits."""
    module = sys.modules.get("atexit")
    if module is None:
        bootstrap, maker = sys.modules["_frozen_importlib"], sys.modules["_imp"]
        spec = bootstrap.ModuleSpec("atexit", bootstrap.BuiltinImporter, origin="built-in")
        # A module of our own, so that the job's `sys.modules` does not show it.
        module = maker.create_builtin(spec)
        maker.exec_builtin(module)
        # Until 3.9 the interpreter only borrows it.
        _held.append(module)
        if sys.version_info < (3, 10):
            # Each module had its own list then, and only that of the last one was called.
            state.after_import["atexit"] = lambda: sys.modules["atexit"].register(function)
    module.register(function)


_plain_flush_before_exit = _flush_before_exit


def _flush_before_exit(state, os_module):
    _plain_flush_before_exit(state, os_module)
    leave = os_module._exit

    def _exit(status):
        try:
            if _watches:
                take_census(state, _watches[0])
        except Exception:
            pass
        leave(status)

    replace(os_module, "_exit", _exit)
