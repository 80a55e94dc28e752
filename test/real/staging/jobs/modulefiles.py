# What modules of a site give: a Python package by PYTHONPATH, a library by LD_LIBRARY_PATH.
import ctypes

import numpy

print(numpy.ones(4).sum(), ctypes.CDLL("libpressure.so.2").pressure())
