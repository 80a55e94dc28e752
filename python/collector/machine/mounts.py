"""Which file system a path is on, from /proc/self/mountinfo.

Format: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
"""

import os
import re

# A type that is in no table is `unknown`, never `local`: a wrong "local" would hide a storm.
CLASSES = {
    "shared": {
        "lustre": "lustre",
        "gpfs": "gpfs",
        "mmfs": "gpfs",
        "nfs": "nfs",
        "nfs3": "nfs",
        "nfs4": "nfs",
        "beegfs": "beegfs",
        "beegfs_nodev": "beegfs",
        "cvmfs": "cvmfs",
        "dvs": "dvs",
        "wekafs": "weka",
        "daos": "daos",
        "ceph": "cephfs",
        "afs": "afs",
        "auristorfs": "afs",
    },
    "image": {"overlay": "overlay", "overlayfs": "overlay", "aufs": "overlay", "squashfs": "squashfs"},
    "memory": {"tmpfs": "tmpfs", "ramfs": "tmpfs", "rootfs": "tmpfs"},
}

DISK_TYPES = frozenset(
    "ext2 ext3 ext4 xfs btrfs zfs f2fs vfat msdos exfat ntfs ntfs3 fuseblk jfs reiserfs bcachefs nilfs2 hfs hfsplus"
    " iso9660 udf erofs".split()
)

PSEUDO_TYPES = frozenset(
    "proc sysfs devtmpfs devpts cgroup cgroup2 cpuset securityfs debugfs tracefs mqueue bpf configfs fusectl pstore"
    " binfmt_misc nsfs efivarfs hugetlbfs rpc_pipefs selinuxfs".split()
)

# By the subtype of `fuse.SUBTYPE`, or by the device's name where there is no subtype.
FUSE_CLASSES = {
    "cvmfs2": "cvmfs",
    "cvmfs": "cvmfs",
    "dfuse": "daos",
    "daos": "daos",
    "ceph-fuse": "cephfs",
    "ceph": "cephfs",
    "squashfuse": "squashfs",
    "squashfuse_ll": "squashfs",
    "fuse-overlayfs": "overlay",
    "overlayfs": "overlay",
    "gpfs": "gpfs",
    "weka": "weka",
}

# A disk format on these devices is served by another machine, so it is not known to be local.
NETWORK_DEVICE = re.compile(r"^/dev/(nbd|rbd|drbd|etherd)")
LOOP_DEVICE = re.compile(r"^/dev/(loop\d+)$")

# Options that change what a client caches or locks; anything else may hold names.
OPTION = re.compile(
    r"^(ac|noac|cto|nocto|flock|localflock|noflock|sync|hard|soft|noatime|relatime|strictatime|lazystatfs|fsc"
    r"|(actimeo|acregmin|acregmax|acdirmin|acdirmax|nconnect|rsize|wsize)=\d{1,9}"
    r"|lookupcache=(all|none|pos|positive)|(vers|nfsvers)=[\d.]{1,5}|proto=(tcp|tcp6|udp|udp6|rdma))$"
)

MOUNTINFO_LIMIT = 4 * 1024 * 1024


class Mount:
    """One line of mountinfo. `point` and `root` are bytes, the rest text."""

    __slots__ = ("number", "parent", "root", "point", "type", "source", "options", "read_only")

    def __init__(self, number, parent, root, point, kind, source, options, read_only):
        self.number = number
        self.parent = parent
        self.root = root
        self.point = point
        self.type = kind
        self.source = source
        self.options = options
        self.read_only = read_only


def unescape(field):
    """Undoes the kernel's octal escapes (`\\040` is a space)."""
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match.group(1), 8) & 255]), field)


def read_mountinfo(data):
    """Bytes of mountinfo to a list of Mount; lines that are not of the format are left out."""
    mounts = []
    for line in data.split(b"\n"):
        mount = _read_line(line)
        if mount is not None:
            mounts.append(mount)
    return mounts


def _read_line(line):
    fields = line.split(b" ")
    try:
        dash = fields.index(b"-", 6)
        number, parent = int(fields[0]), int(fields[1])
        kind = fields[dash + 1].decode("ascii")
    except (ValueError, IndexError):
        return None
    source = os.fsdecode(unescape(fields[dash + 2])) if len(fields) > dash + 2 else ""
    shared = os.fsdecode(fields[dash + 3]) if len(fields) > dash + 3 else ""
    own = os.fsdecode(fields[5]).split(",")
    options = own + [option for option in shared.split(",") if option not in own]
    read_only = "ro" in own or "ro" in shared.split(",")
    return Mount(number, parent, unescape(fields[3]), unescape(fields[4]), kind, source, options, read_only)


class MountTable:
    """The mounts a process sees, by mount point."""

    def __init__(self, mounts, backing_file=None):
        self._by_point = {mount.point: mount for mount in _visible(mounts)}
        self._backing_file = backing_file or _loop_backing_file

    @classmethod
    def read(cls, path="/proc/self/mountinfo"):
        """The table of this process; empty, so that everything is unknown, where it cannot be read."""
        try:
            with open(path, "rb") as file:
                return cls(read_mountinfo(file.read(MOUNTINFO_LIMIT)))
        except OSError:
            return cls([])

    def at(self, point):
        """The mount whose mount point is exactly this path (bytes, resolved), or None."""
        return self._by_point.get(point)

    def all(self):
        """Every mount, by its mount point."""
        return [self._by_point[point] for point in sorted(self._by_point)]

    def of(self, real_path):
        """The mount that a resolved path (bytes) is on, or None."""
        path = real_path
        while path not in self._by_point:
            if path in (b"/", b""):
                return None
            path = path[: path.rindex(b"/")] or b"/" if b"/" in path else b""
        return self._by_point[path]

    def classify(self, mount):
        """One of the classes of docs/concepts/recording.md."""
        if mount.type == "fuse" or mount.type.startswith("fuse."):
            return _fuse_class(mount)
        for table in CLASSES.values():
            if mount.type in table:
                return table[mount.type]
        if mount.type in PSEUDO_TYPES:
            return "pseudo"
        if mount.type in DISK_TYPES and not NETWORK_DEVICE.match(mount.source):
            return "local"
        return "unknown"

    def backing(self, mount, depth=0):
        """Class of what lies below an overlay, a loop mount or a FUSE image; None when it cannot be told."""
        below = self._path_below(mount)
        # In a container the kernel names folders of the host, which are not here.
        if below is None or depth > 4 or not os.path.exists(below):
            return None
        # The image or the lower folder may itself be reached through links.
        lower = self.of(os.path.realpath(below))
        if lower is None or lower is mount:
            return None
        return self.backing(lower, depth + 1) or self.classify(lower)

    def _path_below(self, mount):
        if self.classify(mount) == "overlay":
            return _lower_folder(mount)
        loop = LOOP_DEVICE.match(mount.source)
        if loop:
            return self._backing_file(loop.group(1))
        if mount.type.startswith("fuse") and self.classify(mount) == "squashfs" and mount.source.startswith("/"):
            return os.fsencode(mount.source)
        return None


def _visible(mounts):
    """Leaves out mounts that a later mount on a folder above them covers."""
    children = {}
    for mount in mounts:
        children.setdefault(mount.parent, []).append(mount)
    hidden = set()
    for siblings in children.values():
        if len(siblings) > 1:
            hidden.update(_covered(siblings))
    return [mount for mount in mounts if not _is_below_hidden(mount, hidden, mounts)]


def _covered(siblings):
    """A mount above another would be its parent, had it been there first."""
    points = {sibling.point for sibling in siblings}
    for mount in siblings:
        above = mount.point
        while above not in (b"/", b""):
            above = above[: above.rindex(b"/")] or b"/" if b"/" in above else b""
            if above in points and above != mount.point:
                yield mount.number
                break


def _is_below_hidden(mount, hidden, mounts):
    if not hidden:
        return False
    parents = {other.number: other.parent for other in mounts}
    number, steps = mount.number, 0
    while number in parents and steps < 64:
        if number in hidden:
            return True
        if parents[number] == number:
            return False
        number, steps = parents[number], steps + 1
    return False


def _fuse_class(mount):
    subtype = mount.type[5:] if mount.type.startswith("fuse.") else os.path.basename(mount.source)
    return FUSE_CLASSES.get(subtype, "fuse")


def _lower_folder(mount):
    """The lowest layer of an overlay is where most files come from; the option may be cut by the kernel."""
    for option in mount.options:
        if option.startswith("lowerdir=/") or option.startswith("lowerdir+=/"):
            layers = re.split(r"(?<!\\):", option.split("=", 1)[1])
            return os.fsencode(layers[-1].replace("\\:", ":"))
    return None


def _loop_backing_file(loop):
    try:
        with open("/sys/block/%s/loop/backing_file" % loop, "rb") as file:
            name = file.read(4096).rstrip(b"\n")
    except OSError:
        return None
    return name if name.startswith(b"/") else None


def kept_options(mount):
    """The mount options that may be recorded."""
    return [option for option in mount.options if OPTION.match(option)]
