# What a staged interpreter does first: a line of `00-pharos.pth` executes this with STAGE, the stage's folder.
# docs/decisions/0007-image-and-stage.md says why. It imports nothing that an interpreter has not imported by then.

import marshal
import posix
import sys

# Of PEP 552: magic number, flags, and what the bytecode is valid for.
HEADER_BYTES = 16
LAYERS = ("interpreter", "dependencies", "start", "user")


def read(path):
    descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        parts = []
        while True:
            part = posix.read(descriptor, 1 << 24)
            if not part:
                return b"".join(parts)
            parts.append(part)
    finally:
        posix.close(descriptor)


def part(name, **given):
    """The names that another file of this folder makes: no module, so that the job's modules are the same."""
    path = "%s/.pharos/staged/__pycache__/%s.%s.pyc" % (STAGE, name, sys.implementation.cache_tag)  # noqa: F821
    names = {"__name__": "pharos_staged_" + name, "__builtins__": __builtins__, **given}
    exec(marshal.loads(read(path)[HEADER_BYTES:]), names)
    return names


def read_indexes(stage):
    """(folders, user roots, absent modules) of all layers."""
    folders, users, absent = {}, [], set()
    for layer in LAYERS:
        try:
            index = marshal.loads(read("%s/.pharos/index/%s" % (stage, layer)))
        except FileNotFoundError:
            continue
        folders.update(index["folders"])
        users += index["user"]
        absent.update(index.get("absent", ()))
    return folders, users, absent


def begin(stage):
    folders, users, absent = read_indexes(stage)
    guard = part("guard", stage=stage, folders=folders)
    part("finders", stage=stage, folders=folders, users=users, absent=absent, note=guard["note"])["install"]()
    script = part("script", stage=stage)
    part("leave", stage=stage)["arrange"]()
    sys.addaudithook(guard["hook_of"]({**guard["HANDLERS"], **script["handlers"]()}))


begin(STAGE)  # noqa: F821
