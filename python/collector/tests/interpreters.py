"""The CPythons of this machine that the collector's tests try, each version once."""

import glob
import os
import shutil
import subprocess
import sys

NAMES = ["python3"] + ["python3.%d" % minor for minor in range(6, 20)]
PROBED = (3, 8)
ASK = "import sys; print('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.implementation.name))"


def _candidates():
    # Names on PATH may be shims of a version manager; behind them lie the real ones.
    for name in NAMES:
        yield shutil.which(name)
    for pattern in (os.environ.get("PYENV_ROOT", "~/.pyenv") + "/versions/*/bin/python3", "/opt/python*/bin/python3",
                    "/usr/bin/python3.*", "/usr/local/bin/python3.*"):  # fmt: skip
        yield from sorted(glob.glob(os.path.expanduser(pattern)))


def find_interpreters():
    """A mapping of versions such as "3.11" to real interpreters, 3.8 and later."""
    found = _find(lambda version: version >= PROBED)
    found.setdefault("%d.%d" % sys.version_info[:2], os.path.realpath(sys.executable))
    found = sorted(found.items(), key=lambda item: tuple(map(int, item[0].split("."))))
    if len(found) > 3 and not os.environ.get("PHAROS_EVERY_INTERPRETER"):
        # The oldest, one between and the newest; the third ring tries all.
        found = [found[0], found[len(found) // 2], found[-1]]
    return dict(found)


def find_old_interpreters():
    """The same of 3.6 and 3.7, which the doctor runs on and no probe runs in."""
    return _find(lambda version: (3, 6) <= version < PROBED)


def _find(is_wanted):
    found = {}
    for path in _candidates():
        if path is None or open(path, "rb").read(2) == b"#!" or path.endswith("-config"):
            continue
        try:
            answer = subprocess.run([path, "-I", "-c", ASK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            continue
        words = answer.stdout.decode().split()
        if len(words) == 2 and words[1] == "cpython" and is_wanted(tuple(map(int, words[0].split(".")))):
            found.setdefault(words[0], path)
    return found
