"""Who started whom among the process images of one run, and which one is the job."""

import os

TICKS = os.sysconf("SC_CLK_TCK")


class Clock:
    """Turns clock ticks since boot, as /proc tells them, into the monotonic clock."""

    def __init__(self, monotonic_ns, boot_ns):
        self.offset = monotonic_ns - boot_ns

    def nanoseconds(self, ticks):
        return ticks * 1000000000 // TICKS + self.offset


class Family:
    """The process images of one run: who started whom, and which one is the job."""

    def __init__(self, images, ended, chosen=None):
        self.images = images
        self.ended = ended
        self.parents = {}
        for image in images:
            self.parents[id(image)] = self._parent(image)
        self.job = self._choose(chosen)

    def _parent(self, image):
        """The observed image that started this one, or None."""
        earlier = [other for other in self.images if other.begin < image.begin]
        if image.forked_from is not None:
            return _latest(earlier, image.forked_from)
        same = _latest(earlier, image.pid)
        if same is not None and (not image.ancestry or same.started() in (0, image.started())):
            # The same process runs another program now.
            return same
        for pid, ticks in image.ancestry[1:]:
            found = _latest(earlier, pid)
            if found is not None and found.started() in (0, ticks):
                return found
        return None

    def children_of(self, image):
        return [other for other in self.images if self.parents[id(other)] is image]

    def lineage(self, image):
        """The images above this one, nearest first."""
        above = []
        parent = self.parents[id(image)]
        while parent is not None and parent not in above:
            above.append(parent)
            parent = self.parents[id(parent)]
        return above

    def is_replaced(self, image):
        """True when the same process ran another observed program later."""
        return any(child.pid == image.pid and child.forked_from is None for child in self.children_of(image))

    def _choose(self, chosen):
        if chosen is not None:
            return self.images[chosen - 1] if 0 < chosen <= len(self.images) else None
        tops = [image for image in self.images if self.parents[id(image)] is None]
        if not tops:
            return None
        own = [image for image in tops if image.pid == self.ended.pid]
        top = own[0] if own else self._foremost(tops)
        # Along the chain of execs to the last Python.
        while True:
            following = [child for child in self.children_of(top) if child.pid == top.pid and not child.forked_from]
            if not following:
                return top
            top = following[-1]

    def _foremost(self, tops):
        """Among programs that a script or a launcher started: the lowest rank, else the one that ran longest."""
        ranked = [image for image in tops if image.rank is not None]
        if len(ranked) > 1:
            return min(ranked, key=lambda image: (image.rank, image.begin))
        return max(tops, key=lambda image: self._length(image))

    def _length(self, image):
        ends = [image.end or image.last] + [child.end or child.last for child in self.images if image in self.lineage(child)]
        # One that was cut off may have run until the end.
        return max(ends) - image.begin

    def exec_time(self, image, clock):
        """When the image's program was started, in nanoseconds: seen by the collector or the parent where it can be,
        else the process's start (10 ms steps)."""
        ended = self.ended
        if image.forked_from is not None:
            return image.begin
        if image.pid == ended.pid:
            seen = [int(moment * 1e9) for moment, _ in ended.programs if moment * 1e9 <= image.begin]
            # The first program is there when the child is; only a later one was seen to come.
            return seen[-1] if len(seen) > 1 else int(ended.begin * 1e9)
        parent = self.parents[id(image)]
        if parent is not None and parent.pid == image.pid and parent.replaced is not None:
            return parent.replaced
        seen = [moment for moment, pid, program in ended.below if pid == image.pid and program == image.executable]
        if seen and seen[0] * 1e9 <= image.begin:
            return int(seen[0] * 1e9)
        # Its process began then; what wrappers did in it before is not told apart.
        return min(image.begin, max(int(ended.begin * 1e9), clock.nanoseconds(image.started())))

    def role(self, image):
        if image is self.job:
            return "job"
        if self.job is None:
            return "other"
        if image in self.lineage(self.job):
            return "before"
        if self.job in self.lineage(image):
            return "child"
        ended = image.end or image.last
        return "before" if image.rank is None and ended <= self.job.begin else "other"


def _latest(images, pid):
    found = [image for image in images if image.pid == pid]
    return found[-1] if found else None
