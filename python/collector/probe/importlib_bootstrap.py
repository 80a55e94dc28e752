# Run in place of a program by a Python that looks at neither PYTHONPATH nor site; the program's own command line
# follows as arguments. Its name makes `warnings` skip its frames, as it skips those of the import system.
def _run():
    import sys

    moment = __import__("time").monotonic_ns()
    marshal = __import__("marshal")
    external = sys.modules["_frozen_importlib_external"]
    script = __file__
    folder = script.rsplit("/", 1)[0]

    def read(name):
        return external.FileLoader("", name).get_data(name)

    names = {}
    try:
        code = marshal.loads(read(folder + "/" + external.MAGIC_NUMBER.hex() + ".code"))
    except (OSError, ValueError, EOFError):
        code = compile(read(folder + "/source.py"), "<frozen importlib._bootstrap>", "exec", 0, True)
    exec(code, names)
    main = sys.modules["__main__"].__dict__
    for name in ("_run", "__file__", "__cached__"):
        main.pop(name, None)
    main["__loader__"] = sys.modules["_frozen_importlib"].BuiltinImporter
    sys.path_importer_cache.pop(script, None)
    argv = list(getattr(sys, "orig_argv", None) or [sys.executable])[:1] + sys.argv[1:]
    names["run_observed"](folder, script, moment, argv)


_run()
