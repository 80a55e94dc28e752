"""The interpreter's command line, as CPython's own option parser takes it apart."""

# Python/getopt.c: SHORT_OPTS. These take a value, in the same argument or in the next one.
_WITH_VALUE = "WXcm"
_LONG_WITH_VALUE = ("--check-hash-based-pycs",)


class CommandLine:
    """`form` is `script`, `command`, `module`, `stdin` or `none` (prints something and ends, or asks for a prompt).

    `options` are the arguments before the target, without `-c` and `-m`. `target` is the script, the code or the
    module. `rest` is the index of the first argument after the target.
    """

    def __init__(self):
        self.form = "stdin"
        self.options = []
        self.letters = set()
        self.target = None
        self.rest = 0

    def ignores_probe(self):
        """True when neither PYTHONPATH nor `site` is looked at, so that the probe needs another way in."""
        return not self.letters.isdisjoint("IES")


def read_command_line(argv):
    """Takes apart `argv` of a Python, whose first entry is the program."""
    line = CommandLine()
    index = 1
    while index < len(argv):
        argument = argv[index]
        if argument == "-" or not argument.startswith("-"):
            break
        index += 1
        if argument == "--":
            break
        if argument.startswith("--"):
            index = _read_long(line, argument, argv, index)
        else:
            index = _read_short(line, argument, argv, index)
        if line.form != "stdin":
            line.rest = index
            return line
    if index < len(argv):
        line.form = "stdin" if argv[index] == "-" else "script"
        line.target = argv[index]
        index += 1
    line.rest = index
    return line


def _read_long(line, argument, argv, index):
    line.options.append(argument)
    if argument in _LONG_WITH_VALUE and index < len(argv):
        line.options.append(argv[index])
        return index + 1
    if argument not in _LONG_WITH_VALUE:
        line.form = "none"
    return index


def _read_short(line, argument, argv, index):
    for position in range(1, len(argument)):
        letter = argument[position]
        if letter not in _WITH_VALUE:
            line.letters.add(letter)
            if letter in "hV?i":
                line.form = "none"
            continue
        before = argument[:position]
        value = argument[position + 1 :]
        if not value and index < len(argv):
            value = argv[index]
            index += 1
            given = [argument, value]
        else:
            given = [argument]
        if letter in "cm":
            if before != "-":
                line.options.append(before)
            line.form = "command" if letter == "c" else "module"
            line.target = value
            return index
        line.options.extend(given)
        return index
    line.options.append(argument)
    return index


def looks_like_python(program):
    """True for `python`, `python3`, `python3.11`, `python3.13t`, `pypy3`."""
    name = program.rsplit("/", 1)[-1]
    for stem in ("python", "pypy"):
        if name.startswith(stem):
            return name[len(stem) :].rstrip("dt").replace(".", "").isdigit() or name == stem
    return False
