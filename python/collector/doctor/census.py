"""What a rank tells of its command: plain values of the probe's census, of its imports, or of a look from outside."""

import os
import time

from ..job.family import Clock, Family
from ..job.spools import read_images
from ..machine.environment import is_recorded

MOST_SLOWEST = 16
# linux/time.h
CLOCK_BOOTTIME = 7


class Seen:
    """`image` is the process that is taken for the rank's, None where no probe told of one."""

    def __init__(self, run, folder):
        self.run = run
        images = read_images(folder.spools()) if run.child is not None else []
        self.family = Family(images, run.ended) if images else None
        self.image = self.family.job if self.family is not None else None
        self.census = self.image.census if self.image is not None else {}

    def how(self):
        """(`seen`, because) of the rank."""
        run = self.run
        if run.child is None:
            # The error itself names what was typed, which is not kept.
            return "nothing", "the command could not be started"
        if "mask" in self.census:
            return "inside", None
        because = self._because()
        if run.sample is not None or self.image is not None:
            return "outside", because
        return "nothing", because

    def _because(self):
        run = self.run
        if run.is_over_limit:
            return "the command was still running when its seconds were over"
        if run.ended.interrupted:
            return "the run was interrupted by %s" % run.ended.interrupted
        if self.image is not None:
            if run.ended.signal:
                return "the command was ended by %s" % run.ended.signal
            return "its Python ended without running its exit functions"
        if not os.path.isdir("/proc/self"):
            return "there is no /proc, without which no process is known"
        return "no Python 3.8 or later started with the probe"

    def seconds(self):
        """Seconds from exec to the end of the imports, and to the command's end; what is not known is absent."""
        found = {}
        ended = self.run.ended
        if ended is not None and ended.end is not None:
            found["command"] = round(ended.end - ended.begin, 6)
        begin = self._exec_time()
        ends = [end for _, _, end in self._main_imports()]
        if begin is not None and ends:
            found["imports"] = round(max(0, max(ends) - begin) / 1e9, 6)
        return found

    def _exec_time(self):
        if self.image is None:
            return None
        # Python 3.6 has neither the clocks in nanoseconds nor the constant.
        clock = Clock(int(time.monotonic() * 1e9), int(time.clock_gettime(CLOCK_BOOTTIME) * 1e9))
        return self.family.exec_time(self.image, clock)

    def _main_imports(self):
        """(module, begin, end) of the imports that `__main__` asked for and that ended."""
        open_ones, found = {}, []
        for record in self.image.records if self.image is not None else ():
            try:
                if record[0] == "B" and record[5] == "main":
                    open_ones[record[2]] = (str(record[4]), record[1])
                elif record[0] == "E" and record[2] in open_ones:
                    found.append(open_ones.pop(record[2]) + (record[1],))
            except (IndexError, TypeError):
                continue
        return found

    def slowest(self):
        seconds = {}
        for module, begin, end in self._main_imports():
            # A second import of a module is one of a part of it that was not there yet.
            seconds[module] = seconds.get(module, 0) + max(0, end - begin) / 1e9
        ordered = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))
        return [{"module": module, "seconds": round(value, 6)} for module, value in ordered[:MOST_SLOWEST]]

    def from_source(self):
        """Names of modules that were compiled, in the order of their imports."""
        ids = set(self.census.get("sources", ()))
        names = []
        for record in self.image.records if self.image is not None else ():
            if record[0] == "B" and record[2] in ids:
                names.append(str(record[4]))
        return names

    def mapped(self):
        if self.census.get("mapped"):
            return self.census["mapped"]
        if self.run.sample is not None:
            return self.run.sample.mapped
        return sorted(path for path in self.image.libraries if ".so" in os.path.basename(path)) if self.image else []

    def own_variables(self):
        """The process's variables as text; the collector's where the process told none."""
        facts = self.image.facts if self.image is not None else {}
        given = facts.get("environment") or os.environb
        return {os.fsdecode(name): os.fsdecode(value) for name, value in given.items()}

    def environment(self):
        """What may be recorded of the process's variables, as text, and how many were left out."""
        environ = self.own_variables()
        kept = {name: value for name, value in environ.items() if is_recorded(name, value)}
        return kept, len(environ) - len(kept)
