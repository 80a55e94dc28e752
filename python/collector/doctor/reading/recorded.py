"""Reads the facts of recordings back, for people at a node without Node. Files may be hostile: all is bounded."""

import json
import zlib

MOST_BYTES = 256 << 20
LONGEST_LINE = 4 << 20
MOST_PATHS = 1000000
DEEPEST_PATH = 256
CHUNK = 1 << 16
KIND = "pharos-recording"


class NotRead(Exception):
    """The file is not a recording of a step, or cannot be read."""


class Recorded:
    """One file: `facts` maps names to lists of mappings; `path` makes text of a path id."""

    def __init__(self):
        self.facts = {}
        self.is_truncated = True
        self.started = ""
        self._paths = {}

    def path(self, identity):
        """A path's text; the file system and depth of one that was removed."""
        names = []
        for _ in range(DEEPEST_PATH):
            if not isinstance(identity, int) or identity not in self._paths:
                break
            parent, name = self._paths[identity]
            names.append(name)
            identity = parent
            if name.startswith("~") or parent is None:
                break
        text = "/".join(reversed(names))
        return text if text.startswith(("~", "(")) else "/" + text

    def take(self, line):
        tag = line[0]
        if tag == "fact" and isinstance(line[1], str) and isinstance(line[2], dict):
            self.facts.setdefault(line[1], []).append(line[2])
        elif tag == "p" and len(self._paths) < MOST_PATHS:
            self._paths[line[1]] = (line[2], str(line[3]))
        elif tag == "d" and len(self._paths) < MOST_PATHS:
            self._paths[line[1]] = (None, "(a folder of data)")
        elif tag == "end":
            self.is_truncated = False


def read_recorded(path):
    """A Recorded of a step's file. Raises NotRead."""
    recorded = Recorded()
    lines = _lines(path)
    try:
        first = next(lines, None)
        if not (isinstance(first, list) and len(first) > 2 and first[0] == KIND and isinstance(first[2], dict)):
            raise NotRead("it is no recording")
        if first[1] != 1:
            raise NotRead("its version is not known here")
        recorded.started = str(first[2].get("started", ""))
        for line in lines:
            if isinstance(line, list) and line:
                try:
                    recorded.take(line)
                except (IndexError, TypeError):
                    continue
    except OSError as error:
        raise NotRead((error.strerror or "it cannot be read").lower())
    if "step" not in recorded.facts:
        raise NotRead("it holds no facts of a job step")
    return recorded


def _lines(path):
    """Each line as JSON, None for one that is not; ends where the file was cut off or is too large."""
    rest = b""
    for data in _inflated(path):
        parts = (rest + data).split(b"\n")
        rest = parts.pop()
        if len(rest) > LONGEST_LINE:
            return
        for part in parts:
            try:
                yield json.loads(part.decode("utf-8"))
            except (ValueError, RecursionError):
                yield None


def _inflated(path):
    inflater = zlib.decompressobj(31)
    total = 0
    with open(path, "rb") as file:
        while total < MOST_BYTES:
            data = inflater.unconsumed_tail or file.read(CHUNK)
            if not data:
                return
            try:
                found = inflater.decompress(data, CHUNK)
            except zlib.error:
                return
            total += len(found)
            yield found
