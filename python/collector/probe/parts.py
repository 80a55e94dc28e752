"""The probe's files, in the order in which they are joined to one source."""

PARTS = (
    "options.py",
    "environment.py",
    "spool.py",
    "levels.py",
    "imports.py",
    "children.py",
    "facts.py",
    "events.py",
    "start.py",
    "emulation.py",
)
