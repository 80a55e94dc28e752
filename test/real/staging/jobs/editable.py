# A package that is installed as editable: its finder leads to the folder where it is written.
import wind

print("/wind/wind/__init__.py" in wind.__file__, wind.speed(10))
