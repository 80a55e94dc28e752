"""What hwloc's lstopo says of a machine, in the terms of our facts. Run, it writes `machines/*.expected.json` anew."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from xml.etree import ElementTree

from collector.machine.cpu_list import write_cpu_list

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "machines")
# HWLOC_OBJ_OSDEV_NETWORK and HWLOC_OBJ_OSDEV_OPENFABRICS of hwloc 2, and of hwloc 3, where they are bits.
NIC_TYPES = {"2": "net", "16": "net", "3": "infiniband", "32": "infiniband", "48": "infiniband"}
CACHES = ("L5Cache", "L4Cache", "L3Cache", "L2Cache", "L1Cache")


def read_mask(text):
    """hwloc's `0x00000303,0x03030000,,0x03030303`: words of 32 bits, the highest first."""
    mask = 0
    for word in text.split(","):
        mask = mask << 32 | int(word or "0", 16)
    return {bit for bit in range(mask.bit_length()) if mask >> bit & 1}


def cpus_of(thing):
    return write_cpu_list(read_mask(thing.get("cpuset", "0x0")))


class Machine:
    """A topology in hwloc's XML, each object with those above it."""

    def __init__(self, text):
        self.above = {}
        self.objects = []
        self._add(ElementTree.fromstring(text), None)

    def _add(self, thing, above):
        for child in thing.findall("object"):
            self.above[child] = above
            self.objects.append(child)
            self._add(child, child)

    def all_of(self, *kinds):
        return [thing for thing in self.objects if thing.get("type") in kinds]

    def around(self, thing):
        """What the thing is in, nearest first."""
        thing = self.above[thing]
        while thing is not None:
            yield thing
            thing = self.above[thing]

    def last_caches(self):
        found = {}
        for unit in self.all_of("PU"):
            caches = [thing for thing in self.around(unit) if thing.get("type") in CACHES]
            if caches:
                best = min(caches, key=lambda cache: CACHES.index(cache.get("type")))
                found[cpus_of(best)] = best
        return list(found)

    def place(self, device):
        """Where a device is: the nearest thing around it that has CPUs."""
        return next(thing for thing in self.around(device) if thing.get("cpuset"))


def by_first(lists):
    return sorted(lists, key=lambda text: int(text.replace("-", ",").split(",")[0]))


def topology(text):
    """Topology of lstopo's XML as the fact of that name; devices as (address or name, CPUs near it)."""
    machine = Machine(text)
    (whole,) = machine.all_of("Machine")
    expected = {
        "online": cpus_of(whole),
        "cores": by_first(map(cpus_of, machine.all_of("Core"))),
        "packages": by_first(map(cpus_of, machine.all_of("Package"))),
        "caches": by_first(machine.last_caches()),
        "numa": [],
    }
    for node in sorted(machine.all_of("NUMANode"), key=lambda thing: int(thing.get("os_index"))):
        numa = {"id": int(node.get("os_index")), "cpus": cpus_of(node)}
        if int(node.get("local_memory", "0")):
            numa["memoryBytes"] = int(node.get("local_memory"))
        expected["numa"].append(numa)
    return expected


def devices(text):
    """PCI display controllers, network and InfiniBand adapters: (address or name, CPUs of the place) of each."""
    machine = Machine(text)
    gpus, nics = {}, {}
    for device in machine.all_of("PCIDev"):
        cpus = cpus_of(machine.place(device))
        kind = device.get("pci_type").split()[0]
        if kind.startswith("03"):
            gpus[device.get("pci_busid")] = {"class": kind, "vendor": device.get("pci_type")[6:10], "cpus": cpus}
        for part in device.iter("object"):
            kind = NIC_TYPES.get(part.get("osdev_type")) if part.get("type") == "OSDev" else None
            if kind:
                nics[part.get("name")] = {"address": device.get("pci_busid"), "class": kind, "cpus": cpus}
    return {"gpus": gpus, "nics": nics}


def unpack(name, target, wanted=None):
    """The folder that an archive of `machines/` holds, with the files whose names match."""
    with tarfile.open(os.path.join(FOLDER, name)) as archive:
        members = archive.getmembers()
        top = members[0].name.split("/")[0]
        archive.extractall(target, [member for member in members if not wanted or wanted.match(member.name)])
    return os.path.join(target, top)


def ask(program, *arguments):
    """lstopo's XML. With `--disallowed` also what the control group of whoever made the copy did not allow."""
    command = [program, "--disallowed", "--whole-io", "--of", "xml", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=60).stdout


def _input(name, scratch):
    if name.endswith(".tar.bz2"):
        return unpack(name, scratch)
    target = os.path.join(scratch, name)
    with open(os.path.join(FOLDER, name)) as source, open(target, "w") as copy:
        copy.write(source.read().replace('<topology version="3.0">', '<topology version="2.0">'))
    return target


def main(program):
    for path in sorted(glob.glob(FOLDER + "/*.xml") + glob.glob(FOLDER + "/*.tar.bz2")):
        name = os.path.basename(path)
        scratch = tempfile.mkdtemp()
        try:
            told = ask(program, "-i", _input(name, scratch))
        finally:
            shutil.rmtree(scratch)
        with open(path + ".expected.json", "w") as file:
            json.dump({"topology": topology(told), "devices": devices(told)}, file, indent=1, sort_keys=True)
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
