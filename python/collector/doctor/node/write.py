"""Writes a node's recording from the parts of its ranks. What ranks share is written once and names them."""

import json
import os
import re

from ...job.python_fact import add_python_roots, python_fact
from ...machine import environment as environment_fact
from ...machine.devices import devices_fact
from ...machine.launch import read_launch
from ...machine.launchers import step_key
from ...machine.node import node_fact
from ...machine.node_name import node_name
from ...machine.topology import topology_fact
from ...recording.paths import Links, PathKeeper
from ...recording.writer import RecordingWriter
from .found import describe_found
from .loaded import loaded_fact
from .shadows import shadows_of
from .site_folders import keep_listings

# Links looked for on shared storage; with the listings of site folders and the file itself it stays below 20 requests.
SHARED_LIMIT = 3
LONGEST_NAME = 64
OUTSIDE_LAUNCHER = {
    "what": "all ranks but one",
    "because": "the command is a launcher, and the collector is not started by it",
    "hint": "Put the launcher first: `mpirun -n 4 python3 pharos-collect.pyz doctor -- python3 job.py`.",
}
ELSEWHERE = {
    "what": "what is installed, and on which file systems it is",
    "because": "the command runs in a container, and the collector outside of it",
    "hint": "Start the collector inside the container: put the container's own command before it.",
}
# Folders of everybody: their names tell nothing.
KNOWN_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/scratch", "/localscratch")


class Python:
    """A rank's interpreter in the shape of the probe's Image, for `python_fact`."""

    def __init__(self, part):
        about = part["python"]
        self.form = about["form"]
        self.executable = about["executable"]
        environment = {b"PYTHONPATH": os.fsencode(about["facts"]["pythonpath"])}
        self.facts = dict(about["facts"], environment=environment)
        self.libraries = part.get("mapped") or []


def output_path(target_path, name, rank=None):
    """`step.pharos` becomes `step.NODE.pharos`, or `step.NODE.RANK.pharos` for one rank alone."""
    stem = target_path[: -len(".pharos")] if target_path.endswith(".pharos") else target_path
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", name.split(".")[0])[:LONGEST_NAME].strip("-") or "node"
    return "%s.%s.pharos" % (stem, safe) if rank is None else "%s.%s.%d.pharos" % (stem, safe, rank)


def write_node(output, parts, is_alone):
    """Writes the recording; raises RecordingError. `is_alone`: other ranks of this node could not be met."""
    keeper = PathKeeper(links=Links(shared_limit=SHARED_LIMIT))
    for part in parts:
        _add_roots(keeper, part)
        keep_listings(part.get("listings") or {})
    writer = RecordingWriter(output_path(output, node_name(os.environ), parts[0]["rank"] if is_alone else None), keeper)
    try:
        _Node(writer, parts).write()
        # Only links on shared storage were left out; where storage matters they were looked for first.
        keeper.links.skipped = 0
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return writer.target_path


def _add_roots(keeper, part):
    environment_fact.add_roots(keeper, part["environment"])
    if part.get("python"):
        add_python_roots(keeper, Python(part))
    for path in part.get("mapped") or ():
        keeper.add_file(path)


class _Node:
    """The facts of one node, in the order of the file."""

    def __init__(self, writer, parts):
        self.writer = writer
        self.parts = parts
        self.launch = read_launch()

    def write(self):
        self._about_node()
        self._share("places", self._places)
        for part in self.parts:
            self._rank(part)
        for name in ("launcher", "cgroup", "limits"):
            self._share(name, lambda part, name=name: part.get(name))
        self._share("mpi", self._mpi)
        self._share("loaded", lambda part: loaded_fact(self.writer, part))
        self._share("pools", self._pools)
        self._share("counts", self._counts)
        self._share("python", self._python)
        self._share("environment", self._environment)
        self._share("modules", self._modules)
        describe_found(self.writer, self.parts)
        self._missing()

    def _about_node(self):
        writer, launch, common = self.writer, self.launch, self.parts[0]["step"]
        step = {
            "nodeName": node_name(os.environ),
            "localRanks": launch.ranks_per_node if launch.rank is not None else 1,
            "hasCommand": common["hasCommand"],
            "secondsLimit": common["secondsLimit"],
        }
        key = step_key(os.environ)
        if key is not None:
            step["key"] = key
        # Not by `fact`, which hides the host's name: a ticket has to name the node.
        writer.write_line(["fact", "step", step])
        fact = launch.fact()
        writer.fact("launch", {name: fact[name] for name in fact if name not in ("rank", "localRank")})
        writer.fact("node", node_fact())
        if common.get("command"):
            writer.fact("command", common["command"])
            writer.remove("arguments", common["arguments"])
        for name, read in (("topology", topology_fact), ("devices", devices_fact)):
            fact = read()
            if fact is not None:
                writer.fact(name, fact)

    def _share(self, name, make):
        """Writes a fact for each distinct value, with the ranks that have it."""
        groups = {}
        for part in self.parts:
            value = make(part)
            if value is not None:
                groups.setdefault(json.dumps(value, sort_keys=True), (value, []))[1].append(part["rank"])
        for value, ranks in groups.values():
            self.writer.fact(name, dict(value, ranks=ranks))

    def _file(self, path):
        return self.writer.path(path, code=True, folder=False)

    def _rank(self, part):
        fact = _present(part["fact"])
        fact["affinity"] = _present(fact["affinity"])
        fact["seconds"] = _present(fact["seconds"])
        changes = [dict(change, libraries=[self._file(path) for path in change["libraries"]])
                   for change in fact.pop("maskChanges", ())]  # fmt: skip
        if changes:
            fact["maskChanges"] = changes
        if not fact["visibleDevices"]:
            del fact["visibleDevices"]
        mpi = part.get("mpi") or {}
        if "state" in mpi:
            fact["mpi"] = {name: mpi[name] for name in ("state", "rank", "size") if name in mpi}
        self.writer.fact("rank", fact)

    def _mpi(self, part):
        mpi = part.get("mpi") or {}
        if "state" not in mpi:
            return None
        path = mpi.get("library")
        about = (part.get("libraries") or {}).get(path, {})
        fact = {"family": about.get("family", "unknown")}
        if path:
            fact["library"] = self._file(path)
        if mpi["state"] != "loaded":
            fact.update({name: mpi[name] for name in ("by", "version", "asked", "given") if mpi.get(name)})
        return fact

    def _pools(self, part):
        if part.get("pools") is None:
            return None
        pools = [dict(pool, library=self._file(pool["library"])) if "library" in pool else pool for pool in part["pools"]]
        return {"pools": pools}

    def _counts(self, part):
        if not part.get("counts"):
            return None
        return {"counts": [{"source": source, "cpus": cpus} for source, cpus in part["counts"]]}

    def _places(self, part):
        named = list(part["places"])
        if part.get("python"):
            facts = part["python"]["facts"]
            named[:0] = [["environment", facts["prefix"]], ["interpreter", facts["executable"]],
                         ["standard library", facts["stdlib"]]]  # fmt: skip
            if part["python"]["form"] == "file" and facts.get("argv0"):
                script = os.path.join(facts.get("cwd") or "/", facts["argv0"])
                named.append(["script", os.path.dirname(script)])
        found = []
        for name, path in named:
            if path.startswith("/"):
                is_known = path.rstrip("/") in KNOWN_FOLDERS
                path_id = self.writer.path(path, code=is_known, folder=name != "interpreter")
                found.append({"name": name, "path": path_id})
        return {"places": found}

    def _python(self, part):
        return python_fact(self.writer, Python(part), 0) if part.get("python") else None

    def _environment(self, part):
        self.writer.remove("environment values", part["removed"])
        return environment_fact.environment_fact(self.writer, part["environment"])

    def _modules(self, part):
        if "modules" not in part:
            return None
        fact = _present(part["modules"])
        fact["slowest"] = part.get("slowest") or []
        shadows = [] if part.get("isElsewhere") else shadows_of(part)
        fact["shadows"] = [dict(shadow, path=self._file(shadow["path"])) for shadow in shadows]
        return fact

    def _missing(self):
        what = {}
        for part in self.parts:
            for name in part.get("failed") or ():
                what.setdefault(name, []).append(part["rank"])
        if self.launch.rank is None and self.parts[0]["step"].get("command", {}).get("form") == "launcher":
            self.writer.fact("missing", dict(OUTSIDE_LAUNCHER))
        if any(part.get("isElsewhere") for part in self.parts):
            self.writer.fact("missing", dict(ELSEWHERE))
        for name, ranks in sorted(what.items()):
            because = "asking for it failed in %d of %d ranks" % (len(ranks), len(self.parts))
            self.writer.fact("missing", {"what": name, "because": because})


def _present(mapping):
    return {name: value for name, value in mapping.items() if value is not None}
