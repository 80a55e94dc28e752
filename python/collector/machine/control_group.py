"""What the process's control groups allow: the `cgroup` fact, from /proc/PID/cgroup, /proc/PID/mountinfo and the files there.

https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html and .../cgroup-v1/cpusets.html
"""

import os

from .cpu_list import LONGEST, read_cpu_list, write_cpu_list
from .mounts import MOUNTINFO_LIMIT, read_mountinfo
from .pseudo_files import is_number, read_text

DEEPEST = 64
MOST_LINES = 256
# Where the mounts cannot be read. https://systemd.io/CGROUP_DELEGATION/
USUAL_MOUNT = b"/sys/fs/cgroup"


def control_group(root="/", pid="self"):
    """The fact's mapping without `ranks`; None where the process is in no group that can be read of."""
    root = root.rstrip("/") + "/"
    old, unified = _memberships(read_text("%sproc/%s/cgroup" % (root, pid)) or "")
    mounts = _mounts(root, pid)
    groups = _Groups(root, mounts, old, unified)
    if not old and unified is None:
        return None
    fact = {"version": _version(old, mounts)}
    optional = {"cpus": groups.cpus(), "quota": groups.quota()}
    fact.update((name, value) for name, value in optional.items() if value)
    fact.update(groups.processes())
    return fact


def _memberships(text):
    """The process's group by controller of version 1, and its group of version 2 or None."""
    old, unified = {}, None
    for line in text.split("\n")[:MOST_LINES]:
        number, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if not colon or not path.startswith("/"):
            continue
        if number == "0" and not controllers:
            unified = path
        # A hierarchy with a name only keeps track of processes.
        old.update((name, path) for name in controllers.split(",") if name and not name.startswith("name="))
    return old, unified


def _mounts(root, pid):
    try:
        with open("%sproc/%s/mountinfo" % (root, pid), "rb") as file:
            return [mount for mount in read_mountinfo(file.read(MOUNTINFO_LIMIT)) if _is_group_mount(mount)]
    except (OSError, ValueError):
        return None


def _is_group_mount(mount):
    return mount.type in ("cgroup", "cgroup2", "cpuset")


def _version(old, mounts):
    if not old:
        return "v2"
    has_unified = any(mount.type == "cgroup2" for mount in mounts or ())
    return "hybrid" if has_unified else "v1"


class _Groups:
    """The folders of the process's groups, each with those above it, nearest first."""

    def __init__(self, root, mounts, old, unified):
        self._root = root
        self._mounts = mounts
        self._old = old
        self._unified = unified

    def cpus(self):
        """The list of the nearest group that has one; where a group leaves the matter to the one above, that one's holds."""
        # With the option `noprefix`, and on a mount of type cpuset, files have no prefix.
        for folder in self._folders("cpuset")[:1]:
            for name in ("cpuset.effective_cpus", "effective_cpus", "cpuset.cpus", "cpus"):
                cpus = _cpus(folder + "/" + name)
                if cpus:
                    return cpus
        for folder in self._folders(None):
            cpus = _cpus(folder + "/cpuset.cpus.effective")
            if cpus:
                return cpus
        return None

    def quota(self):
        """CPUs' worth of time, the least on the way up."""
        quotas = [quota_of(read_text(folder + "/cpu.max", 128)) for folder in self._folders(None)]
        for folder in self._folders("cpu"):
            amount, period = read_text(folder + "/cpu.cfs_quota_us", 64), read_text(folder + "/cpu.cfs_period_us", 64)
            quotas.append(quota_of("%s %s" % (amount, period)))
        return min((quota for quota in quotas if quota), default=None)

    def processes(self):
        """The limit that leaves least room on the way up."""
        tightest = None
        for folder in self._folders(None) + self._folders("pids"):
            limit, now = (_number(read_text(folder + "/pids." + name, 64)) for name in ("max", "current"))
            if limit is not None and (tightest is None or limit - (now or 0) < tightest[0] - (tightest[1] or 0)):
                tightest = (limit, now)
        if tightest is None:
            return {}
        names = zip(("pidsMax", "pidsNow"), tightest)
        return {name: number for name, number in names if number is not None}

    def _folders(self, controller):
        """Of a controller of version 1, or of version 2 where it is None; empty where the group is not to be seen."""
        path = self._unified if controller is None else self._old.get(controller)
        if path is None:
            return []
        for point, top in self._points(controller):
            below = _relative(os.fsencode(path), top)
            if below is None:
                continue
            start = self._root + os.fsdecode(point).strip("/")
            folders = ["/".join([start] + below[:count]) for count in range(len(below), -1, -1)][:DEEPEST]
            if os.path.isdir(folders[0]):
                return folders
        return []

    def _points(self, controller):
        """Mount point of the hierarchy, and which group is mounted there."""
        if self._mounts is None:
            below = b"" if controller is None else b"/" + controller.encode("ascii", "replace")
            return [(USUAL_MOUNT + below, b"/")]
        return [(mount.point, mount.root) for mount in self._mounts if _has(mount, controller)]


def _has(mount, controller):
    if controller is None:
        return mount.type == "cgroup2"
    if mount.type == "cpuset":
        return controller == "cpuset"
    return mount.type == "cgroup" and controller in mount.options


def _relative(path, top):
    """Names from the mounted group to the process's; None where that is not below it.

    With `..` one of them lies outside of our control group namespace, and what is between cannot be told. In a
    container without a namespace of its own the mounted group is the container's.
    """
    names, above = ([name for name in text.split(b"/") if name] for text in (path, top))
    if b".." in names or b".." in above or names[: len(above)] != above:
        return None
    return [os.fsdecode(name) for name in names[len(above) :]]


def _cpus(path):
    return write_cpu_list(read_cpu_list(read_text(path, LONGEST) or "") or ())


def _number(text):
    return int(text) if text and is_number(text) and len(text) < 16 else None


def quota_of(text):
    """Of `150000 100000` the CPUs, 1.5; None of `max 100000` and of what is no quota."""
    words = (text or "").split()
    if len(words) != 2 or not all(is_number(word) and 0 < len(word) < 16 and int(word) > 0 for word in words):
        return None
    return int(words[0]) / int(words[1])
