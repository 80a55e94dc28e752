"""The folder that carries the probe into the job and the spools out of it: private, on this node, gone afterwards."""

import io
import marshal
import os
import shutil
import sys
import tempfile
from importlib.util import MAGIC_NUMBER

from ..machine.mounts import MountTable
from ..probe.parts import OUTSIDE_PARTS, PARTS

FOLDERS = ["/tmp", "/dev/shm", "/var/tmp"]
NODE_LOCAL = ("local", "tmpfs", "overlay")
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)


def choose_folder(candidates, classify):
    """The first folder that is this node's own, so that a shared server is not asked; else the first that serves."""
    usable = _usable(candidates)
    local = [path for path in usable if classify(path) in NODE_LOCAL]
    return (local or usable or [None])[0]


def _usable(candidates):
    # A colon would end the entry in PYTHONPATH.
    return [path for path in map(os.path.realpath, candidates) if ":" not in path and os.access(path, os.W_OK | os.X_OK)]


def node_local(candidates):
    """Those folders that can be written and are this node's own."""
    classify = _class_of_mount(MountTable.read())
    return [path for path in _usable(candidates) if classify(path) in NODE_LOCAL]


def _class_of_mount(mounts):
    def classify(path):
        mount = mounts.of(os.fsencode(path))
        return "unknown" if mount is None else mounts.classify(mount)

    return classify


class PrivateFolder:
    """`environment` and `rewrite` say what the job's first process is started with.

    `path`: an empty folder to use in place of a new one. `template`: a folder that was filled for the same parts.
    """

    def __init__(self, parts=PARTS, path=None, template=None):
        self.path = path or new_folder()
        # The collector puts the probe in with the probe's own functions; nothing of it starts here.
        self._names = {"__name__": "probe"}
        exec(compile(probe_source(OUTSIDE_PARTS), "<frozen importlib._bootstrap>", "exec", 0, True), self._names)
        self.entry = self._names["Entry"](os.fsencode(self.path))
        if template is None:
            fill(self.path, parts)
        else:
            for name in os.listdir(template):
                os.link(os.path.join(template, name), os.path.join(self.path, name))

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


def new_folder():
    above = choose_folder([tempfile.gettempdir()] + FOLDERS, _class_of_mount(MountTable.read()))
    return os.path.realpath(tempfile.mkdtemp(prefix="pharos-", dir=above))


def fill(folder, parts):
    """Puts the probe's files into a folder, compiled for this Python where it can run them."""
    source = probe_source(parts)
    if sys.version_info >= (3, 8):
        code = compile(source, "<frozen importlib._bootstrap>", "exec", 0, True)
        _write(folder, MAGIC_NUMBER.hex() + ".code", marshal.dumps(code))
    _write(folder, "source.py", source)
    _write(folder, "importlib_bootstrap.py", probe_file("importlib_bootstrap.py"))
    # One rank of a node needs it; loading it costs more than what it does.
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        file.writestr(zipfile.ZipInfo("sitecustomize.py", EARLIEST_DATE), probe_file("sitecustomize.py"))
    for name in ("unset.zip", "empty.zip", "first.zip"):
        _write(folder, name, archive.getvalue())


def _write(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def probe_file(name):
    """A file of the probe, from its folder or from the one-file collector, which is not asked for a folder in it."""
    path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "probe", name)
    return __loader__.get_data(path)


def probe_source(parts=PARTS):
    """Parts of the probe as one source."""
    return b"\n\n".join(probe_file(name) for name in parts)
