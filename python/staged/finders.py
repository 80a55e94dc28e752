# Path entry finders that know the stage's folders, so that nobody has to ask for them. `begin.py` gives `stage`, `folders`
# (original folder -> {name: kind}), `users` (roots of the user's own code), `absent` (modules that the recorded job looked
# for in vain) and `note`. The ordinary PathFinder asks them, so order, shadowing and namespace packages are its own.

import _frozen_importlib_external as machinery
import _imp
import _io
import marshal
import sys

was_there = "gc" in sys.modules
import gc  # noqa: E402

if not was_there:
    # The job finds its modules as they would be.
    del sys.modules["gc"]

PACKED_FILE, PACKED_FOLDER, LEFT_FILE, LEFT_FOLDER = range(4)
HEADER_BYTES = 16
CACHE = "/__pycache__/%s." + sys.implementation.cache_tag + ".pyc"

# While an import runs nearly all that it makes stays: collections find next to nothing, and take a tenth of a start.
# So many new objects may wait meanwhile; some ten megabytes, if all of them were garbage.
PATIENCE = 200_000


class Patience:
    """Puts collections off while the outermost import of a packed module runs. What a module sets itself stays."""

    depth = 0
    usual = None

    def __enter__(self):
        Patience.depth += 1
        if Patience.depth == 1 and gc.isenabled():
            Patience.usual = gc.get_threshold()
            if 0 < Patience.usual[0] < PATIENCE:
                gc.set_threshold(PATIENCE, *Patience.usual[1:])

    def __exit__(self, *error):
        Patience.depth -= 1
        if Patience.depth == 0 and Patience.usual:
            if gc.get_threshold()[0] == PATIENCE:
                gc.set_threshold(*Patience.usual)
            Patience.usual = None


patience = Patience()


class PackedSourceLoader(machinery.SourceFileLoader):
    """Of a module whose bytecode is in the stage and is valid: neither is looked for."""

    def code_path(self):
        folder, _, name = self.path.rpartition("/")
        return folder + CACHE % name[:-3]

    def get_code(self, fullname):
        try:
            with _io.FileIO(self.code_path()) as file:
                code = marshal.loads(memoryview(file.readall())[HEADER_BYTES:])
        except (OSError, EOFError, ValueError, TypeError):
            return super().get_code(fullname)
        _imp._fix_co_filename(code, self.path)
        return code

    def exec_module(self, module):
        with patience:
            super().exec_module(module)


class UserSourceLoader(PackedSourceLoader):
    """Of the user's own module: it is where it always was, and its bytes come from the stage."""

    def code_path(self):
        return stage + super().code_path()  # noqa: F821

    def get_data(self, path):
        return super().get_data(stage + path if path == self.path else path)  # noqa: F821


def suffixes_of(source):
    """(suffix, loader of a packed file, the ordinary one), in the order in which the import system tries them."""
    extensions = [(suffix, machinery.ExtensionFileLoader) for suffix in _imp.extension_suffixes()]
    rest = [(suffix, machinery.SourcelessFileLoader) for suffix in machinery.BYTECODE_SUFFIXES]
    sources = [(suffix, source, machinery.SourceFileLoader) for suffix in machinery.SOURCE_SUFFIXES]
    return [(*one, one[1]) for one in extensions] + sources + [(*one, one[1]) for one in rest]


LIBRARY = suffixes_of(PackedSourceLoader)
USER = suffixes_of(UserSourceLoader)
ORDINARY = [(ordinary, [suffix]) for suffix, _, ordinary in LIBRARY]


class StagedFinder(machinery.FileFinder):
    """A folder of the stage. What is not in the index may have come later: then the folder is newer than the stage."""

    suffixes = LIBRARY
    # When the stage was complete; asked for when it is first wanted.
    staged = None

    def __init__(self, path, original):
        super().__init__(path, *ORDINARY)
        self.original = original
        self.names = folders[original]  # noqa: F821
        self.is_whole = True

    def invalidate_caches(self):
        super().invalidate_caches()
        self.is_whole = False

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition(".")[2]
        below = self.names.get(tail)
        inside = folders.get(self.original + "/" + tail) if below == PACKED_FOLDER else None  # noqa: F821
        if below == LEFT_FOLDER or (below == PACKED_FOLDER and inside is None):
            return super().find_spec(fullname, target)
        base = self.path + "/" + tail
        if inside is not None:
            for suffix, packed, ordinary in self.suffixes:
                kind = inside.get("__init__" + suffix)
                if kind is not None:
                    return self.found(fullname, base + "/__init__" + suffix, kind, packed, ordinary, [base], target)
        for suffix, packed, ordinary in self.suffixes:
            kind = self.names.get(tail + suffix)
            if kind is not None:
                return self.found(fullname, base + suffix, kind, packed, ordinary, None, target)
        if inside is not None:
            spec = type(sys.__spec__)(fullname, None)
            spec.submodule_search_locations = [base]
            return spec
        return None if self.knows_all() else super().find_spec(fullname, target)

    def found(self, fullname, path, kind, packed, ordinary, locations, target):
        loader = packed if kind == PACKED_FILE else ordinary
        return self._get_spec(loader, fullname, path, locations, target)

    def knows_all(self):
        """Whether what the index does not have is not there."""
        if self.is_whole:
            if StagedFinder.staged is None:
                StagedFinder.staged = machinery._path_stat(stage + "/.pharos/complete").st_mtime  # noqa: F821
            try:
                self.is_whole = machinery._path_stat(self.path).st_mtime <= StagedFinder.staged
            except OSError:
                return True
        return self.is_whole


class UserFinder(StagedFinder):
    """A folder of the user's own code, under its original name."""

    suffixes = USER

    def find_spec(self, fullname, target=None):
        if target is not None:
            # A reload asks for what is there now.
            return machinery.FileFinder.find_spec(self, fullname, target)
        return super().find_spec(fullname)

    def found(self, fullname, path, kind, packed, ordinary, locations, target):
        if kind != PACKED_FILE:
            note(path)  # noqa: F821
        elif not issubclass(packed, machinery.SourceFileLoader):
            # The dynamic loader knows one name of a file only.
            path = stage + path  # noqa: F821
        return super().found(fullname, path, kind, packed, ordinary, locations, target)

    def knows_all(self):
        """The folder is on shared storage. What nobody else finds is looked for there: LastFinder."""
        return self.is_whole


class LastFinder:
    """Looks into the user's folders for modules that came there after packing, where nothing else was found."""

    def __init__(self):
        self.ordinary = {}

    def find_spec(self, fullname, path=None, target=None):
        if fullname in absent:  # noqa: F821
            return None
        for entry in sys.path if path is None else path:
            if type(sys.path_importer_cache.get(entry)) is UserFinder:
                finder = self.ordinary.setdefault(entry, machinery.FileFinder(entry, *ORDINARY))
                spec = finder.find_spec(fullname, target)
                if spec is not None and spec.loader is not None:
                    note(spec.origin)  # noqa: F821
                    return spec
        return None

    def invalidate_caches(self):
        for finder in self.ordinary.values():
            finder.invalidate_caches()


def install():
    for folder in folders:  # noqa: F821
        if folder.endswith("/__pycache__"):
            continue
        if any(folder == root or folder.startswith(root + "/") for root in users):  # noqa: F821
            sys.path_importer_cache[folder] = UserFinder(folder, folder)
        else:
            sys.path_importer_cache[stage + folder] = StagedFinder(stage + folder, folder)  # noqa: F821
    if users:  # noqa: F821
        sys.meta_path.append(LastFinder())
