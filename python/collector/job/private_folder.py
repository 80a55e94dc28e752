"""The folder that carries the probe into the job and the spools out of it: private, on this node, gone afterwards."""

import marshal
import os
import shutil
import stat
import tempfile
import zipfile
from importlib.util import MAGIC_NUMBER

from ..machine.mounts import MountTable
from ..probe.parts import PARTS

FOLDERS = ["/tmp", "/dev/shm", "/var/tmp"]
NODE_LOCAL = ("local", "tmpfs", "overlay")
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)


def choose_folder(candidates, classify):
    """The first folder that is this node's own, so that a shared server is not asked; else the first that serves."""
    # A colon would end the entry in PYTHONPATH.
    usable = [path for path in map(os.path.realpath, candidates) if ":" not in path and os.access(path, os.W_OK | os.X_OK)]
    local = [path for path in usable if classify(path) in NODE_LOCAL]
    return (local or usable or [None])[0]


def _class_of_mount(mounts):
    def classify(path):
        mount = mounts.of(os.fsencode(path))
        return "unknown" if mount is None else mounts.classify(mount)

    return classify


class PrivateFolder:
    """`environment` and `rewrite` say what the job's first process is started with."""

    def __init__(self):
        above = choose_folder([tempfile.gettempdir()] + FOLDERS, _class_of_mount(MountTable.read()))
        self.path = os.path.realpath(tempfile.mkdtemp(prefix="pharos-", dir=above))
        source = probe_source()
        code = compile(source, "<frozen importlib._bootstrap>", "exec", 0, True)
        self._fill(source, code)
        # The collector puts the probe in with the probe's own functions; nothing of it starts here.
        self._names = {"__name__": "probe"}
        exec(code, self._names)
        self.entry = self._names["Entry"](os.fsencode(self.path))

    def _fill(self, source, code):
        self._write(MAGIC_NUMBER.hex() + ".code", marshal.dumps(code))
        self._write("source.py", source)
        self._write("importlib_bootstrap.py", probe_file("importlib_bootstrap.py"))
        for name in ("unset.zip", "empty.zip", "first.zip"):
            with zipfile.ZipFile(os.path.join(self.path, name), "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(zipfile.ZipInfo("sitecustomize.py", EARLIEST_DATE), probe_file("sitecustomize.py"))

    def _write(self, name, data):
        with open(os.path.join(self.path, name), "wb") as file:
            file.write(data)

    def environment(self, environ):
        """The environment (bytes to bytes) of the command: only PYTHONPATH differs."""
        changed = dict(environ)
        changed[b"PYTHONPATH"] = self.entry.add(environ.get(b"PYTHONPATH"))
        return changed

    def rewrite(self, argv):
        return self._names["through_bootstrap"](argv, os.path.join(self.path, self._names["BOOTSTRAP"]))

    def is_inert(self, program, argv):
        return self._names["is_inert"](os.fsencode(program), [os.fsencode(argument) for argument in argv])

    def spools(self):
        """Paths of the spool files, oldest name first."""
        return [
            os.path.join(self.path, name) for name in sorted(os.listdir(self.path)) if name.endswith(".spool")
        ]

    def remove(self, keep_probe):
        """`keep_probe`: processes of the job live on and may start others."""
        if not keep_probe:
            shutil.rmtree(self.path, ignore_errors=True)
            return
        for path in self.spools():
            os.unlink(path)


def _loader_data(name):
    """A file beside this one, from a folder or from the one-file collector."""
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "probe", name)
    if os.path.exists(path) and stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "rb") as file:
            return file.read()
    return __loader__.get_data(os.path.join(os.path.dirname(os.path.dirname(__file__)), "probe", name))


def probe_file(name):
    return _loader_data(name)


def probe_source():
    """All parts of the probe as one source."""
    return b"\n\n".join(probe_file(name) for name in PARTS)
