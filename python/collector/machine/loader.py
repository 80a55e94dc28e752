"""Where the dynamic loader would find a library, asked of the file system alone: nothing is loaded.

Order of ld.so(8), https://man7.org/linux/man-pages/man8/ld.so.8.html; folders for variants of processors (glibc-hwcaps) are
not looked into. The cache's format: https://github.com/bminor/glibc/blob/glibc-2.36/sysdeps/generic/dl-cache.h
"""

import os
import struct
import sys

CACHE_PATH = "/etc/ld.so.cache"
CACHE_MAGIC = b"glibc-ld.so.cache1.1"
LARGEST_CACHE = 32 << 20
MOST_CACHE_ENTRIES = 200000
MOST_FOLDERS = 64
# ELF's numbers of machines, by what uname says.
MACHINES = {"x86_64": 62, "aarch64": 183, "ppc64le": 21, "riscv64": 243, "s390x": 22, "i686": 3, "armv7l": 40}


class Loader:
    """`asked` counts the names that were looked for in folders."""

    def __init__(self, environ, cache_path):
        self.asked = 0
        self._listed = _split(environ.get("LD_LIBRARY_PATH", ""), ":;")
        self._cache_path = cache_path
        self._cache = None

    def places(self, name, rpath=(), runpath=(), origin=None):
        """(path, how) of each file of this name, in the loader's order; links are resolved.

        `rpath` and `runpath` are of the library that needs it, `origin` its folder.
        """
        for how, folders in (("RPATH", () if runpath else _expanded(rpath, origin)),
                             ("LD_LIBRARY_PATH", self._listed),
                             ("RUNPATH", _expanded(runpath, origin))):  # fmt: skip
            for folder in folders:
                yield from self.found(os.path.join(folder, name), how)
        cache = self.cache()
        for path in cache.get(name, ()):
            yield from self.found(path, "ld.so.cache")
        # The cache holds these folders too.
        for folder in () if cache else system_folders():
            yield from self.found(folder + "/" + name, "default folder")

    def found(self, path, how):
        """The pair (real path, how), or nothing. One request: resolving each folder of the path would take one for each."""
        self.asked += 1
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except (OSError, ValueError):
            return
        try:
            real = os.readlink("/proc/self/fd/%d" % descriptor)
        except OSError:
            real = os.path.realpath(path)
        finally:
            os.close(descriptor)
        yield real, how

    def cache(self):
        """Paths by name, as the cache has them; empty where there is none."""
        if self._cache is None:
            self._cache = read_cache(self._cache_path)
        return self._cache


def _split(text, separators):
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    # An empty entry is the folder we are in; a relative one depends on it.
    return [entry or "." for entry in text.split(separators[0])][:MOST_FOLDERS] if text else []


def _expanded(entries, origin):
    """Entries of RPATH or RUNPATH as folders; those with `$LIB` or `$PLATFORM` are left out."""
    folders = []
    for entry in list(entries)[:MOST_FOLDERS]:
        text = os.fsdecode(entry)
        for name in ("$ORIGIN", "${ORIGIN}"):
            text = text.replace(name, origin or "$")
        if "$" not in text:
            folders.append(text)
    return folders


def system_folders():
    """Where glibc's loader and the linker look by themselves on this machine."""
    multiarch = "%s-linux-gnu" % os.uname().machine
    return ["/lib64", "/usr/lib64", "/lib/" + multiarch, "/usr/lib/" + multiarch, "/lib", "/usr/lib"]


def read_cache(path):
    """The names of the loader's cache with their paths, best first; empty where the file is none of its format."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST_CACHE)
    except (OSError, ValueError):
        return {}
    # Before glibc 2.32 an older table may come first.
    start = data.find(CACHE_MAGIC)
    if start < 0 or len(data) < start + 48:
        return {}
    order = "<" if sys.byteorder == "little" else ">"
    (count,) = struct.unpack_from(order + "I", data, start + 20)
    names = {}
    for index in range(min(count, MOST_CACHE_ENTRIES)):
        at = start + 48 + 24 * index
        if at + 24 > len(data):
            break
        _, key, value = struct.unpack_from(order + "iII", data, at)
        name, path = _string(data, start + key), _string(data, start + value)
        if name and path.startswith("/"):
            names.setdefault(name, []).append(path)
    return names


def _string(data, start):
    end = data.find(b"\0", start, start + 4096)
    return os.fsdecode(data[start:end]) if start < len(data) and end >= 0 else ""


def fits_machine(elf):
    """Whether a process of this interpreter's kind could load the file."""
    machine = MACHINES.get(os.uname().machine)
    return elf.is_wide == (struct.calcsize("P") == 8) and machine in (None, elf.machine)
