# Whether the job's imports initialized MPI, and what it then says. Nothing here initializes it.

import sys


def mpi_by_mpi4py():
    """Asked through mpi4py, at the end of its import and again at the end of the process; {} where MPI is not up."""
    module = sys.modules.get("mpi4py.MPI")
    if module is None or not module.Is_initialized():
        return {}
    if module.Is_finalized():
        return {"state": "finalized"}
    options = sys.modules["mpi4py"].rc
    levels = [module.THREAD_SINGLE, module.THREAD_FUNNELED, module.THREAD_SERIALIZED, module.THREAD_MULTIPLE]
    found = {
        "state": "initialized",
        "rank": module.COMM_WORLD.Get_rank(),
        "size": module.COMM_WORLD.Get_size(),
        "version": module.Get_library_version().strip("\0\n ").split("\n")[0][:300],
        "given": THREAD_LEVELS[levels.index(module.Query_thread())],
    }
    if getattr(options, "initialize", True):
        found["by"] = "mpi4py.MPI"
        asked = getattr(options, "thread_level", "multiple") if getattr(options, "threads", True) else "single"
        if asked in THREAD_LEVELS:
            found["asked"] = asked
    return found


def _mpi(state, watch):
    """The state at the end; rank and size of an MPI that was finalized since are those of its beginning."""
    libraries = [item for item in interesting(watch) if item[1] == "mpi"]
    found = dict(watch.mpi)
    try:
        found.update(mpi_by_mpi4py())
    except Exception:
        pass
    if not libraries:
        return found
    for path, _, _ in libraries:
        handle = _native(watch).handle(path)
        if handle is None or not _native(watch).number(handle, "MPI_Initialized"):
            continue
        found["library"] = path
        if _native(watch).number(handle, "MPI_Finalized"):
            found["state"] = "finalized"
        elif "state" not in found:
            found.update(_mpi_by_library(_native(watch), handle, path))
        return found
    found.setdefault("state", "loaded")
    found.setdefault("library", libraries[0][0])
    return found


def _mpi_by_library(native, handle, path):
    """Where a library of the job's initialized MPI without mpi4py."""
    found = {"state": "initialized"}
    family = mpi_family(native, handle, path)
    world = {"openmpi": native.address(handle, "ompi_mpi_comm_world"), "standard-abi": 0x101}.get(family)
    # Of the others the handle is a number (mpi.h of MPICH).
    world = native.pointer(world) if world else native.int(0x44000000)
    for name, function in (("rank", "MPI_Comm_rank"), ("size", "MPI_Comm_size")):
        place = native.int(-1)
        if family != "unknown" and native.call(handle, function, native.int, world, native.module.byref(place)) == 0:
            found[name] = place.value
    level = _LEVEL_NUMBERS.get(native.number(handle, "MPI_Query_thread"))
    if level is not None:
        found["given"] = THREAD_LEVELS[level]
    text, length = (native.char * 8193)(), native.int(0)
    if native.call(handle, "MPI_Get_library_version", native.int, text, native.module.byref(length)) == 0:
        found["version"] = text.value.decode("utf-8", "replace").strip().split("\n")[0][:300]
    return found
