"""Which form the command has, and how the probe gets into it."""

import os
import shutil

from ..failure import Failure
from ..probe.options import looks_like_python, read_command_line

LAUNCHERS = frozenset(["mpirun", "mpiexec", "mpiexec.hydra", "orterun", "prun", "prterun", "srun", "aprun", "jsrun",
                       "flux", "pals", "ibrun", "mpiexec.slurm"])  # fmt: skip
SHELLS = frozenset(["sh", "bash", "dash", "zsh", "ksh", "csh", "tcsh", "fish"])
# A second line of what `pharos pack` makes begins so: it runs the rest of its arguments as a command.
IMAGE_LINE = b"# An image of Pharos "
# Programs that run the rest of their arguments as a command.
PREFIXES = frozenset(["env", "nice", "nohup", "time", "timeout", "taskset", "numactl", "stdbuf", "setsid", "ionice",
                      "chrt", "strace", "perf", "valgrind", "xvfb-run", "sg", "unshare", "prlimit"])  # fmt: skip


class CommandError(Failure):
    """The command cannot be run. `hint` says what the user can do."""


class Command:
    """`program` is the file that is run, `argv` what it is run with; `fact` is the recording's `command`."""

    def __init__(self, argv, program, form, script=None):
        self.argv = argv
        self.program = program
        self.form = form
        self.script = script

    def fact(self):
        fact = {"form": self.form, "program": os.path.basename(self.program), "argc": len(self.argv) - 1}
        if self.script:
            fact["script"] = self.script
        return fact


def read_command(argv):
    """Finds the program and tells the command's form. Raises CommandError."""
    program = find_program(argv[0])
    name = os.path.basename(program)
    if looks_like_python(name):
        return _python_command(argv, program)
    shebang = read_shebang(program)
    if shebang and any(looks_like_python(os.path.basename(word)) for word in shebang):
        is_entry_point = not name.endswith((".py", ".pyw"))
        return Command(argv, program, "entry-point" if is_entry_point else "script", name)
    if name in LAUNCHERS:
        return Command(argv, program, "launcher")
    if name in SHELLS:
        return Command(argv, program, "shell", _shell_script(argv))
    if shebang:
        return Command(argv, program, "shell", name)
    return Command(argv, program, "other")


def find_program(word):
    """The file that the shell would run for this word."""
    found = shutil.which(word)
    if found is not None:
        return found
    if os.path.isdir(word):
        raise CommandError("%s is a folder" % word, "Name a program after --.")
    if os.path.exists(word):
        raise CommandError("%s is not executable" % word, "Make it executable with chmod +x, or start it with python3.")
    raise CommandError("command not found: %s" % word, "Check the name and PATH, or give the program's full path.")


def read_shebang(path):
    """The words of a script's first line after `#!`, or nothing."""
    try:
        with open(path, "rb") as file:
            first = file.readline(512)
    except OSError:
        return []
    if not first.startswith(b"#!"):
        return []
    # The kernel takes everything after the interpreter as one argument; to tell the form, words do.
    return os.fsdecode(first[2:].strip()).split()


def is_image(program):
    """Whether it is the `launch` of a Pharos image."""
    if os.path.basename(program) != "launch":
        return False
    try:
        with open(program, "rb") as file:
            return file.readline(64).startswith(b"#!") and file.readline(512).startswith(IMAGE_LINE)
    except OSError:
        return False


def _python_command(argv, program):
    line = read_command_line(argv)
    if line.form == "none" and not line.letters & {"i"}:
        return Command(argv, program, "other")
    form = {"script": "script", "module": "module", "command": "command"}.get(line.form, "python")
    script = {"script": os.path.basename(line.target or ""), "module": line.target}.get(line.form)
    return Command(argv, program, form, script)


def _shell_script(argv):
    for argument in argv[1:]:
        if argument in ("-c", "-s"):
            return None
        if not argument.startswith("-"):
            return os.path.basename(argument)
    return None


def script_name(argv0, form):
    """The name that a recording keeps of what a Python runs; never code."""
    return os.path.basename(argv0) if form in ("file", "module") and argv0 not in ("", "-c", "-m", "-") else None


def observed_arguments(command, rewrite):
    """The command's arguments with another way in for a Python that would not look at PYTHONPATH.

    `rewrite` turns a Python's own argument list into one that runs the bootstrap first.
    """
    argv = list(command.argv)
    if looks_like_python(os.path.basename(argv[0])):
        return rewrite(argv)
    name = os.path.basename(command.program)
    if name in LAUNCHERS or name in PREFIXES or is_image(command.program):
        for index in range(1, len(argv)):
            if looks_like_python(os.path.basename(argv[index])) and shutil.which(argv[index]):
                return argv[:index] + rewrite(argv[index:])
        return argv
    return _through_shebang(command, argv, rewrite)


def _through_shebang(command, argv, rewrite):
    """`#!/usr/bin/python3 -Es` is taken apart as the kernel does, for the options have to be seen."""
    try:
        with open(command.program, "rb") as file:
            first = file.readline(512)
    except OSError:
        return argv
    if not first.startswith(b"#!"):
        return argv
    words = os.fsdecode(first[2:].strip()).split(None, 1)
    if len(words) < 2 or not looks_like_python(os.path.basename(words[0])):
        return argv
    whole = words + [command.program] + argv[1:]
    rewritten = rewrite(whole)
    return argv if rewritten == whole else rewritten
