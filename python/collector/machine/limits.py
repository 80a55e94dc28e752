"""The process's limits: the `limits` fact, from /proc/PID/limits.

https://man7.org/linux/man-pages/man5/proc_pid_limits.5.html
"""

import re

from .pseudo_files import read_text

NAMES = {
    "Max processes": "processes",
    "Max open files": "openFiles",
    "Max locked memory": "lockedBytes",
    "Max stack size": "stackBytes",
}
# Larger ones are without limit for all that matters, and JavaScript could not read them exactly.
LARGEST_NUMBER = (1 << 53) - 1


def limits(root="/", pid="self"):
    """The fact's mapping without `ranks`: soft limits, None without limit; what cannot be read is absent."""
    found = {}
    for line in (read_text("%s/proc/%s/limits" % (root.rstrip("/"), pid)) or "").split("\n"):
        match = re.match(r"(Max [a-z ]+?) {2,}(unlimited|\d{1,20}) ", line, re.ASCII)
        if match and match.group(1) in NAMES:
            found[NAMES[match.group(1)]] = _limit(match.group(2))
    return found


def _limit(text):
    return None if text == "unlimited" or int(text) > LARGEST_NUMBER else int(text)
