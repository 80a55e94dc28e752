# Starts itself anew without any environment, and that one once more.
import subprocess
import sys

if len(sys.argv) > 1:
    import numpy

    print(sys.argv[1], numpy.arange(int(sys.argv[1])).sum(), sys.prefix == sys.base_prefix)
if len(sys.argv) < 3:
    more = [*sys.argv[1:], str(len(sys.argv) * 10)]
    sys.stdout.flush()
    subprocess.run([sys.executable, __file__, *more], env={}, check=True)
