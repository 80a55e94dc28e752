"""Reads the spools: what the probe wrote in each process. The job could have written there too: nothing is trusted."""

import marshal
import os

LONGEST_FRAME = 64 << 20
HEAD = 9


def read_spool(path):
    """Yields (process id, record) in the order written; stops at the first byte that makes no sense."""
    image = os.path.basename(path)[: -len(".spool")]
    with open(path, "rb") as file:
        while True:
            head = file.read(HEAD)
            if len(head) < HEAD:
                return
            length = int.from_bytes(head[1:5], "little")
            pid = int.from_bytes(head[5:9], "little")
            if head[:1] not in (b"m", b"r") or length > LONGEST_FRAME:
                return
            data = file.read(length)
            if len(data) < length:
                return
            for record in _records(head[:1], data):
                yield image, pid, record


def _literal(text):
    # Few spools need it, and every rank of a step reads one.
    import ast

    return ast.literal_eval(text)


def _records(letter, data):
    try:
        records = marshal.loads(data) if letter == b"m" else _literal(data.decode("utf-8", "surrogatepass"))
    except (ValueError, EOFError, TypeError, SyntaxError, MemoryError, RecursionError):
        return
    if not isinstance(records, list):
        return
    for record in records:
        if isinstance(record, tuple) and len(record) > 1 and isinstance(record[0], str) and isinstance(record[1], int):
            yield record


class Image:
    """One process image as its spool tells it. Times are nanoseconds on the monotonic clock."""

    def __init__(self, key, pid):
        self.key = key
        self.pid = pid
        self.begin = None
        # (pid, start in clock ticks since boot) from this process upwards.
        self.ancestry = []
        self.rank = None
        self.executable = ""
        self.forked_from = None
        self.form = None
        self.facts = {}
        self.phases = []
        self.libraries = {}
        self.end = None
        self.replaced = None
        self.is_full = False
        # What the doctor's parts of the probe tell.
        self.census = {}
        self.mask_changes = []
        self.records = []
        self.last = 0

    def started(self):
        return self.ancestry[0][1] if self.ancestry else 0


def read_images(paths):
    """All process images of the spools, in order of their beginning."""
    images = {}
    for path in paths:
        for key, pid, record in read_spool(path):
            name = (key, pid)
            image = images.get(name)
            if image is None:
                image = images[name] = Image(key, pid)
            try:
                _take(image, record)
            except (IndexError, TypeError, ValueError, AttributeError):
                continue
    # A fork's spool is its parent's file; without its own first record it is nothing that we can place.
    found = [image for image in images.values() if image.begin is not None]
    return sorted(found, key=lambda image: image.begin)


def _take(image, record):
    letter, moment = record[0], record[1]
    image.last = max(image.last, moment)
    if letter == "X":
        image.begin = moment
        image.ancestry = [(int(pid), int(ticks)) for pid, ticks in record[2]]
        image.rank = int(record[3][0]) if record[3] else None
        image.executable = str(record[4])
    elif letter == "F":
        image.begin = moment
        image.forked_from = int(record[2])
    elif letter == "P":
        image.phases.append((str(record[2]), moment))
    elif letter == "I":
        image.form = str(record[2])
        image.facts = dict(record[3])
    elif letter == "L":
        image.libraries.update(record[2])
    elif letter == "Z":
        image.end = moment
    elif letter == "C":
        image.is_full = True
    elif letter == "D":
        image.census.update(record[2])
    elif letter == "M":
        module, before, after, libraries = record[2]
        image.mask_changes.append((str(module), str(before), str(after), [str(path) for path in libraries]))
    elif letter == "V":
        image.replaced = moment
    elif letter in "BEOA":
        image.records.append(record)
