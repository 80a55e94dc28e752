"""Writes the calibration: aside, then renamed. A file of another kind is never overwritten."""

import json
import os
import re

from ..failure import Failure

END = ".calibration.json"
MARK = b'"kind":"pharos-calibration"'
LONGEST_NAME = 64


def node_path(target, node_name):
    """`mount.calibration.json` becomes `mount.NODE.calibration.json`."""
    stem = target[: -len(END)] if target.endswith(END) else target
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", node_name.split(".")[0])[:LONGEST_NAME].strip("-") or "node"
    return "%s.%s%s" % (stem, safe, END)


def check_target(path):
    """Raises Failure where the file could not be written, before anything is measured."""
    hint = "Name another file with -o."
    if os.path.isdir(path):
        raise Failure("%s is a folder" % path, hint)
    try:
        with open(path, "rb") as file:
            begin = file.read(4096)
    except FileNotFoundError:
        begin = MARK
    except OSError as error:
        raise Failure("%s cannot be read: %s" % (path, (error.strerror or "unknown error").lower()), hint)
    if begin and MARK not in begin:
        raise Failure("%s is there and is no calibration" % path, hint)
    above = os.path.dirname(os.path.abspath(path))
    if not os.access(above, os.W_OK | os.X_OK):
        raise Failure("no file can be made in %s" % above, hint)


def write_calibration(path, calibration):
    """Raises Failure; nothing half written stays."""
    aside = "%s.%d.part" % (path, os.getpid())
    text = json.dumps(calibration, separators=(",", ":"), sort_keys=False)
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("ascii") + b"\n")
            os.rename(aside, path)
        except BaseException:
            os.unlink(aside)
            raise
    except OSError as error:
        message = "%s could not be written: %s" % (path, (error.strerror or "unknown error").lower())
        raise Failure(message, "Name a file elsewhere with -o.")
