# Path entry finders that know the stage's folders, so that nobody has to ask for them. The ordinary PathFinder asks them,
# so order, shadowing and namespace packages are its own. `begin.py` gives `stage`, `folders` (original folder -> {name:
# kind}), `users` (roots of the user's own code), `absent` (modules that the recorded job never found), `note`, `changes`
# (how often this process has changed files: [number]) and `patiently`. It also names this code as the import system's own, that tracebacks and warnings leave out.

import _frozen_importlib_external as machinery
import _imp
import _io
import marshal
import os
import posix
import sys

PACKED_FILE, PACKED_FOLDER, LEFT_FILE, LEFT_FOLDER, LEFT_LIBRARY = range(5)
FILES = (PACKED_FILE, LEFT_FILE, LEFT_LIBRARY)
HEADER_BYTES = 16
BELOW = stage + "/"  # noqa: F821
USERS = tuple(root + "/" for root in users)  # noqa: F821
# An image has the bytecode that keeps assertions.
IS_PLAIN = sys.flags.optimize == 0
CACHE = "/__pycache__/%s." + str(sys.implementation.cache_tag) + ".pyc"
# For how long a listing of a folder on shared storage is believed. File systems themselves believe one for longer: 30 s
# in nfs(5), acdirmin.
BELIEVED_SECONDS = 1


class PackedSourceLoader(machinery.SourceFileLoader):
    """Of a module whose bytecode is in the stage and is valid: neither is looked for."""

    def code_path(self):
        folder, _, name = self.path.rpartition("/")
        return folder + CACHE % name[:-3]

    def get_code(self, fullname):
        code = self.packed_code() if IS_PLAIN else None
        return super().get_code(fullname) if code is None else code

    def packed_code(self):
        try:
            with _io.FileIO(self.code_path()) as file:
                code = marshal.loads(memoryview(file.readall())[HEADER_BYTES:])
        except (OSError, EOFError, ValueError, TypeError):
            return None
        _imp._fix_co_filename(code, self.path)
        return code

    def exec_module(self, module):
        patiently(super().exec_module, module)  # noqa: F821


class OwnSourceLoader(machinery.SourceFileLoader):
    """Of the user's own module, where it always was. No bytecode is written beside it: other than without a stage it
    would be by every start that misses the module, and the original is not ours to change."""

    def set_data(self, path, data, *, _mode=0o666):
        pass


class UserSourceLoader(PackedSourceLoader):
    """Of the user's own module: it is where it always was, and its bytes come from the stage. Collections are as usual:
    a whole job can run while a module of its own is imported."""

    exec_module = machinery.SourceFileLoader.exec_module
    set_data = OwnSourceLoader.set_data

    def code_path(self):
        return stage + super().code_path()  # noqa: F821

    def get_data(self, path):
        return super().get_data(stage + path if path == self.path else path)  # noqa: F821


def suffixes_of(packed, left):
    """(suffix, loader of a packed file, of another one), in the order in which the import system tries them."""
    extensions = [(suffix, machinery.ExtensionFileLoader) for suffix in _imp.extension_suffixes()]
    sources = [(suffix, packed, left) for suffix in machinery.SOURCE_SUFFIXES]
    rest = [(suffix, machinery.SourcelessFileLoader) for suffix in machinery.BYTECODE_SUFFIXES]
    return [(*one, one[1]) for one in extensions] + sources + [(*one, one[1]) for one in rest]


LIBRARY = suffixes_of(PackedSourceLoader, machinery.SourceFileLoader)
USER = suffixes_of(UserSourceLoader, OwnSourceLoader)


def loaders_of(suffixes):
    return [(left, [suffix]) for suffix, _, left in suffixes]


class StagedFinder(machinery.FileFinder):
    """A folder of the stage. What is not in the index may have come later: then the folder is newer than the stage."""

    suffixes = LIBRARY
    # When the stage was complete; asked for when it is first wanted.
    staged = None

    def __init__(self, path, original):
        super().__init__(path, *loaders_of(self.suffixes))
        self.original = original
        self.names = folders[original]  # noqa: F821
        # Until somebody says that something has changed.
        self.is_whole = True

    def invalidate_caches(self):
        super().invalidate_caches()
        self.is_whole = False

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition(".")[2]
        below = self.names.get(tail)
        inside = folders.get(self.original + "/" + tail) if below == PACKED_FOLDER else None  # noqa: F821
        if below == LEFT_FOLDER or (below == PACKED_FOLDER and inside is None):
            return self.find_other(fullname, target)
        base = self.path + "/" + tail
        if inside is not None:
            for suffix, packed, left in self.suffixes:
                kind = inside.get("__init__" + suffix)
                if kind in FILES:
                    return self.found(fullname, base + "/__init__" + suffix, packed if kind == PACKED_FILE else left, [base])
        for suffix, packed, left in self.suffixes:
            kind = self.names.get(tail + suffix)
            if kind in FILES:
                return self.found(fullname, base + suffix, packed if kind == PACKED_FILE else left, None)
        if inside is not None:
            spec = type(sys.__spec__)(fullname, None)
            spec.submodule_search_locations = [base]
            return spec
        return None if self.knows_all() else self.find_other(fullname, target)

    def found(self, fullname, path, loader, locations):
        return self._get_spec(loader, fullname, path, locations, None)

    def find_other(self, fullname, target):
        return super().find_spec(fullname, target)

    def knows_all(self):
        """Whether what the index does not have is not there."""
        if self.is_whole:
            try:
                if StagedFinder.staged is None:
                    StagedFinder.staged = machinery._path_stat(BELOW + ".pharos/complete").st_mtime
                self.is_whole = machinery._path_stat(self.path).st_mtime <= StagedFinder.staged
            except OSError:
                self.is_whole = False
        return self.is_whole


class OwnFinder(machinery.FileFinder):
    """A folder of the user's own code on shared storage. What is found there is a miss; that something is not there is
    believed for a moment, as long as this process changes nothing."""

    looked = changed = None

    def __init__(self, path):
        super().__init__(path, *loaders_of(USER))

    def is_known_absent(self, tail):
        if self.looked is None or self._path_mtime == -1 or self.changed != changes[0]:  # noqa: F821
            return False
        if posix.times()[4] - self.looked >= BELIEVED_SECONDS or tail in self._path_cache:
            return False
        return not any(tail + suffix in self._path_cache for suffix, _, _ in USER)

    def find_spec(self, fullname, target=None):
        if self.is_known_absent(fullname.rpartition(".")[2]):
            return None
        self.looked = posix.times()[4]
        self.changed = changes[0]  # noqa: F821
        spec = super().find_spec(fullname, target)
        if spec is not None and spec.loader is not None:
            note(spec.origin)  # noqa: F821
        return spec


class UserFinder(StagedFinder):
    """A folder of the user's own code, under its original name."""

    suffixes = USER

    def __init__(self, path, original):
        super().__init__(path, original)
        self.own = OwnFinder(path)

    def invalidate_caches(self):
        super().invalidate_caches()
        self.own.invalidate_caches()

    def find_spec(self, fullname, target=None):
        # A reload asks for what is there now.
        return super().find_spec(fullname) if target is None else self.find_other(fullname, target)

    def found(self, fullname, path, loader, locations):
        if loader is OwnSourceLoader:
            note(path)  # noqa: F821
        elif loader is not UserSourceLoader:
            # The dynamic loader knows one name of a file only. A link back is noted by the guard.
            path = stage + path  # noqa: F821
        return super().found(fullname, path, loader, locations)

    def find_other(self, fullname, target):
        return self.own.find_spec(fullname, target)

    def knows_all(self):
        """What nobody else finds either is looked for at the end: LaterFinder."""
        return self.is_whole


def current_folder():
    try:
        return posix.getcwd()
    except OSError:
        return None


class LaterFinder:
    """Of modules that came into the user's folders after packing. Asked last, so that those folders are seldom."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname in absent and changes[0] == 0:  # noqa: F821
            return None  # as long as this process has made nothing that could be it
        for entry in sys.path if path is None else path:
            finder = sys.path_importer_cache.get(entry or current_folder())
            if type(finder) is UserFinder and finder.is_whole:
                spec = finder.own.find_spec(fullname, target)
                if spec is not None and spec.loader is not None:
                    return spec
        return None


def original_of(path):
    """The folder in the index that a path below the stage leads to: there are links in a stage, such as `lib64`."""
    if path[len(stage) :] in folders:  # noqa: F821
        return path[len(stage) :]  # noqa: F821
    real = os.path.realpath(path)
    original = real[len(stage) :] if real.startswith(BELOW) else None  # noqa: F821
    return original if original in folders else None  # noqa: F821


def is_packed_script(path):
    folder, _, name = path.rpartition("/")
    return name.endswith(".py") and folders.get(folder, {}).get(name) == PACKED_FILE  # noqa: F821


def code_of(path):
    """The code of a script of the user's own, that is told by its original name; None where it is not packed."""
    full = os.path.abspath(path) if type(path) is str else ""
    if not IS_PLAIN or not full.startswith(USERS) or not is_packed_script(full):
        return None
    code = UserSourceLoader("__main__", full).packed_code()
    if code is not None:
        _imp._fix_co_filename(code, path)
    return code


def finder_of(path):
    """A hook of `sys.path_hooks`."""
    if type(path) is str:
        if path.startswith(BELOW):
            original = original_of(path)
            if original is not None:
                return StagedFinder(path, original)
        elif (path + "/").startswith(USERS):
            original = original_of(stage + path)  # noqa: F821
            if original is not None:
                return UserFinder(path, original)
            if is_packed_script(path):
                return None  # nothing is imported from it, and nobody else has to look what it is
            if machinery._path_isdir(path):
                return OwnFinder(path)
    raise ImportError("not a folder of the stage", path=path)


def install():
    sys.path_hooks.insert(0, finder_of)
    for path in list(sys.path_importer_cache):
        # Those that were asked before: they are asked for anew.
        if path.startswith(BELOW) or (path + "/").startswith(USERS):
            del sys.path_importer_cache[path]
    if users:  # noqa: F821
        sys.meta_path.append(LaterFinder())
