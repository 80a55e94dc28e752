# What a staged interpreter does first: a line of `00-pharos.pth` executes this with STAGE, the stage's folder.
# docs/decisions/0007-image-and-stage.md says why. It imports nothing that an interpreter has not imported by then.

import _imp
import marshal
import posix
import sys

# Of PEP 552: magic number, flags, and what the bytecode is valid for.
HEADER_BYTES = 16
LAYERS = ("interpreter", "dependencies", "start", "user")
# What tracebacks and warnings leave out: a job's are as they would be.
IMPORT_SYSTEM = "<frozen importlib._bootstrap_external>"


def read(path):
    descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        # One byte more than there are: the end is seen at once.
        return posix.read(descriptor, posix.fstat(descriptor).st_size + 1)
    finally:
        posix.close(descriptor)


def part(name, file_name=None, **given):
    """The names that another file of this folder makes: no module, so that the job's modules are the same."""
    path = "%s/.pharos/staged/__pycache__/%s.%s.pyc" % (STAGE, name, sys.implementation.cache_tag)  # noqa: F821
    code = marshal.loads(read(path)[HEADER_BYTES:])
    if file_name is not None:
        _imp._fix_co_filename(code, file_name)
    names = {"__name__": "pharos_staged_" + name, "__builtins__": __builtins__, **given}
    exec(code, names)
    return names


def read_indexes(stage):
    """(folders, user roots, modules that the recorded job looked for in vain) of all layers."""
    folders, users, absent = {}, set(), set()
    for layer in LAYERS:
        try:
            index = marshal.loads(read("%s/.pharos/index/%s" % (stage, layer)))
        except FileNotFoundError:
            continue
        folders.update(index["folders"])
        users.update(index["user"])
        absent.update(index.get("absent", ()))
    return folders, sorted(users), absent


def has_begun(stage):
    """In a virtual environment `site` reads the same .pth files twice."""
    hooks = [hook for hook in sys.path_hooks if getattr(hook, "__module__", None) == "pharos_staged_finders"]
    return any(hook.__globals__["stage"] == stage for hook in hooks)


def begin(stage):
    folders, users, absent = read_indexes(stage)
    known = {"stage": stage, "folders": folders, "users": users}
    guard = part("guard", **known)
    patiently = part("patience", IMPORT_SYSTEM)["patiently"]
    told = {"note": guard["note"], "changes": guard["changes"], "patiently": patiently}
    finders = part("finders", IMPORT_SYSTEM, absent=absent, **known, **told)
    finders["install"]()
    run_path = part("run_path", code_of=finders["code_of"])
    script = part("script", stage=stage)
    part("leave", stage=stage)["arrange"]()
    sys.addaudithook(guard["hook_of"]({**guard["handlers"](run_path["before_import"]), **script["handlers"]()}))


if not has_begun(STAGE):  # noqa: F821
    begin(STAGE)  # noqa: F821
