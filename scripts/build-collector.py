#!/usr/bin/env python3
"""Builds dist/pharos-collect.pyz: one Python file with the sources of all modules in it; the same sources give the same file.

It is no zip: zipimport opens its archive three times and more, and in a job step every rank would ask the shared server
that often. Python opens this file twice: once to see that it is no zip, once to run it.

Usage: python3 scripts/build-collector.py [TARGET]
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = os.path.join(ROOT, "python", "collector")
SHEBANG = "#!/usr/bin/env python3\n"

# Stands before the collector's own `__main__.py`. Parses on any Python 3, as that does. Its first line tells
# src/cli/files/own-file.ts that the file is ours.
IMPORTER = '''# The collector of Pharos, in one file.
import sys

# Not this file's folder: every rank would ask the file system that it is on, and it may hold modules of any name.
if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]


class Sources:
    """Finds and loads the modules of the collector, whose sources are in this file."""

    def __init__(self, archive, sources):
        self.archive = archive
        self.sources = sources

    def find_spec(self, name, path=None, target=None):
        for end in ("/__init__.py", ".py"):
            origin = name.replace(".", "/") + end
            if origin in self.sources:
                spec = type(sys.__spec__)(name, self, origin=self.archive + origin, is_package=end != ".py")
                spec.has_location = True
                return spec
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        code = compile(self.get_source(module.__name__), module.__file__, "exec", dont_inherit=True)
        exec(code, module.__dict__)

    def get_source(self, name):
        return self.sources[self.find_spec(name).origin[len(self.archive) :]]

    def get_data(self, path):
        return self.sources[path[len(self.archive) :]].encode("utf-8")


'''


def sources():
    """(name below the package's folder, path) of each file, sorted."""
    for folder, folders, names in os.walk(PACKAGE):
        folders[:] = sorted(name for name in folders if name not in ("tests", "__pycache__"))
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                yield os.path.relpath(path, os.path.dirname(PACKAGE)), path


def program():
    """The text of the one file: importer, sources, and what the collector's `__main__.py` does."""
    modules = {}
    for name, path in sources():
        with open(path, encoding="utf-8") as source:
            modules[name] = source.read()
    main = modules.pop("collector/__main__.py")
    table = "".join("    %s: %s,\n" % (ascii(name), ascii(text)) for name, text in modules.items())
    return '%s%ssys.meta_path.insert(0, Sources(__file__ + "/", {\n%s}))\n%s' % (SHEBANG, IMPORTER, table, main)


def build(target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    aside = "%s.%d.part" % (target, os.getpid())
    with open(aside, "w", encoding="ascii") as file:
        file.write(program())
    os.chmod(aside, 0o755)
    os.rename(aside, target)


if __name__ == "__main__":
    build(os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(ROOT, "dist", "pharos-collect.pyz"))
