"""Some processes that make the same call at the same time for a while. Processes, not threads: those would share one lock."""

import array
import os
import time

# One letter for each worker: it may begin.
GO = b"g"


def crowd(count, work):
    """`work(number)` in `count` processes that begin together: a list of (begin, end, microseconds).

    Raises OSError where the processes could not be started; those that were are then let go without working.
    """
    gate_reader, gate_writer = os.pipe()
    workers = []
    try:
        for number in range(count):
            workers.append(_fork(number, work, gate_reader, gate_writer))
        os.write(gate_writer, GO * count)
    finally:
        # Without a letter of their own the workers only end.
        os.close(gate_writer)
        os.close(gate_reader)
        results = [_collect(child, reader) for child, reader in workers]
    return [result for result in results if result is not None]


def _fork(number, work, gate_reader, gate_writer):
    reader, writer = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reader)
        os.close(writer)
        raise
    if child:
        os.close(writer)
        return child, reader
    status = 1
    try:
        os.close(reader)
        os.close(gate_writer)
        if os.read(gate_reader, 1) == GO:
            _work(number, work, writer)
        status = 0
    finally:
        os._exit(status)


def _work(number, work, writer):
    begin = time.monotonic()
    microseconds = work(number)
    data = array.array("d", [begin, time.monotonic()] + microseconds).tobytes()
    while data:
        data = data[os.write(writer, data) :]


def _collect(child, reader):
    with os.fdopen(reader, "rb") as file:
        data = file.read()
    os.waitpid(child, 0)
    times = array.array("d")
    if len(data) < 2 * times.itemsize or len(data) % times.itemsize:
        return None
    times.frombytes(data)
    return times[0], times[1], list(times[2:])
