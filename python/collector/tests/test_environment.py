"""The allowlist of the environment, the node, and what is installed."""

import os

from collector.machine import environment, installed, node
from collector.tests.test_recording import RecordingCase, texts_of


class KeepsPlainValues(RecordingCase):
    def describe(self, **environ):
        environment.add_roots(self.keeper, environ)
        _, lines = self.write(lambda writer: environment.describe_environment(writer, environ))
        (fact,) = [line[2] for line in lines if line[:2] == ["fact", "environment"]]
        (removed,) = [line[2]["counts"] for line in lines if line[:2] == ["fact", "removed"]]
        return fact, removed, texts_of(lines)

    def test_values_that_look_as_such_values_do(self):
        given = {
            "OMP_NUM_THREADS": "8,2",
            "OMP_PROC_BIND": "close,spread",
            "OMP_PLACES": "cores(4)",
            "KMP_AFFINITY": "granularity=fine,compact,1,0",
            "MKL_THREADING_LAYER": "GNU",
            "HDF5_USE_FILE_LOCKING": "FALSE",
            "PYTHONDONTWRITEBYTECODE": "1",
            "CUDA_VISIBLE_DEVICES": "0,1",
            "LANG": "en_US.UTF-8",
            "MPICH_GPU_SUPPORT_ENABLED": "1",
            "SLURM_MPI_TYPE": "pmix_v4",
            "KMP_DUPLICATE_LIB_OK": "TRUE",
            "GOMP_CPU_AFFINITY": "0-3 8,10",
            "PYTHON_CPU_COUNT": "default",
            "UCX_TLS": "^rc_mlx5,ud",
            "FI_PROVIDER": "verbs;ofi_rxm,tcp",
            "OMPI_MCA_pml": "^ucx",
            "MPI4PY_RC_THREAD_LEVEL": "multiple",
        }
        fact, removed, _ = self.describe(**given)
        self.assertEqual(fact["values"], given)
        self.assertEqual(removed, {})

    def test_values_that_do_not_are_counted(self):
        fact, removed, _ = self.describe(
            OMP_NUM_THREADS="123456789", OMP_PROC_BIND="close,secret", MPLBACKEND="module://secret", LANG="secret", X="1"
        )
        self.assertEqual(fact["values"], {})
        self.assertEqual(removed, {"environment values": 5})

    def test_no_word_of_its_own_is_kept_of_a_transport_a_plugin_or_a_library(self):
        fact, removed, texts = self.describe(
            UCX_TLS="rc,hunter2", FI_PROVIDER="tcp;hunter2", OMPI_MCA_btl="self,hunter2", SLURM_MPI_TYPE="hunter2",
            GOMP_CPU_AFFINITY="0 hunter2", I_MPI_PMI_LIBRARY="hunter2", MPI4PY_LIBMPI="/home/hunter2", PYTHON_CPU_COUNT="4a",
            MPI4PY_RC_THREAD_LEVEL="hunter2", MPICH_GPU_SUPPORT_ENABLED="hunter2",
        )
        self.assertEqual((fact["values"], fact["searchPaths"]), ({}, {}))
        self.assertEqual(removed, {"environment values": 10})
        self.assertNotIn("hunter2", "".join(texts.values() if isinstance(texts, dict) else texts))

    def test_a_library_that_is_named_is_a_path_id(self):
        fact, _, texts = self.describe(I_MPI_PMI_LIBRARY="/usr/lib/slurm/libpmi2.so.0")
        self.assertEqual([texts[number] for number in fact["searchPaths"]["I_MPI_PMI_LIBRARY"]], ["/usr/lib/slurm/libpmi2.so.0"])

    def test_search_paths_are_path_ids_and_an_empty_entry_is_the_folder_we_are_in(self):
        library = os.path.join(self.folder, "lib")
        os.mkdir(library)
        self.keeper.cwd = os.fsencode(self.folder)
        fact, _, texts = self.describe(PYTHONPATH=self.folder + "/code:", LD_LIBRARY_PATH=library + ":/absent/secret")
        paths = {name: [texts[number] for number in numbers] for name, numbers in fact["searchPaths"].items()}
        self.assertEqual(paths["PYTHONPATH"], [self.folder + "/code", self.folder])
        self.assertEqual(paths["LD_LIBRARY_PATH"], [library, "removed "])


class KnowsTheNode(RecordingCase):
    def test_numbers_of_this_node_and_no_name(self):
        fact = node.node_fact()
        self.assertEqual(fact["system"], "Linux")
        self.assertGreater(fact["memoryBytes"], 1 << 20)
        self.assertGreaterEqual(fact["cpusOnline"], fact["cpusAllowed"])
        self.assertNotIn(os.uname().nodename, [str(value) for value in fact.values()])


class KnowsWhatIsInstalled(RecordingCase):
    def test_names_and_versions_from_a_listing(self):
        site = os.path.join(self.folder, "site-packages")
        for name in ("numpy-2.4.6.dist-info", "zope.interface-7.1-py3.11.egg-info", "pkg", "x.egg-info", "a-b.txt"):
            os.makedirs(os.path.join(site, name))
        _, lines = self.write(lambda writer: installed.describe_distributions(writer, [site, site, self.folder, "/absent"]))
        found = [(line[2]["name"], line[2]["version"]) for line in lines if line[:2] == ["fact", "distribution"]]
        self.assertEqual(found, [("numpy", "2.4.6"), ("zope.interface", "7.1")])
