"""What the doctor's census tells of a process, against what the process knows itself."""

import ctypes.util
import importlib.util
import json
import os
import subprocess
import sys
import unittest

from collector.doctor.own_python import cpu_counts
from collector.probe.library_kinds import library_kind, library_owner, version_by_name

from .doctored import Doctored, can_unshare
from .ground import each_interpreter

PYTHON = sys.executable
CPUS = sorted(os.sched_getaffinity(0))
SHRINK = "import os\nos.sched_setaffinity(0, {%d})\n" % CPUS[0]


class Names(unittest.TestCase):
    def test_kinds_by_file_names(self):
        known = {
            "libgomp-a34b3233.so.1.0.0": ("openmp", "libgomp"),
            "libiomp5.so": ("openmp", "libiomp5"),
            "libscipy_openblas64_-32a4b2a6.so": ("blas", "OpenBLAS"),
            "libopenblasp-r0.3.21.so": ("blas", "OpenBLAS"),
            "libmpi_gnu_91.so.12": ("mpi", "Cray MPICH"),
            "libmpi.so.40.30.4": ("mpi", "MPI"),
            "libmpi_abi.so.1.0.0": ("mpi", "MPI standard ABI"),
            "libmpi_gtl_cuda.so.0": ("gtl", "Cray GTL"),
            "libhdf5_openmpi.so.103.3.0": ("hdf5", "HDF5"),
            "libc.so.6": ("glibc", "glibc"),
            "libc-2.31.so": ("glibc", "glibc"),
        }
        for name, kind in known.items():
            self.assertEqual(library_kind("/opt/lib/" + name), kind, name)
        for name in ("libmpi_cxx.so.40", "libmpi_mpifh.so.40", "libhdf5_cpp.so.103", "libcublasLt.so.12", "libnccl-net.so",
                     "libcap.so.2", "libcom_err.so.2", "libc.so", "libmpi", "mpi.so", "libm.so.6", "libtbbmalloc.so.2"):  # fmt: skip
            self.assertIsNone(library_kind("/opt/lib/" + name), name)

    def test_versions_that_names_tell(self):
        for path, kind, version in (
            ("/l/libopenblasp-r0.3.21.so", "blas", "0.3.21"),
            ("/l/libstdc++.so.6.0.30", "libstdc++", "6.0.30"),
            ("/l/libcuda.so.535.104.05", "cuda-driver", "535.104.05"),
            ("/l/libc-2.31.so", "glibc", "2.31"),
            # These are of the interface, not of the product.
            ("/l/libmpi.so.40.30.4", "mpi", None),
            ("/l/libgomp.so.1.0.0", "openmp", None),
            ("/l/libcuda.so.1", "cuda-driver", None),
            ("/l/libc.so.6", "glibc", None),
        ):
            self.assertEqual(version_by_name(path, kind), version, path)

    def test_owners(self):
        self.assertEqual(library_owner("/e/lib/python3.11/site-packages/numpy.libs/libgomp.so.1"), "numpy.libs")
        self.assertIsNone(library_owner("/usr/lib/libgomp.so.1"))


class Census(Doctored):
    def look(self, code, python=PYTHON, environment=None, name=None, status=0):
        self.write(name or "job.py", code)
        self.run_one(["--", python, name or "job.py"], python=PYTHON, environment=environment, status=status)
        facts = self.facts()
        self.assertEqual(facts["rank"][0]["seen"], "inside", facts["rank"])
        self.assertEqual([fact["what"] for fact in facts.get("missing", [])], [])
        return facts

    @unittest.skipIf(len(CPUS) < 2, "only one CPU may be used here")
    @each_interpreter
    def test_the_deepest_import_after_which_the_mask_was_another(self, python, version):
        self.write("package/__init__.py", "import package.inner\n")
        self.write("package/inner.py", "import package.deepest\n")
        self.write("package/deepest.py", SHRINK)
        facts = self.look("import json\nimport package\nimport decimal\n", python)
        fact = facts["rank"][0]
        all_cpus = fact["affinity"]["atStart"]
        self.assertEqual(fact["affinity"]["afterImports"], str(CPUS[0]))
        changes = [(change["module"], change["before"], change["after"]) for change in fact["maskChanges"]]
        self.assertEqual(changes, [("package.deepest", all_cpus, str(CPUS[0]))])

    @unittest.skipUnless(ctypes.util.find_library("gomp"), "libgomp is not installed")
    @unittest.skipIf(len(CPUS) < 2, "only one CPU may be used here")
    def test_a_library_that_binds_its_thread(self):
        self.write("binds.py", "import ctypes\nctypes.CDLL('libgomp.so.1')\n")
        facts = self.look("import binds\n", environment={"OMP_PROC_BIND": "true", "OMP_NUM_THREADS": "2"})
        change, = facts["rank"][0]["maskChanges"]
        self.assertEqual(change["module"], "binds")
        self.assertIn("libgomp", self.path_of(change["libraries"][0]))
        pool, = [pool for pool in facts["pools"][0]["pools"] if pool["runtime"] == "libgomp"]
        self.assertEqual((pool["threads"], pool["basis"], pool["variable"]), (2, "asked", "OMP_NUM_THREADS"))
        self.assertIn("libgomp", [library["name"] for library in facts["loaded"][0]["libraries"]])

    @each_interpreter
    def test_counts_and_modules(self, python, version):
        facts = self.look("import json, multiprocessing, sys\nimport own\n" if self.write("own.py", "") else "", python)
        counts = {count["source"]: count["cpus"] for count in facts["counts"][0]["counts"]}
        self.assertEqual(counts["os.cpu_count"], os.cpu_count())
        self.assertEqual(counts["os.sched_getaffinity"], len(CPUS))
        self.assertEqual(counts["multiprocessing.cpu_count"], os.cpu_count())
        modules = facts["modules"][0]
        # PYTHONDONTWRITEBYTECODE: nothing was kept of it, so it was compiled.
        self.assertIn("own", modules["fromSourceNames"])
        self.assertIn("multiprocessing", [slow["module"] for slow in modules["slowest"]])
        code = "import json, multiprocessing, sys\nimport own\nprint(len(sys.modules))"
        bare = int(subprocess.check_output([python, "-c", code], cwd=self.folder, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1")))
        self.assertLess(abs(modules["modules"] - bare), 4)
        seconds = facts["rank"][0]["seconds"]
        self.assertLess(seconds["imports"], seconds["command"])

    @each_interpreter
    def test_shadows(self, python, version):
        # Neither is imported by what a site adds to the start.
        self.write("sched.py", "")
        self.write("colorsys.py", "")
        self.write("data/tokens.py", "")
        facts = self.look("import sched\n", python)
        shadows = {(shadow["module"], shadow["hides"], shadow["loaded"]) for shadow in facts["modules"][0]["shadows"]}
        self.assertEqual(shadows, {("sched", "standard library", True), ("colorsys", "standard library", False)})
        self.assertEqual(self.path_of(facts["modules"][0]["shadows"][1]["path"]).rsplit("/", 1)[-1], "sched.py")

    @each_interpreter
    def test_a_distribution_that_is_hidden(self, python, version):
        site = os.path.join(self.folder, "env/site-packages")
        self.write("env/site-packages/tool/__init__.py", "")
        self.write("env/site-packages/tool-1.2.dist-info/METADATA", "")
        self.write("other/tool.py", "")
        code = "import sys\nsys.path.append(%r)\nimport tool\n" % site
        facts = self.look(code, python, environment={"PYTHONPATH": self.folder + "/other"}, name="work/job.py")
        shadows = [(shadow["module"], shadow["hides"], shadow["loaded"]) for shadow in facts["modules"][0]["shadows"]]
        self.assertEqual(shadows, [("tool", "distribution", True)])

    @each_interpreter
    def test_a_clean_folder_has_no_shadows(self, python, version):
        self.write("helpers.py", "import json\n")
        facts = self.look("import helpers, decimal, multiprocessing, unittest, email.message\n", python)
        self.assertEqual(facts["modules"][0]["shadows"], [])

    @each_interpreter
    def test_without_site_the_standard_library_hides_nothing(self, python, version):
        self.write("job.py", "import json\n")
        for options in (["-S"], ["-I", "-S"]):
            self.run_one(["--", python] + options + ["job.py"])
            facts = self.facts()
            self.assertEqual(facts["modules"][0]["shadows"], [])
            origins = [entry["origin"] for entry in facts["python"][0]["pathEntries"]]
            self.assertIn("stdlib", origins)

    @each_interpreter
    def test_processes_that_leave_in_their_own_way(self, python, version):
        for end in ("os._exit(3)", "os.kill(os.getpid(), 0); os._exit(3)", "sys.exit(3)", "raise SystemExit(3)"):
            facts = self.look("import json, os, sys\n%s\n" % end, python)
            self.assertEqual(facts["rank"][0]["ended"], {"status": 3})

    @each_interpreter
    def test_a_fork_takes_no_census(self, python, version):
        code = "import os\npid = os.fork()\nif pid == 0:\n    import json\n    raise SystemExit(0)\nos.waitpid(pid, 0)\nimport decimal\n"
        facts = self.look(code, python)
        self.assertIn("decimal", [slow["module"] for slow in facts["modules"][0]["slowest"]])
        self.assertNotIn("json", [slow["module"] for slow in facts["modules"][0]["slowest"]])

    @each_interpreter
    def test_a_program_with_an_audit_hook_of_its_own_is_left_in_peace(self, python, version):
        code = "import sys\nseen = []\nsys.addaudithook(lambda event, args: seen.append(event))\nimport atexit\n"
        code += "class Late:\n    def __del__(self, seen=seen):\n        print(len([e for e in seen if e in ('open', 'ctypes.dlopen')]))\nlate = Late()\n"
        self.write("job.py", code)
        out, _ = self.run_one(["--", python, "job.py"])
        bare = subprocess.check_output([python, "job.py"], cwd=self.folder, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
        self.assertEqual(out, bare.decode())

    def test_numpy_is_asked(self):
        if importlib.util.find_spec("numpy") is None:
            self.skipTest("numpy is not installed")
        facts = self.look("import numpy\n", environment={"OPENBLAS_NUM_THREADS": "1"})
        pool, = [pool for pool in facts["pools"][0]["pools"] if pool["runtime"] == "OpenBLAS"]
        self.assertEqual((pool["threads"], pool["basis"], pool["variable"]), (1, "asked", "OPENBLAS_NUM_THREADS"))
        library, = [library for library in facts["loaded"][0]["libraries"] if library["name"] == "OpenBLAS"]
        self.assertRegex(library["version"], r"^\d+\.\d+")

    def test_mpi_is_asked_where_it_was_initialized(self):
        python = "/usr/bin/python3"
        if subprocess.call([python, "-c", "import mpi4py.MPI"], stderr=subprocess.DEVNULL) != 0:
            self.skipTest("the system's Python has no mpi4py")
        facts = self.look("import mpi4py\nmpi4py.rc.thread_level = 'funneled'\nimport mpi4py.MPI\n", python)
        self.assertEqual(facts["rank"][0]["mpi"], {"state": "initialized", "rank": 0, "size": 1})
        self.assertEqual((facts["mpi"][0]["by"], facts["mpi"][0]["asked"]), ("mpi4py.MPI", "funneled"))
        facts = self.look("import mpi4py\nmpi4py.rc.initialize = False\nimport mpi4py.MPI\n", python)
        self.assertEqual(facts["rank"][0]["mpi"], {"state": "loaded"})
        facts = self.look("import mpi4py.MPI\nmpi4py.MPI.Finalize()\n", python)
        self.assertEqual(facts["rank"][0]["mpi"], {"state": "finalized", "rank": 0, "size": 1})
        # Initialized by a library of the job's own, without mpi4py.
        path = self.path_of(facts["mpi"][0]["library"])
        facts = self.look("import ctypes\nlib = ctypes.CDLL(%r, ctypes.RTLD_GLOBAL)\nlib.MPI_Init(None, None)\n" % path, python)
        self.assertEqual(facts["rank"][0]["mpi"], {"state": "initialized", "rank": 0, "size": 1})
        self.assertNotIn("by", facts["mpi"][0])
        self.assertIn(facts["mpi"][0]["family"], ("openmpi", "mpich"))
        self.assertEqual(facts["mpi"][0]["given"], "single")

    def test_mpi_of_a_process_that_is_killed(self):
        python = "/usr/bin/python3"
        if subprocess.call([python, "-c", "import mpi4py.MPI"], stderr=subprocess.DEVNULL) != 0:
            self.skipTest("the system's Python has no mpi4py")
        self.run_one(["--seconds", "3", "--", python, "-c", "import mpi4py.MPI, time; time.sleep(60)"])
        facts = self.facts()
        self.assertEqual(facts["rank"][0]["seen"], "outside")
        self.assertEqual(facts["rank"][0]["mpi"], {"state": "initialized", "rank": 0, "size": 1})
        families = [library.get("family") for library in facts["loaded"][0]["libraries"] if library["kind"] == "mpi"]
        self.assertIn(families, (["openmpi"], ["mpich"]))
        self.assertNotIn("modules", facts)

    @unittest.skipUnless(can_unshare(), "mount namespaces cannot be made here")
    def test_a_command_in_a_container_of_its_own(self):
        self.run_one(["--", "unshare", "-m", PYTHON, "-c", "import json"])
        facts = self.facts()
        self.assertEqual(facts["rank"][0]["seen"], "inside")
        self.assertIn("container", facts["missing"][0]["because"])
        # What lies where the collector looks is not what the command sees.
        self.assertNotIn("found", facts)
        self.assertNotIn("distribution", facts)

    def test_own_counts(self):
        self.assertEqual(dict(map(tuple, cpu_counts()))["os.cpu_count"], os.cpu_count())
        self.assertTrue(json.dumps(cpu_counts()))


if __name__ == "__main__":
    unittest.main()
