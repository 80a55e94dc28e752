"""What Slurm says of itself: partitions, plugins for MPI, the one that is taken where nothing is said. No job is made.

https://slurm.schedmd.com/sinfo.html, https://slurm.schedmd.com/mpi_guide.html, https://slurm.schedmd.com/scontrol.html
"""

import re

from .ask import ask, folders_of, which
from .bounded import absent, failed

MOST_PARTITIONS = 1000
_FIELDS = ("name", "available", "nodes", "cpus", "memory", "features", "gres", "limit")
_FORMAT = "%P|%a|%D|%c|%m|%f|%G|%l"
_SETTING = re.compile(r"^(\w+)\s*=\s*(.*?)\s*$", re.MULTILINE)


def probe_slurm(environ):
    programs = folders_of(environ, "PATH")
    sinfo, srun, scontrol = (which(name, programs) for name in ("sinfo", "srun", "scontrol"))
    if sinfo is None and srun is None:
        raise absent("sinfo and srun are not on PATH")
    about, facts = {}, []
    listed = ask([srun, "--mpi=list"], environ) if srun else None
    if listed is not None and not listed.status:
        about["mpiTypes"] = mpi_types(listed.text)
    configured = ask([scontrol, "show", "config"], environ) if scontrol else None
    if configured is not None and not configured.status:
        settings = dict(_SETTING.findall(configured.text))
        names = (("version", "SLURM_VERSION"), ("mpiDefault", "MpiDefault"), ("cluster", "ClusterName"), ("taskPlugin", "TaskPlugin"))
        about.update((name, settings[key]) for name, key in names if settings.get(key, "(null)") != "(null)")
    said = ask([sinfo, "--noheader", "--format", _FORMAT], environ) if sinfo else None
    if said is not None and not said.status:
        facts = [["slurmPartition", row] for row in partitions(said.text)]
    if not about and not facts:
        raise failed("neither the controller nor srun answered")
    return {"facts": [["slurm", about]] + facts}


def mpi_types(text):
    """The plugins that `srun --mpi=list` names: one a line, after a title, or after `pmix: ` where there are versions."""
    found = []
    for line in text.split("\n"):
        line = line.strip()
        versions = re.match(r"specific (\w+) plugin versions available:\s*(.*)\Z", line)
        if versions:
            found += versions.group(2).split(",")
        elif line.startswith("srun: "):
            # Before Slurm 22 each line came with the program's name.
            found.append(line[6:])
        else:
            found.append(line)
    return list(dict.fromkeys(one.strip() for one in found if re.match(r"\w[\w.-]{0,40}\Z", one.strip())))


def partitions(text):
    """Rows of sinfo; nodes of several kinds in one partition are several rows."""
    for line in text.split("\n")[:MOST_PARTITIONS]:
        values = line.strip().split("|")
        if len(values) != len(_FIELDS) or not values[0]:
            continue
        row = dict(zip(_FIELDS, values))
        fact = {"name": row["name"].rstrip("*"), "isDefault": row["name"].endswith("*"), "available": row["available"] == "up"}
        for name in ("nodes", "cpus", "memory"):
            digits = re.match(r"\d{1,12}", row[name])
            if digits:
                fact["memoryMegabytes" if name == "memory" else name] = int(digits.group())
        for name in ("features", "gres", "limit"):
            if row[name] not in ("(null)", ""):
                fact[name] = row[name]
        yield fact
