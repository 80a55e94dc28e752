"""The probe's files, in the order in which they are joined to one source."""

PARTS = ("options.py", "environment.py", "spool.py", "imports.py", "children.py", "events.py", "emulation.py")
