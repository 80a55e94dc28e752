"""GPUs, network adapters and their drivers: the `devices` fact, from /sys and /proc; no device is opened.

https://www.kernel.org/doc/html/latest/PCI/sysfs-pci.html, and classes of PCI devices: https://pci-ids.ucw.cz/read/PD
"""

import os
import re

from .cpu_list import LONGEST, read_cpu_list, write_cpu_list
from .pseudo_files import list_names, read_number, read_text

VENDORS = {"0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel"}
# A display controller of another vendor that is VGA (0x0300) is a management screen or an emulated one.
DISPLAY, VGA, ACCELERATOR = "0x03", "0x0300", "0x12"
MOST_DEVICES = 1024
MOST_PCI_DEVICES = 16384

_ADDRESS = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\Z")
_VERSION = re.compile(r"\d[\w.+~:-]{0,63}\Z", re.ASCII)
_NVIDIA_VERSION = re.compile(r"Kernel Module(?: for \S+)?\s+(\d[\d.]{0,31})")
# Modules that tell a version, and the name it is recorded by.
_MODULES = {"nvidia": "nvidia", "amdgpu": "amdgpu", "i915": "i915", "xe": "xe", "cxi_ss1": "cxi"}
_MODULES.update({name: name for name in ("mlx5_core", "hfi1", "efa")})


def devices_fact(root="/"):
    """The fact's mapping; lists are empty where nothing is found."""
    root = root.rstrip("/") + "/"
    return {"gpus": _gpus(root), "nics": _nics(root), "drivers": _drivers(root)}


def _gpus(root):
    gpus = []
    models = _amd_models(root)
    for address in list_names(root + "sys/bus/pci/devices")[:MOST_PCI_DEVICES]:
        folder = root + "sys/bus/pci/devices/" + address
        vendor = _gpu_vendor(folder) if _ADDRESS.match(address) else None
        if vendor is None:
            continue
        gpu = {"address": address, "vendor": vendor}
        if vendor == "nvidia":
            gpu.update(_nvidia(root, address))
        elif vendor == "amd":
            model = _plain(read_text(folder + "/product_name", 256)) or models.get(address)
            gpu.update({"model": model} if model else {})
        gpu.update(_near(folder))
        gpus.append(gpu)
    return gpus[:MOST_DEVICES]


def _gpu_vendor(folder):
    """Whose GPU the device is; None for one that is none, or a virtual function of one."""
    kind = read_text(folder + "/class", 64) or ""
    if not kind.startswith((DISPLAY, ACCELERATOR)):
        return None
    vendor = VENDORS.get(read_text(folder + "/vendor", 64), "other")
    if not _computes(kind, vendor, folder) or os.path.lexists(folder + "/physfn"):
        return None
    return vendor


def _computes(kind, vendor, folder):
    if kind.startswith(ACCELERATOR):
        return vendor == "amd"
    if kind.startswith(VGA) and vendor == "amd":
        # Servers of many years have an ATI screen for management.
        return _driver(folder) == "amdgpu"
    return not kind.startswith(VGA) or vendor != "other"


def _driver(folder):
    try:
        return os.path.basename(os.readlink(folder + "/driver"))
    except OSError:
        return None


def _nvidia(root, address):
    text = read_text(root + "proc/driver/nvidia/gpus/" + address + "/information", 4096) or ""
    fields = {name.strip(): value.strip() for name, colon, value in (line.partition(":") for line in text.split("\n")) if colon}
    found = {}
    if _plain(fields.get("Model")):
        found["model"] = _plain(fields["Model"])
    if re.match(r"\d{1,6}\Z", fields.get("Device Minor", ""), re.ASCII):
        found["minor"] = int(fields["Device Minor"])
    return found


def _amd_models(root):
    """The instruction set of each GPU that AMD's compute driver knows, `gfx90a`, by PCI address."""
    folder = root + "sys/class/kfd/kfd/topology/nodes/"
    models = {}
    for name in list_names(folder)[:MOST_DEVICES]:
        text = read_text(folder + name + "/properties", 8192) or ""
        numbers = {key: int(value) for key, value in re.findall(r"^(\w+) (\d{1,10})$", text, re.MULTILINE | re.ASCII)}
        version, place = numbers.get("gfx_target_version"), numbers.get("location_id")
        if version and place is not None:
            address = "%04x:%02x:%02x.%d" % (numbers.get("domain", 0), place >> 8 & 255, place >> 3 & 31, place & 7)
            models[address] = "gfx%d%x%x" % (version // 10000, version // 100 % 100, version % 100)
    return models


def _near(folder):
    """NUMA node and CPUs that a PCI device is next to, as far as the firmware tells."""
    found = {}
    numa = read_number(folder + "/numa_node")
    if numa is not None and numa >= 0:
        found["numa"] = numa
    cpus = write_cpu_list(read_cpu_list(read_text(folder + "/local_cpulist", LONGEST) or "") or ())
    if cpus:
        found["cpus"] = cpus
    return found


def _plain(text):
    """A model's name as it may be recorded: printable, bounded."""
    text = (text or "")[:128]
    return text if text.isprintable() else None


def _nics(root):
    """Adapters of each class, and those of the class `net` whose device was not named by another class before."""
    found, devices = [], set()
    for kind, read in (("cxi", _slingshot), ("infiniband", _infiniband), ("net", _network)):
        names = {}
        for name in list_names(root + "sys/class/" + kind):
            names[name] = _pci_folder(root, "sys/class/%s/%s" % (kind, name))
        for name, folder in names.items():
            if folder is None or folder in devices:
                continue
            told = read(root + "sys/class/%s/%s/" % (kind, name), folder)
            if told is not None and _plain(name):
                found.append((folder, dict({"name": name[:64], "kind": told}, **_near(folder))))
        devices.update(folder for folder in names.values() if folder)
    return [nic for folder, nic in found if not _is_function_of_another(folder, devices)][:MOST_DEVICES]


def _pci_folder(root, name):
    """The folder of the PCI device that the named one is, or is a part of; None for a virtual one and one on USB."""
    path = os.path.realpath(root + name + "/device")
    parts = path.split("/")
    if any(part.startswith("usb") for part in parts):
        return None
    while parts and not _ADDRESS.match(parts[-1]):
        parts.pop()
    return "/".join(parts) or None


def _is_function_of_another(folder, devices):
    """Whether it is a virtual function of an adapter that is here itself."""
    return os.path.lexists(folder + "/physfn") and os.path.realpath(folder + "/physfn") in devices


def _slingshot(_named, _folder):
    return "slingshot"


def _infiniband(named, folder):
    driver = _driver(folder) or ""
    if driver.startswith("hfi"):
        return "omni-path"
    if driver == "efa":
        return "efa"
    ports = list_names(named + "ports")[:64]
    layers = {read_text(named + "ports/" + port + "/link_layer", 64) for port in ports}
    # Files of before Linux 2.6.37 have no link layer: then all was InfiniBand.
    if "InfiniBand" in layers or (ports and layers == {None}):
        return "infiniband"
    if "Ethernet" in layers:
        return "other" if "RNIC" in (read_text(named + "node_type", 64) or "") else "roce"
    return "other"


def _network(named, folder):
    # https://github.com/torvalds/linux/blob/v6.6/include/uapi/linux/if_arp.h: 1 is Ethernet, 32 InfiniBand.
    kind = read_number(named + "type")
    if kind == 32:
        return "infiniband"
    if kind != 1 or os.path.lexists(named + "phy80211"):
        return None
    return "efa" if _driver(folder) == "efa" else "ethernet"


def _drivers(root):
    versions = {}
    for module, name in _MODULES.items():
        text = read_text(root + "sys/module/" + module + "/version", 128) or ""
        if _VERSION.match(text):
            versions[name] = text
    found = _NVIDIA_VERSION.search(read_text(root + "proc/driver/nvidia/version", 4096) or "")
    if found:
        versions.setdefault("nvidia", found.group(1))
    return versions
