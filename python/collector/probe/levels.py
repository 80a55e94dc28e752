# Why an import that has no other around it was asked for: at module level of the program, or by a function.

import sys

MAIN_THREAD = get_ident()


def _is_importlib(frame):
    name = frame.f_code.co_filename
    return name.startswith("<frozen importlib") or name.endswith("importlib/__init__.py")


def _level(state, frame):
    """Why an import without another one around it was asked for; `frame` is `_find_and_load`'s."""
    while frame is not None and _is_importlib(frame):
        frame = frame.f_back
    if state.phase == "site":
        if _is_in_site(frame):
            return "site"
        # A program that embeds Python runs no `__main__` that the interpreter tells of.
        state.begin_main("embedded")
    if frame is None:
        return "main"
    if _is_module_level(frame):
        return "main"
    if frame.f_globals.get("__name__") == "runpy" and _is_outermost(frame):
        return "main"
    while frame is not None and not _is_module_level(frame):
        frame = frame.f_back
    # `from package import part` may run the package's own __getattr__, which imports the part.
    return "main" if frame is not None and _is_importing(frame) else "late"


def _is_module_level(frame):
    # By name: tools that run a script, such as cProfile, give it a namespace of their own.
    return frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") == "__main__"


_import_instructions = []


def _is_importing(frame):
    """True when the frame is at an import statement."""
    if not _import_instructions:
        code = compile("from a import b", "", "exec").co_code
        # IMPORT_NAME a; IMPORT_FROM b; STORE_NAME b: the only three in a row with these arguments.
        for index in range(0, len(code) - 5, 2):
            if code[index + 1 : index + 6 : 2] == b"\0\1\1":
                _import_instructions.extend([code[index], code[index + 2]])
        _import_instructions.append(-1)
    return frame.f_code.co_code[frame.f_lasti] in _import_instructions


def _quiet_level(thread):
    # To look at the caller would raise an event.
    return "main" if thread == MAIN_THREAD else "late"


def _is_in_site(frame):
    while frame is not None:
        name = frame.f_code.co_filename
        if name == "<frozen site>" or name.endswith("/site.py"):
            return True
        frame = frame.f_back
    return False


def _is_outermost(frame):
    """True when only `runpy` is below: the interpreter is finding `-m`'s module."""
    while frame is not None:
        if frame.f_globals.get("__name__") not in ("runpy", "__main__", None):
            return False
        frame = frame.f_back
    return True
