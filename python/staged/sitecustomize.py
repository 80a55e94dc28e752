# Begins a staged start where no packed `site-packages` does: the system's Python with folders of PYTHONPATH. It stands in
# the first of them that is packed, and gives way to the site's own module of this name.

import _frozen_importlib
import _frozen_importlib_external
import marshal
import posix
import sys

STAGE = "@PHAROS-STAGE@"


def run_beginning():
    name = "%s/.pharos/staged/__pycache__/begin.%s.pyc" % (STAGE, sys.implementation.cache_tag)
    descriptor = posix.open(name, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        code = marshal.loads(posix.read(descriptor, 1000000)[16:])
    finally:
        posix.close(descriptor)
    exec(code, {"STAGE": STAGE})


def load_own(folder):
    """The site's own, found behind this folder. Without one it is as if there were none: `site` asks for that error."""
    behind = [path for path in sys.path if path != folder]
    spec = _frozen_importlib_external.PathFinder.find_spec("sitecustomize", behind)
    if spec is None or spec.loader is None:
        raise ImportError("No module named 'sitecustomize'", name="sitecustomize")
    del sys.modules["sitecustomize"]
    _frozen_importlib._load(spec)


try:
    run_beginning()
except OSError as error:
    print("pharos: %s cannot be read: %s" % (STAGE, error.strerror), file=sys.stderr)
load_own(__file__.rpartition("/")[0])
