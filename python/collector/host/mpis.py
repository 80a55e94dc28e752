"""MPI libraries that the machine offers, each with the compiler wrapper and the launcher that belong to it."""

import os

from ..machine.loader import CACHE_PATH, read_cache, system_folders
from ..machine.mpi_library import LIBRARY_NAME, mpi_library
from .ask import distinct, folders_of
from .bounded import absent
from .module_system import MPI_MODULE, base_of
from .mpi_tools import COMPILERS, LAUNCHERS, find_tools, pair

# Prefixes that modules and installers set, by what their makers document: EasyBuild's EBROOT*, Intel's I_MPI_ROOT, HPE Cray's
# CRAY_MPICH_DIR, NVIDIA's HPCX_MPI_DIR; the others are widely used names.
PREFIX_VARIABLES = (
    "MPI_HOME MPI_ROOT MPIROOT MPI_DIR MPIHOME OPENMPI_HOME OPENMPI_ROOT MPICH_HOME MPICH_DIR CRAY_MPICH_DIR I_MPI_ROOT"
    " MVAPICH2_HOME MVAPICH_HOME HPCX_MPI_DIR EBROOTOPENMPI EBROOTMPICH EBROOTIMPI EBROOTMVAPICH2 EBROOTPSMPI"
).split()
SPACK_NAMES = frozenset("openmpi mpich mvapich mvapich2 mvapich-plus intel-oneapi-mpi cray-mpich hpcx-mpi spectrum-mpi mpt".split())
LIBRARY_FOLDERS = ("lib", "lib64", "lib/release", "lib/openmpi/lib", "lib-abi-mpich")
MOST_LIBRARIES = 64
MOST_FOLDERS = 200


class Place:
    """A folder to look into. `module` has to be loaded for it to be found, None where nothing has."""

    def __init__(self, folder, via, module=None, programs=()):
        self.folder = folder
        self.via = via
        self.module = module
        self.programs = programs


def probe_mpis(environ, shown, packages):
    """`shown`: what modules add, `packages`: what Spack has installed, both as their probes tell."""
    places = _places(environ, shown, packages)
    cache = read_cache(CACHE_PATH)
    libraries = _libraries(places, cache)
    programs = [folder for folder in folders_of(environ, "PATH") if not _is_own(os.path.dirname(folder))]
    programs += [folder for place in places for folder in place.programs]
    tools = find_tools(distinct(programs)[:MOST_FOLDERS], environ, system_folders())
    if not libraries and not tools:
        raise absent("no MPI library, compiler wrapper or launcher was found")
    for library in libraries:
        pair(library, tools)
    return {"facts": [["installedMpi", library] for library in libraries] + [["mpiTool", tool] for tool in tools]}


def _places(environ, shown, packages):
    """Folders with libraries, those that need nothing first."""
    found = [Place(folder, "LD_LIBRARY_PATH") for folder in folders_of(environ, "LD_LIBRARY_PATH")]
    for name in PREFIX_VARIABLES:
        prefix = environ.get(name, "")
        if prefix.startswith("/"):
            found += _below(prefix, name)
    for folder in folders_of(environ, "PATH"):
        if not _is_own(os.path.dirname(folder)) and any(os.path.isfile(os.path.join(folder, name)) for name in COMPILERS + LAUNCHERS):
            found += _below(os.path.dirname(folder), "PATH")
    for one in shown:
        if MPI_MODULE.match(base_of(one["module"])):
            found += _of_module(one)
    for one in packages:
        if one["name"] in SPACK_NAMES:
            found += _below(one["prefix"], "Spack")
    return found


def _is_own(prefix):
    """Whether it is an environment of Python or of conda: what is in there is its user's, and no offer of the machine."""
    return any(os.path.exists(os.path.join(prefix, name)) for name in ("pyvenv.cfg", "conda-meta"))


def _below(prefix, via, module=None):
    programs = (os.path.join(prefix, "bin"),)
    return [Place(os.path.join(prefix, name), via, module, programs) for name in LIBRARY_FOLDERS]


def _of_module(one):
    folders, module = one["folders"], tuple(one["loads"])
    programs = tuple(folders.get("PATH", ()))
    for name in ("LD_LIBRARY_PATH", "LIBRARY_PATH"):
        for folder in folders.get(name, ()):
            yield Place(folder, "module", module, programs)
    for folder in programs:
        yield from _below(os.path.dirname(folder), "module", module)


def _libraries(places, cache):
    """Facts of the MPI libraries, in the order in which they are found."""
    found = {}
    for name in sorted(cache):
        if LIBRARY_NAME.match(name):
            for path in cache[name]:
                library = _add(found, path, "ld.so.cache", None)
                # The loader takes the first of a name.
                if library is not None and path == cache[name][0] and name not in library["foundAs"]:
                    library["foundAs"].append(name)
    looked = set()
    for place in places:
        # By name: a library that needs no module is known by its first place.
        if (place.folder, place.module) in looked or len(looked) > MOST_FOLDERS:
            continue
        looked.add((place.folder, place.module))
        for name in _names(place.folder):
            if LIBRARY_NAME.match(name):
                _add(found, os.path.join(place.folder, name), place.via, place.module)
    return [library for library in found.values() if library]


def _names(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _add(found, path, via, module):
    """The library's fact, or None where the file is none."""
    real = os.path.realpath(path)
    if real not in found:
        about = mpi_library(real, via) if len(found) < MOST_LIBRARIES else None
        found[real] = about and dict(about, library=about.pop("path"), prefix=prefix_of(real), foundAs=[], modules=[])
    library = found[real]
    if library is None:
        return None
    if module is not None and not library["modules"]:
        library["modules"].extend(module)
    return library


def prefix_of(library):
    """The folder above the innermost `lib`."""
    folder = os.path.dirname(library)
    while folder != "/" and os.path.basename(folder) not in ("lib", "lib64"):
        folder = os.path.dirname(folder)
    return os.path.dirname(folder) if folder != "/" else os.path.dirname(library)
