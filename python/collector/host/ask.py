"""Asks programs of the machine to tell of themselves. None is started that could do more than that."""

import os
import subprocess

LONGEST_ANSWER = 4 << 20
SECONDS = 6.0


class Said:
    """`text` is what came on both streams, the standard one first."""

    def __init__(self, status, text):
        self.status = status
        self.text = text


def ask(command, environ, seconds=SECONDS, longest=LONGEST_ANSWER):
    """A Said, or None where the program is not there, does not end in time, or cannot be started."""
    variables = dict(environ, LC_ALL="C", TERM="dumb")
    # A wrapper of ours has no place in what is asked.
    variables.pop("LD_PRELOAD", None)
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables, cwd="/"
        )
    except (OSError, ValueError):
        return None
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return None
    text = (out[:longest] + b"\n" + err[:LONGEST_ANSWER]).decode("utf-8", "replace")
    return Said(process.returncode, text)


def which(name, folders):
    """The first executable file of this name, or None."""
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def folders_of(environ, name):
    """Absolute folders of a search path."""
    return distinct(entry for entry in environ.get(name, "").split(":") if entry.startswith("/"))


def distinct(folders):
    """The folders, each once, by the first of its names: `/bin` is often `/usr/bin`."""
    found = {}
    for folder in folders:
        found.setdefault(os.path.realpath(folder), folder)
    return list(found.values())
