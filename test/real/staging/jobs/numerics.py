import os
import sys

import numpy

matrix = numpy.arange(9.0).reshape(3, 3) + numpy.eye(3)
print(sys.argv, __file__, sys.version.split()[0], numpy.__version__)
print(round(float(numpy.linalg.det(matrix)), 6), numpy.random.default_rng(7).integers(100, size=4).tolist())
print(os.path.dirname(os.path.abspath(sys.argv[0])) == os.path.dirname(os.path.abspath(__file__)))
sys.exit(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
