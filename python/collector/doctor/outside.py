"""What /proc tells of a process of the command while it runs: for Pythons that have no probe, and at the time limit."""

import os

LONGEST_FILE = 16 << 20
MOST_PROCESSES = 512


class Sample:
    """One look at a process from outside; what could not be read is None or empty."""

    def __init__(self, pid):
        self.pid = pid
        self.program = ""
        self.mask = None
        self.threads = None
        self.peak = None
        self.mapped = []
        self.mount_namespace = None


def read_text(path):
    """A file of /proc; empty where it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            parts = []
            while sum(map(len, parts)) < LONGEST_FILE:
                part = file.read(1 << 20)
                if not part:
                    break
                parts.append(part)
    except OSError:
        return ""
    return os.fsdecode(b"".join(parts))


def look_at(pid):
    """A Sample, or None when the process is gone or is a zombie."""
    sample = Sample(pid)
    try:
        sample.program = os.readlink("/proc/%d/exe" % pid)
    except OSError:
        return None
    try:
        sample.mount_namespace = os.readlink("/proc/%d/ns/mnt" % pid)
    except OSError:
        pass
    fields = {}
    for line in read_text("/proc/%d/status" % pid).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields[name] = value.strip()
    sample.mask = fields.get("Cpus_allowed_list")
    threads, peak = fields.get("Threads", ""), fields.get("VmHWM", "").split(" ")[0]
    sample.threads = int(threads) if threads.isdigit() else None
    sample.peak = int(peak) * 1024 if peak.isdigit() else None
    files = set()
    for line in read_text("/proc/%d/maps" % pid).split("\n"):
        start = line.find("/")
        if start > 0 and ".so" in line.rsplit("/", 1)[-1]:
            files.add(line[start:])
    sample.mapped = sorted(files)
    return sample


def below(pid):
    """Process ids of a process and all below it, itself first, bounded."""
    found = [pid]
    for one in found:
        for task in _tasks(one):
            for word in read_text("/proc/%d/task/%s/children" % (one, task)).split():
                if word.isdigit() and len(found) < MOST_PROCESSES and int(word) not in found:
                    found.append(int(word))
    return found


def _tasks(pid):
    try:
        return os.listdir("/proc/%d/task" % pid)
    except OSError:
        return []


def newest_python(pid, looks_like_python):
    """The process below `pid` that was found last and runs a Python, else the one that was found last."""
    found = below(pid)
    pythons = [one for one in found if looks_like_python(_program(one))]
    return (pythons or found)[-1]


def _program(pid):
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid))
    except OSError:
        return ""
