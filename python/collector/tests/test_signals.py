"""The job gets the signals as they were given to the collector."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

COLLECTOR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHOW = ["/bin/sh", "-c", "grep -E 'Sig(Pnd|Blk|Ign|Cgt)' /proc/self/status"]


class SignalsAreAsGiven(unittest.TestCase):
    def test_dispositions_and_masks(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        collect = [sys.executable, "-B", COLLECTOR, "-o", os.path.join(folder, "job.pharos"), "--"]
        # Both are started by the same shell, so that both are given the same.
        run = ["/bin/sh", "-c", '"$@"', "run"]
        bare = subprocess.run(run + SHOW, stdout=subprocess.PIPE).stdout
        observed = subprocess.run(run + collect + SHOW, stdout=subprocess.PIPE, timeout=60).stdout
        self.assertIn(b"SigIgn", bare)
        self.assertEqual(observed, bare)


if __name__ == "__main__":
    unittest.main()
