"""Files that took the place of a module of the standard library or of an installed distribution, or would do so."""

import os

from .site_folders import is_site_folder, modules_in

MOST_SHADOWS = 256
# Folders that hold programs of all kinds, not a script's own modules.
SYSTEM_FOLDERS = ("/", "/tmp", "/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/var/tmp", "/dev/shm")
# Always loaded before the first entry of `sys.path` is looked at, or never imported by that name.
NEVER_HIDDEN = frozenset(["this", "antigravity", "idlelib", "test", "__main__", "__future__"])


def shadows_of(part):
    """Mappings of the `modules` fact's `shadows`, paths as text."""
    python = part.get("python")
    if not python:
        return []
    facts = python["facts"]
    if not facts["stdlib"]:
        # What is not of an unknown folder is not known to be elsewhere.
        return []
    order = _folders(part, facts)
    standard = _standard(part, facts)
    found = {}
    for module, origin in sorted((part.get("tops") or {}).items()):
        entry = _entry_of(module, _absolute(origin, facts), order)
        hidden = _hidden_by(module, entry, order, standard, facts) if entry is not None else None
        if hidden is not None:
            found[module] = {"module": module, "path": _absolute(origin, facts), "hides": hidden, "loaded": True}
    for module, path in _beside_script(python["form"], facts, order, standard):
        found.setdefault(module, {"module": module, "path": path, "hides": "standard library", "loaded": False})
    return [found[module] for module in sorted(found)][:MOST_SHADOWS]


def _absolute(path, facts):
    return os.path.normpath(os.path.join(facts.get("cwd") or "/", path))


def _folders(part, facts):
    entries = part.get("pathAtEnd") or facts["path"]
    return [_absolute(entry, facts) for entry in entries]


def _standard(part, facts):
    """Names of the standard library. Before 3.10 the interpreter does not tell: its folder does."""
    names = part.get("standardNames")
    if names:
        return frozenset(names)
    folders = [facts["stdlib"]] + [entry for entry in facts["path"] if entry.endswith("/lib-dynload")]
    return frozenset(name for folder in folders if folder for name in modules_in(folder))


def _entry_of(module, path, order):
    """The index of the entry of `sys.path` that the module was found in."""
    folder = os.path.dirname(path)
    if os.path.basename(path).startswith("__init__."):
        folder = os.path.dirname(folder) if os.path.basename(folder) == module else None
    return order.index(folder) if folder in order else None


def _is_standard(folder, facts):
    stdlib = facts["stdlib"]
    is_zip = folder.endswith(".zip") and os.path.basename(folder).startswith(("python", "pypy"))
    # lib64 and lib of one version hold two halves of the standard library.
    is_half = os.path.basename(folder) == os.path.basename(stdlib) and "/lib" in folder
    return folder == stdlib or folder.endswith("/lib-dynload") or is_zip or is_half


def _hidden_by(module, index, order, standard, facts):
    """What the module in that entry hides, or None."""
    folder = order[index]
    if _is_standard(folder, facts):
        return None
    if module in standard and any(_is_standard(later, facts) for later in order[index + 1 :]):
        return "standard library"
    for later in order[index + 1 :]:
        # A site folder before a site folder is how environments are layered; what differs is told as distributions.
        if later != folder and is_site_folder(later) and not is_site_folder(folder) and module in modules_in(later):
            return "distribution"
    return None


def _beside_script(form, facts, order, standard):
    """(module, path) of files in the first entry of `sys.path` named as modules of the standard library."""
    if form not in ("file", "command", "module") or not order:
        return
    flags = facts.get("flags") or {}
    folder = order[0]
    if flags.get("isolated") or flags.get("safe_path") or folder in SYSTEM_FOLDERS or is_site_folder(folder):
        return
    if _is_standard(folder, facts):
        return
    for module, entry in modules_in(folder).items():
        # A folder may be one of data: only files are surely modules.
        if module in standard and module not in NEVER_HIDDEN and "." in entry:
            yield module, os.path.join(folder, entry)
