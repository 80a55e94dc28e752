"""Which mount a folder is on, as the calibration tells it."""

import os

from ..machine.mounts import MountTable, kept_options

# What these cost does not grow with nodes.
LOCAL_CLASSES = ("local", "tmpfs", "overlay", "squashfs", "pseudo")
LONGEST_TYPE = 100


class Where:
    """`mount` is None where the kernel does not tell it."""

    def __init__(self, mount, mount_class):
        self.mount = mount
        self.mount_class = mount_class

    @property
    def is_local(self):
        return self.mount_class in LOCAL_CLASSES

    def fact(self):
        if self.mount is None:
            return {"type": "unknown", "class": "unknown", "options": []}
        return {"type": self.mount.type[:LONGEST_TYPE], "class": self.mount_class, "options": kept_options(self.mount)}


def find_mount(folder):
    """The mount of a folder that is there."""
    mounts = MountTable.read()
    mount = mounts.of(os.path.realpath(os.fsencode(folder)))
    if mount is None:
        return Where(None, "unknown")
    mount_class = mounts.classify(mount)
    below = mounts.backing(mount) if mount_class in ("overlay", "squashfs", "local") else None
    # An image is as far away as the file system that it lies on.
    return Where(mount, mount_class if below is None or below in LOCAL_CLASSES else below)
