"""The mode `host`: what it reads of programs, modules and Spack, and that nothing of a machine can hold it up."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from collector.host import bounded, fabrics, module_hierarchy, module_system, mpi_tools, mpis, place, slurm, spack
from collector.host.options import OptionsError, read_options

from .interpreters import find_old_interpreters

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = 60


def facts_of(path):
    """All facts of a recording, by name."""
    found = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row[0] == "fact":
                found.setdefault(row[1], []).append(row[2])
    return found


class Ground(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, True)

    def program(self, name, text):
        """An executable shell script; returns its path."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)
        return path

    def file(self, name, text=""):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path


class WholeRuns(Ground):
    def run_host(self, *more, python=sys.executable, **environ):
        output = os.path.join(self.folder, "host.pharos")
        variables = dict(os.environ, **environ)
        command = [python, "-B", "collector", "host", "-o", output] + list(more)
        return output, subprocess.Popen(command, cwd=PACKAGE, env=variables, stderr=subprocess.PIPE)

    def ended(self, process):
        self.addCleanup(process.stderr.close)
        return process.wait(timeout=SECONDS), process.stderr.read().decode()

    def test_this_machine_is_told_on_each_python(self):
        for python in [sys.executable] + list(find_old_interpreters().values()):
            output, process = self.run_host(python=python)
            self.assertEqual(self.ended(process), (0, ""), python)
            facts = facts_of(output)
            self.assertEqual(facts["processor"][0]["machine"], os.uname().machine)
            self.assertEqual(len(facts["host"]), 1)
            names = [probe["name"] for probe in facts["probe"]]
            self.assertEqual(len(names), 8)
            self.assertNotIn("late", [probe["outcome"] for probe in facts["probe"]])

    def test_a_program_that_hangs_costs_its_probe_only(self):
        self.program("bin/srun", "sleep 100\n")
        self.program("bin/sinfo", "sleep 100\n")
        began = time.monotonic()
        output, process = self.run_host("--seconds", "8", PATH=self.folder + "/bin:" + os.environ["PATH"])
        self.assertEqual(self.ended(process)[0], 0)
        self.assertLess(time.monotonic() - began, 40)
        probes = {probe["name"]: probe for probe in facts_of(output)["probe"]}
        self.assertIn(probes["Slurm"]["outcome"], ("late", "failed"))
        self.assertEqual(probes["MPI"]["outcome"] in ("answered", "absent"), True)

    def test_a_stop_keeps_what_was_noted(self):
        mark = os.path.join(self.folder, "asked")
        self.program("bin/srun", "touch %s; sleep 100\n" % mark)
        output, process = self.run_host(PATH=self.folder + "/bin:" + os.environ["PATH"])
        until = time.monotonic() + SECONDS
        while not os.path.exists(mark) and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.ended(process)[0], 128 + signal.SIGTERM)
        facts = facts_of(output)
        self.assertEqual(facts["missing"][0]["because"], "it was stopped")
        self.assertIn("processor", facts)

    def test_nothing_but_the_recording_is_written(self):
        home = os.path.join(self.folder, "home")
        os.mkdir(home)
        output, process = self.run_host(HOME=home, TMPDIR=home)
        self.assertEqual(self.ended(process), (0, ""))
        self.assertEqual((os.listdir(home), sorted(os.listdir(self.folder))), ([], ["home", "host.pharos"]))

    def test_a_file_of_another_kind_is_left(self):
        self.file("host.pharos", "mine")
        output, process = self.run_host()
        status, said = self.ended(process)
        self.assertEqual(status, 2)
        self.assertIn("hint:", said)
        with open(output) as file:
            self.assertEqual(file.read(), "mine")


class Bounds(unittest.TestCase):
    def test_the_answer_and_the_reasons_for_none(self):
        def absent():
            raise bounded.absent("it is not here")

        self.assertEqual(bounded.run_bounded(lambda: {"facts": []}, 10).value, {"facts": []})
        answer = bounded.run_bounded(absent, 10)
        self.assertEqual((answer.outcome, answer.because), ("absent", "it is not here"))
        self.assertEqual(bounded.run_bounded(lambda: 1 // 0, 10).outcome, "failed")
        self.assertEqual(bounded.run_bounded(lambda: os._exit(3), 10).because, "it ended without an answer")

    def test_what_hangs_is_ended_with_all_it_started(self):
        began = time.monotonic()
        answer = bounded.run_bounded(lambda: subprocess.call(["sleep", "77.125"]), 0.3)
        self.assertEqual(answer.outcome, "late")
        self.assertLess(time.monotonic() - began, 5)
        listed = subprocess.check_output(["ps", "-eo", "args"]).decode()
        self.assertNotIn("sleep 77.125", listed)


class Places(unittest.TestCase):
    def fact(self, **environ):
        return place.place_fact(environ, "/nowhere")

    def test_a_job_and_its_partition(self):
        fact = self.fact(SLURM_JOB_ID="7", SLURM_JOB_PARTITION="gpu", SLURMD_NODENAME="n1")
        self.assertEqual(fact, {"nodeName": "n1", "scheduler": "slurm", "partition": "gpu"})
        self.assertEqual(self.fact(PBS_JOBID="7.server", PBS_QUEUE="long")["partition"], "long")
        self.assertEqual(self.fact(LSB_JOBID="7")["scheduler"], "lsf")

    def test_an_allocation_s_shell_on_the_login_node_is_no_job(self):
        self.assertNotIn("scheduler", self.fact(SLURM_JOB_ID="7", SLURM_JOB_PARTITION="gpu"))


# As Lmod 8.6 and Environment Modules 5.2 print them.
LMOD_LISTING = """/sw/modules/Core:
gcc/
gcc/12.2
openmpi/4.1.4(default)
openmpi/5.0.5
/sw/modules/MPI:
hdf5/1.14.3
"""
TCL_LISTING = """/usr/share/modules/modulefiles:
dot
module-git
openmpi/4.1.4(default)
use.own
"""
LMOD_SHOWN = """----------------------------------------------------------------------------
   /sw/modules/openmpi/5.0.5.lua:
----------------------------------------------------------------------------
whatis("Open MPI")
prepend_path("PATH","/sw/openmpi/5.0.5/bin")
prepend_path("LD_LIBRARY_PATH","/sw/openmpi/5.0.5/lib:/sw/pmix/lib")
append_path{"MANPATH","/sw/openmpi/5.0.5/share/man",delim=":"}
setenv("MPI_HOME","/sw/openmpi/5.0.5")
help([[prepend_path is a function]])
"""
TCL_SHOWN = """-------------------------------------------------------------------
/sw/modules/openmpi/4.1.4:

module-whatis\t{Open MPI}
prepend-path\tPATH /sw/openmpi/4.1.4/bin
prepend-path\tLD_LIBRARY_PATH {/sw/open mpi/lib}
prepend-path\t-d : CPATH /sw/openmpi/4.1.4/include
setenv\t\tMPI_HOME /sw/openmpi/4.1.4
-------------------------------------------------------------------
"""


class Modules(Ground):
    def test_listings(self):
        self.assertEqual(module_system.listed(LMOD_LISTING), ["gcc/12.2", "openmpi/4.1.4", "openmpi/5.0.5", "hdf5/1.14.3"])
        self.assertEqual(module_system.listed(TCL_LISTING), ["dot", "module-git", "openmpi/4.1.4", "use.own"])
        self.assertEqual(module_system.listed("No module(s) or extension(s) found!\n\x1b[1m\n$(rm)/1\n"), [])

    def test_folders_that_a_module_adds(self):
        found = module_system.folders_shown(LMOD_SHOWN)
        self.assertEqual(found["PATH"], ["/sw/openmpi/5.0.5/bin"])
        self.assertEqual(found["LD_LIBRARY_PATH"], ["/sw/openmpi/5.0.5/lib", "/sw/pmix/lib"])
        found = module_system.folders_shown(TCL_SHOWN)
        self.assertEqual(found["LD_LIBRARY_PATH"], ["/sw/open mpi/lib"])
        self.assertEqual(found["CPATH"], ["/sw/openmpi/4.1.4/include"])

    def test_names_of_modules(self):
        for name, base in (("openmpi/5.0.5-gcc", "openmpi"), ("mpi/impi/2021.9", "impi"), ("cray-mpich/8.1.28", "cray-mpich"),
                           ("hdf5", "hdf5"), ("mpi/openmpi-x86_64", "mpi")):  # fmt: skip
            self.assertEqual(module_system.base_of(name), base)
        self.assertIsNone(module_system.MPI_MODULE.match("openmpi-docs"))

    def test_modules_that_a_hierarchy_hides(self):
        spidered = {
            "openmpi": {
                "/sw/gcc12/openmpi/5.0.5.lua": {
                    "fullName": "openmpi/5.0.5",
                    "hidden": False,
                    "parentAA": [["gcc/12.2"], ["gcc/13.1"]],
                    "lpathA": {"/sw/openmpi/lib": 1, "relative": 1},
                },
                "/sw/gcc12/openmpi/.4.lua": {"fullName": "openmpi/.4", "hidden": True, "parentAA": [["gcc/12.2"]]},
            },
            "gcc": {"/sw/Core/gcc/12.2.lua": {"fullName": "gcc/12.2"}},
            "other": {"/sw/gcc12/other/1.lua": {"fullName": "other/1", "parentAA": [["gcc/12.2"]]}},
        }
        found = module_hierarchy.hidden_of(spidered, module_system._is_of_interest)
        loads = ["gcc/12.2", "openmpi/5.0.5"]
        self.assertEqual(
            found, [{"module": "openmpi/5.0.5", "loads": loads, "folders": {"PATH": [], "LD_LIBRARY_PATH": ["/sw/openmpi/lib"]}}]
        )

    def test_what_is_no_answer_of_spider(self):
        for answer in ("", "no", "[" * 100000, '{"openmpi": {"f": {"fullName": 3}}}', '{"openmpi": 1}', "[1]"):
            lmod = self.program("lmod", "exit 0\n")
            self.program("spider", "printf %%s '%s'\n" % answer if len(answer) < 1000 else "exit 1\n")
            self.assertFalse(module_hierarchy.spidered({"MODULEPATH": "/sw"}, lmod, lambda _: True), answer)
        chains = [{}, [], [1], [[1]], [["gcc"], 1], "gcc"]
        odd = {"openmpi": {str(at): {"fullName": "openmpi/1", "parentAA": one} for at, one in enumerate(chains)}}
        self.assertEqual([one["loads"] for one in module_hierarchy.hidden_of(odd, lambda _: True)], [["gcc", "openmpi/1"]])

    def test_without_a_path_of_modules_it_is_not_known(self):
        command = self.program("lmod", "echo gcc/1\n")
        with self.assertRaises(bounded.Told) as told:
            module_system.probe_modules({"LMOD_CMD": command}, time.monotonic() + 9)
        self.assertEqual(told.exception.outcome, "failed")


class Tools(Ground):
    def test_what_launchers_say(self):
        told = mpi_tools.launcher_told
        self.assertEqual(told("mpirun (Open MPI) 5.0.5\n"), {"family": "openmpi", "version": "5.0.5"})
        self.assertEqual(told("mpirun.openmpi (OpenRTE) 4.1.4\n"), {"family": "openmpi", "version": "4.1.4"})
        self.assertEqual(told("HYDRA build details:\n    Version:      4.0.2\n"), {"family": "mpich", "version": "4.0.2"})
        intel = "Intel(R) MPI Library for Linux* OS, Version 2021.11 Build 20231005 (id: 74c4a23)\nCopyright"
        self.assertEqual(told(intel), {"family": "intel", "version": "2021.11"})
        self.assertEqual(told("mpiexec: unknown option"), {})

    def test_what_compilers_say(self):
        self.file("lib/libmpi.so.40.1")
        os.symlink("libmpi.so.40.1", os.path.join(self.folder, "lib/libmpi.so"))
        lines = "".join("#define OMPI_%s_VERSION %d\n" % pair for pair in (("MAJOR", 4), ("MINOR", 1), ("RELEASE", 6)))
        self.file("include/mpi.h", lines)
        text = "gcc -I%s/include -pthread -L%s/lib -Wl,-rpath -Wl,%s/lib -lmpi\nnoise" % ((self.folder,) * 3)
        library = os.path.join(self.folder, "lib/libmpi.so.40.1")
        self.assertEqual(mpi_tools.compiler_told(text, []), {"library": library, "hasHeader": True, "version": "4.1.6"})
        self.assertEqual(mpi_tools.compiler_told("gcc 'unbalanced", []), {})
        self.file("include/mpi.h", '#define MVAPICH2_VERSION "2.3.7"\n#define MPICH_VERSION "3.2.1"\n')
        self.assertEqual(mpi_tools.compiler_told(text, [])["version"], "2.3.7")

    def test_a_library_gets_the_tools_that_are_its_own(self):
        tools = [
            {"tool": "compiler", "path": "/usr/bin/mpicc", "library": "/l/a.so", "version": "4.1.4"},
            {"tool": "compiler", "path": "/usr/bin/mpicc.openmpi", "library": "/l/a.so", "version": "4.1.4"},
            {"tool": "launcher", "path": "/usr/bin/mpirun", "family": "openmpi", "version": "4.1.4"},
            {"tool": "launcher", "path": "/opt/bin/mpirun", "family": "openmpi", "version": "5.0.5"},
            {"tool": "launcher", "path": "/usr/bin/mpiexec.hydra", "family": "mpich", "version": "4.0.2"},
        ]
        library = {"library": "/l/a.so", "family": "openmpi", "prefix": "/l"}
        mpi_tools.pair(library, tools)
        self.assertEqual((library["compiler"], library["launcher"]), ("/usr/bin/mpicc.openmpi", "/usr/bin/mpirun"))
        bare = {"library": "/x/lib/b.so", "family": "mpich", "prefix": "/x"}
        mpi_tools.pair(bare, tools)
        self.assertEqual(bare, {"library": "/x/lib/b.so", "family": "mpich", "prefix": "/x"})

    def test_prefixes(self):
        self.assertEqual(mpis.prefix_of("/sw/lib/openmpi/5/lib64/libmpi.so.40"), "/sw/lib/openmpi/5")
        self.assertEqual(mpis.prefix_of("/opt/intel/mpi/2021.11/lib/release/libmpi.so.12"), "/opt/intel/mpi/2021.11")
        self.assertEqual(mpis.prefix_of("/odd/libmpi.so.12"), "/odd")


# As Slurm 20.11, 22.05 and 23.11 print them.
MPI_LISTS = {
    "srun: MPI types are...\nsrun: cray_shasta\nsrun: none\nsrun: pmi2\nsrun: pmix_v3\nsrun: pmix\n": ["cray_shasta", "none", "pmi2", "pmix_v3", "pmix"],
    "MPI plugin types are...\n\tpmix\n\tnone\n\tpmi2\nspecific pmix plugin versions available: pmix_v4\n": ["pmix", "none", "pmi2", "pmix_v4"],
    "MPI plugin types are...\n\tnone\n\tpmix\nspecific pmix plugin versions available: pmix_v4,pmix_v5\n": ["none", "pmix", "pmix_v4", "pmix_v5"],
    "srun: error: Could not find\n": [],
}  # fmt: skip


class Schedulers(unittest.TestCase):
    def test_lists_of_plugins(self):
        for text, names in MPI_LISTS.items():
            self.assertEqual(slurm.mpi_types(text), names)

    def test_partitions(self):
        text = "cpu*|up|128|256|515000|zen3|(null)|2-00:00:00\ngpu|down|16+|128|1000000+|(null)|gpu:a100:4|infinite\nbroken\n"
        first, second = slurm.partitions(text)
        self.assertEqual((first["name"], first["isDefault"], first["nodes"]), ("cpu", True, 128))
        self.assertEqual(second, {"name": "gpu", "isDefault": False, "available": False, "nodes": 16, "cpus": 128,
                                  "memoryMegabytes": 1000000, "gres": "gpu:a100:4", "limit": "infinite"})  # fmt: skip

    def test_providers(self):
        told = fabrics.libfabric_told("cxi:\n    version: 122.0\nofi_hook_perf:\n    version: 1.0\ntcp;ofi_rxm:\n    version: 1.2\n")
        names = [provider["name"] for provider in told["providers"]]
        self.assertEqual(names, ["cxi", "tcp;ofi_rxm"])


class Spacks(Ground):
    def database(self, text, tree="opt/spack"):
        self.file(tree + "/.spack-db/index.json", text)
        return {"SPACK_ROOT": self.folder}

    def record(self, name, **more):
        return dict({"spec": {"name": name, "version": "1.0"}, "path": "/sw/" + name, "installed": True}, **more)

    def test_what_is_installed(self):
        installs = {"a": self.record("openmpi"), "b": self.record("gone", installed=False), "c": self.record("x", path=None)}
        environ = self.database(json.dumps({"database": {"version": "8", "installs": installs}}))
        self.assertEqual(spack.probe_spack(environ)["packages"], [{"name": "openmpi", "version": "1.0", "prefix": "/sw/openmpi"}])

    def test_a_tree_elsewhere(self):
        self.file("etc/spack/config.yaml", "config:\n  install_tree:\n    root: %s/elsewhere # here\n" % self.folder)
        installs = {"a": self.record("mpich")}
        environ = self.database(json.dumps({"database": {"installs": installs}}), "elsewhere")
        self.assertEqual(spack.probe_spack(environ)["packages"][0]["name"], "mpich")

    def test_a_broken_database_is_no_database(self):
        for text in ("", "[]", '{"database": {"installs": [1]}}'):
            with self.assertRaises(bounded.Told) as told:
                spack.probe_spack(self.database(text))
            self.assertEqual(told.exception.outcome, "failed")
        self.assertEqual(spack.probe_spack(self.database('{"database": {"installs": {"a": {"spec": {}}}}}'))["packages"], [])
        self.assertEqual(spack.probe_spack({"SPACK_ROOT": self.folder + "/none"})["packages"], [])


class Typed(unittest.TestCase):
    def test_options(self):
        self.assertEqual(read_options(["-o", "a.pharos", "--seconds=9"]).seconds, 9.0)
        for wrong in (["--seconds", "1"], ["--seconds", "x"], ["-o"], ["-o", ""], ["file"]):
            with self.assertRaises(OptionsError):
                read_options(wrong)


if __name__ == "__main__":
    unittest.main()
