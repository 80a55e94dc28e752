"""Which MPI libraries an environment would find, and what its mpi4py was built for: the `found` fact. Nothing is loaded.

mpi4py's own search: https://github.com/mpi4py/mpi4py/blob/4.1.2/src/mpi4py/_mpiabi.py
"""

import os
import re

from .elf import read_elf
from .loader import CACHE_PATH, Loader, fits_machine
from .mpi_library import INITIALIZES, LIBRARY_NAME, OPEN_MPI, STANDARD, STANDARD_NAME, SYMBOLS, describe_mpi

# https://github.com/mpi4py/mpi4py/blob/4.1.2/src/mpi4py/_mpiabi.py#L166; of the standard's name later versions know.
NAMES = ("libmpi.so", "libmpi.so.12", "libmpi.so.40")
BUILDS = {"mpich": "mpich", "openmpi": "openmpi", "mpiabi": "standard-abi"}
# What each extension module of a wheel needs: https://github.com/mpi4py/mpi4py-publish .cibw/check-wheels.sh.
NEEDED = {"mpich": "libmpi.so.12", "openmpi": "libmpi.so.40", "mpiabi": STANDARD_NAME}

_EXTENSION = re.compile(r"MPI\.((mpich|openmpi|mpiabi)\.)?(cpython-[\w-]+\.|abi3\.|pypy\d+-[\w-]+\.)?so\Z")
MOST_FOUND = 16
MOST_PATH_ENTRIES = 64
MOST_NEEDED = 64


def found_mpi(environ, prefix, base_prefix, path_entries, cache_path=CACHE_PATH, listing=None):
    """The fact's mapping without `ranks`, with paths as text, links resolved.

    `prefix` and `base_prefix` are the interpreter's, `path_entries` its `sys.path`. `listing` gives the names in a folder
    of `path_entries` where they are known anyway, else None. `via` is one of `LD_PRELOAD`,
    `MPI4PY_LIBMPI`, `virtual environment`, `user base`, `base prefix`, `RPATH`, `LD_LIBRARY_PATH`, `RUNPATH`,
    `ld.so.cache`, `default folder`. Where mpi4py names the library it needs and the loader would not find it, `mpi` is empty.
    """
    loader = Loader(environ, cache_path)
    package, builds = _mpi4py(path_entries, listing)
    search = _Search(loader)
    search.add_preloaded(environ)
    if "" in builds or (builds and environ.get("MPI4PY_MPIABI")):
        chosen = builds.get("" if "" in builds else _asked_build(environ))
        library = chosen and read_elf(chosen, mentions=OPEN_MPI)
        if library:
            search.add_needed(library, chosen)
    else:
        names = NAMES + ((STANDARD_NAME,) if "mpiabi" in builds else ())
        if environ.get("MPI4PY_LIBMPI") is not None:
            search.add_asked(environ["MPI4PY_LIBMPI"], names)
        else:
            # Without mpi4py it is the loader alone that looks.
            folders = _site_folders(environ, prefix, base_prefix, path_entries) if package else []
            search.add_named(folders, names)
        build = _chosen_build(builds, search.found)
        chosen = builds.get(build)
        if build and search.found:
            search.found = _called(loader, NEEDED[build], search.found)
        # Its names say what it was built for; reading one of them is six requests where the environment is shared.
        library = None if any(builds) else chosen and read_elf(chosen, mentions=OPEN_MPI)
    fact = {"mpi": search.found}
    if package and (library or (chosen and any(builds))):
        needed = _names(library.needed, MOST_NEEDED) if library else []
        fact["mpi4py"] = {"path": chosen, "built": _built(builds, library), "needed": needed}
    return fact


class _Search:
    """What was found, each file once, in the order of its first name."""

    def __init__(self, loader):
        self.found = []
        self._seen = set()
        self._loader = loader

    def add_preloaded(self, environ):
        for path in re.split("[: ]", environ.get("LD_PRELOAD", ""))[:64]:
            if path.startswith("/") and LIBRARY_NAME.match(os.path.basename(path)):
                self._add(self._loader.found(path, "LD_PRELOAD"))

    def add_needed(self, extension, path):
        """What the loader finds for the MPI library that an extension module names."""
        for needed in _names(extension.needed, MOST_NEEDED):
            if LIBRARY_NAME.match(needed):
                self._add(self._loader.places(needed, extension.rpath, extension.runpath, os.path.dirname(path)))

    def add_asked(self, entries, names):
        """What `MPI4PY_LIBMPI` says: files, folders, and names for the loader."""
        for entry in entries.split(os.pathsep)[:64]:
            entry = os.path.expanduser(os.path.expandvars(entry))
            if os.path.isdir(entry):
                paths = [os.path.join(entry, name) for name in names]
            else:
                paths = [entry] if entry else names
            for path in paths:
                if "/" in path:
                    self._add(self._loader.found(path, "MPI4PY_LIBMPI"))
                else:
                    self._add((real, "MPI4PY_LIBMPI") for real, _ in self._loader.places(path))

    def add_named(self, folders, names):
        for folder, via in folders:
            for name in names:
                self._add(self._loader.found(os.path.join(folder, name), via))
        for name in names:
            self._add(self._loader.places(name))

    def _add(self, places):
        """The first of the places that the loader takes: it goes on after a library of another machine, and ends at
        what is no library, such as the script for the linker that wheels have by the name `libmpi.so`."""
        for path, via in places:
            library = read_elf(path, SYMBOLS) if path not in self._seen else None
            if library is None:
                return
            if fits_machine(library):
                break
        else:
            return
        self._seen.add(path)
        if INITIALIZES in (library.defined or ()) and len(self.found) < MOST_FOUND:
            self.found.append(describe_mpi(path, library, via))


def _names(names, most):
    return [os.fsdecode(name) for name in names[:most]]


def _mpi4py(path_entries, listing):
    """The installed package's folder, and its extension modules by what they were built for; `` is one that says nothing."""
    for entry in path_entries[:MOST_PATH_ENTRIES]:
        name = os.path.basename(entry)
        # The standard library's own folders.
        if name == "lib-dynload" or re.match(r"python\d[\d.]*t?(\.zip)?\Z", name):
            continue
        folder = os.path.join(entry or ".", "mpi4py")
        known = listing(entry) if listing else None
        if known is not None and "mpi4py" not in known:
            continue
        try:
            names = os.listdir(folder)
        except (OSError, ValueError):
            continue
        builds = {}
        for extension in sorted(names):
            match = _EXTENSION.match(extension)
            if match:
                builds.setdefault(match.group(2) or "", os.path.join(folder, extension))
        if builds:
            return folder, builds
    return None, {}


def _asked_build(environ):
    """As mpi4py reads the variable."""
    name = re.sub("[-_ ]", "", environ["MPI4PY_MPIABI"]).lower()
    return "mpich" if name == "impi" else name


def _site_folders(environ, prefix, base_prefix, path_entries):
    """Folders that mpi4py looks into before it asks the loader."""
    site = [entry for entry in path_entries[:MOST_PATH_ENTRIES] if entry.endswith(("/site-packages", "/dist-packages"))]
    user = environ.get("PYTHONUSERBASE") or os.path.expanduser("~/.local")
    prefixes = []
    if prefix != base_prefix:
        prefixes.append((prefix, "virtual environment"))
    if any(entry.startswith(user + "/lib/") for entry in site):
        prefixes.append((user, "user base"))
    if prefix == base_prefix or any(entry.startswith(base_prefix + "/lib") for entry in site):
        prefixes.append((base_prefix, "base prefix"))
    return [(folder + "/lib", via) for folder, via in prefixes if folder != "/usr"]


def _chosen_build(builds, found):
    """The name of the extension module that fits the library that would be found, or of any."""
    fits = {"openmpi": "openmpi", "standard-abi": "mpiabi"}.get(found[0]["family"], "mpich") if found else None
    return fits if fits in builds else next(iter(builds), None)


def _called(loader, needed, found):
    """What was found, first the library whose functions the extension module calls. It names the one that it needs: what was
    opened to choose the module serves where it has that name, else the loader looks. Without any, the import fails."""
    first = found[0]
    if first["via"] == "LD_PRELOAD" or first.get("soname") == needed:
        return found
    search = _Search(loader)
    search.add_named([], (needed,))
    called = search.found[:1]
    return called + [mpi for mpi in found if mpi["path"] != called[0]["path"]] if called else []


def _built(builds, library):
    named = [BUILDS[name] for name in sorted(builds) if name]
    if named:
        return named
    needed = [name for name in _names(library.needed, MOST_NEEDED) if LIBRARY_NAME.match(name)]
    if any(STANDARD.match(name) for name in needed):
        return ["standard-abi"]
    if library.mentioned:
        return ["openmpi"]
    # Without the library's name it uses whichever is there.
    return ["mpich"] if needed else ["unknown"]
