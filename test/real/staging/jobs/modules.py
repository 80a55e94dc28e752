# A namespace package of two distributions, and one that is installed as editable.
import pkgutil
import sys

import atlas
import atlas.rain
import atlas.sun
import wind

print(atlas.__spec__.loader.__class__.__name__.rpartition(".")[2], atlas.rain.forecast(3), atlas.sun.forecast(4))
print(sorted(each.name for each in pkgutil.iter_modules(atlas.__path__)), wind.speed(10))
print("/wind/wind/__init__.py" in wind.__file__, sorted(name for name in sys.modules if name.startswith("atlas")))
