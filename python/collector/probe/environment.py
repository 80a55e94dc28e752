# How the probe's entry is put into PYTHONPATH and taken out again. It stands for what PYTHONPATH was before it:
# three names of the same zip say whether it was unset, empty, or had entries that now follow.

NAMES_OF_ZIP = ("unset.zip", "empty.zip", "first.zip")
VARIABLE = b"PYTHONPATH"
BOOTSTRAP = "importlib_bootstrap.py"

# Tools that keep count of what they put into a path list drop empty entries, a plain `NEW:$PYTHONPATH` keeps them.
_MODULE_TOOLS = (b"__LMOD_REF_COUNT_PYTHONPATH", b"PYTHONPATH_modshare", b"__MODULES_SHARE_PYTHONPATH")


class Entry:
    """The probe's entry of PYTHONPATH; all values are bytes, None for unset."""

    def __init__(self, folder):
        self.folder = folder
        self.unset, self.empty, self.first = [folder + b"/" + name.encode() for name in NAMES_OF_ZIP]

    def zips(self):
        return [name.decode("utf-8", "surrogateescape") for name in (self.unset, self.empty, self.first)]

    def add(self, value):
        """What PYTHONPATH is for a child whose own would be `value`."""
        if value is None:
            return self.unset
        if self.is_in(value):
            return value
        return self.empty if value == b"" else self.first + b":" + value

    def is_in(self, value):
        return value is not None and (self.folder + b"/") in value

    def remove(self, value, environment=None):
        """What PYTHONPATH would be without the probe."""
        if not self.is_in(value):
            return value
        if value == self.unset:
            return None
        left = []
        for entry in value.split(b":"):
            if entry in (self.unset, self.empty):
                if not any(name in (environment or ()) for name in _MODULE_TOOLS):
                    left.append(b"")
            elif entry != self.first:
                left.append(entry)
        return b":".join(left)

    def clean(self, entries, value, current_folder):
        """Takes the probe's zip out of `sys.path`; where it stood for an empty entry, that is the current folder."""
        stands_for_folder = value is not None and b"" in value.split(b":") and value != b""
        names = self.zips()
        for index in range(len(entries) - 1, -1, -1):
            if entries[index] not in names:
                continue
            folder = current_folder()
            if stands_for_folder and entries[index] != names[2] and folder not in entries:
                entries[index] = folder
            else:
                del entries[index]


def take_out(entry, os_module):
    """Takes the probe's entry out of what this process's Python shows; the environment of C keeps it for children."""
    import posix
    import sys

    bare = value = posix.environ.get(VARIABLE)
    # A subinterpreter may share a mapping that is clean already.
    if entry.is_in(value):
        bare = entry.remove(value, posix.environ)
        mappings = [posix.environ]
        if os_module is not None:
            mappings.append(os_module.environ._data)
        for mapping in mappings:
            if bare is None:
                mapping.pop(VARIABLE, None)
            else:
                mapping[VARIABLE] = bare
    entry.clean(sys.path, bare, posix.getcwd)
    for path in entry.zips():
        sys.path_importer_cache.pop(path, None)
        zipimport = sys.modules.get("zipimport")
        if zipimport is not None:
            zipimport._zip_directory_cache.pop(path, None)
