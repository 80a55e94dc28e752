# How many threads each library will use, and how many CPUs each source says there are.

import posix
import sys

# Whose variables set the number, first that is set wins (the libraries' own documentation).
POOL_VARIABLES = {
    "OpenBLAS": ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"),
    "BLIS": ("BLIS_NUM_THREADS", "OMP_NUM_THREADS"),
    "MKL": ("MKL_NUM_THREADS", "OMP_NUM_THREADS"),
    "FlexiBLAS": ("FLEXIBLAS_NUM_THREADS", "OMP_NUM_THREADS"),
    "libgomp": ("OMP_NUM_THREADS",),
    "libomp": ("OMP_NUM_THREADS",),
    "libiomp5": ("OMP_NUM_THREADS",),
    "torch": ("OMP_NUM_THREADS", "MKL_NUM_THREADS"),
    "numba": ("NUMBA_NUM_THREADS",),
    "numexpr": ("NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS"),
    "Arrow": ("OMP_NUM_THREADS",),
    "Arrow I/O": ("ARROW_IO_THREADS",),
    "Polars": ("POLARS_MAX_THREADS",),
}


MOST_THREADS = 4096


def _pools(state, watch):
    # Of the start: what the program set later came too late for what was loaded by then.
    environ = posix.environ
    pools = []
    addresses = set()
    for path, kind, name in interesting(watch):
        try:
            threads = _library_threads(watch, path, kind, name, environ, addresses)
        except Exception:
            continue
        if threads is not None:
            number, basis = threads
            pools.append(_pool(name, kind, number, basis, environ, path))
    for name, ask in _MODULE_POOLS:
        try:
            number, basis = ask(environ) or (None, "")
        except Exception:
            continue
        if number:
            pools.append(_pool(name, "other", number, basis, environ, None))
    return pools


def _pool(name, kind, threads, basis, environ, path):
    pool = {"runtime": name, "kind": kind, "threads": int(threads), "basis": basis}
    variables = [variable for variable in POOL_VARIABLES.get(name, ()) if environ.get(variable.encode())]
    # Named only where it explains the number.
    if variables and environ[variables[0].encode()].split(b",")[0].strip() == b"%d" % int(threads):
        pool["variable"] = variables[0]
    if path is not None:
        pool["library"] = path
    return pool


def _library_threads(watch, path, kind, name, environ, addresses):
    """(threads, basis) of a BLAS or an OpenMP, or None where it cannot be told."""
    if kind == "openmp":
        return _openmp_threads(watch, path, name, environ)
    if kind != "blas":
        return None
    native = _native(watch)
    handle = native.handle(path)
    names = {"OpenBLAS": [pattern % "openblas_get_num_threads" for pattern in _OPENBLAS_NAMES],
             "BLIS": ["bli_thread_get_num_threads"], "FlexiBLAS": ["flexiblas_get_num_threads"]}.get(name, [])  # fmt: skip
    if name == "MKL" and any("libmkl_core" in other for other, _, _ in interesting(watch)):
        names = ["MKL_Get_Max_Threads"]
    for function in names if handle is not None else ():
        address = native.address(handle, function)
        # A library that only leads to another one has the same function.
        if address and address not in addresses:
            addresses.add(address)
            # BLIS says -1 where it was not told: then it uses one.
            return max(1, native.call(handle, function, native.int)), "asked"
    return None


def _openmp_threads(watch, path, name, environ):
    handle = _native(watch).handle(path)
    alike = [other for other in interesting(watch) if other[1] == "openmp" and other[2] != "libgomp"]
    is_silent = not any(environ.get(variable) for variable in _TALKATIVE) and b"verbose" not in environ.get(b"KMP_AFFINITY", b"")
    if handle is not None and (name == "libgomp" or (len(alike) == 1 and is_silent)):
        threads = _native(watch).call(handle, "omp_get_max_threads", _native(watch).int)
        if threads:
            return max(1, threads), "asked"
    return _by_variable(environ, "OMP_NUM_THREADS") or len(watch.mask), "inferred"


def _by_variable(environ, name):
    text = environ.get(name.encode(), b"").split(b",")[0].strip()
    return int(text) if text.isdigit() and len(text) < 7 else None


def _loaded(name):
    return sys.modules.get(name)


def _torch_threads(environ):
    module = _loaded("torch")
    return (module.get_num_threads(), "asked") if module else None


def _torch_interop_threads(environ):
    module = _loaded("torch")
    return (module.get_num_interop_threads(), "asked") if module else None


def _numba_threads(environ):
    module = _loaded("numba.core.config") or _loaded("numba.config")
    return (module.NUMBA_NUM_THREADS, "asked") if module else None


def _arrow_threads(environ):
    module = _loaded("pyarrow.lib")
    return (module.cpu_count(), "asked") if module else None


def _arrow_io_threads(environ):
    module = _loaded("pyarrow.lib")
    return (module.io_thread_count(), "asked") if module else None


def _numexpr_threads(environ):
    module = _loaded("numexpr")
    if module is None:
        return None
    ask = getattr(module, "get_num_threads", None)
    return (ask() if ask is not None else module.nthreads, "asked")


def _polars_threads(environ):
    # To ask for its size would start the pool.
    if _loaded("polars") is None:
        return None
    return (_by_variable(environ, "POLARS_MAX_THREADS") or len(posix.sched_getaffinity(0)), "inferred")


def _xla_threads(environ):
    # jax forgets its backends at exit; the threads of the one for CPUs are still there, and have names.
    if _loaded("jaxlib") is None or not any(name.startswith("tf_XLA") for name in _thread_names()):
        return None
    return len(posix.sched_getaffinity(0)), "inferred"


def _thread_names():
    for thread in posix.listdir("/proc/self/task")[:MOST_THREADS]:
        try:
            descriptor = open_file("/proc/self/task/%s/comm" % thread, O_RDONLY | O_CLOEXEC)
        except OSError:
            continue
        try:
            yield read_file(descriptor, 64).decode("ascii", "replace")
        finally:
            close_file(descriptor)


_MODULE_POOLS = (
    ("torch", _torch_threads),
    ("torch interop", _torch_interop_threads),
    ("numba", _numba_threads),
    ("Arrow", _arrow_threads),
    ("Arrow I/O", _arrow_io_threads),
    ("numexpr", _numexpr_threads),
    ("Polars", _polars_threads),
    ("XLA", _xla_threads),
)


def _counts(state, watch):
    """(source, CPUs) by every source that is loaded; sources that start a process to find out are not asked."""
    found = [["os.sched_getaffinity", len(posix.sched_getaffinity(0))]]
    for module, function, name in (
        ("os", "cpu_count", "os.cpu_count"),
        ("os", "process_cpu_count", "os.process_cpu_count"),
        ("multiprocessing", "cpu_count", "multiprocessing.cpu_count"),
        ("joblib", "cpu_count", "joblib.cpu_count"),
        ("loky", "cpu_count", "loky.cpu_count"),
        ("psutil", "cpu_count", "psutil.cpu_count"),
    ):
        ask = getattr(sys.modules.get(module), function, None)
        try:
            number = ask() if ask is not None else None
        except Exception:
            continue
        if number:
            found.append([name, number])
    return found


_SECOND = (
    ("libraries", _libraries),
    ("mpi", _mpi),
    ("pools", _pools),
    ("counts", _counts),
)
