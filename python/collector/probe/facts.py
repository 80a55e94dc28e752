# What is read of the process itself: its interpreter, the files mapped into it, its ancestors.

import posix
import sys


def interpreter_facts(environment):
    """What the interpreter is, at the first line of `__main__`."""
    external = sys.modules["_frozen_importlib_external"]
    site = sys.modules.get("site")
    flags = sys.flags
    cache = sys.path_importer_cache
    is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return {
        "version": list(sys.version_info[:3]),
        "implementation": sys.implementation.name,
        "executable": sys.executable or "",
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "stdlib": _standard_library(),
        "flags": {
            name: int(getattr(flags, name, 0))
            for name in (
                "isolated ignore_environment no_site no_user_site safe_path dont_write_bytecode utf8_mode"
                " optimize".split()
            )
        },
        "path": [str(entry) for entry in sys.path],
        "absent": [entry for entry in sys.path if entry in cache and cache[entry] is None],
        "hooks": _foreign_hooks(external),
        "user_site": [bool(getattr(site, "ENABLE_USER_SITE", None)), getattr(site, "USER_SITE", None) or ""],
        "pycache_prefix": getattr(sys, "pycache_prefix", None) or "",
        "sitecustomize": "sitecustomize" in sys.modules,
        "gil": "" if is_gil_enabled is None else "enabled" if is_gil_enabled() else "disabled",
        "cwd": _cwd(),
        "environment": dict(environment),
        "argv0": sys.argv[0] if sys.argv else "",
        "xoptions": dict(getattr(sys, "_xoptions", {})),
        # Before 3.10 the interpreter's own options are not known.
        "argc": len(sys.orig_argv) - 1 if hasattr(sys, "orig_argv") else len(sys.argv),
    }


def _standard_library():
    """The folder of the standard library. Without `site` (-S) `os` is not loaded yet; `encodings` is always."""
    for name, parts in (("os", 1), ("encodings", 2)):
        path = getattr(sys.modules.get(name), "__file__", None)
        if path:
            return path.rsplit("/", parts)[0]
    return ""


def _cwd():
    try:
        return posix.getcwd()
    except OSError:
        return ""


def _foreign_hooks(external):
    """Names of import hooks that are not the interpreter's own."""
    own = {"BuiltinImporter", "FrozenImporter", "PathFinder", "zipimporter", "path_hook_for_FileFinder"}
    names = []
    for hook in list(sys.meta_path) + list(sys.path_hooks):
        name = getattr(hook, "__name__", None) or type(hook).__name__
        if name not in own:
            names.append(str(name))
    return names


def mapped_ranges():
    """(first address, end, file) of each part of a file that is mapped into this process."""
    descriptor = open_file("/proc/self/maps", O_RDONLY | O_CLOEXEC)
    try:
        parts = []
        while True:
            part = read_file(descriptor, 1 << 20)
            if not part:
                break
            parts.append(part)
    finally:
        close_file(descriptor)
    ranges = []
    for line in b"".join(parts).split(b"\n"):
        start = line.find(b"/")
        if start > 0:
            first, last = line.split(b" ", 1)[0].split(b"-")
            ranges.append((int(first, 16), int(last, 16), line[start:].decode("utf-8", "surrogateescape")))
    return ranges


def mapped_files():
    """Files that are mapped into this process, each once, and how many bytes of each."""
    files = {}
    for first, last, path in mapped_ranges():
        if not path.startswith("/dev/"):
            files[path] = files.get(path, 0) + last - first
    return files


def ancestry():
    """Process ids and start times (clock ticks since boot) from this process up to the first that cannot be read."""
    found = []
    pid = posix.getpid()
    while pid > 0 and len(found) < 24:
        try:
            descriptor = posix.open("/proc/%d/stat" % pid, posix.O_RDONLY | posix.O_CLOEXEC)
        except OSError:
            break
        try:
            fields = posix.read(descriptor, 4096).rpartition(b")")[2].split()
        finally:
            posix.close(descriptor)
        found.append((pid, int(fields[19])))
        pid = int(fields[1])
    return found
