"""What Spack has installed, read from its database: Spack itself takes seconds to start, and writes into the home directory.

Format: https://spack.readthedocs.io/en/latest/, lib/spack/spack/database.py: `installs` by hash, each with its `spec` and `path`
"""

import json
import os
import re

from .ask import folders_of, which
from .bounded import absent, failed

LARGEST_DATABASE = 256 << 20
MOST_PACKAGES = 20000
PACKAGES_A_FACT = 500
DATABASE = ".spack-db/index.json"
# Variables in a setting of Spack, such as `$spack`.
ROOT_SETTING = re.compile(r"^\s{2,}root:\s*['\"]?([^'\"#\n]+?)['\"]?\s*(?:#.*)?$", re.MULTILINE)


def probe_spack(environ):
    """The packages by name, version and prefix."""
    root = environ.get("SPACK_ROOT")
    if not root:
        program = which("spack", folders_of(environ, "PATH"))
        if program is None:
            raise absent("spack is not on PATH, and SPACK_ROOT is not set")
        root = os.path.dirname(os.path.dirname(os.path.realpath(program)))
    trees = [tree for tree in _trees(root) if os.path.isfile(os.path.join(tree, DATABASE))]
    if not trees:
        return {"facts": [["spack", {"root": root}]], "packages": []}
    packages = _packages(os.path.join(trees[0], DATABASE))
    facts = [["spack", {"root": root, "tree": trees[0]}]]
    for at in range(0, len(packages), PACKAGES_A_FACT):
        facts.append(["spackPackages", {"packages": packages[at : at + PACKAGES_A_FACT]}])
    return {"facts": facts, "packages": packages}


def _trees(root):
    """Folders that its installations may be in: as it is set, and as it is where nothing is set."""
    for name in ("etc/spack/config.yaml", "etc/spack/site/config.yaml"):
        try:
            with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
                text = file.read(1 << 20)
        except OSError:
            continue
        for value in ROOT_SETTING.findall(text):
            value = value.replace("$spack", root)
            if "$" not in value and value.startswith("/"):
                yield value
    yield os.path.join(root, "opt/spack")


def _packages(path):
    if os.path.getsize(path) > LARGEST_DATABASE:
        raise failed("its database is larger than %d MiB" % (LARGEST_DATABASE >> 20))
    try:
        with open(path, encoding="utf-8") as file:
            installs = json.load(file)["database"]["installs"]
        found = [_package(record) for record in installs.values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise failed("its database cannot be read: %s" % type(error).__name__)
    return sorted((one for one in found if one), key=lambda one: (one["name"], one["version"], one["prefix"]))[:MOST_PACKAGES]


def _package(record):
    spec, prefix = record["spec"], record.get("path")
    if not record.get("installed") or not isinstance(prefix, str) or not prefix.startswith("/"):
        return None
    about = {"name": str(spec["name"]), "version": str(spec["version"]), "prefix": prefix}
    return dict(about, external=True) if spec.get("external") else about
