"""The polite phase: one process that goes round all classes of calls, so that a burst of others' load meets each of them.

Names that are asked again later lie in a folder that does not change meanwhile: there a client that keeps answers until
its folder changes may keep them. All that is made and removed lies in another one.
"""

import errno
import time

from . import calls
from .pace import MOST_AT_ONCE, TimeIsUp
from .series import Tally

KEPT_FILES = 6
LARGE_READS = 3
MISSES_A_ROUND = 2
LATER_SECONDS = (1.0, 5.0)
MOST_ROUNDS = 400
# Requests that a call makes at most on the file systems we know, opening's look-up and what close sends included.
REQUESTS = {
    "miss": 1, "stat": 1, "open": 2, "close": 2, "read": 1, "read-large": 8, "list": 4, "readlink": 1, "create": 2,
    "write": 3, "mkdir": 2, "symlink": 2, "rename": 3, "unlink": 2, "rmdir": 2, "fsync": 1,
}  # fmt: skip
# One round, the rarer calls of every second one included.
REQUESTS_A_ROUND = 60
# A file system may lack these calls, or some of them.
_LACKING = (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EINVAL, errno.EMLINK)
LAST_TOUCH = 2 + len(LATER_SECONDS)


class _Later:
    """A name to be asked for again when the seconds of its touch, from 3, are over."""

    def __init__(self, touch, call, folder, name, function):
        self.touch = touch
        self.call = call
        self.folder = folder
        self.name = name
        self.function = function
        self.since = time.monotonic()

    def is_due(self):
        return time.monotonic() - self.since >= LATER_SECONDS[self.touch - 3]


class Quiet:
    """Makes the calls of the polite phase in `folder`; `tally` has their times."""

    def __init__(self, folder, pace, warmth):
        self.tally = Tally()
        self._folder = folder
        self._pace = pace
        self._warmth = warmth
        self._stirred = 0
        self._later = []

    def run(self):
        """Returns when the time is up; what was made is then still there."""
        try:
            self._prepare()
            for number in range(MOST_ROUNDS):
                self._check(REQUESTS_A_ROUND)
                self._round(number)
        except TimeIsUp:
            pass

    def _check(self, requests):
        self._pace.check(requests, 2 * self._folder.count() + 2)

    def _prepare(self):
        self._still = self._folder.folder("still")
        self._changing = self._folder.folder("changing")
        for number in range(KEPT_FILES):
            name = "kept-%d" % number
            self._check(6)
            self._make(self._still, name, calls.CONTENT)
            self._again_later("stat", self._still.descriptor, name, calls.stat)
        self._large()

    def _large(self):
        """A few large reads: all that is asked of the data servers beyond small files."""
        self._check((LARGE_READS + 1) * 20)
        self._make(self._still, "large", calls.CONTENT * (calls.LARGE_BYTES // calls.READ_BYTES))
        for _ in range(LARGE_READS):
            self._burst("open", "fsync")
            descriptor = self._open("large", self._still)
            calls.drop(descriptor)
            self._burst("read-large")
            self._time("read-large", 1, calls.read, descriptor, calls.LARGE_BYTES, size=calls.LARGE_BYTES)
            self._burst("close")
            calls.close(descriptor)

    def _round(self, number):
        self._misses(number)
        name, folder = "file-%d" % number, self._changing
        self._make(folder, name, calls.CONTENT)
        self._burst("stat", "stat")
        for touch in (1, 2):
            self._time("stat", touch, calls.stat, folder.descriptor, name)
        for touch in (1, 2):
            self._use(name, touch)
        if number % 2:
            self._links(number)
            self._listings(number)
            name = self._rename(name, "renamed-%d" % number)
        self._burst("unlink")
        self._unlink(name)
        self._ask_due()

    def _use(self, name, touch):
        """As a start uses a file: opens, reads, closes."""
        self._burst("open", "fsync", "read", "close")
        descriptor = self._open(name, self._changing, touch)
        if touch == 1:
            calls.drop(descriptor)
        self._time("read", touch, calls.read, descriptor, calls.READ_BYTES, size=calls.READ_BYTES)
        self._time("close", touch, calls.close, descriptor)

    def _misses(self, number):
        folder = self._still.descriptor
        names = ["absent-%d-%d" % (number, index) for index in range(MISSES_A_ROUND)]
        self._burst(*["miss"] * (2 * MISSES_A_ROUND))
        for touch in (1, 2):
            for name in names:
                self._time("miss", touch, calls.miss, folder, name)
        self._again_later("miss", folder, names[0], calls.miss)

    def _again_later(self, call, folder, name, function):
        """Once more when the first of LATER_SECONDS are over, and from then the next."""
        self._later.append(_Later(3, call, folder, name, function))

    def _ask_due(self):
        """At most one of each call and touch in one round, so that rounds stay alike."""
        asked = set()
        for later in list(self._later):
            kind = (later.call, later.touch)
            if kind in asked or not later.is_due():
                continue
            asked.add(kind)
            self._later.remove(later)
            self._burst(later.call)
            now = time.monotonic()
            self._time(later.call, later.touch, later.function, later.folder, later.name, after=now - later.since)
            if later.touch < LAST_TOUCH:
                self._later.append(_Later(later.touch + 1, later.call, later.folder, later.name, later.function))
            elif later.call == "stat":
                self._again_later(later.call, later.folder, later.name, later.function)

    def _links(self, number):
        name, folder = "link-%d" % number, self._changing
        folder.files.append(name)
        self._burst("symlink", "readlink", "readlink", "unlink")
        if self._time("symlink", 1, calls.symlink, folder.descriptor, name) is None:
            folder.files.remove(name)
            return
        for touch in (1, 2):
            self._time("readlink", touch, calls.readlink, folder.descriptor, name)
        self._unlink(name)

    def _listings(self, number):
        above, name = self._folder.descriptor, self._changing.name
        self._burst("list", "list")
        for touch in (1, 2):
            self._time("list", touch, calls.list_folder, above, name)
        name, folder = "folder-%d" % number, self._changing
        folder.subfolders.append(name)
        self._burst("mkdir", "rmdir")
        self._time("mkdir", 1, calls.mkdir, folder.descriptor, name)
        self._time("rmdir", 1, calls.rmdir, folder.descriptor, name)
        folder.subfolders.remove(name)

    def _rename(self, name, new_name):
        """The name that the file then has."""
        folder = self._changing
        folder.files.append(new_name)
        self._burst("rename")
        if self._time("rename", 1, calls.rename, folder.descriptor, name, new_name) is None:
            folder.files.remove(new_name)
            return name
        folder.files.remove(name)
        return new_name

    def _unlink(self, name):
        self._time("unlink", 1, calls.unlink, self._changing.descriptor, name)
        self._changing.files.remove(name)

    def _make(self, folder, name, content):
        """A new file. The times of large ones are not kept."""
        # Before it is made: an interrupt may come between.
        folder.files.append(name)
        self._burst("create", "write" if len(content) == calls.READ_BYTES else "read-large")
        took, descriptor = calls.create(folder.descriptor, name)
        self.tally.note("create", 1, took)
        took = calls.write(descriptor, content)
        if len(content) == calls.READ_BYTES:
            self.tally.note("write", 1, took, size=len(content))

    def _open(self, name, folder, touch=None):
        """Without `touch` the time of the call is not wanted."""
        took, descriptor = calls.open_file(folder.descriptor, name)
        if touch is not None:
            self.tally.note("open", touch, took)
        return descriptor

    def _burst(self, *names):
        """Waits until these calls may be made one after another, as a start makes them.

        One request that is not timed goes before them, where there is room: after a pause a server's process, a network
        card and a processor have to wake up first, which a start pays once and not with each call.
        """
        requests = sum(REQUESTS[name] for name in names)
        is_stirred = requests < MOST_AT_ONCE
        self._pace.wait(requests + is_stirred)
        self._warmth.warm()
        if is_stirred:
            self._stirred += 1
            calls.miss(self._folder.descriptor, "stir-%d" % self._stirred)

    def _time(self, call, touch, function, *arguments, after=None, size=None):
        """Calls and notes. None where the file system lacks the call."""
        try:
            took = function(*arguments)
        except OSError as error:
            if error.errno not in _LACKING:
                raise
            self.tally.fail(call, touch)
            return None
        self.tally.note(call, touch, took, after=after, size=size)
        return took
