"""What runs in a stage behaves as it would without one, under every interpreter found."""

import json
import os
import subprocess
import sys

from staged.tests.stage import run
from staged.tests.world import InWorlds, snapshot

# Prints facts that must be the same, but for the stage's folder before paths of the environment.
FACTS = r"""
import importlib, importlib.util, inspect, json, linecache, os, pkgutil, sys, traceback, warnings
facts = {"argv": sys.argv, "file": __file__, "path": sys.path, "name": __name__}
facts["main"] = [__loader__.path, __loader__.name, inspect.currentframe().f_code.co_filename, __spec__ is None]
facts["modules before"] = sorted(sys.modules)
import both, extra.thing, helper, library, library.late, library.rest.other, own, own.missed, parts.one, parts.two, shadow, single

def tell(module):
    spec = module.__spec__
    ours = [type(module.__loader__).__mro__[1].__name__, type(module.__loader__).__name__]
    kind = [name for name in ours if not name.startswith(("Packed", "User", "Own"))][:1]
    return {
        "file": getattr(module, "__file__", None), "cached": getattr(module, "__cached__", None),
        "path": list(getattr(module, "__path__", [])), "package": module.__package__,
        "spec": [spec.name, spec.origin, spec.cached, spec.parent, spec.has_location,
                 spec.submodule_search_locations and list(spec.submodule_search_locations)],
        "doc": module.__doc__, "isinstance": isinstance(module.__loader__, importlib.machinery.SourceFileLoader),
    }

mine = (both, extra, extra.thing, helper, library, library.part, library.late, library.rest.other, own, own.deep, own.missed,
        parts, parts.one, parts.two, shadow, single)
facts["tell"] = [tell(module) for module in mine]
facts["values"] = [both.BOTH, shadow.FROM, helper.HERE, library.part.where(), library.VALUE]
facts["source"] = [inspect.getsource(own.deep), inspect.getsource(library.part.fail), inspect.getsourcefile(own.deep),
                   library.part.__loader__.get_source("library.part"), own.deep.__loader__.get_source("own.deep"),
                   own.deep.__loader__.get_data(own.deep.__file__).decode(), library.__loader__.is_package("library"),
                   library.__loader__.get_filename("library")]
facts["codes"] = [own.deep.fail.__code__.co_filename, library.part.fail.__code__.co_filename]
facts["iterated"] = [[info.name, info.ispkg] for info in sorted(pkgutil.iter_modules(library.__path__), key=lambda info: info.name)]
facts["all"] = sorted(info.name for info in pkgutil.iter_modules() if info.name in ("library", "own", "helper", "single"))
facts["walked"] = sorted(info.name for info in pkgutil.walk_packages(own.__path__, "own."))
facts["data"] = pkgutil.get_data("library", "data/table.txt").decode()
if hasattr(__import__("importlib.resources"), "resources") and hasattr(importlib.resources, "files"):
    facts["resources"] = [sorted(item.name for item in importlib.resources.files(package).iterdir() if item.name != "__pycache__")
                          for package in ("library", "own")]
    facts["resource"] = (importlib.resources.files("library") / "data" / "table.txt").read_text()
from importlib import metadata
points = metadata.entry_points()
group = points.select(group="some.group") if hasattr(points, "select") else points["some.group"]
facts["metadata"] = [metadata.version("library"), [point.name for point in group], next(iter(group)).load()()]
for fail in (own.deep.fail, library.part.fail, lambda: importlib.import_module("library.broken"),
             lambda: importlib.import_module("library.wrong"), lambda: importlib.import_module("library.gone"),
             lambda: importlib.import_module("nothing_of_this_name")):
    try:
        fail()
    except Exception:
        lines = [line for line in traceback.format_exc().splitlines() if "<frozen importlib" not in line]
        facts.setdefault("traceback", []).append(lines)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import library.warns
facts["warned"] = [[str(warning.message), warning.filename, warning.lineno] for warning in caught]
facts["found"] = [importlib.util.find_spec(name) is None for name in ("library.part", "library.gone", "nothing", "own.deep", "single")]
importlib.invalidate_caches()
facts["reloaded"] = [importlib.reload(module).__file__ for module in (library, own.deep, helper)]
facts["runs"] = importlib.util.find_spec("library.part").loader.get_code("library.part").co_filename
sys.path_importer_cache.clear()
import library.asserts
facts["asserts"] = library.asserts.holds()
import gc
facts["gc"] = [gc.get_threshold(), gc.isenabled()]
facts["modules"] = sorted(sys.modules)
facts["executable"] = [sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix]
print(json.dumps(facts))
"""


class StagedStartTest(InWorlds):
    def both(self, world, script, *arguments, **options):
        """What a script prints, ordinary and staged, the stage's folder taken out."""
        flags = list(options.pop("flags", ()))
        ordinary = run([world.python, "-B", *flags, script, *arguments], world.project, **options)
        path = os.path.join(world.project, script)
        staged = run([world.staged_python, *flags, world.folder + path, *arguments], world.project, script=script, **options)
        return ordinary, staged

    def check_facts(self, world):
        self.maxDiff = None
        world.script(FACTS)
        world.pack()
        before = snapshot(world.original)
        ordinary, staged = self.both(world, "app.py", "an argument")
        self.assertEqual(snapshot(world.original), before)
        expected, facts = json.loads(ordinary.stdout), json.loads(staged.stdout.replace(world.folder.encode(), b""))
        codes = json.loads(staged.stdout)["codes"]
        self.assertEqual([code.startswith(world.folder) for code in codes], [False, True])
        for name in expected:
            if isinstance(expected[name], list) and "atexit" not in expected[name] and "atexit" in facts[name]:
                facts[name].remove("atexit")  # until Python 3.9: leave.py says why
            self.assertEqual(facts[name], expected[name], name)
        missed = {os.path.relpath(path, world.original) for path in world.stage.misses()}
        wanted = {"library/late.py", "library/rest/__init__.py", "library/rest/other.py"}
        site = os.path.relpath(world.site, world.original)
        self.assertLessEqual({site + "/" + name for name in wanted}, missed)
        self.assertLessEqual({"project/own/missed.py", "project/extra/__init__.py", "project/extra/thing.py"}, missed)

    def test_facts_are_the_same(self):
        self.each(self.check_facts)
