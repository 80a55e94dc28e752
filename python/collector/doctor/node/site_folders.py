"""What lies in the folders of an interpreter's `sys.path`: one listing each, however many ranks ask."""

import os

SITE_FOLDERS = ("site-packages", "dist-packages")
MOST_ENTRIES = 50000

_listings = {}


def is_site_folder(path):
    return os.path.basename(path.rstrip("/")) in SITE_FOLDERS


def keep_listings(listings):
    """Takes what the job's own imports listed: then the folder need not be listed again, which asks the server."""
    for folder, names in listings.items():
        _listings.setdefault(folder, names)


def is_listed(folder):
    """Whether what lies in it is known without asking."""
    return folder in _listings


def listing(folder):
    """Names in a folder, sorted; empty where it cannot be read."""
    if folder not in _listings:
        try:
            _listings[folder] = sorted(os.listdir(folder))[:MOST_ENTRIES]
        except (OSError, ValueError):
            # A name with a null byte is no folder.
            _listings[folder] = []
    return _listings[folder]


def modules_in(folder):
    """What an import would find there: names of modules and the entries that they are."""
    found = {}
    for entry in listing(folder):
        stem, dot, end = entry.partition(".")
        if not stem.isidentifier() or stem == "__pycache__":
            continue
        if not dot or end == "py" or end == "so" or (end.endswith(".so") and ("cpython" in end or end.startswith("abi3"))):
            found.setdefault(stem, entry)
    return found
