"""Which class a file system is of, and which mount a path is on."""

import os
import unittest

from collector.machine import mounts


def table(*lines, **more):
    return mounts.MountTable(mounts.read_mountinfo("\n".join(lines).encode()), **more)


def class_of(kind, source="none", options="rw"):
    return table("1 0 0:1 / / rw - %s %s %s" % (kind, source, options)).classify(
        mounts.read_mountinfo(("1 0 0:1 / / rw - %s %s %s" % (kind, source, options)).encode())[0]
    )


class Classes(unittest.TestCase):
    def test_known_types(self):
        expected = {
            "lustre": "lustre",
            "gpfs": "gpfs",
            "nfs4": "nfs",
            "beegfs_nodev": "beegfs",
            "wekafs": "weka",
            "ceph": "cephfs",
            "overlay": "overlay",
            "squashfs": "squashfs",
            "tmpfs": "tmpfs",
            "ext4": "local",
            "xfs": "local",
            "zfs": "local",
            "proc": "pseudo",
            "fuse.sshfs": "fuse",
            "fuse.glusterfs": "fuse",
            "fuse.slowfs": "fuse",
            "fuse.cvmfs2": "cvmfs",
            "fuse.dfuse": "daos",
            "fuse.squashfuse_ll": "squashfs",
            "fuse.fuse-overlayfs": "overlay",
        }
        self.assertEqual({kind: class_of(kind) for kind in expected}, expected)

    def test_what_is_not_known_is_never_local(self):
        for kind in ("panfs", "cifs", "9p", "virtiofs", "autofs", "newfs", "orangefs"):
            self.assertEqual(class_of(kind), "unknown")

    def test_fuse_without_a_subtype_goes_by_its_source(self):
        self.assertEqual(class_of("fuse", "cvmfs2"), "cvmfs")
        self.assertEqual(class_of("fuse", "something"), "fuse")

    def test_a_disk_format_on_a_network_device_is_not_local(self):
        self.assertEqual(class_of("ext4", "/dev/rbd0"), "unknown")
        self.assertEqual(class_of("ext4", "/dev/vda"), "local")


class Lookup(unittest.TestCase):
    def test_the_longest_mount_point_wins(self):
        found = table("1 0 0:1 / / rw - ext4 a rw", "2 1 0:2 / /a rw - nfs b rw", "3 2 0:3 / /a/b rw - lustre c rw")
        for path, kind in ((b"/x", "ext4"), (b"/a", "nfs"), (b"/ab", "ext4"), (b"/a/b/c/d", "lustre")):
            self.assertEqual(found.of(path).type, kind)

    def test_octal_escapes_are_undone(self):
        self.assertEqual(table("1 0 0:1 / /my\\040disk rw - ext4 a rw").of(b"/my disk/x").type, "ext4")

    def test_a_mount_over_another_hides_what_was_below(self):
        found = table("1 0 0:1 / / rw - ext4 a rw", "2 1 0:2 / /a/b rw - nfs b rw", "3 1 0:3 / /a rw - lustre c rw")
        self.assertEqual(found.of(b"/a/b/c").type, "lustre")

    def test_the_last_mount_on_a_point_wins(self):
        found = table("1 0 0:1 / / rw - ext4 a rw", "2 1 0:2 / /a rw - nfs b rw", "3 2 0:3 / /a rw - tmpfs c rw")
        self.assertEqual(found.of(b"/a/x").type, "tmpfs")

    def test_optional_fields_are_skipped(self):
        self.assertEqual(table("1 0 0:1 / / rw shared:1 master:2 - nfs4 a rw").of(b"/x").type, "nfs4")

    def test_malformed_lines_are_left_out(self):
        noise = [os.urandom(60).replace(b"\n", b" ") for _ in range(200)] + [b"1 0 0:1 / / rw -", b"a b c d e f - x y z"]
        self.assertEqual(mounts.read_mountinfo(b"\n".join(noise)), [])

    def test_this_machine_has_a_root(self):
        self.assertIsNotNone(mounts.MountTable.read().of(b"/"))


class Backing(unittest.TestCase):
    def test_a_loop_mount_lies_on_its_images_file_system(self):
        found = table(
            "1 0 0:1 / / rw - lustre a rw",
            "2 1 0:2 / /img ro - squashfs /dev/loop3 ro",
            backing_file=lambda loop: b"/etc" if loop == "loop3" else None,
        )
        self.assertEqual(found.backing(found.at(b"/img")), "lustre")

    def test_an_overlay_lies_on_its_lowest_folder(self):
        found = table("1 0 0:1 / / rw - nfs a rw", "2 1 0:2 / /o rw - overlay overlay rw,lowerdir=/absent:/etc,upperdir=/u")
        self.assertEqual(found.backing(found.at(b"/o")), "nfs")

    def test_a_folder_of_the_host_cannot_be_told(self):
        found = table("1 0 0:1 / / rw - overlay overlay rw,lowerdir=/var/lib/absent/x,upperdir=/u")
        self.assertIsNone(found.backing(found.at(b"/")))


if __name__ == "__main__":
    unittest.main()
