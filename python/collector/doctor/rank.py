"""What one rank tells: a plain mapping that goes to its node's gathering as JSON. Paths are text, nothing is judged."""

import os
import re

from ..machine.control_group import control_group
from ..machine.environment import ALLOWED
from ..machine.launchers import claims, launcher_fact
from ..machine.limits import limits

VISIBLE_DEVICES = (
    "CUDA_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "ZE_AFFINITY_MASK",
    "GPU_DEVICE_ORDINAL",
)
# Names of devices that tell them apart world-wide are kept only as the word that they begin with.
DEVICE = re.compile(r"^(GPU|MIG)-[\w./-]*$")
CACHES = (
    ("bytecode cache", "PYTHONPYCACHEPREFIX"),
    ("numba cache", "NUMBA_CACHE_DIR"),
    ("matplotlib configuration", "MPLCONFIGDIR"),
    ("torch extensions", "TORCH_EXTENSIONS_DIR"),
    ("torch compiler cache", "TORCHINDUCTOR_CACHE_DIR"),
    ("triton cache", "TRITON_CACHE_DIR"),
    ("jax cache", "JAX_COMPILATION_CACHE_DIR"),
    ("cuda cache", "CUDA_CACHE_PATH"),
    ("hugging face cache", "HF_HOME"),
)


class Own:
    """What the rank knows of itself before it starts anything. `mask` was read before all else."""

    def __init__(self, mask, launch):
        self.mask = mask
        self.launch = launch
        self.claims = claims(os.environ)
        self.launcher = launcher_fact(os.environ)
        self.cgroup = control_group()
        self.limits = limits()


def visible_devices(environ):
    found = []
    for name in VISIBLE_DEVICES:
        value = environ.get(name)
        if value is None:
            continue
        if not ALLOWED[name].match(value):
            entries = value[:4096].split(",")
            value = ",".join(DEVICE.sub(r"\1", entry.strip()) if DEVICE.match(entry.strip()) else "?" for entry in entries)
        found.append({"variable": name, "value": value})
    return found


def rank_part(own, seen, seconds_of_collector):
    """The part of a rank whose command was run; `seen` is a Seen."""
    how, because = seen.how()
    census, sample = seen.census, seen.run.sample
    status = census.get("status", {})
    fact = _rank_fact(own, how, because)
    if own.launch.rank is None:
        # The command may be a launcher: then its process says what that one claims.
        fact["claims"] = claims(seen.own_variables())
    fact["affinity"]["afterImports"] = census.get("mask") or (sample.mask if sample is not None else None)
    fact["threads"] = status.get("threads") or (sample.threads if sample is not None else None)
    fact["peakBytes"] = status.get("peak") or (sample.peak if sample is not None else None)
    fact["seconds"] = dict(seen.seconds(), collector=seconds_of_collector)
    fact["ended"] = _ended(seen.run)
    fact["maskChanges"] = [
        {"module": module, "before": before, "after": after, "libraries": libraries}
        for module, before, after, libraries in (seen.image.mask_changes if seen.image is not None else ())
    ]
    part = _part(own, fact)
    part["environment"], part["removed"] = seen.environment()
    part["mapped"] = seen.mapped()
    part["libraries"] = census.get("libraries", {})
    part["mpi"] = _mpi(seen)
    part["pools"], part["counts"] = census.get("pools"), census.get("counts")
    part["isElsewhere"] = _is_elsewhere(seen)
    part["failed"] = [str(name)[:200] for name in census.get("failed", ())][:32]
    if seen.image is not None and seen.image.facts:
        part["python"] = python_part(seen.image.facts, seen.image.form, seen.image.executable)
    if "module_count" in census:
        names = seen.from_source()
        part["modules"] = {
            "modules": int(census.get("module_count", 0)),
            "fromSource": len(names),
            "fromSourceNames": names[:32],
            "gilTurnedOnBy": census.get("gil_turned_on_by") or None,
        }
        part["tops"], part["standardNames"] = census.get("tops", {}), census.get("standard_names", [])
        part["pathAtEnd"] = census.get("path_end", [])
        part["listings"] = census.get("listings", {})
    if seen.image is not None:
        part["slowest"] = seen.slowest()
    return part


def bare_part(own, facts, counts):
    """The part of a rank without a command: the Python that runs the collector is described."""
    fact = _rank_fact(own, "nothing", "no command was given")
    part = _part(own, fact)
    part["environment"] = facts.pop("environment_text")
    part["removed"] = len(os.environ) - len(part["environment"])
    part["counts"] = counts
    part["python"] = python_part(facts, "embedded", facts["executable"])
    return part


def _rank_fact(own, how, because):
    return {
        "rank": own.launch.rank or 0,
        "localRank": own.launch.local_rank,
        "seen": how,
        "because": because,
        "claims": own.claims,
        "affinity": {"atStart": own.mask},
        "visibleDevices": visible_devices(os.environ),
        "seconds": {},
        "ended": {},
    }


def _part(own, fact):
    return {
        "rank": fact["rank"],
        "fact": fact,
        "launcher": own.launcher,
        "cgroup": own.cgroup,
        "limits": own.limits,
        "places": places(os.environ),
    }


def _mpi(seen):
    """The census's, else what was noted at the end of mpi4py's import."""
    return seen.census.get("mpi") or {}


def _is_elsewhere(seen):
    """Whether the command's files are others than the collector's: it runs in a container of its own."""
    there = seen.census.get("mount_namespace") or (seen.run.sample.mount_namespace if seen.run.sample is not None else None)
    try:
        return there is not None and there != os.readlink("/proc/self/ns/mnt")
    except OSError:
        return False


def _ended(run):
    ended = run.ended
    fact = {}
    if run.is_over_limit:
        fact["timeLimit"] = True
    if ended is not None and ended.signal is not None:
        fact["signal"] = ended.signal
    elif ended is not None and ended.status is not None:
        fact["status"] = ended.status
    return fact


def python_part(facts, form, executable):
    """An image's facts without its variables, but for the one that says where entries of `sys.path` come from."""
    kept = {name: value for name, value in facts.items() if name not in ("environment", "xoptions")}
    environ = facts.get("environment") or {}
    kept["pythonpath"] = os.fsdecode(environ.get(b"PYTHONPATH", b""))
    return {"facts": kept, "form": form, "executable": executable}


def places(environ):
    """(name, folder) of what is not the interpreter's own and matters for its storage."""
    found = []
    home = environ.get("HOME", "")
    found.append(("home", home))
    try:
        found.append(("current folder", os.getcwd()))
    except OSError:
        pass
    found.append(("temporary files", environ.get("TMPDIR") or "/tmp"))
    cache = environ.get("XDG_CACHE_HOME") or (home + "/.cache" if home.startswith("/") else "")
    found.append(("cache", cache))
    found += [(name, environ.get(variable, "")) for name, variable in CACHES]
    return [[name, path] for name, path in found if path.startswith("/")]
