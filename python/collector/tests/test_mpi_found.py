"""Which MPI library an environment finds: made-up libraries of each family in made-up environments, and this machine's."""

import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

from collector.machine import elf, loader, mpi_found, mpi_library
from collector.tests.shared_object import SharedObject, loader_cache

MPICH = {"soname": b"libmpi.so.12", "needed": [b"libc.so.6"], "defined": [b"MPI_Init", b"MPIR_Err_create_code", b"MPI_Finalize"]}
OPEN_MPI = {
    "soname": b"libmpi.so.40",
    "needed": [b"libopen-pal.so.40", b"libpmix.so.2"],
    "defined": [b"MPI_Init", b"ompi_mpi_comm_self", b"ompi_mpi_comm_world", b"MPIR_debug_gate"],
}
INTEL = dict(MPICH, defined=[b"MPI_Init", b"I_MPI_Check_image_status", b"MPIR_Err_create_code"])
STANDARD = dict(MPICH, soname=b"libmpi_abi.so.1", defined=[b"MPI_Init", b"MPI_Abi_get_version", b"MPIR_Err_create_code"])
CRAY = dict(MPICH, soname=b"libmpi_gnu_91.so.12")
CPYTHON = "cpython-311-x86_64-linux-gnu.so"


class Place(unittest.TestCase):
    def setUp(self):
        self.root = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.cache = os.path.join(self.root, "cache")
        self.caches()
        self.site = os.path.join(self.root, "venv/lib/python3.11/site-packages")

    def write(self, path, data):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def library(self, path, **kind):
        return self.write(path, SharedObject(**kind).bytes())

    def caches(self, *places):
        # An empty cache would be as none.
        self.write("cache", loader_cache([("libother.so.1", "/lib/libother.so.1"), *places]))


class ElfSymbols(Place):
    NAMES = [b"name_%d" % number for number in range(40)]

    def test_each_layout(self):
        for is_wide in (True, False):
            for order in "<>":
                for old_hash in (True, False):
                    layout = {"is_wide": is_wide, "order": order, "old_hash": old_hash}
                    path = self.library("x.so", defined=self.NAMES, undefined=[b"wanted"], **layout)
                    found = elf.read_elf(path, self.NAMES + [b"wanted", b"absent"], [b"wanted", b"absent"])
                    self.assertEqual((found.defined, found.mentioned), (set(self.NAMES), {b"wanted"}), layout)

    def test_as_nm_says_of_this_machines_libraries(self):
        if shutil.which("nm") is None:
            self.skipTest("nm is not installed")
        with open("/proc/self/maps") as maps:
            libraries = {line.split()[-1] for line in maps if ".so" in line.split()[-1]}
        self.assertGreater(len(libraries), 1)
        for path in sorted(libraries):
            lines = subprocess.check_output(["nm", "-D", path], universal_newlines=True).splitlines()
            told = [(line.split()[-1].split("@")[0].encode(), line.split()[-2]) for line in lines]
            defined = {name for name, kind in told if kind not in "Uw"}
            self.assertEqual(elf.read_elf(path, [name for name, _ in told]).defined, defined, path)

    def test_damaged_files_end_and_never_crash(self):
        rand = random.Random(11)
        for _ in range(600):
            layout = {"is_wide": rand.random() < 0.5, "order": rand.choice("<>"), "old_hash": rand.random() < 0.5}
            data = bytearray(SharedObject(defined=self.NAMES, undefined=[b"wanted"], **layout).bytes())
            for _ in range(rand.randrange(1, 8)):
                data[rand.randrange(4, len(data))] = rand.choice([0, 1, 0x7F, 0xFF, rand.randrange(256)])
            found = elf.read_elf(self.write("x.so", bytes(data)), self.NAMES, [b"wanted"])
            if found is not None and found.defined is not None:
                self.assertLessEqual(found.defined, set(self.NAMES))


class Families(Place):
    def test_by_symbols(self):
        kinds = ((MPICH, "mpich"), (OPEN_MPI, "openmpi"), (INTEL, "intel"), (STANDARD, "standard-abi"), (CRAY, "cray"))
        for kind, family in kinds:
            path = self.library("x.so", **kind)
            self.assertEqual(mpi_library.family(elf.read_elf(path, mpi_library.SYMBOLS), path), family)

    def test_a_name_that_another_family_used_too(self):
        old = dict(OPEN_MPI, soname=b"libmpi.so.12")
        path = self.library("libmpi.so.12", **old)
        self.assertEqual(mpi_library.family(elf.read_elf(path, mpi_library.SYMBOLS), path), "openmpi")


class Wheel(Place):
    def setUp(self):
        super().setUp()
        for name, needed in (("mpich", b"libmpi.so.12"), ("openmpi", b"libmpi.so.40")):
            self.library("venv/lib/python3.11/site-packages/mpi4py/MPI.%s.%s" % (name, CPYTHON), needed=[needed])

    def find(self, environ=(), prefix="venv", base="base", path=()):
        path = ["", self.root + "/base/lib/python311.zip", *path, self.site]
        prefix, base = os.path.join(self.root, prefix), os.path.join(self.root, base)
        environ = dict({"PYTHONUSERBASE": self.root + "/user"}, **dict(environ))
        return mpi_found.found_mpi(environ, prefix, base, path, self.cache)

    def order(self, *arguments, **more):
        return [(os.path.relpath(mpi["path"], self.root), mpi["family"], mpi["via"]) for mpi in self.find(*arguments, **more)["mpi"]]

    def test_what_is_in_the_virtual_environment_comes_before_the_sites(self):
        self.write("venv/lib/libmpi.so", b"INPUT(libmpi.so.12)\n")
        self.library("venv/lib/libmpi.so.12", **MPICH)
        site = self.library("site/libmpi.so.40", **OPEN_MPI)
        listed = {"LD_LIBRARY_PATH": self.root + "/empty:" + self.root + "/site"}
        expected = [("venv/lib/libmpi.so.12", "mpich", "virtual environment"), ("site/libmpi.so.40", "openmpi", "LD_LIBRARY_PATH")]
        self.assertEqual(self.order(listed), expected)
        found = self.find(listed)
        self.assertEqual(found["mpi"][1]["needed"], ["libopen-pal.so.40", "libpmix.so.2"])
        self.assertTrue(found["mpi4py"]["path"].endswith("MPI.mpich." + CPYTHON))
        self.assertEqual((found["mpi4py"]["built"], found["mpi4py"]["needed"]), (["mpich", "openmpi"], []))
        self.caches(("libmpi.so.40", site))
        self.assertEqual(self.order()[1], ("site/libmpi.so.40", "openmpi", "ld.so.cache"))

    def test_components_tell_which_pmi_an_open_mpi_was_built_for(self):
        for folder in ("openmpi", "openmpi/lib/openmpi3"):
            self.library("site/libmpi.so.40", **dict(OPEN_MPI, needed=[b"libopen-rte.so.40"]))
            for name in ("mca_pmix_s2.so", "mca_pmix_ext3x.so", "mca_btl_tcp.so", "mca_pmix_note.txt"):
                self.write("site/%s/%s" % (folder, name), b"")
            (found,) = self.find({"LD_LIBRARY_PATH": self.root + "/site"})["mpi"]
            self.assertEqual(found["needed"][1:], ["mca_pmix_ext3x.so", "mca_pmix_s2.so"])
            shutil.rmtree(self.root + "/site/" + folder)

    def test_one_name_in_any_folder_comes_before_the_next_name(self):
        self.library("a/libmpi.so.40", **OPEN_MPI)
        self.library("b/libmpi.so.12", **INTEL)
        found = self.order({"LD_LIBRARY_PATH": "%s/a:%s/b" % (self.root, self.root)})
        self.assertEqual([family for _, family, _ in found], ["intel", "openmpi"])

    def test_folders_of_the_user_and_below_the_virtual_environment(self):
        self.library("user/lib/libmpi.so.40", **OPEN_MPI)
        self.library("base/lib/libmpi.so.12", **MPICH)
        self.assertEqual(self.order(), [])
        user, base = self.root + "/user/lib/python3.11/site-packages", self.root + "/base/lib/python3.11/site-packages"
        found = [via for _, _, via in self.order(path=[user, base])]
        self.assertEqual(found, ["user base", "base prefix"])
        self.assertEqual([via for _, _, via in self.order(prefix="base")], ["base prefix"])

    def test_what_the_variables_say(self):
        mpich, ompi = self.library("a/libmpi.so.12", **MPICH), self.library("b/libmpi.so.40", **OPEN_MPI)
        self.assertEqual(self.order({"MPI4PY_LIBMPI": ompi}), [("b/libmpi.so.40", "openmpi", "MPI4PY_LIBMPI")])
        self.assertEqual(self.order({"MPI4PY_LIBMPI": self.root + "/a"}), [("a/libmpi.so.12", "mpich", "MPI4PY_LIBMPI")])
        listed = {"LD_LIBRARY_PATH": os.path.dirname(ompi), "MPI4PY_LIBMPI": "libmpi.so.40"}
        self.assertEqual(self.order(listed), [("b/libmpi.so.40", "openmpi", "MPI4PY_LIBMPI")])
        # The extension module is chosen, and the loader finds the library that this one names.
        listed = {"LD_LIBRARY_PATH": os.path.dirname(mpich) + ":" + os.path.dirname(ompi), "MPI4PY_MPIABI": "Open-MPI"}
        self.assertEqual([family for _, family, _ in self.order(listed)], ["openmpi"])
        self.assertEqual(self.order({"LD_PRELOAD": mpich})[0], ("a/libmpi.so.12", "mpich", "LD_PRELOAD"))

    def test_the_library_that_chooses_the_module_need_not_be_the_one_that_it_needs(self):
        debian = dict(MPICH, soname=b"libmpich.so.12")
        asked = {"MPI4PY_LIBMPI": self.library("a/libmpich.so.12", **debian)}
        self.assertEqual(self.order(asked), [])
        self.library("b/libmpi.so.12", **MPICH)
        called = ("b/libmpi.so.12", "mpich", "LD_LIBRARY_PATH")
        found = self.order(dict(asked, LD_LIBRARY_PATH=self.root + "/b"))
        self.assertEqual(found, [called, ("a/libmpich.so.12", "mpich", "MPI4PY_LIBMPI")])
        # A site's link: the same file by the name that the module asks for.
        os.makedirs(self.root + "/links")
        os.symlink(self.root + "/a/libmpich.so.12", self.root + "/links/libmpi.so.12")
        found = self.order(dict(asked, LD_LIBRARY_PATH=self.root + "/links"))
        self.assertEqual(found, [("a/libmpich.so.12", "mpich", "LD_LIBRARY_PATH")])

    def test_libraries_of_another_machine_are_passed_over(self):
        self.library("a/libmpi.so.12", is_wide=False, machine=3, **MPICH)
        self.library("b/libmpi.so.12", **MPICH)
        found = self.order({"LD_LIBRARY_PATH": "%s/a:%s/b" % (self.root, self.root)})
        self.assertEqual(found, [("b/libmpi.so.12", "mpich", "LD_LIBRARY_PATH")])

    def test_the_standards_library_is_known_to_later_versions(self):
        self.library("venv/lib/libmpi_abi.so.1", **STANDARD)
        self.assertEqual(self.order(), [])
        self.library("venv/lib/python3.11/site-packages/mpi4py/MPI.mpiabi." + CPYTHON, needed=[b"libmpi_abi.so.1"])
        self.assertEqual(self.order(), [("venv/lib/libmpi_abi.so.1", "standard-abi", "virtual environment")])
        self.assertTrue(self.find()["mpi4py"]["path"].endswith("MPI.mpiabi." + CPYTHON))

    def test_one_that_is_no_mpi_library_is_left_out(self):
        self.library("venv/lib/libmpi.so.12", soname=b"libmpi.so.12", defined=[b"something"])
        self.assertEqual(self.order(), [])

    def test_without_mpi4py_the_loader_alone_looks(self):
        self.library("venv/lib/libmpi.so.12", **MPICH)
        shutil.rmtree(self.site)
        self.assertEqual(self.order(), [])
        self.assertEqual(self.order({"LD_LIBRARY_PATH": self.root + "/venv/lib"})[0][2], "LD_LIBRARY_PATH")

    def test_what_is_known_of_a_folder_is_not_asked_again(self):
        names = {self.site: ["numpy"]}
        found = mpi_found.found_mpi({}, self.root + "/venv", "/usr", [self.site], self.cache, names.get)
        self.assertEqual(found, {"mpi": []})
        names[self.site].append("mpi4py")
        self.assertIn("mpi4py", mpi_found.found_mpi({}, self.root + "/venv", "/usr", [self.site], self.cache, names.get))

    def test_it_asks_little(self):
        self.library("venv/lib/libmpi.so.12", **MPICH)
        asked, real = [], os.open
        os.open = lambda path, *more, **others: asked.append(path) or real(path, *more, **others)
        try:
            self.find()
        finally:
            os.open = real
        # Three names, the library and the extension module; beside these, two folders are listed.
        self.assertLessEqual(len([path for path in asked if path.startswith(self.root + "/venv")]), 5, asked)


class Compiled(Place):
    def extension(self, **more):
        kind = dict({"needed": [b"libmpi.so.40", b"libc.so.6"], "undefined": [b"ompi_mpi_comm_self", b"MPI_Init"]}, **more)
        return self.library("venv/lib/python3.11/site-packages/mpi4py/MPI." + CPYTHON, **kind)

    def find(self, **environ):
        return mpi_found.found_mpi(environ, self.root + "/venv", "/usr", [self.site], self.cache)

    def via(self, **environ):
        return [(mpi["family"], mpi["via"]) for mpi in self.find(**environ)["mpi"]]

    def test_the_loaders_answer_in_its_order(self):
        for folder in ("rpath", "listed", "cached"):
            self.library(folder + "/libmpi.so.40", **OPEN_MPI)
        self.caches(("libmpi.so.40", self.root + "/cached/libmpi.so.40"))
        listed = {"LD_LIBRARY_PATH": self.root + "/listed"}
        self.extension(tags=[(elf.DT_RPATH, b"$ORIGIN/../../../../../rpath")])
        self.assertEqual(self.via(**listed), [("openmpi", "RPATH")])
        self.extension(tags=[(elf.DT_RUNPATH, os.fsencode(self.root + "/rpath"))])
        self.assertEqual(self.via(**listed), [("openmpi", "LD_LIBRARY_PATH")])
        self.assertEqual(self.via(), [("openmpi", "RUNPATH")])
        self.extension()
        self.assertEqual(self.via(), [("openmpi", "ld.so.cache")])

    def test_what_it_was_built_for(self):
        builds = (
            ({}, ["openmpi"]),
            ({"needed": [b"libmpich.so.12"], "undefined": [b"MPI_Init"]}, ["mpich"]),
            ({"needed": [b"libmpi.so.12"]}, ["openmpi"]),
            ({"needed": [b"libmpi_abi.so.1"], "undefined": [b"MPI_Init"]}, ["standard-abi"]),
            ({"needed": [b"libmpi-1a2b3c4d.so.12"], "undefined": [b"MPI_Init"]}, ["mpich"]),
            ({"needed": [b"libc.so.6"], "undefined": [b"MPI_Init"]}, ["unknown"]),
        )
        for kind, built in builds:
            self.extension(**kind)
            self.assertEqual(self.find()["mpi4py"]["built"], built, kind)

    def test_a_library_that_is_missing(self):
        self.extension()
        self.assertEqual(self.find()["mpi"], [])
        self.assertEqual(self.find()["mpi4py"]["needed"], ["libmpi.so.40", "libc.so.6"])

    def test_no_mpi_at_all(self):
        self.assertEqual(self.find(), {"mpi": []})


class Cache(Place):
    def test_as_ldconfig_lists_it(self):
        program = shutil.which("ldconfig") or "/sbin/ldconfig"
        if not os.path.exists(program) or not os.path.exists(loader.CACHE_PATH):
            self.skipTest("there is no ldconfig or no cache")
        listed = {}
        for line in subprocess.check_output([program, "-p"], universal_newlines=True, env={"LC_ALL": "C"}).splitlines():
            name, arrow, path = line.partition(" => ")
            if arrow:
                listed.setdefault(name.split()[0], []).append(path)
        self.assertEqual(loader.read_cache(loader.CACHE_PATH), listed)

    def test_damaged_caches(self):
        rand = random.Random(5)
        good = loader_cache([("liba.so.%d" % number, "/lib/liba.so.%d" % number) for number in range(9)], older=b"ld.so-1.7.0" + bytes(21))
        self.assertEqual(len(loader.read_cache(self.write("cache", good))), 9)
        for _ in range(500):
            data = bytearray(good)
            for _ in range(rand.randrange(1, 9)):
                data[rand.randrange(len(data))] = rand.choice([0, 255, rand.randrange(256)])
            del data[rand.randrange(len(data)) :]
            self.assertLessEqual(len(loader.read_cache(self.write("cache", bytes(data)))), 9)
        self.assertEqual(loader.read_cache(self.root + "/absent"), {})


class OfThisMachine(unittest.TestCase):
    def test_the_library_that_mpi4py_loads(self):
        """The interpreter of the system, with whatever mpi4py it has, loads the library that we say it would."""
        code = (
            "import json, os, sys\nplaces = sys.path[:]\nfrom mpi4py import rc\nrc.initialize = False\nfrom mpi4py import MPI\n"
            "maps = [line.split()[-1] for line in open('/proc/self/maps') if 'libmpi' in line.split()[-1]]\n"
            "print(json.dumps([sys.exec_prefix, sys.base_exec_prefix, places, sorted(set(maps))]))"
        )
        answer = subprocess.run(["/usr/bin/python3", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/")
        if answer.returncode:
            self.skipTest("the system's Python has no mpi4py that can be imported")
        prefix, base, places, loaded = json.loads(answer.stdout)
        found = mpi_found.found_mpi(dict(os.environ), prefix, base, places)
        self.assertIn(found["mpi"][0]["path"], loaded)


if __name__ == "__main__":
    unittest.main()
