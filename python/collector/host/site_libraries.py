"""Libraries that Python packages are built against or pick up: HDF5, NetCDF, PETSc, FFTW with their headers; BLAS by name.

A build needs the header too, and the header tells the version: a library without one is not told.
"""

import os
import re

from ..machine.elf import read_elf
from ..machine.loader import CACHE_PATH, Loader, fits_machine, system_folders
from ..machine.mpi_library import LIBRARY_NAME, mpi_library
from .ask import distinct, folders_of
from .module_system import LIBRARY_MODULE, base_of

LONGEST_HEADER = 1 << 20
MOST_LIBRARIES = 64
MOST_BLAS = 32


class Kind:
    """`name` as Spack calls it; `stem` of the library's file, with what an MPI may add; the header that tells the version."""

    def __init__(self, name, stem, header, *versions):
        self.name = name
        self.library = re.compile(r"lib(%s)(-[\w.]+)?\.so(\.[\d.]+)?\Z" % stem)
        self.header = header
        self.versions = [re.compile(one, re.MULTILINE) for one in versions]


# Headers and their macros, of each project's sources: H5public.h, netcdf_meta.h, pnetcdf.h, petscversion.h, slepcversion.h;
# FFTW's header tells no version.
KINDS = (
    Kind("hdf5", "hdf5|hdf5_(openmpi|mpich|serial|parallel)", "H5public.h", r'^#define\s+H5_VERS_INFO\s+"HDF5 library version: ([\d.]+)'),
    Kind("netcdf-c", "netcdf|netcdf_(mpi|pmpi|parallel)", "netcdf_meta.h", r'^#define\s+NC_VERSION\s+"([\d.]+)'),
    Kind("parallel-netcdf", "pnetcdf", "pnetcdf.h", r'^#define\s+PNETCDF_VERSION\s+"([\d.]+)'),
    Kind("petsc", "petsc|petsc_(real|complex)", "petscversion.h",
         r"^#define\s+PETSC_VERSION_MAJOR\s+(\d+)", r"^#define\s+PETSC_VERSION_MINOR\s+(\d+)", r"^#define\s+PETSC_VERSION_SUBMINOR\s+(\d+)"),
    Kind("slepc", "slepc|slepc_(real|complex)", "slepcversion.h",
         r"^#define\s+SLEPC_VERSION_MAJOR\s+(\d+)", r"^#define\s+SLEPC_VERSION_MINOR\s+(\d+)", r"^#define\s+SLEPC_VERSION_SUBMINOR\s+(\d+)"),
    Kind("fftw", "fftw3", "fftw3.h"),
)  # fmt: skip
PREFIX_VARIABLES = (
    "HDF5_DIR HDF5_ROOT HDF5_HOME NETCDF_DIR NETCDF_ROOT PNETCDF_DIR PETSC_DIR SLEPC_DIR FFTW_ROOT FFTW_DIR EBROOTHDF5"
    " EBROOTNETCDF EBROOTPNETCDF EBROOTPETSC EBROOTSLEPC EBROOTFFTW"
).split()
# Below the folder of a library, where Debian has one development tree for each MPI.
TREES = ("hdf5/openmpi", "hdf5/mpich", "hdf5/serial")
SPACK_NAMES = frozenset("hdf5 netcdf-c parallel-netcdf petsc slepc fftw cray-fftw".split())

BLAS = (
    ("OpenBLAS", re.compile(r"libopenblas\w*\.so")),
    ("BLIS", re.compile(r"libblis(-mt)?\.so")),
    ("MKL", re.compile(r"libmkl_rt\.so")),
    ("LibSci", re.compile(r"libsci_\w+\.so")),
    ("Arm Performance Libraries", re.compile(r"libarmpl\w*\.so")),
    ("NVPL", re.compile(r"libnvpl_blas\w*\.so")),
    ("FlexiBLAS", re.compile(r"libflexiblas\.so")),
    ("ESSL", re.compile(r"libessl\w*\.so")),
    ("reference BLAS", re.compile(r"libblas\.so\.3\Z")),
)


def probe_libraries(environ, shown, packages):
    """`shown`: what modules add, `packages`: what Spack has installed, both as their probes tell."""
    loader = Loader(environ, CACHE_PATH)
    found = {}
    for prefix, module in _prefixes(environ, shown, packages):
        for library in _in_prefix(prefix, loader):
            key = (library["name"], library["prefix"])
            known = found.setdefault(key, library) if len(found) < MOST_LIBRARIES else found.get(key, library)
            if module is not None and not known["modules"]:
                known["modules"] = list(module)
    facts = [["siteLibrary", library] for library in found.values()]
    return {"facts": facts + [["siteBlas", one] for one in _blas(loader, environ)]}


def _prefixes(environ, shown, packages):
    """(prefix, modules to load or None), those that need no module first."""
    found = [(environ[name], None) for name in PREFIX_VARIABLES if environ.get(name, "").startswith("/")]
    found += [(os.path.dirname(folder), None) for folder in folders_of(environ, "LD_LIBRARY_PATH")]
    for folder in distinct(os.path.realpath(one) for one in system_folders()):
        found += [(os.path.join(folder, tree), None) for tree in TREES]
    found.append(("/usr", None))
    for one in shown:
        if LIBRARY_MODULE.match(base_of(one["module"])):
            folders = one["folders"]
            named = [folder for name in ("LD_LIBRARY_PATH", "LIBRARY_PATH", "PATH", "CPATH") for folder in folders.get(name, ())]
            found += [(os.path.dirname(folder), tuple(one["loads"])) for folder in named]
            found += [(folder, tuple(one["loads"])) for folder in folders.get("CMAKE_PREFIX_PATH", ())]
    found += [(one["prefix"], None) for one in packages if one["name"] in SPACK_NAMES and not one.get("external")]
    return list(dict.fromkeys(found))


def _in_prefix(prefix, loader):
    libraries = [prefix + "/lib", prefix + "/lib64"] + (system_folders() if prefix == "/usr" else [])
    for kind in KINDS:
        header = os.path.join(prefix, "include", kind.header)
        if not os.path.isfile(header):
            continue
        library = _library(kind, libraries)
        if library is not None:
            about = {"name": kind.name, "prefix": prefix, "library": library, "modules": []}
            optional = {"version": _version(kind, header), "mpi": _mpi_of(library, loader)}
            about.update((name, value) for name, value in optional.items() if value)
            yield about


def _library(kind, folders):
    for folder in folders:
        try:
            names = sorted(name for name in os.listdir(folder) if kind.library.match(name))
        except OSError:
            continue
        if names:
            return os.path.realpath(os.path.join(folder, names[0]))
    return None


def _version(kind, header):
    try:
        with open(header, encoding="utf-8", errors="replace") as file:
            text = file.read(LONGEST_HEADER)
    except OSError:
        return None
    parts = [match.group(1) for match in (one.search(text) for one in kind.versions) if match]
    return ".".join(parts) if parts and len(parts) == len(kind.versions) else None


def _mpi_of(path, loader):
    """The family of the MPI that it was built with, `none` without one; None where that cannot be told."""
    library = read_elf(path)
    if library is None or not fits_machine(library):
        return None
    needed = [os.fsdecode(name) for name in library.needed if LIBRARY_NAME.match(os.fsdecode(name))]
    if not needed:
        return "none"
    for place, via in loader.places(needed[0], library.rpath, library.runpath, os.path.dirname(path)):
        found = mpi_library(place, via)
        return found["family"] if found and found["family"] != "unknown" else None
    return None


def _blas(loader, environ):
    found = {}
    cache = loader.cache()
    named = [(name, path) for name in sorted(cache) for path in cache[name][:1]]
    for folder in folders_of(environ, "LD_LIBRARY_PATH"):
        try:
            named += [(name, os.path.join(folder, name)) for name in sorted(os.listdir(folder))]
        except OSError:
            continue
    for name, path in named:
        kind = next((kind for kind, pattern in BLAS if pattern.match(name)), None)
        if kind and len(found) < MOST_BLAS:
            found.setdefault(os.path.realpath(path), {"name": kind, "path": os.path.realpath(path)})
    return [one for one in found.values() if os.path.isfile(one["path"])]
