"""An MPI library: whose it is, by its symbols, and what it needs. Nothing is loaded."""

import os
import re

from .elf import read_elf
from .loader import fits_machine

STANDARD_NAME = "libmpi_abi.so.1"
OPEN_MPI = (b"ompi_mpi_comm_self", b"ompi_mpi_comm_world")
INTEL = (b"I_MPI_Check_image_status",)
CRAY = (b"MPIDI_CRAY_init",)
MVAPICH = (b"mv2_get_arch_hca_type", b"mv2_get_arch_type")
MPICH = (b"MPIR_Err_create_code", b"MPIR_Err_return_comm", b"MPIR_Dup_fn")
INITIALIZES = b"MPI_Init"
SYMBOLS = OPEN_MPI + INTEL + CRAY + MVAPICH + MPICH + (INITIALIZES,)

STANDARD = re.compile(r"libmpi_abi\.so")
# Cray's libraries name the compiler: `libmpi_gnu_91.so.12`.
_CRAY = re.compile(r"libmpi_(gnu|cray|intel|nvidia|aocc|amd|pgi)(_\d+)?\.so")
LIBRARY_NAME = re.compile(r"lib(mpi|mpich|mpi_abi|mpi_mt|mpi_(gnu|cray|intel|nvidia|aocc|amd|pgi)(_\d+)?)(-[0-9a-f]{8,64})?\.so")
# `lib/openmpi` where it was installed as usual; Debian's folder.
COMPONENT_FOLDERS = ("openmpi", "openmpi/lib/openmpi3")
_COMPONENT = re.compile(r"mca_pmix_[a-z0-9]{1,16}\.so\Z")
MOST_COMPONENTS = 16


def mpi_library(path, via):
    """The mapping of one library, as in `found_mpi`; None where the file is none of MPI that this machine can load."""
    library = read_elf(path, SYMBOLS)
    if library is None or not fits_machine(library) or INITIALIZES not in (library.defined or ()):
        return None
    return describe_mpi(path, library, via)


def describe_mpi(path, library, via):
    """The mapping of a library that was read with SYMBOLS. `via` says how it was found."""
    described = {"path": path, "family": family(library, path), "via": via, "needed": [os.fsdecode(name) for name in library.needed[:192]]}
    # Later ones have no such library and no choice: they cost no listing.
    if any(name.startswith("libopen-rte.so") for name in described["needed"]):
        described["needed"] += _components(path)
    if library.soname:
        described["soname"] = os.fsdecode(library.soname)
    return described


def _components(path):
    """Open MPI before 5 opens a component for each PMI that it was built for: `mca_pmix_s2.so` is Slurm's PMI-2."""
    folder = os.path.dirname(path)
    for place in COMPONENT_FOLDERS:
        try:
            names = os.listdir(os.path.join(folder, place))
        except OSError:
            continue
        components = sorted(name for name in names if _COMPONENT.match(name))
        if components:
            return components[:MOST_COMPONENTS]
    return []


def family(library, path):
    """Whose library it is, by the symbols that it defines: names alone lie (`libmpi.so.12` was Open MPI's too)."""
    defined = library.defined or set()
    name = os.fsdecode(library.soname or b"") or os.path.basename(path)
    if STANDARD.match(name):
        return "standard-abi"
    for names, whose in ((OPEN_MPI, "openmpi"), (INTEL, "intel"), (CRAY, "cray"), (MVAPICH, "mvapich")):
        if defined.intersection(names):
            return whose
    if _CRAY.match(name):
        return "cray"
    return "mpich" if defined.intersection(MPICH) else "unknown"
