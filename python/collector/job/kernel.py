"""`--kernel NAME`: a Jupyter kernel, found and started as Jupyter does, and ended once it has started."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import sys
import threading
import time

from .command import Command, CommandError, find_program

LARGEST_SPEC = 1 << 20
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
# A kernel that does not listen by then is ended all the same.
START_SECONDS = 120
SETTLE_SECONDS = 1.0
LEAVE_SECONDS = 5.0


class Kernel:
    """A kernel's command, its environment, and the connection file that it is given."""

    def __init__(self, command, environment, ports):
        self.command = command
        self.environment = environment
        self.ports = ports
        self.has_started = False

    def end_when_started(self, child):
        """Ends the kernel once its heartbeat port answers; runs beside `child.wait`."""
        threading.Thread(target=self._watch, args=(child,), daemon=True).start()

    def _watch(self, child):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and child.ended.end is None and not self.has_started:
            self.has_started = _answers(self.ports["hb_port"])
            time.sleep(0.05)
        time.sleep(SETTLE_SECONDS)
        for number, seconds in ((signal.SIGTERM, LEAVE_SECONDS), (signal.SIGKILL, 0)):
            if child.ended.end is None:
                os.kill(child.ended.pid, number)
                child.wait_for_good(seconds)


def find_kernel(name, folder):
    """The kernel of that name; its connection file goes into `folder`. Raises CommandError."""
    if not re.match(r"^[\w.-]+$", name):
        raise CommandError("%r is no name of a kernel" % name, "Name one that `jupyter kernelspec list` shows.")
    path = _find_spec(name)
    spec = _read_spec(path)
    ports = _free_ports()
    connection = os.path.join(folder, "kernel.json")
    _write_connection(connection, name, ports)
    resources = os.path.dirname(path)
    argv = [
        word.replace("{connection_file}", connection).replace("{resource_dir}", resources) for word in spec["argv"]
    ]
    command = Command(argv, find_program(argv[0]), "kernel", name)
    environment = {
        key: re.sub(r"\$\{(\w+)\}", lambda match: os.environ.get(match.group(1), match.group(0)), value)
        for key, value in spec["env"].items()
    }
    return Kernel(command, environment, ports)


def _data_folders():
    """Where Jupyter keeps its data, in its order."""
    home = os.path.expanduser("~")
    yield from filter(None, os.environ.get("JUPYTER_PATH", "").split(os.pathsep))
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    yield os.environ.get("JUPYTER_DATA_DIR") or os.path.join(data, "jupyter")
    programs = [shutil.which("jupyter"), shutil.which("jupyter-lab"), shutil.which("python3")]
    prefixes = [os.environ.get("VIRTUAL_ENV"), os.environ.get("CONDA_PREFIX")]
    prefixes += [os.path.dirname(os.path.dirname(program)) for program in programs if program]
    for prefix in filter(None, prefixes + [sys.prefix, "/usr/local", "/usr"]):
        yield os.path.join(prefix, "share", "jupyter")


def _find_spec(name):
    for folder in dict.fromkeys(_data_folders()):
        kernels = os.path.join(folder, "kernels")
        try:
            names = os.listdir(kernels)
        except OSError:
            continue
        # Jupyter takes names without regard to case.
        for entry in names:
            path = os.path.join(kernels, entry, "kernel.json")
            if entry.lower() == name.lower() and os.path.isfile(path):
                return path
    raise CommandError("there is no kernel %s" % name, "Name one that `jupyter kernelspec list` shows.")


def _read_spec(path):
    hint = "Look at the kernel's specification, or install the kernel again."
    try:
        with open(path, "rb") as file:
            spec = json.loads(file.read(LARGEST_SPEC).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise CommandError("the kernel's specification cannot be read", hint)
    argv = spec.get("argv") if isinstance(spec, dict) else None
    environment = spec.get("env", {}) if isinstance(spec, dict) else None
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        raise CommandError("the kernel's specification names no command", hint)
    if not isinstance(environment, dict) or not all(isinstance(value, str) for value in environment.values()):
        raise CommandError("the kernel's specification has no valid environment", hint)
    return {"argv": argv, "env": environment}


def _free_ports():
    sockets = [socket.socket() for _ in PORTS]
    for item in sockets:
        item.bind(("127.0.0.1", 0))
    ports = {name: item.getsockname()[1] for name, item in zip(PORTS, sockets)}
    for item in sockets:
        item.close()
    return ports


def _write_connection(path, name, ports):
    connection = dict(
        ports, ip="127.0.0.1", key=secrets.token_hex(16), transport="tcp", signature_scheme="hmac-sha256", kernel_name=name
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(connection, file)


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
