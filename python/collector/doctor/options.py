"""What can be typed after `doctor`. Taken apart by hand: argparse costs every rank of a step more than all of this."""

from ..failure import Failure

USAGE = """\
usage: pharos-collect doctor [-o FILE] [--seconds N] [--passthrough] [-- CMD…]

Looks into a job step from every rank, while CMD runs, and writes one recording a node: FILE step.pharos becomes
step.NODE.pharos. Without CMD the Python that runs this is described and nothing is imported.

  -o, --output FILE  the recording; step.pharos if absent
  --seconds N        CMD is ended after these seconds; 10 if absent
  --passthrough      exit with CMD's own status
"""
SECONDS = 10.0
MOST_SECONDS = 3600.0


class OptionsError(Failure):
    """What was typed cannot be understood. `hint` says what to type."""


class Options:
    """`command` is empty where none was given."""

    def __init__(self):
        self.output = "step.pharos"
        self.seconds = SECONDS
        self.passthrough = False
        self.is_help = False
        self.command = []


def read_options(arguments):
    """Raises OptionsError."""
    options = Options()
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            options.command = rest
            if not rest:
                raise OptionsError("no command was given after --", "Give a command, or leave the -- out.")
            return options
        name, equals, value = word.partition("=")
        if name in ("-o", "--output", "--seconds"):
            if not equals and not rest:
                raise OptionsError("%s needs a value" % name, "Give it one, as in: doctor -o step.pharos -- python3 job.py.")
            _set(options, name, value if equals else rest.pop(0))
        elif word == "--passthrough":
            options.passthrough = True
        elif word in ("-h", "--help"):
            options.is_help = True
        else:
            raise OptionsError("%s is no option of doctor" % word, "Put the command after --, as in: doctor -- python3 job.py.")
    return options


def _set(options, name, value):
    if name != "--seconds":
        if not value or "\0" in value:
            raise OptionsError("the name of the recording is empty", "Name a file with -o.")
        options.output = value
        return
    try:
        options.seconds = float(value)
    except ValueError:
        options.seconds = 0.0
    if not 0 < options.seconds <= MOST_SECONDS:
        raise OptionsError("%s is no number of seconds" % value, "Give --seconds a number between 0 and %d." % MOST_SECONDS)
