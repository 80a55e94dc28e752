"""Which shared libraries matter to a job step, told by the names of their files."""

# By the stem, without the hash that auditwheel puts into it: kind and name.
_EXACT = {
    "libmpi": ("mpi", "MPI"),
    "libmpich": ("mpi", "MPICH"),
    "libmpi_abi": ("mpi", "MPI standard ABI"),
    "libpmi": ("pmi", "PMI"),
    "libpmi2": ("pmi", "PMI-2"),
    "libpmix": ("pmi", "PMIx"),
    "libmkl_rt": ("blas", "MKL"),
    "libmkl_core": ("blas", "MKL"),
    "libflexiblas": ("blas", "FlexiBLAS"),
    "libblas": ("blas", "reference BLAS"),
    "libsatlas": ("blas", "ATLAS"),
    "libtatlas": ("blas", "ATLAS"),
    "libessl": ("blas", "ESSL"),
    "libesslsmp": ("blas", "ESSL"),
    "libgomp": ("openmp", "libgomp"),
    "libomp": ("openmp", "libomp"),
    "libomp5": ("openmp", "libomp"),
    "libiomp5": ("openmp", "libiomp5"),
    "libnvomp": ("openmp", "libnvomp"),
    "libtbb": ("tbb", "TBB"),
    "libtbb12": ("tbb", "TBB"),
    "libhdf5": ("hdf5", "HDF5"),
    "libhdf5_serial": ("hdf5", "HDF5"),
    "libhdf5_openmpi": ("hdf5", "HDF5"),
    "libhdf5_mpich": ("hdf5", "HDF5"),
    # Two copies of HDF5 clash where they share one of these.
    "libhdf5_hl": ("hdf5", "HDF5 high-level"),
    "libhdf5_serial_hl": ("hdf5", "HDF5 high-level"),
    "libhdf5_openmpi_hl": ("hdf5", "HDF5 high-level"),
    "libhdf5_mpich_hl": ("hdf5", "HDF5 high-level"),
    "libnetcdf": ("netcdf", "netCDF"),
    "libnetcdf_parallel": ("netcdf", "netCDF"),
    "libcuda": ("cuda-driver", "CUDA driver"),
    "libcudart": ("cuda-runtime", "CUDA runtime"),
    "libcublas": ("cublas", "cuBLAS"),
    "libcudnn": ("cudnn", "cuDNN"),
    "libnccl": ("nccl", "NCCL"),
    "libamdhip64": ("hip", "HIP"),
    "librccl": ("rccl", "RCCL"),
    "libfabric": ("libfabric", "libfabric"),
    "libucp": ("ucx", "UCX"),
    "libstdc++": ("libstdc++", "libstdc++"),
    "libc": ("glibc", "glibc"),
}

_PREFIXES = (
    ("libmpi_gtl_", "gtl", "Cray GTL"),
    ("libopenblas", "blas", "OpenBLAS"),
    ("libscipy_openblas", "blas", "OpenBLAS"),
    ("libblis", "blas", "BLIS"),
    ("libsci_", "blas", "LibSci"),
    ("libarmpl", "blas", "Arm PL"),
    ("libnvpl_blas", "blas", "NVPL"),
    ("libhdf5_parallel_", "hdf5", "HDF5"),
    ("libc-2.", "glibc", "glibc"),
)

# Cray's MPICH is built once for each compiler: libmpi_gnu_91.so.12. Other `libmpi_*` are bindings.
_CRAY_COMPILERS = ("gnu", "cray", "intel", "nvidia", "aocc", "amd", "pgi")
# Kinds whose file names tell the version of the product, not that of the interface.
_NAMED_BY_VERSION = ("libstdc++", "tbb", "cuda-driver", "cuda-runtime", "cublas", "cudnn", "nccl", "hip", "rccl")


def library_stem(base):
    """The name before `.so`, without the hash of a wheel's copy; empty for what is no shared library."""
    stem, mark, _ = base.partition(".so")
    if not mark:
        return ""
    name, dash, last = stem.rpartition("-")
    is_hash = dash and len(last) >= 8 and all(letter in "0123456789abcdef" for letter in last)
    return name if is_hash else stem


def library_kind(path):
    """(kind, name) of a mapped file, or None for one of no kind that matters."""
    base = path.rsplit("/", 1)[-1]
    stem = library_stem(base)
    if not stem or (stem == "libc" and ".so.6" not in base):
        return None
    if stem == "libblas" and "/openblas" in path:
        return ("blas", "OpenBLAS")
    if stem in _EXACT:
        return _EXACT[stem]
    for prefix, kind, name in _PREFIXES:
        if stem.startswith(prefix):
            return (kind, name)
    if stem.startswith("libmpi_") and stem.split("_")[1] in _CRAY_COMPILERS:
        return ("mpi", "Cray MPICH")
    return None


def version_by_name(path, kind):
    """The version in the real name of a library's file where that is the product's own, or None."""
    base = path.rsplit("/", 1)[-1]
    stem, _, version = base.partition(".so")
    if kind == "blas" and "-r" in stem:
        version = stem.rsplit("-r", 1)[1]
        return version if version[:1].isdigit() else None
    if kind == "glibc":
        version = stem[len("libc-") :]
        return version if version[:1].isdigit() else None
    version = version.lstrip(".")
    return version if kind in _NAMED_BY_VERSION and version.count(".") > 0 and version[0].isdigit() else None


def library_owner(path):
    """The folder in `site-packages` that brought the library: `numpy.libs`; None for others."""
    names = path.split("/")
    for index in range(len(names) - 2, 0, -1):
        if names[index] in ("site-packages", "dist-packages"):
            return names[index + 1]
    return None
