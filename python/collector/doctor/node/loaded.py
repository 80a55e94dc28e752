"""The `loaded` fact: libraries of the kinds that clash, as they were mapped."""

import os

from ...machine.elf import read_elf
from ...machine.mpi_library import SYMBOLS, family
from ...probe.library_kinds import library_kind, library_owner, version_by_name

MOST_LIBRARIES = 2048
_families = {}


def loaded_fact(writer, part):
    """The mapping without `ranks`; None where nothing was seen of what is mapped."""
    if not part.get("mapped"):
        return None
    told = part.get("libraries") or {}
    libraries, others = [], 0
    # MKL is many files: its core stands for all, its front only where there is no core.
    has_core = any("libmkl_core" in path for path in part["mapped"])
    for path in part["mapped"]:
        kind = library_kind(path)
        if kind is None or len(libraries) == MOST_LIBRARIES or (has_core and "libmkl_rt" in path):
            others += 1
        else:
            libraries.append(_library(writer, path, kind, told.get(path, {}), part.get("isElsewhere")))
    return {"libraries": libraries, "others": others}


def _library(writer, path, kind, told, is_elsewhere):
    library = {"path": writer.path(path, code=True, folder=False), "kind": kind[0], "name": kind[1]}
    version = told.get("version") or version_by_name(path, kind[0])
    if kind[0] == "glibc" and not version and not is_elsewhere:
        version = _own_glibc()
    if version:
        library["version"] = version
    if kind[0] == "mpi":
        library["family"] = told.get("family") or ("unknown" if is_elsewhere else _family_of_file(path))
    owner = library_owner(path)
    if owner:
        library["owner"] = owner
    return library


def _family_of_file(path):
    """For a process that told nothing itself; one look at a file, however many ranks have it."""
    if path not in _families:
        library = read_elf(path, SYMBOLS)
        _families[path] = family(library, path) if library is not None else "unknown"
    return _families[path]


def _own_glibc():
    """Of the collector, which runs on the same one where it has the same files."""
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").rpartition(" ")[2] or None
    except (ValueError, OSError):
        return None
