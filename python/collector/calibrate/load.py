"""Rising numbers of processes on this node, one class of calls at a time, until more of them get no more done."""

import os
import resource
import time

from . import calls
from .busy import busy_share, processor_times
from .crowd import crowd
from .folder import REQUESTS_TO_REMOVE
from .pace import REQUESTS_PER_SECOND
from .quiet import REQUESTS
from .series import Tally, median

PROCESSES = (1, 2, 4, 8, 16, 32, 64)
CLASSES = ("miss", "open", "list", "read")
# Of a phase: long enough for some calls of each process, too short to be felt as more than a burst.
SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 2.0
CALLS_OF_EACH = 12
# As many as a calibration may hold.
MOST_CALLS = 5000
# Files that one process holds open: closing would be a call of another class.
MOST_OPEN = 600
SPARE_DESCRIPTORS = 24
GROWTH = 1.1
SLOWER = 10.0
PAUSE_SECONDS = 0.1


def rising_load(folder, pace, beat, seconds):
    """(phases, notes). `folder` holds what is made, at the polite pace; the calls themselves are not throttled."""
    rise = _Rise(folder, pace, beat, time.monotonic() + seconds)
    return rise.run()


class _Rise:
    def __init__(self, folder, pace, beat, until):
        self._folder = folder.folder("load")
        self._pace = pace
        self._beat = beat
        self._until = until
        self._grounds = []
        self._alone = {}
        self._best = {}
        self._stalls = {}
        self._phases = []
        self._notes = []

    def run(self):
        rising = list(CLASSES)
        for processes in PROCESSES:
            if not rising or not self._prepare(processes):
                break
            for call in list(rising):
                if not self._phase(call, processes):
                    rising.remove(call)
        return self._phases, self._notes

    def _prepare(self, processes):
        """A folder and a file in it for each process: they do not wait for each other's folders in the kernel."""
        while len(self._grounds) < processes:
            if time.monotonic() + LONGEST_SECONDS + REQUESTS_TO_REMOVE * self._folder.count() / REQUESTS_PER_SECOND > self._until:
                self._notes.append("load: the time was up before %d processes" % processes)
                return False
            self._pace.wait(REQUESTS["mkdir"])
            ground = self._folder.folder("of-%d" % len(self._grounds))
            ground.files.append("file")
            self._pace.wait(REQUESTS["create"] + REQUESTS["write"])
            calls.write(calls.create(ground.descriptor, "file")[1], calls.CONTENT)
            self._grounds.append(ground)
        return True

    def _phase(self, call, processes):
        """Whether more processes are worth trying."""
        if time.monotonic() > self._until:
            self._notes.append("load: the time was up before %d processes made calls of class %s" % (processes, call))
            return False
        self._beat()
        time.sleep(PAUSE_SECONDS)
        before = processor_times()
        try:
            results = crowd(processes, self._worker(call, processes))
        except OSError as error:
            self._notes.append("load: %d processes could not be started: %s" % (processes, (error.strerror or "").lower()))
            return False
        results = [result for result in results if result[2] and result[1] > result[0]]
        if not results:
            return False
        tally = Tally()
        for _, _, microseconds in results:
            for took in microseconds:
                tally.note(call, 1, took, size=calls.READ_BYTES if call == "read" else None)
        times = tally.times(call, 1)
        throughput = sum(len(microseconds) / (end - begin) for begin, end, microseconds in results)
        phase = {"processes": len(results), "nodes": 1, "seconds": round(len(times) / throughput, 6), "series": tally.fact()}
        share = busy_share(before, processor_times())
        if share is not None:
            phase["busy"] = share
        self._phases.append(phase)
        return self._is_worth_more(call, throughput, median(times))

    def _worker(self, call, processes):
        expected = self._alone.get(call, 0.0) * processes / 1e6
        seconds = min(LONGEST_SECONDS, max(SHORTEST_SECONDS, CALLS_OF_EACH * expected))
        most = MOST_CALLS // processes
        if call == "open":
            most = min(most, MOST_OPEN, _free_descriptors())

        def work(number):
            make = _MAKERS[call](self._grounds[number].descriptor)
            begin = time.monotonic()
            times = []
            while len(times) < most and time.monotonic() - begin < seconds:
                times.append(make("%s-%d-%d" % (call, processes, len(times))))
            return times

        return work

    def _is_worth_more(self, call, throughput, middle):
        """Until twice in a row more processes got no more done, or a call takes ten times as long as alone."""
        alone = self._alone.setdefault(call, middle)
        best = self._best.get(call, 0.0)
        self._stalls[call] = 0 if throughput > GROWTH * best else self._stalls.get(call, 0) + 1
        self._best[call] = max(best, throughput)
        return self._stalls[call] < 2 and middle <= SLOWER * alone


def _free_descriptors():
    return max(1, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_DESCRIPTORS - 2 * PROCESSES[-1])


def _miss(folder):
    return lambda name: calls.miss(folder, name)


def _open(folder):
    # It stays open: the process ends after the phase.
    return lambda name: calls.open_file(folder, "file")[0]


def _list(folder):
    return lambda name: calls.list_folder(folder, ".")


def _read(folder):
    descriptor = calls.open_file(folder, "file")[1]

    def read(_name):
        # Nothing was written meanwhile: no need to ask the server for that.
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        return calls.read(descriptor, calls.READ_BYTES)

    return read


_MAKERS = {"miss": _miss, "open": _open, "list": _list, "read": _read}
