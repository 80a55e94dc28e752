# How all parts come together in a process.

import posix
import sys

RANK_VARIABLES = (b"OMPI_COMM_WORLD_RANK", b"PMIX_RANK", b"PMI_RANK", b"PALS_RANKID", b"SLURM_PROCID", b"FLUX_TASK_RANK")


def open_spool(folder):
    """A file of its own for each process image; None where this process has one already (a subinterpreter)."""
    pid = posix.getpid()
    for image in range(1000):
        path = "%s/%d.%d.spool" % (folder, pid, image)
        try:
            status = posix.stat(path)
        except FileNotFoundError:
            return Spool(path)
        for number in DESCRIPTORS:
            try:
                held = posix.fstat(number)
            except OSError:
                continue
            if (held.st_dev, held.st_ino) == (status.st_dev, status.st_ino):
                return None
    return None


def start_probe(folder, moment, entry):
    """Watches this process from here on. Returns the state, or None where it is watched already."""
    spool = open_spool(folder)
    if spool is None:
        return None
    os_module = sys.modules.get("os")
    environ = os_module.environ._data if os_module is not None else posix.environ
    ranks = [int(environ[name]) for name in RANK_VARIABLES if environ.get(name, b"").isdigit()]
    state = State(spool)
    state.append(("X", moment, ancestry(), ranks[:1], posix.readlink("/proc/self/exe")))
    carrier = Carrier(entry, environ, folder + "/" + BOOTSTRAP)
    events = Events(state, carrier)
    watch_imports(state, sys.modules["_frozen_importlib"], sys.modules["_frozen_importlib_external"])
    _follow_forks(state)

    def meet_os():
        carrier.environ = sys.modules["os"].environ._data
        carry_into_children(carrier, sys.modules["os"])
        _flush_before_exit(state, sys.modules["os"])

    def meet_subprocess():
        wrap_fork_exec(carrier, sys.modules["_posixsubprocess"])

    for name, meet in (("os", meet_os), ("_posixsubprocess", meet_subprocess)):
        state.after_import[name] = meet
        if name in sys.modules:
            meet()
    sys.addaudithook(events.hook())
    spool.flush()
    return state


def _follow_forks(state):
    before = []

    def note_parent():
        before[:] = [posix.getpid()]

    def begin_again():
        state.spool.forget()
        state.stacks.clear()
        state.append(("F", now(), before[0] if before else 0))
        state.spool.flush()

    posix.register_at_fork(before=note_parent, after_in_child=begin_again)


def _flush_before_exit(state, os_module):
    leave = posix._exit

    def _exit(status):
        try:
            state.append(("Z", now()))
            state.spool.flush()
        except Exception:
            pass
        leave(status)

    replace(os_module, "_exit", _exit)
