#!/usr/bin/env python3
"""Builds dist/pharos-collect.pyz: a zip, stored, with fixed dates and order, so that the same sources give the same file.

Usage: python3 scripts/build-collector.py [TARGET]
"""

import os
import sys
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = os.path.join(ROOT, "python", "collector")
DATE = (1980, 1, 1, 0, 0, 0)
SHEBANG = b"#!/usr/bin/env python3\n"


def sources():
    """(name in the zip, path) of each file, sorted."""
    for folder, folders, names in os.walk(PACKAGE):
        folders[:] = sorted(name for name in folders if name not in ("tests", "__pycache__"))
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                yield os.path.relpath(path, os.path.dirname(PACKAGE)), path


def build(target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    aside = "%s.%d.part" % (target, os.getpid())
    with open(aside, "wb") as file:
        file.write(SHEBANG)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            entries = [("__main__.py", os.path.join(PACKAGE, "__main__.py"))]
            entries += [entry for entry in sources() if entry[0] != "collector/__main__.py"]
            for name, path in entries:
                entry = zipfile.ZipInfo(name, DATE)
                entry.external_attr = 0o644 << 16
                entry.create_system = 3
                with open(path, "rb") as source:
                    archive.writestr(entry, source.read())
    os.chmod(aside, 0o755)
    os.rename(aside, target)


if __name__ == "__main__":
    build(os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(ROOT, "dist", "pharos-collect.pyz"))
