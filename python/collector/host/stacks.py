"""Other ways to software: conda, EasyBuild, EESSI. By the environment alone; none of their programs is started.

https://docs.easybuild.io/using-easybuild/ (EBROOT…), https://www.eessi.io/docs/using_eessi/setting_up_environment/
"""

import os
import re

from .ask import folders_of, which
from .bounded import absent

MOST_NAMES = 500


def probe_stacks(environ):
    about = {}
    conda = environ.get("CONDA_EXE") or which("conda", folders_of(environ, "PATH"))
    conda = conda or which("mamba", folders_of(environ, "PATH")) or which("micromamba", folders_of(environ, "PATH"))
    if conda:
        about["conda"] = conda
    names = sorted(name[len("EBROOT") :] for name in environ if re.match(r"EBROOT[A-Z0-9]{1,60}\Z", name))[:MOST_NAMES]
    if names:
        about["easybuild"] = names
    for fact, name in (("eessiVersion", "EESSI_VERSION"), ("eessiTarget", "EESSI_SOFTWARE_SUBDIR")):
        if environ.get(name):
            about[fact] = environ[name][:200]
    if "CRAYPE_VERSION" in environ:
        about["crayPe"] = environ["CRAYPE_VERSION"][:40]
    if not about:
        raise absent("no conda on PATH, and no variables of EasyBuild, EESSI or the Cray programming environment")
    return {"facts": [["stacks", about]]}


def probe_folders(environ):
    """Which of the user's usual folders are there: what is at home on a login node may be missing in a job."""
    found = []
    for name in ("HOME", "SCRATCH", "WORK", "PROJECT", "TMPDIR"):
        path = environ.get(name, "")
        if path.startswith("/"):
            found.append({"variable": name, "path": path, "isThere": os.path.isdir(path)})
    return {"facts": [["userFolders", {"folders": found}]]}
