"""From the spools to the recording: which process is the job, and what each one did."""

import errno
import os

from .observed import MainImport, Observed, SeenPython
from ..recording.writer import LOADERS


def error_name(number):
    return errno.errorcode.get(number, "") if number else ""


class Merge:
    """Writes the images into a recording and fills an Observed."""

    def __init__(self, writer, family, clock):
        self.writer = writer
        self.family = family
        self.clock = clock
        self.ids = {}
        self.observed = Observed()
        self.activities = 0

    def microseconds(self, nanoseconds):
        return max(0, int(nanoseconds / 1000 - self.writer.origin * 1000000))

    def write(self):
        """Returns what the replay needs to know."""
        self._wrapper()
        for image in self.family.images:
            self.ids[id(image)] = self._begin(image)
        for image in self.family.images:
            self._body(image)
        return self.observed

    def _wrapper(self):
        """The command itself, where the job's Python is not what was started first: a shell, a shim, a launcher."""
        ended, job = self.family.ended, self.family.job
        if job is None or not ended.programs:
            return
        seen, program = ended.programs[0]
        if job.pid == ended.pid and self.family.exec_time(job, self.clock) <= seen * 1e9:
            return
        path = self.writer.path(program, code=True) if program.startswith("/") else 0
        self.writer.process(0, "probe", self.microseconds(ended.begin * 1e9), "exec", path, 0, "before")

    def _begin(self, image):
        family = self.family
        parent = family.parents[id(image)]
        writer = self.writer
        # The name it was started by (a virtual environment's link) says more than the file, but for embedded Pythons.
        program = image.executable if image.form == "embedded" else image.facts.get("executable") or image.executable
        begin = family.exec_time(image, self.clock)
        identity = writer.process(
            self.ids.get(id(parent), 0) if parent is not None else 0,
            "probe",
            self.microseconds(begin),
            "fork" if image.forked_from is not None else "exec",
            writer.path(program, code=True) if program.startswith("/") else 0,
            int(image.facts.get("argc", 0)),
            family.role(image),
            image.rank,
        )
        if image.forked_from is None:
            writer.phase(identity, self.microseconds(begin), "interpreter")
            writer.phase(identity, self.microseconds(image.begin), "site")
        return identity

    def _body(self, image):
        identity = self.ids[id(image)]
        phases = [(name, self.microseconds(moment)) for name, moment in image.phases if name in ("main", "ready", "exit")]
        for name, moment in phases:
            self.writer.phase(identity, moment, name)
        if image.forked_from is None:
            begin = self.microseconds(image.begin)
            self.observed.pythons.append(SeenPython(image.pid, begin, identity, image.rank, phases))
        taker = Taker(self, image, identity)
        for record in image.records:
            try:
                taker.take(record)
            except (IndexError, TypeError, ValueError, AttributeError):
                continue
        self._end(image, identity)
        if image.is_full:
            because = "one process made more than are kept"
            self.writer.fact("missing", {"what": "later file operations", "because": because})
        if image is self.family.job:
            self._observe(image, identity, taker)

    def _end(self, image, identity):
        ended = self.family.ended
        is_last_of_child = image.pid == ended.pid and not self.family.is_replaced(image) and image.forked_from is None
        if is_last_of_child and ended.end is not None:
            self.writer.process_end(identity, self.writer.microseconds(ended.end), ended.status, ended.signal)
        elif image.end is not None or image.replaced is not None:
            self.writer.process_end(identity, self.microseconds(image.end or image.replaced))

    def _observe(self, image, identity, taker):
        facts = image.facts
        observed = self.observed
        observed.process = identity
        observed.pid = image.pid
        # A program that embeds Python cannot be started again as an interpreter.
        observed.interpreter = facts.get("executable") if image.form != "embedded" else None
        observed.is_embedded = image.form == "embedded"
        observed.version = tuple(facts.get("version") or ())
        observed.cwd = facts.get("cwd")
        observed.sys_path = list(facts.get("path") or [])
        observed.environment = dict(facts.get("environment") or {})
        observed.options = options_of(facts)
        observed.imports = taker.main_imports
        observed.libraries = list(image.libraries)
        observed.loose_activities = taker.loose
        observed.site_activities = taker.of_site


def options_of(facts):
    """The interpreter's options that change what an import does, from its flags."""
    flags = facts.get("flags") or {}
    letters = []
    if flags.get("isolated"):
        letters.append("-I")
    else:
        if flags.get("ignore_environment"):
            letters.append("-E")
        if flags.get("no_user_site"):
            letters.append("-s")
        if flags.get("safe_path"):
            letters.append("-P")
    if flags.get("no_site"):
        letters.append("-S")
    letters += ["-O"] * min(2, flags.get("optimize") or 0)
    for name, value in sorted((facts.get("xoptions") or {}).items()):
        if name != "importtime":
            letters += ["-X", name if value is True else "%s=%s" % (name, value)]
    return letters


class Taker:
    """Writes the records of one image, in their order."""

    def __init__(self, merge, image, identity):
        self.merge = merge
        self.writer = merge.writer
        self.image = image
        self.identity = identity
        self.is_job = image is merge.family.job
        self.parents = {}
        self.names = {}
        self.levels = {}
        self.main_imports = []
        self.by_id = {}
        self.loose = set()
        self.of_site = set()

    def take(self, record):
        letter = record[0]
        if letter == "O":
            self._operation(record)
        elif letter == "B":
            self._begin(record)
        elif letter == "E":
            self._end(record)
        else:
            self._activity(record)

    def _time(self, record):
        return self.merge.microseconds(record[1])

    def _path(self, path):
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        return path if path.startswith("/") else os.path.join(self.image.facts.get("cwd") or "/", path)

    def _operation(self, record):
        _, _, identity, operation, path, error, size = record
        folder = operation in ("opendir", "readdir", "mkdir")
        path_id = self.writer.path(self._path(path), folder=folder or None, exists=False if error else None)
        name = error_name(error)
        self.writer.operation(self.identity, identity, self._time(record), operation, path_id, name, size)

    def _begin(self, record):
        _, _, identity, parent, name, level = record
        self.writer.import_begin(self.identity, identity, parent, name, self._time(record), level)
        self.parents[identity] = parent
        self.names[identity] = name
        self.levels[identity] = level
        if level == "main":
            known = [item for item in self.main_imports if item.module == name]
            item = known[0] if known else MainImport(identity, name)
            self.by_id[identity] = item
            if not known:
                self.main_imports.append(item)

    def _end(self, record):
        _, _, identity, outcome, origin, loader = record
        path_id = self.writer.path(self._path(origin), code=True) if origin.startswith("/") else 0
        kind = LOADERS.get(loader, "other")
        self.writer.import_end(self.identity, identity, self._time(record), outcome, path_id, kind)
        if identity in self.by_id and outcome == "loaded":
            self.by_id[identity].loaded = True

    def _activity(self, record):
        _, _, identity, kind, path, detail = record
        fact = {"process": self.identity, "import": identity, "t": self._time(record), "kind": kind}
        if path:
            fact["path"] = self.writer.path(self._path(path))
        if detail and kind in ("spawn", "connect", "library"):
            fact["detail"] = detail
        self.writer.fact("activity", fact)
        self._attribute(identity, kind)

    def _attribute(self, identity, kind):
        name = self.names.get(identity)
        if name is None:
            self.loose.add(kind)
            return
        top = identity
        while self.parents.get(top):
            top = self.parents[top]
        if self.levels[top] == "site":
            self.of_site.add(kind)
        elif top in self.by_id:
            self.by_id[top].activities.setdefault(name, set()).add(kind)
