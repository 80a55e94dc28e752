"""What is installed for each interpreter of the node: the `found` and `distribution` facts."""

from ..machine.installed import distributions_in
from .site_folders import is_site_folder, listing

MOST_DISTRIBUTIONS = 20000


def describe_found(writer, parts):
    """Once for each distinct interpreter: site folders are listed, no file of a distribution is read."""
    groups = {}
    for part in parts:
        if part.get("python"):
            facts = part["python"]["facts"]
            groups.setdefault((facts["executable"], facts["prefix"], tuple(facts["path"])), []).append(part)
    shared = {}
    for (_, _, path), members in groups.items():
        ranks = [part["rank"] for part in members]
        for folder in dict.fromkeys(entry for entry in path if is_site_folder(entry)):
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
