# The census: what is in the process when the program has ended. Read from /proc, the interpreter and the modules that
# are loaded; what only libraries know is asked in libraries.py. One item that fails costs no other.

import posix
import sys

MOST_LIBRARIES_READ = 4096
MOST_MODULES = 20000
MOST_FOLDERS = 64
MOST_NAMES = 4000
LONGEST_STATUS = 65536


def take_census(state, watch):
    """Once, in the process that was started, not in its forks."""
    if watch.is_done or posix.getpid() != watch.pid:
        return
    watch.is_done = True
    thread = get_ident()
    state.reading.add(thread)
    try:
        begin = now()
        first = _answers(_FIRST, state, watch)
        state.append(("D", now(), first))
        # What follows runs code of others. If that should end the process, this is known.
        state.spool.flush()
        if state.spool.is_quiet:
            second = {"untold": ["libraries"], "untold_because": "the program has an audit hook of its own"}
        else:
            second = _answers(_SECOND, state, watch)
        second["nanoseconds"] = now() - begin
        state.append(("D", now(), second))
        state.spool.flush()
    finally:
        state.reading.discard(thread)


def _answers(items, state, watch):
    found = {}
    for name, ask in items:
        try:
            found[name] = plain_value(ask(state, watch))
        except Exception as error:
            found.setdefault("failed", []).append("%s: %s" % (name, type(error).__name__))
    return found


def plain_value(value):
    """Of types that every marshal knows; what modules of the job return may be of their own."""
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    return [plain_value(item) for item in value]


def _mask(state, watch):
    return cpu_list(posix.sched_getaffinity(0))


def _status(state, watch):
    """Threads, highest resident memory in bytes."""
    if state.spool.is_quiet:
        return {}
    descriptor = open_file("/proc/self/status", O_RDONLY | O_CLOEXEC)
    try:
        text = read_file(descriptor, LONGEST_STATUS).decode("utf-8", "replace")
    finally:
        close_file(descriptor)
    fields = dict(line.split(":", 1) for line in text.split("\n") if ":" in line)
    found = {"threads": int(fields["Threads"])}
    if "VmHWM" in fields:
        found["peak"] = int(fields["VmHWM"].split()[0]) * 1024
    return found


def _mapped(state, watch):
    if state.spool.is_quiet:
        return []
    return sorted(path for path in mapped_files() if ".so" in path.rsplit("/", 1)[-1])[:MOST_LIBRARIES_READ]


def _top_modules(state, watch):
    """Names and files of modules that belong to no package."""
    found = {}
    for name in list(sys.modules)[:MOST_MODULES]:
        if type(name) is str and "." not in name and name != "__main__":
            origin, _ = _origin(name)
            if origin.startswith("/") or origin.endswith((".py", ".so", ".pyc")):
                found[name] = origin
    return found


def _standard_names(state, watch):
    """Names of the standard library's modules; before 3.10 Python does not know them."""
    return sorted(getattr(sys, "stdlib_module_names", ()))


def _listings(state, watch):
    """What the import system itself listed of `sys.path`, as it keeps it: asking the server again is not needed."""
    found = {}
    for folder in sys.path[:MOST_FOLDERS]:
        finder = sys.path_importer_cache.get(folder)
        names = getattr(finder, "_path_cache", None)
        is_kept = type(names) is set and getattr(finder, "_path_mtime", -1) != -1 and len(names) <= MOST_NAMES
        if is_kept and folder.startswith("/"):
            found[folder] = sorted(names)
    return found


def _gil(state, watch):
    is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return "always" if is_gil_enabled is None else "enabled" if is_gil_enabled() else "disabled"


_FIRST = (
    ("mask", _mask),
    ("status", _status),
    ("mapped", _mapped),
    ("module_count", lambda state, watch: len(sys.modules)),
    ("tops", _top_modules),
    ("standard_names", _standard_names),
    ("sources", lambda state, watch: watch.sources),
    ("gil", _gil),
    ("gil_turned_on_by", lambda state, watch: watch.gil_turned_on_by),
    ("mpi", lambda state, watch: watch.mpi),
    ("listings", _listings),
    ("mount_namespace", lambda state, watch: posix.readlink("/proc/self/ns/mnt")),
    ("path_end", lambda state, watch: [str(entry) for entry in sys.path]),
)
