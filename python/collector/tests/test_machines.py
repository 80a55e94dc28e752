"""Topology and devices of real machines, equal to what hwloc's lstopo says of them (machines/README.md)."""

import glob
import json
import os
import random
import re
import shutil
import tempfile
import time
import unittest

from collector.machine import devices, topology
from collector.tests import lstopo, xml_tree

# What of an archive is unpacked: files that our readers may look at, and those that place a device.
READ = re.compile(
    r"[^/]+/(proc/[^/]+$|proc/self/|sys/devices/system/cpu/(online$|isolated$|cpu\d+/(online$|topology/))"
    r"|sys/devices/system/cpu/cpu\d+/cache/index\d+/(level|type|shared_cpu_list)$"
    r"|sys/devices/system/node/(online$|node\d+/(cpulist|meminfo)$)|sys/bus/|sys/class/(net|infiniband)"
    r"|sys/devices/pci.*/(class|vendor|device|driver|numa_node|local_cpulist|type|link_layer|node_type)$)"
)
FIRST_LIST = topology.CORE_FILES[0]


class MachineCase(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.tree = xml_tree.Tree(self.root)


class AsLstopoSays(MachineCase):
    def check(self, root, told):
        expected = dict(told["topology"])
        fact = topology.topology_fact(root)
        self.assertEqual({name: fact[name] for name in expected}, expected)
        found = devices.devices_fact(root)
        gpus = {gpu["address"]: gpu["cpus"] for gpu in found["gpus"]}
        told_gpus = told["devices"]["gpus"]
        # The others are screens of management controllers.
        compute = {address: gpu["cpus"] for address, gpu in told_gpus.items() if gpu["class"] == "0302"}
        self.assertEqual(gpus, compute)
        self.check_nics(found["nics"], told["devices"]["nics"])

    def check_nics(self, nics, told):
        self.assertEqual({nic["name"]: nic["cpus"] for nic in nics}, {nic["name"]: told[nic["name"]]["cpus"] for nic in nics})
        # Each adapter once: `ib0` is the network side of `mlx4_0`.
        adapters = {nic["address"] for nic in told.values()}
        self.assertEqual({told[nic["name"]]["address"] for nic in nics}, adapters)
        fabrics = {name for name, nic in told.items() if nic["class"] == "infiniband"}
        self.assertEqual({nic["name"] for nic in nics if nic["kind"] == "infiniband"}, fabrics)

    def machine(self, name):
        with open(os.path.join(lstopo.FOLDER, name + ".expected.json")) as file:
            told = json.load(file)
        if name.endswith(".xml"):
            with open(os.path.join(lstopo.FOLDER, name)) as file:
                xml_tree.write_tree(file.read(), self.root)
            self.check(self.root, told)
        else:
            self.check(lstopo.unpack(name, self.root, READ), told)

    def test_16_processors_of_which_some_are_offline(self):
        self.machine("16em64t-4s2c2t-offlines.xml")

    def test_hybrid_cores(self):
        self.machine("20em64t-hybrid-1p6c2t+2ca4co1t.tar.bz2")

    def test_gpus_and_infiniband_of_two_packages(self):
        self.machine("24em64t-2n6c2t-pci.xml")

    def test_a_control_group_that_allows_few(self):
        self.machine("32amd64-4s2n4c-cgroup2.tar.bz2")

    def test_gpus_of_two_vendors(self):
        self.machine("32em64t-2n8c2t-pci-normalio.xml")

    def test_numbers_that_alternate_between_packages(self):
        self.machine("40intel64-2g2n4c+pcilocality.tar.bz2")

    def test_sparse_numa_nodes(self):
        self.machine("48amd64-4pa2n6c-sparse.tar.bz2")

    def test_four_packages_a_numa_node(self):
        self.machine("96em64t-4n4d3ca2co-pci.xml")

    def test_sixteen_gpus(self):
        self.machine("nvidiaDGX2.xml")

    def test_power_with_sparse_processors(self):
        self.machine("power8gpudistances.xml")

    def test_every_machine_of_the_folder_is_tried(self):
        names = [os.path.basename(path)[: -len(".expected.json")] for path in glob.glob(lstopo.FOLDER + "/*.expected.json")]
        with open(__file__) as file:
            text = file.read()
        self.assertEqual([name for name in names if '"%s"' % name not in text], [])
        self.assertEqual(len(names), 10)

    def test_this_machine(self):
        program = shutil.which("lstopo-no-graphics") or shutil.which("lstopo")
        if program is None:
            self.skipTest("lstopo is not installed")
        told = lstopo.topology(lstopo.ask(program))
        fact = topology.topology_fact("/")
        # Of memory the kernel tells hwloc of huge pages apart.
        for machine in (told, fact):
            for node in machine["numa"]:
                node.pop("memoryBytes", None)
        self.assertEqual({name: fact[name] for name in told}, told)


class OddMachines(MachineCase):
    def cpus(self, count, threads, each_cache):
        self.tree.put("sys/devices/system/cpu/online", "0-%d" % (count - 1))
        for cpu in range(count):
            folder = "sys/devices/system/cpu/cpu%d/" % cpu
            core, cache = cpu // threads * threads, cpu // each_cache * each_cache
            self.tree.put(folder + "topology/" + FIRST_LIST, "%d-%d" % (core, core + threads - 1))
            self.tree.put(folder + "topology/package_cpus_list", "0-%d" % (count - 1))
            for index, level, kind, shared in ((0, 1, "Data", core), (1, 1, "Instruction", core), (2, 3, "Unified", cache)):
                last = core + threads - 1 if shared == core and level == 1 else cache + each_cache - 1
                self.tree.put(folder + "cache/index%d/level" % index, level)
                self.tree.put(folder + "cache/index%d/type" % index, kind)
                self.tree.put(folder + "cache/index%d/shared_cpu_list" % index, "%d-%d" % (shared, last))

    def test_eight_threads_a_core(self):
        self.cpus(32, 8, 16)
        fact = topology.topology_fact(self.root)
        self.assertEqual(fact["cores"], ["0-7", "8-15", "16-23", "24-31"])
        self.assertEqual(fact["caches"], ["0-15", "16-31"])

    def test_memory_without_processors(self):
        self.cpus(4, 1, 4)
        for node, cpus, size in ((0, "0-3", 64), (8, "", 96), (252, "", 16)):
            self.tree.put("sys/devices/system/node/node%d/cpulist" % node, cpus)
            self.tree.put("sys/devices/system/node/node%d/meminfo" % node, "Node %d MemTotal:  %d kB" % (node, size))
        numa = topology.topology_fact(self.root)["numa"]
        self.assertEqual([(node["id"], node["cpus"], node["memoryBytes"]) for node in numa],
                         [(0, "0-3", 65536), (8, "", 98304), (252, "", 16384)])  # fmt: skip

    def test_a_kernel_without_numa_has_one_node(self):
        self.cpus(4, 2, 4)
        self.tree.put("proc/meminfo", "MemTotal:       1024 kB")
        self.assertEqual(topology.topology_fact(self.root)["numa"], [{"id": 0, "cpus": "0-3", "memoryBytes": 1 << 20}])

    def test_without_sys_there_is_proc(self):
        blocks = ["processor : %d\nphysical id : 0\ncore id : %d\nflags : a:b\n" % (cpu, cpu // 2) for cpu in range(4)]
        self.tree.put("proc/cpuinfo", "\n".join(blocks))
        self.assertEqual(
            topology.topology_fact(self.root),
            {"online": "0-3", "cores": ["0-1", "2-3"], "packages": ["0-3"], "caches": [], "numa": []},
        )

    def test_with_half_of_sys_missing_what_is_not_told_is_empty(self):
        self.cpus(4, 2, 4)
        for cpu in ("cpu2", "cpu3"):
            shutil.rmtree(self.root + "/sys/devices/system/cpu/" + cpu)
        fact = topology.topology_fact(self.root)
        # The cache of the first is that of all.
        self.assertEqual((fact["online"], fact["cores"], fact["caches"]), ("0-3", [], ["0-3"]))
        self.assertIsNone(topology.topology_fact(self.root + "/absent"))
        self.assertEqual(devices.devices_fact(self.root + "/absent"), {"gpus": [], "nics": [], "drivers": {}})

    def test_isolated_processors(self):
        self.cpus(4, 1, 4)
        self.tree.put("sys/devices/system/cpu/isolated", "2-3")
        self.assertEqual(topology.topology_fact(self.root)["isolated"], "2-3")

    def test_nonsense_in_files(self):
        self.cpus(4, 2, 4)
        for name in ("cpu0/topology/" + FIRST_LIST, "cpu0/cache/index2/shared_cpu_list", "isolated"):
            self.tree.put("sys/devices/system/cpu/" + name, "0-\x00x" * 100000)
        os.remove(self.root + "/sys/devices/system/cpu/cpu1/topology/" + FIRST_LIST)
        os.mkfifo(self.root + "/sys/devices/system/cpu/cpu1/topology/" + FIRST_LIST)
        fact = topology.topology_fact(self.root)
        self.assertEqual((fact["cores"], fact["packages"]), ([], ["0-3"]))

    def test_damaged_files_never_end_in_an_error(self):
        rand = random.Random(9)
        with open(os.path.join(lstopo.FOLDER, "24em64t-2n6c2t-pci.xml")) as file:
            xml_tree.write_tree(file.read(), self.root)
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(self.root) for name in names]
        for _ in range(40):
            for path in rand.sample(paths, 20):
                if os.path.isfile(path) and not os.path.islink(path):
                    with open(path, "wb") as file:
                        file.write(rand.choice([b"", b"-1", b"999999", b"0-65535", b"0-3,", bytes(70000), os.urandom(40)]))
            for fact in (topology.topology_fact(self.root), devices.devices_fact(self.root)):
                self.assertNotIn("null", json.dumps(fact or {}))

    def test_256_processors_take_few_requests(self):
        self.cpus(256, 2, 16)
        begin = time.perf_counter()
        fact = topology.topology_fact(self.root)
        # 3 ms where it was measured (AMD EPYC); the bound is for a machine that is busy.
        self.assertLess(time.perf_counter() - begin, 0.5)
        self.assertEqual((len(fact["cores"]), len(fact["caches"])), (128, 16))


class OddDevices(MachineCase):
    def pci(self, address, kind, vendor, driver=None, **files):
        folder = "sys/devices/pci0000:00/%s/" % address
        for name, text in dict(files, vendor=vendor, **{"class": kind}).items():
            self.tree.put(folder + name, text)
        if driver:
            self.tree.link(folder + "driver", "sys/bus/pci/drivers/" + driver)
        self.tree.link("sys/bus/pci/devices/" + address, folder)
        return folder

    def adapter(self, kind, name, folder, **files):
        own = "%s%s/%s/" % (folder, kind, name)
        self.tree.link(own + "device", folder)
        for path, text in files.items():
            self.tree.put(own + path.replace("__", "/"), text)
        self.tree.link("sys/class/%s/%s" % (kind, name), own)

    def test_accelerators_of_amd_and_screens(self):
        self.pci("0000:c1:00.0", "0x120000", "0x1002", "amdgpu", numa_node="3", local_cpulist="48-63")
        self.pci("0000:c6:00.0", "0x038000", "0x1002", "amdgpu", product_name="AMD INSTINCT MI250X", numa_node="-1")
        self.pci("0000:02:00.0", "0x030000", "0x1002", "radeon")
        self.pci("0000:03:00.0", "0x030000", "0x1a03", "ast")
        self.pci("0000:04:00.0", "0x030200", "0x1ed5")
        self.tree.put("sys/class/kfd/kfd/topology/nodes/1/properties", "gfx_target_version 90402\nlocation_id 49408\ndomain 0")
        self.assertEqual(
            devices.devices_fact(self.root)["gpus"],
            [
                {"address": "0000:04:00.0", "vendor": "other"},
                {"address": "0000:c1:00.0", "vendor": "amd", "model": "gfx942", "numa": 3, "cpus": "48-63"},
                {"address": "0000:c6:00.0", "vendor": "amd", "model": "AMD INSTINCT MI250X"},
            ],
        )

    def test_nvidia(self):
        self.pci("0000:3b:00.0", "0x030200", "0x10de", "nvidia", numa_node="0", local_cpulist="0-31")
        text = "Model: \t\t NVIDIA A100-SXM4-40GB\nIRQ:   \t\t 1\nDevice Minor: \t 2\nBus Location: \t 0000:3b:00.0"
        self.tree.put("proc/driver/nvidia/gpus/0000:3b:00.0/information", text)
        version = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  535.104.05  Release Build\nGCC version: 12"
        self.tree.put("proc/driver/nvidia/version", version)
        found = devices.devices_fact(self.root)
        model = {"model": "NVIDIA A100-SXM4-40GB", "minor": 2}
        self.assertEqual(found["gpus"], [dict(model, address="0000:3b:00.0", vendor="nvidia", numa=0, cpus="0-31")])
        self.assertEqual(found["drivers"], {"nvidia": "535.104.05"})
        self.tree.put("sys/module/nvidia/version", "550.54.15")
        self.tree.put("sys/module/amdgpu/version", "a secret\x1b[31m")
        self.assertEqual(devices.devices_fact(self.root)["drivers"], {"nvidia": "550.54.15"})

    def test_fabrics(self):
        near = {"numa_node": "1", "local_cpulist": "8-15"}
        slingshot = self.pci("0000:21:00.0", "0x020000", "0x17db", "cxi_ss1", **near)
        self.adapter("cxi", "cxi0", slingshot)
        self.adapter("net", "hsn0", slingshot, type="1")
        adapters = (("mlx5_0", "mlx5_core", "InfiniBand"), ("mlx5_1", "mlx5_core", "Ethernet"),
                    ("hfi1_0", "hfi1", "InfiniBand"), ("rdmap0", "efa", "Unspecified"))  # fmt: skip
        for index, (name, driver, layer) in enumerate(adapters):
            folder = self.pci("0000:3%d:00.0" % index, "0x020700", "0x15b3", driver, **near)
            self.adapter("infiniband", name, folder, ports__1__link_layer=layer)
        found = {nic["name"]: (nic["kind"], nic.get("numa")) for nic in devices.devices_fact(self.root)["nics"]}
        expected = {"cxi0": "slingshot", "mlx5_0": "infiniband", "mlx5_1": "roce", "hfi1_0": "omni-path", "rdmap0": "efa"}
        self.assertEqual(found, {name: (kind, 1) for name, kind in expected.items()})

    def test_virtual_adapters_are_none(self):
        physical = self.pci("0000:21:00.0", "0x020000", "0x8086", "ice")
        virtual = self.pci("0000:21:01.0", "0x020000", "0x8086", "iavf")
        self.tree.link(virtual + "physfn", physical)
        self.adapter("net", "eth0", physical, type="1")
        self.adapter("net", "eth0v0", virtual, type="1")
        for name in ("lo", "docker0", "veth1", "bond0"):
            self.tree.put("sys/devices/virtual/net/%s/type" % name, 1)
            self.tree.link("sys/class/net/" + name, "sys/devices/virtual/net/" + name)
        self.adapter("net", "usb0", self.tree_folder("0000:00:14.0/usb1/1-1"), type="1")
        self.assertEqual([nic["name"] for nic in devices.devices_fact(self.root)["nics"]], ["eth0"])

    def tree_folder(self, name):
        os.makedirs(self.root + "/sys/devices/pci0000:00/" + name)
        return "sys/devices/pci0000:00/%s/" % name


if __name__ == "__main__":
    unittest.main()
