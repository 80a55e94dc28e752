# What modules of a site give: Python packages by PYTHONPATH, a library by LD_LIBRARY_PATH.
import ctypes

import numpy
import gauge

print(gauge.read(), numpy.ones(4).sum(), ctypes.CDLL("libpressure.so.2").pressure())
