# A namespace package of two distributions.
import pkgutil
import sys

import atlas
import atlas.rain
import atlas.sun

print(atlas.__spec__.loader.__class__.__name__.rpartition(".")[2], atlas.rain.forecast(3), atlas.sun.forecast(4))
print(sorted(each.name for each in pkgutil.iter_modules(atlas.__path__)))
print(sorted(name for name in sys.modules if name.startswith("atlas")))
