"""What can be typed after `calibrate`."""

from ..failure import Failure

USAGE = """\
usage: pharos-collect calibrate [--load] [--seconds S] [-o FILE] DIR

Times calls on the mount that holds DIR, in a folder of its own there, which it removes. One process, at most 50
requests a second, at most 30 seconds. FILE is JSON; `pharos calibrate FILE` makes a profile of it.

  -o, --output FILE  the calibration; mount.calibration.json if absent
  --seconds S        time for the calls; 30 if absent, 10 to 30
  --load             then rising numbers of processes of this node, at most 60 seconds more
  --policy FILE      what the site allows; /etc/pharos/policy.json if absent; root's, and writable for nobody else
"""
LEAST_SECONDS = 10.0
MOST_SECONDS = 30.0
_WITH_VALUE = ("-o", "--output", "--seconds", "--policy")


class OptionsError(Failure):
    """What was typed cannot be understood. `hint` says what to type."""


class Options:
    """`folder` is DIR as it was typed; `policy` is None where no file was named."""

    def __init__(self):
        self.output = "mount.calibration.json"
        self.seconds = MOST_SECONDS
        self.load = False
        self.policy = None
        self.folder = None
        self.is_help = False


def read_options(arguments):
    """Raises OptionsError."""
    options = Options()
    rest = list(arguments)
    folders = []
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            folders += rest
            break
        if name in _WITH_VALUE:
            if not equals and not rest:
                raise OptionsError("%s needs a value" % name, "Give it one, as in: calibrate -o mount.calibration.json DIR.")
            _set(options, name, value if equals else rest.pop(0))
        elif word == "--load":
            options.load = True
        elif word in ("-h", "--help"):
            options.is_help = True
        elif word.startswith("-"):
            raise OptionsError("%s is no option of calibrate" % word, "See calibrate --help; a folder of that name goes after --.")
        else:
            folders.append(word)
    if not options.is_help:
        _set_folder(options, folders)
    return options


def _set_folder(options, folders):
    if len(folders) != 1:
        message = "no folder was given" if not folders else "%d folders were given" % len(folders)
        raise OptionsError(message, "Name one folder of the mount in which you may make files.")
    if not folders[0] or "\0" in folders[0]:
        raise OptionsError("the name of the folder is empty", "Name one folder of the mount in which you may make files.")
    options.folder = folders[0]


def _set(options, name, value):
    if name != "--seconds":
        if not value or "\0" in value:
            raise OptionsError("%s has no file's name" % name, "Name a file.")
        setattr(options, "policy" if name == "--policy" else "output", value)
        return
    try:
        options.seconds = float(value)
    except ValueError:
        options.seconds = 0.0
    if not LEAST_SECONDS <= options.seconds <= MOST_SECONDS:
        raise OptionsError("%s is no number of seconds" % value, "Give --seconds a number between 10 and 30.")
