"""What can be typed after `host`."""

from ..failure import Failure

USAGE = """\
usage: pharos-collect host [--seconds S] [-o FILE]

Notes what this machine offers: processor, MPI libraries with their compilers and launchers, fabrics, GPU drivers,
modules, Spack, libraries to build against, and what the scheduler says of itself. Nothing is started but programs that
tell of themselves, such as `mpicc -show` and `srun --mpi=list`; no job, no allocation. What is on a login node may be
otherwise on others: run it once in a job of each partition, as in

  sbatch -p gpu --wrap 'python3 pharos-collect.pyz host -o gpu.pharos'

and give the files to `pharos site merge`.

  -o, --output FILE  the recording; host.pharos if absent
  --seconds S        time for all of it; 60 if absent, 5 to 600
"""
SECONDS = 60.0
LEAST_SECONDS, MOST_SECONDS = 5.0, 600.0


class OptionsError(Failure):
    """What was typed cannot be understood. `hint` says what to type."""


class Options:
    """`seconds` is the time for all probes together."""

    def __init__(self):
        self.output = "host.pharos"
        self.seconds = SECONDS
        self.is_help = False


def read_options(arguments):
    """Raises OptionsError."""
    options = Options()
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if name in ("-o", "--output", "--seconds"):
            if not equals and not rest:
                raise OptionsError("%s needs a value" % name, "Give it one, as in: host -o login.pharos.")
            _set(options, name, value if equals else rest.pop(0))
        elif word in ("-h", "--help"):
            options.is_help = True
        else:
            raise OptionsError("%s is no option of host" % word, "See host --help.")
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
    if not LEAST_SECONDS <= options.seconds <= MOST_SECONDS:
        hint = "Give --seconds a number between %d and %d." % (LEAST_SECONDS, MOST_SECONDS)
        raise OptionsError("%s is no number of seconds" % value, hint)
