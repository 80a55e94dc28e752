"""How the node is built: the `topology` fact, from /sys and, where that is missing, from /proc/cpuinfo.

https://www.kernel.org/doc/html/latest/admin-guide/cputopology.html
"""

import re

from .cpu_list import LARGEST_CPU, LONGEST, MOST_CPUS, read_cpu_list, write_cpu_list
from .pseudo_files import is_number, list_names, read_number, read_text

CPU_FOLDER = "sys/devices/system/cpu/"
NODE_FOLDER = "sys/devices/system/node/"
# Names since Linux 5.2 and before.
CORE_FILES = ("core_cpus_list", "thread_siblings_list")
PACKAGE_FILES = ("package_cpus_list", "core_siblings_list")
MOST_NODES = 4096
LARGEST_CPUINFO = 16 << 20
# Largest that JavaScript reads exactly.
LARGEST_NUMBER = (1 << 53) - 1


def topology_fact(root="/"):
    """The fact's mapping; None where nothing tells which CPUs there are.

    Cores, packages and caches are of online CPUs only; a list is empty where nothing tells them.
    """
    processors = _Processors(_below(root, ""))
    online = write_cpu_list(processors.online)
    if not online:
        return None
    fact = {
        "online": online,
        "cores": _lists(processors.groups(CORE_FILES) or processors.cpuinfo_groups("physical id", "core id")),
        "packages": _lists(processors.groups(PACKAGE_FILES) or processors.cpuinfo_groups("physical id")),
        "caches": _lists(processors.caches()),
        "numa": _numa(_below(root, ""), processors),
    }
    isolated = write_cpu_list(read_cpu_list(read_text(_below(root, CPU_FOLDER + "isolated"), LONGEST) or "") or ())
    if isolated:
        fact["isolated"] = isolated
    return fact


def _below(root, path):
    return root.rstrip("/") + "/" + path


def _lists(groups):
    """Groups as lists of CPUs, by their first CPU."""
    return [text for text in map(write_cpu_list, sorted(groups, key=min)) if text]


class _Processors:
    """The CPUs of a node by what /sys says of each."""

    def __init__(self, root):
        self._root = root
        self._folder = root + CPU_FOLDER
        self._records = None
        self.has_folder = False
        self.online = self._online()

    def _online(self):
        listed = read_cpu_list(read_text(self._folder + "online", LONGEST) or "")
        named = {int(name[3:]) for name in list_names(self._folder) if _is_numbered(name, "cpu")}
        self.has_folder = bool(named)
        if listed:
            return listed
        # An old kernel: a CPU that cannot be taken offline has no such file.
        found = {cpu for cpu in named if read_number("%scpu%d/online" % (self._folder, cpu)) != 0}
        return found or {cpu for cpu, _ in self._cpuinfo()}

    def groups(self, files):
        """Which CPUs share a core or a package: each list is read once, not once for each of its CPUs."""
        groups, covered = [], set()
        for cpu in sorted(self.online):
            if cpu in covered:
                continue
            shared = self._first_list("%scpu%d/topology/" % (self._folder, cpu), files)
            if shared is None:
                continue
            shared = ((shared & self.online) - covered) | {cpu}
            groups.append(shared)
            covered |= shared
        # Where some CPUs do not tell, the rest would look like the whole.
        return groups if covered == self.online else []

    def _first_list(self, folder, files):
        for name in files:
            text = read_text(folder + name, LONGEST)
            if text:
                return read_cpu_list(text)
        return None

    def caches(self):
        """Which CPUs share a last-level cache: the largest level that each has, not one for instructions."""
        groups, covered = [], set()
        for cpu in sorted(self.online):
            if cpu in covered:
                continue
            shared = self._last_cache("%scpu%d/cache/" % (self._folder, cpu))
            if shared is None:
                return []
            shared = ((shared & self.online) - covered) | {cpu}
            groups.append(shared)
            covered |= shared
        return groups

    def _last_cache(self, folder):
        best, cpus = 0, None
        for name in list_names(folder)[:64]:
            level = read_number(folder + name + "/level") if _is_numbered(name, "index") else None
            if level is None or level <= best or read_text(folder + name + "/type", 64) == "Instruction":
                continue
            shared = read_cpu_list(read_text(folder + name + "/shared_cpu_list", LONGEST) or "")
            if shared:
                best, cpus = level, shared
        return cpus

    def cpuinfo_groups(self, *names):
        """The same from /proc/cpuinfo, which names packages and cores on x86 only."""
        groups, covered = {}, set()
        for cpu, record in self._cpuinfo():
            if cpu in self.online and all(name in record for name in names):
                groups.setdefault(tuple(record[name] for name in names), set()).add(cpu)
                covered.add(cpu)
        return list(groups.values()) if covered == self.online else []

    def _cpuinfo(self):
        if self._records is None:
            self._records = _read_cpuinfo(read_text(self._root + "proc/cpuinfo", LARGEST_CPUINFO) or "")
        return self._records


def _read_cpuinfo(text):
    """(CPU, fields) of each block."""
    records = []
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        name, value = name.strip(), value.strip()
        if not colon:
            continue
        if name == "processor" and is_number(value) and int(value) <= LARGEST_CPU:
            records.append((int(value), {}))
        elif records and name in ("physical id", "core id"):
            records[-1][1][name] = value
    return records[:MOST_CPUS]


def _is_numbered(name, word):
    return name.startswith(word) and len(name) <= len(word) + 6 and is_number(name[len(word) :])


def _numa(root, processors):
    """Each NUMA node, also one that has memory only; a kernel that knows none of them has one."""
    folder = root + NODE_FOLDER
    names = [name for name in list_names(folder) if _is_numbered(name, "node")][:MOST_NODES]
    nodes = [_numa_node(folder + name, int(name[4:])) for name in names]
    if nodes:
        return sorted((node for node in nodes if node), key=lambda node: node["id"])
    if not processors.has_folder:
        return []
    memory = _memory_bytes(read_text(root + "proc/meminfo"))
    return [_with_memory({"id": 0, "cpus": write_cpu_list(processors.online)}, memory)]


def _numa_node(folder, number):
    text = read_text(folder + "/cpulist", LONGEST)
    cpus = None if text is None else read_cpu_list(text)
    listed = None if cpus is None else write_cpu_list(cpus)
    if listed is None:
        return None
    return _with_memory({"id": number, "cpus": listed}, _memory_bytes(read_text(folder + "/meminfo")))


def _with_memory(node, memory):
    if memory is not None:
        node["memoryBytes"] = memory
    return node


def _memory_bytes(text):
    found = re.search(r"\bMemTotal:\s+(\d{1,15}) kB", text or "", re.ASCII)
    return min(int(found.group(1)) * 1024, LARGEST_NUMBER) if found else None
