"""The collector's command: `pharos-collect.pyz [OPTIONS] -- CMD`, or after `doctor`, `host`, `read` or `calibrate` what those ask for.

This file parses on any Python 3.
"""

import sys

MODE = sys.argv[1] if len(sys.argv) > 1 else ""
BEGINNING = ()
if MODE == "doctor":
    import os
    import time

    # Before anything else can change it.
    BEGINNING = (os.sched_getaffinity(0), time.monotonic())

LEAST = (3, 6) if MODE in ("doctor", "host", "read", "calibrate") else (3, 8)
if sys.version_info < LEAST:
    sys.stderr.write(
        "error: the collector needs Python 3.%d or later, this is %d.%d\n"
        "hint: Start it with a newer Python; the Python that the job uses may stay as it is.\n"
        % (LEAST[1:] + sys.version_info[:2])
    )
    sys.exit(2)

# The one-file collector brings the package; as a folder this file lies in it.
OWN_PATH = sys.path[:]
if __file__.endswith("collector/__main__.py") and sys.path[0].endswith("collector"):
    OWN_PATH = sys.path[1:]
    sys.path[0] = sys.path[0][: -len("collector")] or "."

if MODE == "doctor":
    from collector.doctor.run import main  # noqa: E402

    sys.exit(main(sys.argv[2:], BEGINNING[0], BEGINNING[1], OWN_PATH))

if MODE == "read":
    from collector.doctor.reading.read import main  # noqa: E402

    sys.exit(main(sys.argv[2:]))

if MODE == "host":
    from collector.host.run import main  # noqa: E402

    sys.exit(main(sys.argv[2:]))

if MODE == "calibrate":
    from collector.calibrate.run import main  # noqa: E402

    sys.exit(main(sys.argv[2:]))

from collector.job.step import leave_if_unobserved  # noqa: E402

# Before anything else is imported: most ranks of a job step go no further.
leave_if_unobserved(sys.argv[1:])

from collector.run import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
