# Scripts of the user's own that a process runs by runpy.run_path come from the stage, as modules do: above all that of a
# parent, in each process that `multiprocessing` starts anew. `begin.py` gives `code_of` (path -> its code, or None).

import sys


class ServingLoader:
    """Loads runpy as ever, once, and has it ask here first."""

    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        serve(module)


def serve(runpy):
    ordinary = getattr(runpy, "_get_code_from_file", None)
    if ordinary is None:
        return  # an interpreter that does it in another way reads the original

    def served(*arguments):
        # (name, path) -> (code, path) until Python 3.12, (path) -> code from 3.13 on.
        code = code_of(arguments[-1])  # noqa: F821
        if code is None:
            return ordinary(*arguments)
        return (code, arguments[-1]) if len(arguments) == 2 else code

    runpy._get_code_from_file = served


class RunpyFinder:
    """At the front of sys.meta_path while runpy is imported, and only then."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "runpy":
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                spec.loader = ServingLoader(spec.loader)
                return spec
        return None


def before_import():
    """The interpreter tells an import before it looks for the module."""
    if not any(type(finder) is RunpyFinder for finder in sys.meta_path):
        sys.meta_path.insert(0, RunpyFinder())
