"""What the client of the mount had counted before we came: mean times of operations since the mount was made.

NFS: /proc/self/mountstats, https://github.com/torvalds/linux/blob/v6.1/net/sunrpc/stats.c (rpc_clnt_show_stats: count,
transmissions, timeouts, bytes sent and received, then milliseconds queued, of the round trip and in all).
Lustre: `stats` of the client's llite and mdc devices, https://doc.lustre.org/lustre_manual.xhtml (lines `name N samples
[usec] min max sum sumsq`).
"""

import os
import re

from ..machine.mounts import unescape
from ..machine.pseudo_files import is_number, list_names, read_text

LONGEST = 4 << 20
MOST_OPERATIONS = 200
_LUSTRE = ("proc/fs/lustre", "sys/fs/lustre", "sys/kernel/debug/lustre")
_SAMPLES = re.compile(r"([A-Za-z0-9_.]{1,60}) +([0-9]+) samples \[(usec|usecs)\] ([0-9]+) ([0-9]+) ([0-9]+)(?: ([0-9]+))?", re.ASCII)
_LARGEST = 10**15


def read_counters(mount, root="/"):
    """The calibration's `counters`, or None where the client keeps none that can be read."""
    if mount is None:
        return None
    if mount.type.startswith("nfs"):
        return _fact("mountstats", _nfs(mount.point, read_text(os.path.join(root, "proc/self/mountstats"), LONGEST) or ""))
    if mount.type == "lustre":
        return _fact("lustre", _lustre(mount.source, root))
    return None


def _fact(source, operations):
    return {"from": source, "operations": operations[:MOST_OPERATIONS]} if operations else None


def _nfs(point, text):
    """Operations of the last mount on `point`: the one that is seen there."""
    found = []
    is_ours = False
    for line in text.split("\n"):
        words = line.split()
        if line.startswith("device "):
            is_ours = _mounted_on(line) == point
            found = [] if is_ours else found
        elif is_ours and len(words) >= 9 and words[0].endswith(":") and all(is_number(word) for word in words[1:9]):
            found += _nfs_operation(words[0][:-1], [int(word) for word in words[1:9]])
    return found


def _mounted_on(line):
    match = re.match(r"device .* mounted on (\S+) with fstype nfs", line)
    return unescape(os.fsencode(match.group(1))) if match else None


def _nfs_operation(name, numbers):
    count, round_trip, total = numbers[0], numbers[6], numbers[7]
    if not 0 < count <= _LARGEST or not re.match(r"\w{1,60}\Z", name, re.ASCII):
        return []
    times = {"roundTripMicroseconds": round_trip * 1000.0 / count, "totalMicroseconds": total * 1000.0 / count}
    return [dict({key: round(value, 1) for key, value in times.items() if value <= 1e12}, operation=name, count=count)]


def _lustre(source, root):
    """Of the one client of this file system; of none where it is mounted twice, as nothing tells which is which."""
    name = source.rpartition("/")[2]
    for folder in (os.path.join(root, part) for part in _LUSTRE):
        clients = [client for client in list_names(os.path.join(folder, "llite")) if client.rpartition("-")[0] == name]
        if len(clients) != 1:
            continue
        found = _lustre_device(os.path.join(folder, "llite", clients[0]), "llite", "totalMicroseconds")
        number = clients[0].rpartition("-")[2]
        for device in list_names(os.path.join(folder, "mdc")):
            if device.startswith(name + "-MDT") and device.endswith("-mdc-" + number):
                found += _lustre_device(os.path.join(folder, "mdc", device), "mdc", "roundTripMicroseconds")
        if found:
            return found
    return []


def _lustre_device(folder, kind, time):
    found = []
    for line in (read_text(os.path.join(folder, "stats")) or "").split("\n"):
        match = _SAMPLES.match(line)
        if match:
            count, total = int(match.group(2)), int(match.group(6))
            if 0 < count <= _LARGEST and total / count <= 1e12:
                operation = {"operation": "%s.%s" % (kind, match.group(1)), "count": count, time: round(total / count, 1)}
                squares = match.group(7)
                if squares and len(squares) <= 30:
                    operation["squares"] = int(squares)
                found.append(operation)
    return found
