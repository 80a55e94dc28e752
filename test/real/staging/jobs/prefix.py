# The library reads a file below the prefix that was written into it when it was installed.
import ctypes
import os
import sys
import sysconfig

import numpy

library = ctypes.CDLL(os.path.join(sys.prefix, "lib/libtides.so"))
library.tide.restype = ctypes.c_char_p
print(library.tide().decode(), numpy.zeros(3).sum(), sysconfig.get_config_var("TZPATH") is not None)
