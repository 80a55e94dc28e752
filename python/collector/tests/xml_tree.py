"""Makes of a topology in hwloc's XML (version 3) the files of /sys and /proc that a kernel would have for it."""

import os

from collector.tests.lstopo import NIC_TYPES, Machine, cpus_of, read_mask

CACHE_KINDS = {"0": "Unified", "1": "Data", "2": "Instruction"}


class Tree:
    def __init__(self, root):
        self.root = root

    def put(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write("%s\n" % text)

    def link(self, path, target):
        path, target = os.path.join(self.root, path), os.path.join(self.root, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(os.path.relpath(target, os.path.dirname(path)), path)


def write_tree(text, root):
    machine, tree = Machine(text), Tree(root)
    (whole,) = machine.all_of("Machine")
    tree.put("sys/devices/system/cpu/online", cpus_of(whole))
    for cpu in read_mask(whole.get("complete_cpuset")):
        os.makedirs("%s/sys/devices/system/cpu/cpu%d" % (root, cpu), exist_ok=True)
    for unit in machine.all_of("PU"):
        _write_cpu(tree, unit.get("os_index"), list(machine.around(unit)))
    for node in machine.all_of("NUMANode"):
        _write_node(tree, node)
    for device in machine.all_of("PCIDev"):
        _write_device(tree, device, machine.place(device))


def _write_cpu(tree, cpu, around):
    folder = "sys/devices/system/cpu/cpu%s/" % cpu
    names = {"Core": "core_cpus_list", "Package": "package_cpus_list"}
    for thing in around:
        if thing.get("type") in names:
            tree.put(folder + "topology/" + names[thing.get("type")], cpus_of(thing))
    caches = [thing for thing in around if thing.get("cache_size")]
    for index, cache in enumerate(caches):
        place = "%scache/index%d/" % (folder, index)
        tree.put(place + "level", cache.get("depth"))
        tree.put(place + "type", CACHE_KINDS[cache.get("cache_type")])
        tree.put(place + "shared_cpu_list", cpus_of(cache))


def _write_node(tree, node):
    folder = "sys/devices/system/node/node%s/" % node.get("os_index")
    tree.put(folder + "cpulist", cpus_of(node))
    if node.get("local_memory"):
        tree.put(folder + "meminfo", "Node 0 MemTotal: %14d kB" % (int(node.get("local_memory")) // 1024))


def _write_device(tree, device, place):
    address = device.get("pci_busid")
    # One topology was pieced together and has an address twice.
    if os.path.lexists(os.path.join(tree.root, "sys/bus/pci/devices", address)):
        address = "0001" + address[4:]
    folder = "sys/devices/pci0000:00/%s/" % address
    # `0302 [10de:15f9] [10de:116b] a1 00`
    kind, ids = device.get("pci_type").split()[:2]
    tree.put(folder + "class", "0x%s00" % kind)
    tree.put(folder + "vendor", "0x" + ids[1:5])
    tree.put(folder + "local_cpulist", cpus_of(place))
    nodes = read_mask(place.get("nodeset"))
    tree.put(folder + "numa_node", nodes.pop() if len(nodes) == 1 else -1)
    tree.link("sys/bus/pci/devices/" + address, folder)
    for part in device.findall("object"):
        _write_part(tree, part, folder, address)


def _write_part(tree, part, folder, address):
    infos = {info.get("name"): info.get("value") for info in part.findall("info")}
    if part.get("subtype") == "NVML":
        tree.put("proc/driver/nvidia/gpus/%s/information" % address, "Model: \t\t " + infos["GPUModel"])
    kind = NIC_TYPES.get(part.get("osdev_type"))
    if kind:
        own = "%s%s/%s/" % (folder, kind, part.get("name"))
        tree.put(own + "type", 32 if part.get("name").startswith("ib") else 1)
        tree.link(own + "device", folder)
        if kind == "infiniband":
            tree.put(own + "ports/1/link_layer", "InfiniBand")
        tree.link("sys/class/%s/%s" % (kind, part.get("name")), own)
