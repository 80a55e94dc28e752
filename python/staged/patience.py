# Puts collections off while the outermost import of a packed module runs. Nearly all that an import makes stays, and
# collections that find next to nothing take a tenth of a start. A module that sets thresholds, or disables collections,
# keeps its way, and where the job has done so before nothing changes.

import sys

was_there = "gc" in sys.modules
import gc  # noqa: E402

if not was_there:
    # Built in: the job finds its modules as they would be, and imports it as ever.
    del sys.modules["gc"]

# As many new objects may wait. Imports of large libraries make some 100,000 that stay. If all of a million were garbage,
# the memory that waits is 100 to 200 MB, and is collected at the end of the import.
PATIENCE = 1_000_000

is_patient = False


def patiently(run, module):
    """`run(module)`. Threads may import at once: none is left with our threshold, the last to end sets the usual one."""
    global is_patient
    before = gc.get_threshold()
    if is_patient or not gc.isenabled() or not 0 < before[0] < PATIENCE:
        return run(module)
    is_patient = True
    gc.set_threshold(PATIENCE, *before[1:])
    try:
        return run(module)
    finally:
        is_patient = False
        if gc.get_threshold() == (PATIENCE, *before[1:]):
            gc.set_threshold(*before)
