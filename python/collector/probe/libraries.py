# What loaded libraries say of themselves: versions, the family of an MPI library, threads of BLAS and OpenMP.
#
# Only getters that start and load nothing are called:
# - OpenBLAS, BLIS, MKL, FlexiBLAS, OpenMP: those that threadpoolctl calls (its _openblas.py and the like). MKL's is asked
#   only when libmkl_core is in memory, for libmkl_rt would load it.
# - LLVM's and Intel's OpenMP initialize themselves when they are asked, print when told to by a variable, and end the
#   process when they find another copy of themselves; so only where there is one copy and no such variable.
# - MPI_Initialized, MPI_Finalized: allowed at any time (MPI 4.1, 11.4.1). Others only between the two.
# - ncclGetVersion, cudaRuntimeGetVersion, cudnnGetVersion, fi_version, ucp_get_version_string, nc_inq_libvers: return
#   a constant. HDF5's, Open MPI's and MPICH's are read as bytes, without a call.

import sys

_OPENBLAS_NAMES = [
    prefix + "%s" + suffix for prefix in ("", "scipy_") for suffix in ("", "64_", "_64", "_64_", "64")
]
_TALKATIVE = (b"OMP_DISPLAY_ENV", b"KMP_SETTINGS", b"KMP_VERSION", b"OMP_DISPLAY_AFFINITY")
THREAD_LEVELS = ("single", "funneled", "serialized", "multiple")
# MPI 5.0's ABI counts in steps that leave room: 0, 1024, 2048, 4096.
_LEVEL_NUMBERS = {0: 0, 1: 1, 2: 2, 3: 3, 1024: 1, 2048: 2, 4096: 3}


def _native(watch):
    """Made when the first library is asked; raises where this Python has no _ctypes."""
    native = getattr(watch, "native", None)
    if native is None:
        native = watch.native = Native(Maps())
    return native


def interesting(watch):
    """(path, kind, name) of the mapped libraries that matter."""
    found = getattr(watch, "found", None)
    if found is None:
        found = watch.found = [
            (path,) + library_kind(path) for path in sorted(mapped_files()) if library_kind(path) is not None
        ]
    return found


def _libraries(state, watch):
    """By path: what each library that matters says of its version and family."""
    found = {}
    asked = [item for item in interesting(watch) if item[1] in _VERSIONS]
    for path, kind, name in asked:
        about = found[path] = {}
        handle = _native(watch).handle(path)
        if handle is None:
            continue
        try:
            version = _VERSIONS[kind](_native(watch), handle, name)
            if version:
                about["version"] = version
            if kind == "mpi":
                about["family"] = mpi_family(_native(watch), handle, path)
        except Exception:
            continue
    return found


def mpi_family(native, handle, path):
    """By the symbols that only one family has, as machine/mpi_library.py tells it of files; the standard ABI by its name,
    for others export its functions too."""
    if "libmpi_abi" in path:
        return "standard-abi"
    for symbol, family in (
        ("ompi_mpi_comm_world", "openmpi"),
        ("I_MPI_Check_image_status", "intel"),
        ("MPIDI_CRAY_init", "cray"),
        ("mv2_get_arch_hca_type", "mvapich"),
        ("mv2_get_arch_type", "mvapich"),
    ):
        if native.address(handle, symbol):
            return family
    base = path.rsplit("/", 1)[-1]
    if base.startswith("libmpi_") or "/cray/" in path:
        return "cray"
    for symbol in ("MPIR_Err_create_code", "MPIR_Err_return_comm", "MPIR_Dup_fn"):
        if native.address(handle, symbol):
            return "mpich"
    return "unknown"


def _mpi_version(native, handle, name):
    for symbol in ("MPII_Version_string", "MPIR_Version_string"):
        text = native.constant_text(handle, symbol, 64)
        if text and text[:1].isdigit():
            return "MPICH " + text
    text = native.constant_text(handle, "ompi_version_string", 64)
    return "Open MPI " + text if text and text[:1].isdigit() else None


def _blas_version(native, handle, name):
    if name == "BLIS":
        return _decoded(native.call(handle, "bli_info_get_version_str", native.text))
    for pattern in _OPENBLAS_NAMES:
        text = _decoded(native.call(handle, pattern % "openblas_get_config", native.text))
        if text:
            words = text.split()
            return words[1] if len(words) > 1 and words[0] == "OpenBLAS" else text[:100]
    return None


def _decoded(text):
    return text.decode("utf-8", "replace") if text else None


def _hdf5_version(native, handle, name):
    text = native.constant_text(handle, "H5_lib_vers_info_g")
    return text.rsplit(" ", 1)[-1] if text else None


def _netcdf_version(native, handle, name):
    text = _decoded(native.call(handle, "nc_inq_libvers", native.text))
    return text.split()[0] if text else None


def _nccl_version(native, handle, name):
    number = native.number(handle, "ncclGetVersion")
    if not number:
        return None
    # Until 2.8 the version was written with one digit less.
    step = 1000 if number < 10000 else 10000
    return "%d.%d.%d" % (number // step, number % step // 100, number % 100)


def _cuda_version(native, handle, name):
    number = native.number(handle, "cudaRuntimeGetVersion")
    return "%d.%d" % (number // 1000, number % 1000 // 10) if number else None


def _cudnn_version(native, handle, name):
    number = native.call(handle, "cudnnGetVersion", native.size)
    if not number:
        return None
    step = 1000 if number < 90000 else 10000
    return "%d.%d.%d" % (number // step, number % step // 100, number % 100)


def _libfabric_version(native, handle, name):
    number = native.call(handle, "fi_version", native.unsigned)
    return "%d.%d" % (number >> 16, number & 0xFFFF) if number else None


def _ucx_version(native, handle, name):
    return _decoded(native.call(handle, "ucp_get_version_string", native.text))


_VERSIONS = {
    "mpi": _mpi_version,
    "blas": _blas_version,
    "hdf5": _hdf5_version,
    "netcdf": _netcdf_version,
    "nccl": _nccl_version,
    "cuda-runtime": _cuda_version,
    "cudnn": _cudnn_version,
    "libfabric": _libfabric_version,
    "ucx": _ucx_version,
}
