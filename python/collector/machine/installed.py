"""What is installed and loaded: the `distribution` and `library` facts."""

import os

from . import elf

MOST_DISTRIBUTIONS = 5000
MOST_LIBRARIES = 3000
BECAUSE_STEP = "in a job step the collector spares the file system"
HINT_STEP = "Observe one run outside of a step."


def describe_distributions(writer, folders):
    """Names and versions from one listing of each site folder; no file is read."""
    written = 0
    for folder in dict.fromkeys(folders):
        if os.path.basename(os.fsencode(folder).rstrip(b"/")) not in (b"site-packages", b"dist-packages"):
            continue
        if not writer.keeper.may_read(folder):
            writer.fact("missing", {"what": "distributions in shared storage", "because": BECAUSE_STEP, "hint": HINT_STEP})
            continue
        for name, version in distributions_in(_listing(folder)):
            if written == MOST_DISTRIBUTIONS:
                writer.fact("missing", {"what": "distributions", "because": "more than %d are installed" % written})
                return
            writer.fact("distribution", {"name": name, "version": version, "path": writer.path(folder, folder=True)})
            written += 1


def _listing(folder):
    try:
        return sorted(os.listdir(os.fsdecode(folder)))
    except OSError:
        return []


def distributions_in(entries):
    """(name, version) by the names of metadata folders."""
    for entry in entries:
        stem, extension = os.path.splitext(entry)
        if extension not in (".dist-info", ".egg-info") or "-" not in stem:
            continue
        # An egg's folder ends with the Python it is for.
        name, version = stem.split("-")[:2] if extension == ".egg-info" else stem.rsplit("-", 1)
        yield name, version


def describe_libraries(writer, libraries):
    """`libraries`: paths, or a mapping of paths to mapped bytes, of shared libraries that the job had in memory."""
    mapped = libraries if isinstance(libraries, dict) else {}
    for count, path in enumerate(libraries):
        if count == MOST_LIBRARIES:
            writer.fact("missing", {"what": "libraries", "because": "more than %d are loaded" % count})
            return
        described = elf.read_elf(path) if writer.keeper.may_read(path) else elf.Elf()
        if described is not None:
            writer.fact("library", _library_fact(writer, path, described, mapped.get(path)))


def _library_fact(writer, path, described, mapped_bytes):
    fact = {
        "path": writer.path(path, code=True),
        "needed": [os.fsdecode(name) for name in described.needed],
    }
    if described.file_bytes:
        fact["fileBytes"] = described.file_bytes
    if described.soname is not None:
        fact["soname"] = os.fsdecode(described.soname)
    for name, entries in (("rpath", described.rpath), ("runpath", described.runpath)):
        if entries:
            fact[name] = [_search_entry(writer, entry) for entry in entries]
    if mapped_bytes is not None:
        fact["mappedBytes"] = mapped_bytes
    return fact


def _search_entry(writer, entry):
    """An entry as written where it is relative to the library or a code root; others may be of a build elsewhere."""
    if entry.startswith((b"$ORIGIN", b"${ORIGIN}")) or writer.keeper.keeps(entry):
        return writer.keeper.shown(entry)
    writer.remove("library search entries")
    return "(removed)"
