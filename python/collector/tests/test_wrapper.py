"""What runs before the job's Python is told from the interpreter's own start."""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(os.path.dirname(HERE))
SLEEP_SECONDS = 0.3


def process_lines(argv):
    """The `x` lines of the one run of `argv`."""
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "job.pharos")
        environment = dict(os.environ, PYTHONPATH=PACKAGE)
        command = [sys.executable, "-m", "collector", "-o", target, "--"] + argv
        subprocess.run(command, env=environment, check=True, timeout=120, stdout=subprocess.DEVNULL)
        with gzip.open(target, "rt", encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
    return [line for line in lines if line[0] == "x" and line[3] == "probe"]


class WrapperTest(unittest.TestCase):
    def test_a_shell_before_the_job_has_its_own_time(self):
        script = "sleep %s; exec '%s' -c 'import json'" % (SLEEP_SECONDS, sys.executable)
        lines = {line[5]["role"]: line for line in process_lines(["sh", "-c", script])}
        self.assertIn("before", lines)
        self.assertGreater(lines["job"][4] - lines["before"][4], SLEEP_SECONDS * 1e6 * 0.9)

    def test_a_python_that_is_started_at_once_has_nothing_before_it(self):
        roles = [line[5]["role"] for line in process_lines([os.path.realpath(sys.executable), "-c", "import json"])]
        self.assertEqual(roles, ["job"])


if __name__ == "__main__":
    unittest.main()
