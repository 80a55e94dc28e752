"""Lists of CPUs as the kernel writes them: `0-3,8`.

Format: https://www.kernel.org/doc/html/latest/admin-guide/kernel-parameters.html#cpu-lists
"""

import re

# As in src/schema/recording/step-facts.ts: what is longer is not recorded.
LONGEST = 16384
LARGEST_CPU = 999999
MOST_CPUS = 65536

_PART = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?\Z", re.ASCII)


def read_cpu_list(text):
    """The set of CPUs that a list names; None where the text is no such list. An empty list is an empty set."""
    text = text.strip()
    if not text:
        return set()
    if len(text) > LONGEST:
        return None
    cpus = set()
    for part in text.split(","):
        found = _PART.match(part)
        if not found:
            return None
        first, last = int(found.group(1)), int(found.group(2) or found.group(1))
        if last < first or last - first >= MOST_CPUS:
            return None
        cpus.update(range(first, last + 1))
        if len(cpus) > MOST_CPUS:
            return None
    return cpus


def write_cpu_list(cpus):
    """The list that names these CPUs, shortest form; None where it would be too long to be recorded."""
    runs = []
    for cpu in sorted(cpus):
        if runs and cpu == runs[-1][1] + 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    text = ",".join("%d" % first if first == last else "%d-%d" % (first, last) for first, last in runs)
    largest = runs[-1][1] if runs else 0
    return text if len(text) <= LONGEST and largest <= LARGEST_CPU else None
