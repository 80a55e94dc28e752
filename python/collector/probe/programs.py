# Which programs start no others, and how the arguments of a Python are changed that would not look at PYTHONPATH.

import posix
import sys

# Programs that start no others: they see the environment of a bare run.
_INERT = frozenset(
    "printenv cat cp date df dirname basename du echo expr false file free getconf grep head hostname id ldd ls lscpu"
    " lspci md5sum mkdir mv nproc nvidia-smi od ps pwd readlink realpath rm rmdir sed sha256sum sleep sort stat tail"
    " tee touch tr true tty uname uniq uptime wc which whoami".split()
)


_SHELLS = frozenset(["sh", "bash", "dash"])


def _bytes(value):
    return posix.fspath(value) if isinstance(value, bytes) else _encode(posix.fspath(value))


def _encode(text):
    return text if isinstance(text, bytes) else text.encode(sys.getfilesystemencoding(), "surrogateescape")


def _text(value):
    return value if isinstance(value, str) else value.decode(sys.getfilesystemencoding(), "surrogateescape")


def is_inert(program, argv):
    name = program.rsplit(b"/", 1)[-1].decode("ascii", "replace")
    if name in _SHELLS and len(argv) == 3 and argv[1] == b"-c":
        words = argv[2].split()
        is_plain = not set(argv[2]).intersection(b"|&;<>()$`\\\"'*?[#~=%!{}\n")
        return is_plain and bool(words) and is_inert(words[0], words)
    if name == "env":
        return all(argument.startswith(b"-") or b"=" in argument for argument in argv[1:])
    return name in _INERT


def through_bootstrap(argv, script):
    """`argv` of a Python such that it runs the bootstrap first; unchanged where that is not needed."""
    line = read_command_line(argv)
    if not line.ignores_probe() or line.form == "none":
        return argv
    return [argv[0]] + line.options + [script] + argv[1:]
