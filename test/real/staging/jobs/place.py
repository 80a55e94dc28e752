import os
import socket

import numpy

# The rank, its node, whether what is imported is on that node's own storage, and a result.
mine = numpy.__file__.startswith("/tmp/pharos-")
print(os.environ["SLURM_PROCID"], socket.gethostname(), "own" if mine else numpy.__file__, numpy.arange(10).sum())
