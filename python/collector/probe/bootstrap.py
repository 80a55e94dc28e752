# Runs as the `-c` code of a Python that looks at neither PYTHONPATH nor site; the program's own arguments follow.
def _run():
    import sys

    moment = __import__("time").monotonic_ns()
    marshal = __import__("marshal")
    argv = list(getattr(sys, "orig_argv", None) or [sys.executable])[:1] + sys.argv[1:]
    found = {}
    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER.hex()
    path = FOLDER + "/" + magic + ".code"
    try:
        with __import__("_io").open(path, "rb") as file:
            code = marshal.loads(file.read())
    except (OSError, ValueError, EOFError):
        with __import__("_io").open(FOLDER + "/source.py", "rb") as file:
            code = compile(file.read(), "<frozen importlib._bootstrap>", "exec", 0, True)
    exec(code, found)
    found["run_observed"](FOLDER, moment, argv)


_run()
