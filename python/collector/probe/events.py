# Audit events and what each of them tells: operations, activities, phases.

import posix
import sys

_WRITE_FLAGS = posix.O_WRONLY | posix.O_RDWR
_ABSENT, _EXISTS = 2, 17
MOST_ACTS = 10000
LIBRARY_NANOSECONDS = 500000000


def _path_text(path):
    """A plain, absolute text of an event's path, or None for a descriptor."""
    if isinstance(path, int):
        return None
    path = str.__str__(_text(posix.fspath("." if path is None else path)))
    return path if path.startswith("/") else posix.getcwd() + "/" + path


def _exists(path):
    try:
        posix.lstat(path)
    except OSError:
        return False
    return True


def _is_number(host):
    host = _text(host)
    return ":" in host or host.replace(".", "").isdigit()


def _is_own_node(host):
    host = _text(host).lower()
    return host in ("", "localhost", "::1", "::", "0.0.0.0") or (host.startswith("127.") and _is_number(host))


class Events:
    """Handlers of audit events, by name; each gets the event's arguments."""

    def __init__(self, state, carrier):
        self.state = state
        self.carrier = carrier
        self.handlers = {
            "open": self.open,
            "os.listdir": self.list_folder,
            "os.scandir": self.list_folder,
            "import": self.load_extension,
            "ctypes.dlopen": self.load_library,
            "os.mkdir": lambda args: self.change("mkdir", args[0], _EXISTS),
            "os.rename": lambda args: self.change("rename", args[1]),
            "os.remove": lambda args: self.change("unlink", args[0], _ABSENT),
            "os.rmdir": lambda args: self.change("unlink", args[0], _ABSENT),
            "os.link": lambda args: self.change("other", args[1]),
            "os.symlink": lambda args: self.change("other", args[1]),
            "os.truncate": lambda args: self.change("write", args[0]),
            "subprocess.Popen": lambda args: self.spawn(args[0] or args[1][0]),
            "os.posix_spawn": lambda args: self.spawn(args[0]),
            "os.exec": self.exec,
            "os.system": lambda args: self.spawn("/bin/sh"),
            "os.fork": lambda args: self.act("spawn", "", "fork"),
            "os.forkpty": lambda args: self.act("spawn", "", "fork"),
            "socket.connect": self.connect,
            "socket.getaddrinfo": self.look_up,
            "socket.gethostbyname": self.look_up,
            "fcntl.flock": self.lock,
            "fcntl.lockf": self.lock,
            "os.lockf": self.lock,
            "os.kill": lambda args: state.spool.flush(),
            "sys.addaudithook": self.be_quiet,
            "cpython.run_file": lambda args: self.begin_main("file"),
            "cpython.run_command": lambda args: self.begin_main("command"),
            "cpython.run_module": lambda args: self.begin_main("module"),
            "cpython.run_stdin": lambda args: self.begin_main("stdin"),
            "pharos.ready": self.ready,
            "cpython.PyInterpreterState_Clear": self.exit,
        }
        self.acts = set()
        self.looked = 0
        self.looked_extensions = 0
        state.begin_main = self.begin_main
        state.look_at_libraries = self.look_at_libraries

    def hook(self):
        find = self.handlers.get

        def audit(event, args):
            handler = find(event)
            if handler is not None:
                try:
                    handler(args)
                except Exception:
                    pass

        return audit

    # Files

    def open(self, args):
        state = self.state
        if get_ident() in state.reading:
            return
        flags = args[2]
        path = _path_text(args[0])
        if path is None or path.startswith("/proc/"):
            return
        if flags & _WRITE_FLAGS and not path.startswith("/dev/"):
            state.note("create" if flags & posix.O_CREAT else "open", path, 0, 0)
            self.act("write", path, "")
        else:
            state.note("open", path, 0, 0)

    def list_folder(self, args):
        path = _path_text(args[0])
        if path is not None:
            self.state.note("opendir", path, 0, 0)
            self.state.note("readdir", path, 0, 0)

    def change(self, operation, path, idle=0):
        """`idle`: the errno that such a call most often fails with; then nothing is changed."""
        path = _path_text(path)
        if path is None or get_ident() in self.state.reading:
            return
        # Events come before the call. Folders are often made that are there already: asked first, for it would be a
        # false alarm, and the call itself asks the same of the file system right after.
        error = idle if idle and _exists(path) is (idle == _EXISTS) else 0
        self.state.note(operation, path, error, 0)
        if not error:
            self.act("write", path, "")

    def load_extension(self, args):
        path = args[1]
        if type(path) is not str:
            return
        path = _path_text(path)
        self.state.extensions += 1
        self.state.note("open", path, 0, 0)
        self.state.note("map", path, 0, self.state.sizes.get(path, 0))

    def load_library(self, args):
        name = args[0]
        if name is None:
            return
        name = _text(name) if isinstance(name, bytes) else str(name)
        self.state.extensions += 1
        path = name if "/" in name else ""
        if path:
            path = _path_text(path)
            self.state.note("open", path, 0, 0)
            self.state.note("map", path, 0, self.state.sizes.get(path, 0))
        self.act("library", path, name.rsplit("/", 1)[-1])

    def lock(self, args):
        path = ""
        if isinstance(args[0], int):
            path = posix.readlink("/proc/self/fd/%d" % args[0])
        self.act("lock", path if path.startswith("/") else "", "")

    # Processes and network

    def spawn(self, program):
        program = _text(_bytes(program))
        self.act("spawn", program if program.startswith("/") else "", program.rsplit("/", 1)[-1])

    def exec(self, args):
        self.spawn(args[0])
        self.state.append(("V", now()))
        self.state.spool.flush()

    def connect(self, args):
        made, address = args[0], args[1]
        family = int(made.family)
        if family == 1:
            detail = "unix"
        elif isinstance(address, tuple) and _is_own_node(address[0]):
            detail = "loopback"
        elif int(made.type) & 15 == 2:
            # Only sets where datagrams will go: nothing is sent, nothing waited for.
            detail = "datagram"
        else:
            detail = "network"
        self.act("connect", "", detail)

    def look_up(self, args):
        # An address in numbers is not looked up.
        if args[0] is not None and not _is_number(args[0]):
            self.act("connect", "", "loopback" if _is_own_node(args[0]) else "resolve")

    def act(self, kind, path, detail):
        state = self.state
        current = state.current()
        what = (current, kind, path, detail)
        # Once is enough: a job may append to one file a million times.
        if what in self.acts or len(self.acts) >= MOST_ACTS:
            return
        self.acts.add(what)
        state.append(("A", now()) + what)
        if not state.stacks:
            state.spool.flush()

    # Phases

    def begin_main(self, form):
        state = self.state
        if state.phase != "site":
            return
        state.phase = "main"
        state.append(("P", now(), "main"))
        state.append(("I", now(), form, interpreter_facts(self.environment())))
        state.spool.flush()

    def ready(self, args):
        self.state.append(("P", now(), "ready"))
        self.look_at_libraries(True)
        self.state.spool.flush()

    def exit(self, args):
        self.state.append(("P", now(), "exit"))
        self.look_at_libraries(True)
        self.state.append(("Z", now()))
        self.state.spool.close()
        # Whatever else is told while the interpreter goes is not the job's.
        self.handlers.clear()

    def be_quiet(self, args):
        self.state.spool.is_quiet = True

    def look_at_libraries(self, is_last=False):
        """Reads which files are mapped, when extension modules were loaded since, at most twice a second."""
        state = self.state
        moment = now()
        is_due = state.extensions > self.looked_extensions and moment - self.looked > LIBRARY_NANOSECONDS
        if state.spool.is_quiet or not (is_due or is_last):
            return
        self.looked = moment
        self.looked_extensions = state.extensions
        thread = get_ident()
        state.reading.add(thread)
        try:
            state.append(("L", moment, mapped_files()))
        finally:
            state.reading.discard(thread)

    def environment(self):
        return self.carrier.environ if self.carrier is not None else {}
