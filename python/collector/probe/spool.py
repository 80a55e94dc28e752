# The records of this process and the file they go to. One record is a tuple: a letter, the time in nanoseconds on the
# monotonic clock, and what the letter asks for; run.py reads them. A frame of the file is a letter (m: marshal,
# r: repr), the length and the process id in four bytes each, then a list of records. Frames are written whole by one
# write to a file opened for appending, so that forked processes may share it.

import posix
import sys
from _thread import allocate_lock, get_ident

# The last records are written when the interpreter has emptied its modules, builtins too: what they need is held here.
from builtins import Exception, OSError, ValueError, dict, int, isinstance, len, list, map, repr, str, tuple, type
from marshal import dumps
from posix import O_APPEND, O_CLOEXEC, O_CREAT, O_RDONLY, O_WRONLY, dup2, fstat, getpid, close as close_file, open as open_file, read as read_file, write as write_file
from time import monotonic_ns as now

# A spool that grows beyond this stops taking file operations: a job's loop over its data is no part of its start.
MOST_RECORDS = 300000
FLUSH_NANOSECONDS = 50000000
IDLE_NANOSECONDS = 2000000
# Out of the way of the numbers that the job's own files get.
DESCRIPTORS = (4000, 1000, 500, 200, 60)


def _dump(records):
    try:
        return dumps(records, 2)
    except ValueError:
        # A path or a name of a type of the job's own.
        return dumps([tuple(map(_plain, record)) for record in records], 2)


def _plain(value):
    return value if type(value) in (int, str, bytes, dict, list, tuple) else str(value)


class Spool:
    """Appends frames to one file. Never raises: a job must not notice that its spool is gone."""

    def __init__(self, path):
        self.path = path
        self.records = []
        self.written = 0
        self.flushed = now()
        # Another audit hook listens: from then on nothing is done that would raise an event.
        self.is_quiet = False
        self.is_full = False
        self.lock = allocate_lock()
        self.descriptor = -1
        self.identity = None
        self._open()

    def _open(self):
        low = open_file(self.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        self.descriptor = low
        for number in DESCRIPTORS:
            try:
                fstat(number)
                continue
            except OSError:
                pass
            try:
                dup2(low, number, False)
            except OSError:
                continue
            close_file(low)
            self.descriptor = number
            break
        self.identity = self._identify()

    def _identify(self):
        status = fstat(self.descriptor)
        return (status.st_dev, status.st_ino)

    def flush(self):
        if not self.records or not self.lock.acquire(False):
            return
        try:
            count = len(self.records)
            records = self.records[:count]
            del self.records[:count]
            self.written += count
            self.flushed = now()
            self._write(records)
        except Exception:
            pass
        finally:
            self.lock.release()

    def _write(self, records):
        if self.is_quiet:
            letter, data = b"r", repr(records).encode("utf-8", "surrogatepass")
        else:
            letter, data = b"m", _dump(records)
        # The job may have closed the descriptor and got its number for a file of its own.
        try:
            is_ours = self._identify() == self.identity
        except OSError:
            is_ours = False
        if not is_ours:
            if self.is_quiet:
                return
            self._open()
        head = letter + len(data).to_bytes(4, "little") + getpid().to_bytes(4, "little")
        write_file(self.descriptor, head + data)

    def flush_when_due(self, moment):
        """Called after each record: in a burst every 50 ms, else at once."""
        if moment - self.flushed > FLUSH_NANOSECONDS or len(self.records) > 8192:
            self.flush()

    def forget(self):
        """In a forked child: what the parent has not written yet is the parent's."""
        self.records.clear()
        self.lock = allocate_lock()
        self.written = 0

    def close(self):
        self.flush()
        try:
            if self._identify() == self.identity:
                close_file(self.descriptor)
        except OSError:
            pass
        self.descriptor = -1
