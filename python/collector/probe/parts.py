"""The probe's files, in the order in which they are joined to one source."""

# Of these the collector itself runs functions, so they parse on Python 3.6.
OUTSIDE_PARTS = ("options.py", "environment.py", "programs.py")

PARTS = OUTSIDE_PARTS + (
    "spool.py",
    "levels.py",
    "imports.py",
    "children.py",
    "facts.py",
    "events.py",
    "start.py",
    "emulation.py",
)

# What the doctor looks at beside.
DOCTOR_PARTS = PARTS + (
    "library_kinds.py",
    "native.py",
    "libraries.py",
    "mpi.py",
    "census.py",
    "pools.py",
    "watch.py",
)
