import os
import tempfile
import unittest

from collector.job.unused import unused_imports


class Unused(unittest.TestCase):
    def of(self, source):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "job.py")
            with open(script, "wb") as file:
                file.write(source.encode() if isinstance(source, str) else source)
            return unused_imports(script)

    def test_a_name_that_is_never_read_is_unused(self):
        self.assertEqual(self.of("import numpy as np\nimport json\nprint(json)\n"), (["json"], ["numpy"]))

    def test_a_name_read_inside_a_function_is_used(self):
        self.assertEqual(self.of("from scipy import linalg\ndef f():\n    return linalg.inv\n"), (["scipy"], []))

    def test_a_submodule_is_used_through_its_top_name(self):
        self.assertEqual(self.of("import os.path\nimport xml.dom\nos.getcwd()\n"), (["os.path"], ["xml.dom"]))

    def test_a_package_is_used_when_a_module_of_it_is(self):
        self.assertEqual(self.of("import jax, jax.numpy as jnp\njnp.arange(3)\n"), (["jax.numpy"], []))
        self.assertEqual(self.of("import a\nimport a.b\nfrom a.b.c import d\nd()\n"), (["a.b.c"], []))
        self.assertEqual(self.of("import ab\nfrom a.b import c\nc()\n"), (["a.b"], ["ab"]))

    def test_one_used_name_of_a_module_is_enough(self):
        self.assertEqual(self.of("from a import b, c\nc()\n"), (["a"], []))

    def test_imports_inside_try_and_if_count(self):
        self.assertEqual(self.of("try:\n    import h5py\nexcept ImportError:\n    import json\n"), ([], ["h5py", "json"]))

    def test_imports_inside_functions_are_not_module_level(self):
        self.assertEqual(self.of("def f():\n    import h5py\n"), ([], []))

    def test_a_name_in_a_string_annotation_counts_as_used(self):
        self.assertEqual(self.of("import pandas\ndef f(x: 'pandas.DataFrame'):\n    pass\n"), (["pandas"], []))

    def test_reflection_and_stars_use_everything(self):
        self.assertEqual(self.of("import numpy\nprint(globals())\n"), (["numpy"], []))
        self.assertEqual(self.of("from numpy import *\n"), (["numpy"], []))

    def test_what_cannot_be_parsed_is_not_told(self):
        self.assertIsNone(self.of("import ("))
        self.assertIsNone(self.of(b"\xff\xfe\x00"))
        self.assertIsNone(unused_imports("/absent/job.py"))


if __name__ == "__main__":
    unittest.main()
