# Functions of libraries that are in memory already, called without ctypes' own package and without any search for
# files: the dynamic loader's list of loaded objects (struct link_map, <link.h>) gives the names under which it knows
# them, and dlopen of such a name with RTLD_NOLOAD compares names only.

import sys

_NOW, _LAZY_LOADED_ONLY = 2, 1 | 4
MOST_OBJECTS = 8192


def _load_ctypes():
    """The C module behind ctypes; where the job did not load it, from its own file, and not into `sys.modules`."""
    module = sys.modules.get("_ctypes")
    if module is not None:
        return module
    bootstrap, maker = sys.modules["_frozen_importlib"], sys.modules["_imp"]
    if "_ctypes" in sys.builtin_module_names:
        spec = bootstrap.ModuleSpec("_ctypes", bootstrap.BuiltinImporter, origin="built-in")
        module = maker.create_builtin(spec)
        maker.exec_builtin(module)
        return module
    external = sys.modules["_frozen_importlib_external"]
    for entry in sys.path:
        if str(entry).endswith("/lib-dynload"):
            path = "%s/_ctypes%s" % (entry, maker.extension_suffixes()[0])
            loader = external.ExtensionFileLoader("_ctypes", path)
            spec = bootstrap.ModuleSpec("_ctypes", loader, origin=path)
            module = maker.create_dynamic(spec)
            maker.exec_dynamic(module)
            sys.modules.pop("_ctypes", None)
            return module
    raise ImportError("_ctypes")


class Native:
    """`handle` of a library's real path; None of one that is not loaded."""

    def __init__(self, maps):
        self.module = module = _load_ctypes()
        simple = module._SimpleCData
        self.int = type("c_int", (simple,), {"_type_": "i"})
        self.unsigned = type("c_uint", (simple,), {"_type_": "I"})
        self.size = type("c_size_t", (simple,), {"_type_": "L"})
        self.text = type("c_char_p", (simple,), {"_type_": "z"})
        self.char = type("c_char", (simple,), {"_type_": "c"})
        self.pointer = type("c_void_p", (simple,), {"_type_": "P"})
        self._functions = {}
        self._names = self._loaded_names(maps)
        self._handles = {}

    def _loaded_names(self, maps):
        # l_addr, l_name, l_ld, l_next, l_prev: the first five fields, in glibc and in musl.
        layout = self.pointer * 5
        found = {}
        link, count = self.module.dlopen(None, _NOW), 0
        while link and count < MOST_OBJECTS:
            fields = layout.from_address(link)
            path = maps.file_at(fields[2] or 0)
            name = self.text.from_buffer(self.pointer(fields[1])).value if fields[1] else None
            if path is not None and name and name.startswith(b"/"):
                found.setdefault(path, name)
            link, count = fields[3], count + 1
        return found

    def handle(self, path):
        if path not in self._handles:
            name = self._names.get(path)
            try:
                # An entry of the loader's list is no handle for dlsym: what others needed has no scope of its own yet.
                self._handles[path] = self.module.dlopen(name, _LAZY_LOADED_ONLY) if name else None
            except OSError:
                self._handles[path] = None
        return self._handles[path]

    def address(self, handle, name):
        """Of a symbol of the library or of one that it needs; None without one."""
        try:
            return self.module.dlsym(handle, name)
        except OSError:
            return None

    def call(self, handle, name, result, *arguments):
        """What a function returns; None where there is no such function."""
        address = self.address(handle, name)
        if not address:
            return None
        kind = self._functions.get(result)
        if kind is None:
            flags = self.module.FUNCFLAG_CDECL
            fields = {"_flags_": flags, "_restype_": result}
            kind = self._functions[result] = type("Function", (self.module.CFuncPtr,), fields)
        return kind(address)(*arguments)

    def number(self, handle, name, kind=None):
        """A number that a function writes where its argument points; None without it."""
        place = (kind or self.int)(0)
        status = self.call(handle, name, self.int, self.module.byref(place))
        return place.value if status == 0 else None

    def constant_text(self, handle, name, longest=512):
        """A text that is a symbol's own bytes (`const char name[]`); nothing is called."""
        address = self.address(handle, name)
        if not address:
            return None
        letters = []
        for index in range(longest):
            letter = self.char.from_address(address + index).value
            if letter == b"\0":
                break
            letters.append(letter)
        return b"".join(letters).decode("utf-8", "replace")


class Maps:
    """Which file is mapped at an address."""

    def __init__(self):
        self.ranges = mapped_ranges()

    def file_at(self, address):
        for first, last, path in self.ranges:
            if first <= address < last:
                return path
        return None
