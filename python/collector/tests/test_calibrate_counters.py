"""What the client of a mount has counted, from its pseudo-files."""

import os
import shutil
import tempfile
import unittest

from collector.calibrate.counters import read_counters
from collector.machine.mounts import Mount

# The shape that Linux 6.1 prints: fs/nfs/super.c (nfs_show_stats) and net/sunrpc/stats.c (rpc_clnt_show_stats).
MOUNTSTATS = """\
device sysfs mounted on /sys with fstype sysfs
device server.example:/home mounted on /home with fstype nfs4 statvers=1.1
\topts:\trw,vers=4.2,rsize=1048576,acregmin=3,acregmax=60
\tage:\t1234
\tevents:\t1 2 3
\tbytes:\t1 2 3 4 5 6 7 8
\tRPC iostats version: 1.1  p/v: 100003/4 (nfs)
\txprt:\ttcp 0 0 1 0 10 100 100 0 100 0 2 0 0
\tper-op statistics
\t        NULL: 1 1 0 44 24 0 2 2 0
\t      LOOKUP: 9 9 0 100 100 0 9 9 0

device server.example:/my\\040project mounted on /my\\040project with fstype nfs statvers=1.1
\topts:\trw,vers=3
\tper-op statistics
\t        NULL: 0 0 0 0 0 0 0 0 0
\t     GETATTR: 4000 4001 0 480000 448000 12 1400 1600 3
\t      LOOKUP: 200 200 0 28000 48000 5 90 100 180
"""

LLITE = """\
snapshot_time             1700000000.123456789 secs.nsecs
start_time                1690000000.000000000 secs.nsecs
read_bytes                12 samples [bytes] 4096 1048576 2097152
open                      40 samples [usec] 100 900 12000 4400000
close                     40 samples [usec] 50 500 6000 1100000
ioctl                     7 samples [reqs]
"""
MDC = """\
req_waittime              1000 samples [usec] 80 20000 250000 900000000
req_active                1000 samples [reqs] 1 5 1100 1300
mds_getattr               30 samples [usec] 80 300 4500 700000
"""


def mount(kind, source, point):
    return Mount(1, 0, b"/", point, kind, source, ["rw"], False)


class Counters(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def put(self, path, text):
        target = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w") as file:
            file.write(text)

    def test_mean_times_of_the_nfs_mount_that_holds_the_folder(self):
        self.put("proc/self/mountstats", MOUNTSTATS)
        found = read_counters(mount("nfs", "server.example:/my project", b"/my project"), self.root)
        self.assertEqual(
            found,
            {
                "from": "mountstats",
                "operations": [
                    {"operation": "GETATTR", "count": 4000, "roundTripMicroseconds": 350.0, "totalMicroseconds": 400.0},
                    {"operation": "LOOKUP", "count": 200, "roundTripMicroseconds": 450.0, "totalMicroseconds": 500.0},
                ],
            },
        )

    def test_nothing_of_other_mounts(self):
        self.put("proc/self/mountstats", MOUNTSTATS)
        self.assertIsNone(read_counters(mount("nfs4", "other:/", b"/elsewhere"), self.root))

    def test_lustre_client_and_its_metadata_device(self):
        self.put("sys/kernel/debug/lustre/llite/scratch-ffff8a/stats", LLITE)
        self.put("sys/kernel/debug/lustre/mdc/scratch-MDT0000-mdc-ffff8a/stats", MDC)
        self.put("sys/kernel/debug/lustre/mdc/home-MDT0000-mdc-ffff8b/stats", MDC)
        found = read_counters(mount("lustre", "10.0.0.1@o2ib:/scratch", b"/scratch"), self.root)
        self.assertEqual(
            found["operations"],
            [
                {"operation": "llite.open", "count": 40, "totalMicroseconds": 300.0, "squares": 4400000},
                {"operation": "llite.close", "count": 40, "totalMicroseconds": 150.0, "squares": 1100000},
                {"operation": "mdc.req_waittime", "count": 1000, "roundTripMicroseconds": 250.0, "squares": 900000000},
                {"operation": "mdc.mds_getattr", "count": 30, "roundTripMicroseconds": 150.0, "squares": 700000},
            ],
        )

    def test_a_lustre_that_is_mounted_twice_cannot_be_told_apart(self):
        for client in ("scratch-ffff8a", "scratch-ffff8b"):
            self.put("proc/fs/lustre/llite/%s/stats" % client, LLITE)
        self.assertIsNone(read_counters(mount("lustre", "a@tcp:/scratch", b"/scratch"), self.root))

    def test_nonsense_is_left_out(self):
        self.put("proc/self/mountstats", "device a mounted on /m with fstype nfs\n\tLOOKUP: 0 1 2\n\tX: 1 2 3 4 5 6 -7 8\n")
        self.assertIsNone(read_counters(mount("nfs", "a", b"/m"), self.root))
        self.put("proc/fs/lustre/llite/s-1/stats", "open 0 samples [usec] 1 2 3\nopen x samples [usec]\n\0\n")
        self.assertIsNone(read_counters(mount("lustre", "a:/s", b"/m"), self.root))


if __name__ == "__main__":
    unittest.main()
