"""The collector's command: `python3 pharos-collect.pyz [OPTIONS] -- CMD`. This file parses on any Python 3."""

import sys

if sys.version_info < (3, 8):
    sys.stderr.write(
        "error: the collector needs Python 3.8 or later, this is %d.%d\n"
        "hint: Start it with a newer Python; the Python that the job uses may stay as it is.\n" % sys.version_info[:2]
    )
    sys.exit(2)

# The one-file collector brings the package; as a folder this file lies in it.
if __file__.endswith("collector/__main__.py") and sys.path[0].endswith("collector"):
    sys.path[0] = sys.path[0][: -len("collector")] or "."

from collector.job.step import leave_if_unobserved  # noqa: E402

# Before anything else is imported: most ranks of a job step go no further.
leave_if_unobserved(sys.argv[1:])

from collector.run import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
