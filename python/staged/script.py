# The script that `launch` took from the stage is told as it was typed. `begin.py` gives `stage`.

import _imp
import os
import posix
import sys

VARIABLE = "PHAROS_STAGED_SCRIPT"


def typed_script():
    """As `launch` says it, once: what this process starts is no matter of it."""
    environment = os.environ
    process, _, typed = environment.pop(VARIABLE, "").partition(":")
    return typed if process == str(posix.getpid()) else None


def full_name(typed):
    """As the interpreter names its script: absolute since Python 3.9."""
    if typed.startswith("/") or sys.version_info < (3, 9):
        return typed
    return posix.getcwd() + "/" + typed


def rename_arguments(staged, typed):
    if sys.argv and sys.argv[0] == staged:
        sys.argv[0] = typed
    original = getattr(sys, "orig_argv", [])
    for at, argument in enumerate(original):
        if argument == staged:
            original[at] = typed
            return


def handlers():
    """Of the audit events that the interpreter raises just before it runs its script."""
    typed = typed_script()
    if typed is None or not sys.argv or not sys.argv[0].startswith(stage + "/"):  # noqa: F821
        return {}
    staged = sys.argv[0]
    name = full_name(typed)
    rename_arguments(staged, typed)

    def on_run(arguments):
        folder = staged.rpartition("/")[0]
        if sys.path and sys.path[0] == folder:
            sys.path[0] = folder[len(stage) :]  # noqa: F821

    def on_exec(arguments):
        code = arguments[0]
        main = sys.modules["__main__"].__dict__
        if getattr(code, "co_filename", None) != staged or main.get("__file__") != staged:
            return
        main["__file__"] = name
        loader = main.get("__loader__")
        if getattr(loader, "path", None) == staged:
            loader.path = name
        _imp._fix_co_filename(code, name)

    return {"cpython.run_file": on_run, "exec": on_exec}
