"""What is installed for each interpreter of the node: the `found` and `distribution` facts."""

import os

from ...machine.installed import distributions_in
from ...machine.mpi_found import found_mpi
from .site_folders import is_listed, is_site_folder, listing

MOST_DISTRIBUTIONS = 20000


def describe_found(writer, parts):
    """Once for each distinct interpreter and way of the loader: site folders are listed, no file of a distribution is read."""
    groups = {}
    for part in parts:
        if part.get("python") and not part.get("isElsewhere"):
            facts = part["python"]["facts"]
            loader = tuple(part["environment"].get(name) for name in ("LD_LIBRARY_PATH", "LD_PRELOAD"))
            groups.setdefault((facts["executable"], facts["prefix"], tuple(facts["path"]), loader), []).append(part)
    for members in groups.values():
        _describe_mpi(writer, members)
    shared = {}
    for (_, _, path, _), members in groups.items():
        ranks = [part["rank"] for part in members]
        for folder in dict.fromkeys(entry for entry in path if is_site_folder(entry) or is_listed(entry)):
            shared.setdefault(folder, []).extend(ranks)
    written = 0
    # In the order of sys.path, for of two of one name the first wins.
    for folder, ranks in shared.items():
        for name, version in distributions_in(listing(folder)):
            if written == MOST_DISTRIBUTIONS:
                writer.fact("missing", {"what": "distributions", "because": "more than %d are installed" % written})
                return
            written += 1
            about = {"name": name, "version": version, "path": writer.path(folder, folder=True), "ranks": sorted(ranks)}
            writer.fact("distribution", about)


def _describe_mpi(writer, members):
    """MPI libraries that the interpreter of these ranks would find; its variables are those of the first of them."""
    facts = members[0]["python"]["facts"]
    asked = {name: value for name, value in os.environ.items() if name in ("HOME", "MPI4PY_LIBMPI", "MPI4PY_MPIABI")}
    environ = dict(asked, **members[0]["environment"])
    fact = found_mpi(environ, facts["prefix"], facts["base_prefix"], facts["path"], listing=_site_listing)
    libraries = [dict(mpi, path=writer.path(mpi["path"], code=True, folder=False)) for mpi in fact["mpi"]]
    found = {"ranks": sorted(part["rank"] for part in members), "mpi": libraries}
    if "mpi4py" in fact:
        found["mpi4py"] = dict(fact["mpi4py"], path=writer.path(fact["mpi4py"]["path"], code=True, folder=False))
    writer.fact("found", found)


def _site_listing(folder):
    """What is in a site folder, which is listed for its distributions anyway, and in one that the imports listed."""
    return listing(folder) if is_site_folder(folder) or is_listed(folder) else None
