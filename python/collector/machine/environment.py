"""Which environment variables may be recorded: the `environment` fact.

A name on the list is not enough: the value must look as such a value does, so that a secret put there is not kept.
"""

import re

NUMBER = r"-?\d{1,9}(\.\d{1,6})?"
BOOLEAN = r"0|1|true|false|yes|no|on|off|x|y|n"
NUMBERS = r"\d{1,5}(,\d{1,5}){0,255}"
LOCALE = r"C|POSIX|C\.utf-?8|[a-z]{2,3}_[A-Z]{2}(\.utf-?8|\.ISO-?8859-?\d{1,2})?"

_PATTERNS = {
    NUMBERS: """OMP_NUM_THREADS OMP_THREAD_LIMIT OMP_MAX_ACTIVE_LEVELS MKL_NUM_THREADS OPENBLAS_NUM_THREADS
        GOTO_NUM_THREADS BLIS_NUM_THREADS NUMEXPR_NUM_THREADS NUMEXPR_MAX_THREADS VECLIB_MAXIMUM_THREADS
        NUMBA_NUM_THREADS TBB_NUM_THREADS POLARS_MAX_THREADS RAYON_NUM_THREADS JULIA_NUM_THREADS KMP_BLOCKTIME
        TF_NUM_INTRAOP_THREADS TF_NUM_INTEROP_THREADS""",
    NUMBER: """GOMP_SPINCOUNT PYTHONINTMAXSTRDIGITS PYTHONOPTIMIZE PYTHONVERBOSE PYTHONTRACEMALLOC CUDA_CACHE_MAXSIZE
        XLA_PYTHON_CLIENT_MEM_FRACTION TF_CPP_MIN_LOG_LEVEL MALLOC_ARENA_MAX MALLOC_TRIM_THRESHOLD_ SLURM_JOB_NUM_NODES
        SLURM_NNODES SLURM_NTASKS SLURM_CPUS_PER_TASK SLURM_CPUS_ON_NODE SLURM_NTASKS_PER_NODE OMP_SPIN_COUNT
        TORCHINDUCTOR_COMPILE_THREADS LOKY_MAX_CPU_COUNT HDF5_DISABLE_VERSION_CHECK MPI4PY_FUTURES_MAX_WORKERS""",
    BOOLEAN: """OMP_DYNAMIC OMP_NESTED OMP_DISPLAY_ENV MKL_DYNAMIC PYTHONDONTWRITEBYTECODE PYTHONNOUSERSITE
        PYTHONSAFEPATH PYTHONUNBUFFERED PYTHONUTF8 PYTHONDEVMODE PYTHONFAULTHANDLER PYTHONNODEBUGRANGES
        PYTHONPROFILEIMPORTTIME PYTHONCOERCECLOCALE PYTHON_GIL PYTHON_JIT PYTHONINSPECT PYTHONDEBUG PYTHONDUMPREFS
        PYTHONMALLOCSTATS CUDA_CACHE_DISABLE XLA_PYTHON_CLIENT_PREALLOCATE TF_ENABLE_ONEDNN_OPTS
        TF_FORCE_GPU_ALLOW_GROWTH TOKENIZERS_PARALLELISM LD_BIND_NOW NUMBA_DISABLE_JIT TORCHINDUCTOR_FX_GRAPH_CACHE
        PYTHON_FROZEN_MODULES KMP_DUPLICATE_LIB_OK MPICH_GPU_SUPPORT_ENABLED MPI4PY_CHECK_MPIEXEC MPI4PY_RC_INITIALIZE
        MPI4PY_RC_THREADS MPI4PY_RC_FINALIZE""",
    NUMBERS + r"|-1|": "CUDA_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ZE_AFFINITY_MASK GPU_DEVICE_ORDINAL",
    LOCALE: "LANG LC_ALL LC_CTYPE",
}

# Names of transports out of a closed list: a free word could be anything.
LIST_OF = r"\^?(%s)([,;](%s)){0,15}"


def _list_of(words):
    names = "|".join(words.split())
    return LIST_OF % (names, names)


_SINGLE = {
    "OMP_PROC_BIND": r"((true|false|close|spread|master|primary)(,|$)){1,8}",
    "OMP_PLACES": r"(threads|cores|sockets|numa_domains|ll_caches)(\(\d{1,4}\))?|[{}\d:,]{1,512}",
    "OMP_SCHEDULE": r"(static|dynamic|guided|auto)(,\d{1,9})?",
    "OMP_WAIT_POLICY": r"active|passive",
    "OMP_STACKSIZE": r"\d{1,9}[BKMG]?",
    "OMP_TARGET_OFFLOAD": r"mandatory|disabled|default",
    "KMP_AFFINITY": r"((granularity=(fine|core|thread|tile)|(no)?verbose|(no)?warnings|(no)?respect|compact|scatter|none"
    r"|balanced|disabled|\d{1,4})(,|$)){1,8}",
    "MKL_THREADING_LAYER": r"intel|gnu|sequential|tbb|pgi",
    "MKL_INTERFACE_LAYER": r"(lp64|ilp64|gnu)(,(lp64|ilp64|gnu))?",
    "NUMBA_THREADING_LAYER": r"default|safe|threadsafe|forksafe|tbb|omp|workqueue",
    "HDF5_USE_FILE_LOCKING": r"TRUE|FALSE|BEST_EFFORT|0|1",
    "PYTHONHASHSEED": r"random|\d{1,10}",
    "PYTHONMALLOC": r"default|malloc|pymalloc|mimalloc|debug|(malloc|pymalloc|mimalloc)_debug",
    "PYTHONIOENCODING": r"(utf-?8|ascii|latin-?1|iso-?8859-1)?(:(strict|ignore|replace|backslashreplace|surrogateescape))?",
    "MPLBACKEND": r"agg|cairo|pdf|pgf|ps|svg|template|gtk[34]?(agg|cairo)|nbagg|qt5?(agg|cairo)|tk(agg|cairo)|webagg"
    r"|wx(agg|cairo)?|macosx",
    "CUDA_DEVICE_ORDER": r"FASTEST_FIRST|PCI_BUS_ID",
    "CUDA_MODULE_LOADING": r"LAZY|EAGER|DEFAULT",
    "SLURM_TASKS_PER_NODE": r"[\dx(),]{1,512}",
    "SLURM_MPI_TYPE": r"none|openmpi|pmi2|pmix(_v\d)?|cray_shasta",
    "PYTHON_CPU_COUNT": r"\d{1,6}|default",
    "GOMP_CPU_AFFINITY": r"[\d ,:-]{1,512}",
    "I_MPI_PMI": r"auto|pmi1|pmi2|pmix",
    "MPI4PY_MPIABI": r"mpich|impi|openmpi|mpiabi",
    "MPI4PY_RC_THREAD_LEVEL": r"single|funneled|serialized|multiple",
    "OMPI_MCA_pml": _list_of("ob1 ucx cm yalla monitoring"),
    "OMPI_MCA_btl": _list_of("self sm vader tcp ofi openib uct ugni usnic smcuda portals4"),
    "UCX_TLS": _list_of(
        """all self sm shm mm posix sysv xpmem cma knem tcp rc rc_v rc_x rc_verbs rc_mlx5 ud ud_v ud_x ud_verbs ud_mlx5 dc dc_x
        dc_mlx5 ib gga cuda cuda_copy cuda_ipc gdr_copy rocm rocm_copy rocm_ipc rocm_gdr ze ze_copy ze_ipc"""
    ),
    "FI_PROVIDER": _list_of(
        """tcp udp verbs psm psm2 psm3 opx efa cxi shm sockets ucx mlx gni lnx net ofi_rxm ofi_rxd rxm rxd
        verbs;ofi_rxm tcp;ofi_rxm efa;ofi_rxr"""
    ),
}



def _compiled():
    patterns = dict(_SINGLE)
    for pattern, names in _PATTERNS.items():
        patterns.update((name, pattern) for name in names.split())
    return {name: re.compile("(?:%s)\\Z" % pattern, re.IGNORECASE) for name, pattern in patterns.items()}


ALLOWED = _compiled()

# Lists of folders or files, recorded as path ids; an empty entry means the current folder.
SEARCH_PATHS = ("PYTHONPATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "PATH")
FOLDERS = tuple(
    """PYTHONHOME PYTHONPYCACHEPREFIX PYTHONUSERBASE VIRTUAL_ENV CONDA_PREFIX TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME
    MPLCONFIGDIR NUMBA_CACHE_DIR TRITON_CACHE_DIR TORCHINDUCTOR_CACHE_DIR TORCH_HOME TORCH_EXTENSIONS_DIR HF_HOME
    JAX_COMPILATION_CACHE_DIR CUDA_CACHE_PATH CUPY_CACHE_DIR PYTHON_EGG_CACHE""".split()
)
# One library each, recorded as a path id.
LIBRARIES = ("I_MPI_PMI_LIBRARY", "MPI4PY_LIBMPI")
LONGEST_LIST = 1024


def add_roots(keeper, environ):
    """Tells the keeper which folders the environment makes code roots."""
    for entry in _entries(environ, "PYTHONPATH"):
        keeper.add_folder(entry)
    for name in ("LD_LIBRARY_PATH", "PATH"):
        for entry in _entries(environ, name):
            keeper.add_search_entry(entry)
    for entry in _entries(environ, "LD_PRELOAD") + [environ.get(name, "") for name in LIBRARIES]:
        if _is_library(entry):
            keeper.add_file(entry)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME"):
        if environ.get(name, "").startswith("/"):
            keeper.add_prefix(environ[name])


def is_recorded(name, value):
    """Whether anything of this variable's value is kept."""
    if name in SEARCH_PATHS or (name in FOLDERS and value.startswith("/")) or (name in LIBRARIES and _is_library(value)):
        return True
    return name in ALLOWED and ALLOWED[name].match(value) is not None


def describe_environment(writer, environ):
    """Writes the fact; every value that is left out is counted."""
    writer.fact("environment", environment_fact(writer, environ))


def environment_fact(writer, environ):
    """The fact's mapping; every value that is left out is counted."""
    values, search_paths = {}, {}
    for name in sorted(environ):
        value = environ[name]
        if name in SEARCH_PATHS:
            search_paths[name] = [writer.path(entry, folder=True) for entry in _entries(environ, name)]
        elif name in FOLDERS and value.startswith("/"):
            search_paths[name] = [writer.path(value, folder=True)]
        elif name in LIBRARIES and _is_library(value):
            search_paths[name] = [writer.path(value)]
        elif name in ALLOWED and ALLOWED[name].match(value):
            values[name] = value
        else:
            writer.remove("environment values")
    return {"values": values, "searchPaths": search_paths}


def _is_library(value):
    return value.startswith("/") and re.search(r"\.so(\.[\d.]+)?\Z", value) is not None


def _entries(environ, name):
    value = environ.get(name)
    if not value:
        return []
    separator = "[: ]" if name == "LD_PRELOAD" else "[:;]" if name == "LD_LIBRARY_PATH" else ":"
    entries = re.split(separator, value)[:LONGEST_LIST]
    return [entry or "." for entry in entries]
