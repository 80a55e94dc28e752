"""What this node is: the `node` fact. Numbers and model names only, never the host's name."""

import os

from .control_group import control_group

LONGEST_FILE = 65536


def node_fact():
    """The fact's mapping; what cannot be read is absent."""
    system = os.uname()
    fact = {"system": system.sysname, "kernel": system.release, "machine": system.machine}
    optional = {
        "libc": _libc(),
        "cpuModel": _cpu_model(_read("/proc/cpuinfo")),
        "cpusOnline": os.cpu_count(),
        "cpusAllowed": _cpus_allowed(),
        "cpuQuota": (control_group() or {}).get("quota"),
        "memoryBytes": _memory_bytes(_read("/proc/meminfo")),
    }
    fact.update((name, value) for name, value in optional.items() if value)
    return fact


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read(LONGEST_FILE).decode("utf-8", "replace")
    except OSError:
        return ""


def _libc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (ValueError, OSError):
        return None


def _cpu_model(cpuinfo):
    fields = {}
    for line in cpuinfo.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
    # Arm and POWER have no model name.
    if "model name" in fields:
        return fields["model name"]
    if "CPU implementer" in fields:
        return "implementer %s part %s" % (fields["CPU implementer"], fields.get("CPU part", "unknown"))
    return fields.get("cpu")


def _cpus_allowed():
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return None


def _memory_bytes(meminfo):
    for line in meminfo.split("\n"):
        words = line.split()
        if len(words) == 3 and words[0] == "MemTotal:" and words[1].isdigit():
            return int(words[1]) * 1024
    return None
