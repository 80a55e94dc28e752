# Carries the probe into the processes that the job starts. Children that inherit the environment of C have it
# anyway; these wrappers serve the rest: explicit environments, a changed PYTHONPATH, and Pythons that would not look
# at PYTHONPATH.

import posix
import sys


class Carrier:
    """Rewrites environments and argument lists of children."""

    def __init__(self, entry, environ, script):
        self.entry = entry
        # The dictionary behind os.environ: the environment of a bare run.
        self.environ = environ
        self.script = script

    def environment_list(self, given):
        """A list of `NAME=value` in bytes, with the entry."""
        wanted = [item for item in given if not item.startswith(VARIABLE + b"=")]
        if len(wanted) == len(given):
            value = None
        else:
            value = [item for item in given if item.startswith(VARIABLE + b"=")][-1][len(VARIABLE) + 1 :]
        return wanted + [VARIABLE + b"=" + self.entry.add(value)]

    def environment_mapping(self, given):
        mapping = {_encode(name): _encode(value) for name, value in given.items()}
        mapping[VARIABLE] = self.entry.add(mapping.get(VARIABLE))
        return mapping

    def bare_list(self):
        return [name + b"=" + value for name, value in self.environ.items()]

    def arguments(self, program, argv):
        """The arguments of a child: another way in for a Python that would not look at PYTHONPATH."""
        argv = list(argv)
        texts = [_text(argument) for argument in argv]
        if len(texts) < 2 or not (looks_like_python(_text(program)) or _text(program) == sys.executable):
            return argv
        return [_encode(text) for text in through_bootstrap(texts, self.script)] if argv else argv


def replace(os_module, name, function):
    """In `os` and in `posix`, so that they stay the same function."""
    function.__name__ = function.__qualname__ = name
    setattr(os_module, name, function)
    setattr(posix, name, function)


def carry_into_children(carrier, os_module):
    """Replaces the few functions that start a process with an environment or arguments of their own."""
    _wrap_environ(carrier, os_module)
    _wrap_exec(carrier, os_module)
    _wrap_posix_spawn(carrier, os_module, "posix_spawn")
    _wrap_posix_spawn(carrier, os_module, "posix_spawnp")


def _wrap_environ(carrier, os_module):
    put, unset = os_module.putenv, os_module.unsetenv

    def putenv(name, value, /):
        if name == VARIABLE and isinstance(value, bytes):
            value = carrier.entry.add(value)
        put(name, value)

    def unsetenv(name, /):
        if name == VARIABLE:
            put(name, carrier.entry.add(None))
        else:
            unset(name)

    replace(os_module, "putenv", putenv)
    replace(os_module, "unsetenv", unsetenv)
    # Until Python 3.8 the mapping keeps the functions.
    if hasattr(os_module.environ, "putenv"):
        os_module.environ.putenv, os_module.environ.unsetenv = putenv, unsetenv


def _wrap_exec(carrier, os_module):
    plain, with_environment = os_module.execv, os_module.execve

    def execv(path, argv, /):
        try:
            argv = carrier.arguments(_bytes(path), [_bytes(argument) for argument in argv])
        except Exception:
            pass
        plain(path, argv)

    def execve(path, argv, env):
        try:
            argv = carrier.arguments(_bytes(path), [_bytes(argument) for argument in argv])
            env = carrier.environment_mapping(env)
        except Exception:
            pass
        with_environment(path, argv, env)

    replace(os_module, "execv", execv)
    replace(os_module, "execve", execve)


def _wrap_posix_spawn(carrier, os_module, name):
    original = getattr(os_module, name, None)
    if original is None:
        return

    def spawn(path, argv, env, /, **more):
        try:
            argv = carrier.arguments(_bytes(path), [_bytes(argument) for argument in argv])
            if env is not None:
                env = carrier.environment_mapping(env)
        except Exception:
            pass
        return original(path, argv, env, **more)

    replace(os_module, name, spawn)


def wrap_fork_exec(carrier, module):
    """For `_posixsubprocess`, which subprocess and multiprocessing use; its arguments differ between versions."""
    original = module.fork_exec

    def fork_exec(*args):
        try:
            args = _carried(carrier, args)
        except Exception:
            pass
        return original(*args)

    module.fork_exec = fork_exec
    # Where subprocess was loaded before the probe came in, it has its own name for the function.
    subprocess = sys.modules.get("subprocess")
    if subprocess is not None and getattr(subprocess, "_fork_exec", None) is original:
        subprocess._fork_exec = fork_exec


def _carried(carrier, args):
    argv, programs, environment = args[0], args[1], args[5]
    arguments = [_bytes(argument) for argument in argv]
    if is_inert(_bytes(programs[0]), arguments):
        if environment is None:
            environment = carrier.bare_list()
    else:
        arguments = carrier.arguments(programs[0], arguments)
        if environment is not None:
            environment = carrier.environment_list(environment)
    return (arguments, programs) + args[2:5] + (environment,) + args[6:]
