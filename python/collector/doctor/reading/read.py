"""`read FILE…`: prints the bare facts of a step's recordings, without any judgement, where `pharos doctor` is not at hand."""

import sys

from ...failure import visible
from .bare_facts import bare_facts
from .recorded import NotRead, read_recorded

MOST_FILES = 100000


def main(arguments):
    """Returns the exit status: 2 where a file could not be read."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write("usage: pharos-collect read FILE...\n\nPrints the bare facts of recordings that doctor wrote.\n")
        return 0 if arguments else 2
    recordings, status = [], 0
    for path in arguments[:MOST_FILES]:
        try:
            recordings.append(read_recorded(path))
        except NotRead as error:
            sys.stderr.write("error: %s cannot be read: %s\n" % (visible(path), visible(str(error))))
            sys.stderr.write("hint: Name files that doctor wrote.\n")
            status = 2
    if recordings:
        write(bare_facts(recordings))
    return status


def write(lines):
    """Whatever the terminal's encoding: letters that it lacks are escaped."""
    encoding = sys.stdout.encoding or "ascii"
    text = "".join(visible(line) + "\n" for line in lines)
    data = text.encode(encoding, "backslashreplace")
    try:
        getattr(sys.stdout, "buffer", sys.stdout).write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough; nothing more is flushed at exit.
        sys.stderr.close()
