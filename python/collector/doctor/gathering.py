"""Where the ranks of one node meet: a private folder of the node, under a lock. The one that completes the set writes.

Nothing is asked of other nodes. A rank's part is a file of its own, written aside and renamed; whoever has written the
node's recording takes the folder away, and the others see by that that it is done.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time

from ..job.private_folder import FOLDERS, PrivateFolder, fill, node_local
from ..probe.parts import DOCTOR_PARTS

# A rank that is alone after these seconds where others should be has a /tmp of its own.
ALONE_SECONDS = 5.0
# A writer that takes longer than this beyond the deadline is given up.
WRITING_SECONDS = 10.0
LATEST_START_SECONDS = 15.0
LOOK_SECONDS = 0.2
LARGEST_PART = 64 << 20
PAUSE_SECONDS = (0.01, 0.1)
TRIES = 5


class Gathering:
    """This rank among those of its node."""

    def __init__(self, path, rank, expected):
        self.path = path
        self.rank = rank
        self.expected = expected
        self.began = time.monotonic()
        self.is_alone = False
        self._part = os.path.join(path, "%d.part" % rank)
        self._identity = None
        self._until = float("inf")
        self._is_hurried = False
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._lock = os.open(os.path.join(path, "lock"), flags, 0o600)
        _write_aside(os.path.join(path, "%d.here" % rank), b"")

    def private_folder(self):
        """A PrivateFolder with the probe, whose files are made once a node."""
        template = os.path.join(self.path, "probe")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            if not os.path.isdir(template):
                aside = template + ".aside"
                shutil.rmtree(aside, ignore_errors=True)
                os.mkdir(aside, 0o700)
                fill(aside, DOCTOR_PARTS)
                os.rename(aside, template)
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
        # Beside the gathering, not in it: whoever writes takes that away, and this rank may still be at work.
        own = os.path.realpath(tempfile.mkdtemp(prefix="pharos-", dir=os.path.dirname(self.path)))
        return PrivateFolder(DOCTOR_PARTS, own, template)

    def hurry(self, seconds):
        """Write with what there is after these seconds at most."""
        self._until = min(self._until, time.monotonic() + seconds)
        self._is_hurried = True

    def finish(self, part, seconds, write):
        """Leaves `part`, and returns when the node's recording is written.

        After `seconds` it is written with what there is; where others started later, after as much more. `write` gets
        the parts; what it returns is returned, or None where another rank wrote. Raises TimeoutError when another rank
        began to write and never ended.
        """
        self._until = min(self._until, time.monotonic() + seconds)
        self._put(part)
        pause, longest = PAUSE_SECONDS
        looked = 0.0
        while not self._is_done():
            moment = time.monotonic()
            is_late = moment > self._until + self._start_of_last()
            if moment - looked > LOOK_SECONDS or is_late:
                looked = moment
                if (is_late or self._is_complete(moment)) and self._try_lock():
                    return self._write(write)
            if moment > self._until + LATEST_START_SECONDS + WRITING_SECONDS:
                raise TimeoutError("another rank of this node did not end writing")
            time.sleep(pause)
            pause = min(longest, pause * 1.3)
        return None

    def _is_complete(self, moment):
        self.is_alone = self.expected > 1 and moment - self.began > ALONE_SECONDS and len(self._names(".here")) < 2
        return self.is_alone or len(self._names(".part")) >= self.expected

    def _start_of_last(self):
        """Seconds by which the last rank that came started after this one; 0 when there is no time for it."""
        if self._is_hurried:
            return 0.0
        try:
            own = os.stat(os.path.join(self.path, "%d.here" % self.rank)).st_mtime
            last = max(os.stat(os.path.join(self.path, name)).st_mtime for name in self._names(".here"))
        except (OSError, ValueError):
            return 0.0
        return max(0.0, min(last - own, LATEST_START_SECONDS))

    def _write(self, write):
        try:
            # Another may have written between the look and the lock.
            return None if self._is_done() else write(self._parts())
        finally:
            self.remove()
            os.close(self._lock)

    def _put(self, part):
        data = json.dumps(part, separators=(",", ":")).encode("ascii")
        self._identity = _write_aside(self._part, data)

    def _is_done(self):
        """The part is gone, or the folder is one of a later run that has the same name."""
        try:
            status = os.lstat(self._part)
        except OSError:
            return True
        return (status.st_dev, status.st_ino) != self._identity

    def _names(self, end):
        try:
            return [name for name in os.listdir(self.path) if name.endswith(end)]
        except OSError:
            return []

    def _parts(self):
        """All parts that are there, by rank."""
        found = []
        for name in self._names(".part"):
            try:
                with open(os.path.join(self.path, name), "rb") as file:
                    found.append(json.loads(file.read(LARGEST_PART).decode("ascii")))
            except (OSError, ValueError):
                continue
        return sorted(found, key=lambda part: part["rank"])

    def _try_lock(self):
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def remove(self):
        """First out of the way, so that a later run of the same name finds nothing half removed."""
        aside = "%s.%d.done" % (self.path, os.getpid())
        try:
            os.rename(self.path, aside)
        except OSError:
            aside = self.path
        shutil.rmtree(aside, ignore_errors=True)


def open_gathering(key, rank, expected):
    """A Gathering in a folder that all ranks of the node find by `key`, or None where there is no safe place for it."""
    digest = hashlib.sha256(repr(key).encode("utf-8", "surrogatepass")).hexdigest()[:20]
    # Not TMPDIR: it may be another for each rank.
    for above in node_local(FOLDERS):
        path = os.path.join(above, "pharos-doctor-%d-%s" % (os.geteuid(), digest))
        for _ in range(TRIES):
            try:
                if _make_own(path):
                    return Gathering(path, rank, expected)
                break
            except FileNotFoundError:
                # An earlier run of the same name has just taken its folder away.
                continue
            except OSError:
                break
    return None


def _make_own(path):
    """Whether the folder is there and nobody else can write into it."""
    try:
        os.mkdir(path, 0o700)
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise
    status = os.lstat(path)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _write_aside(path, data):
    """Writes a file that is there whole or not at all; returns what identifies it."""
    aside = "%s.%d.aside" % (path, os.getpid())
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        status = os.fstat(file.fileno())
    os.rename(aside, path)
    return (status.st_dev, status.st_ino)
