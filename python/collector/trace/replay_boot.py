"""Runs inside the interpreter that repeats the imports: its source is handed over on a pipe, it is never imported there.

It opens no file of its own. What it tells, it tells strace: calls on the descriptor -1, which reach no file system.
"""


def boot(entries, modules, forbidden):
    """Imports `modules` in order with `sys.path` as given; ends at once when a thing would happen a second time."""
    import posix
    import sys

    bootstrap = sys.modules["_frozen_importlib"]
    find_and_load = bootstrap._find_and_load
    number = iter(range(1, 1 << 30)).__next__
    writing = posix.O_WRONLY | posix.O_RDWR | posix.O_CREAT | posix.O_TRUNC | posix.O_APPEND
    # What the first run did once must not be done again.
    happens_again = frozenset(
        "subprocess.Popen os.fork os.forkpty os.exec os.posix_spawn os.spawn os.system pty.spawn os.startfile"
        " socket.connect socket.sendto socket.sendmsg socket.bind socket.getaddrinfo socket.gethostbyname os.remove os.rename"
        " os.rmdir os.link os.symlink os.truncate os.chmod os.chown os.kill".split()
    )

    def mark(text):
        try:
            posix.stat("pharos-mark/" + text, dir_fd=-1)
        except Exception:
            pass

    def stop(what):
        mark("stop/" + what)
        posix._exit(0)

    def exists(folder):
        # The next call of this thread is ours.
        mark("own")
        try:
            posix.stat(folder)
        except Exception:
            return False
        return True

    def audit(event, args):
        if event == "open":
            if args[2] & writing and args[0] != "/dev/null" and not isinstance(args[0], int):
                stop("writes files")
        elif event == "os.mkdir":
            if not exists(args[0]):
                stop("makes a folder")
        elif event in happens_again:
            stop("calls " + event)

    def where(name):
        module = sys.modules.get(name)
        spec = getattr(module, "__dict__", {}).get("__spec__")
        loader = spec.loader
        kind = loader.__name__ if isinstance(loader, type) else type(loader).__name__
        return kind + "/" + (spec.origin if spec.has_location else "")

    def ended(name):
        try:
            return "loaded/" + where(name)
        except Exception:
            return "loaded//"

    def find_and_load_marked(name, import_):
        if name in sys.modules:
            # Only waits for it; another import has begun it.
            return find_and_load(name, import_)
        if name in forbidden:
            stop("needs " + name)
        identity = number()
        mark("b/%d/%s" % (identity, name))
        try:
            module = find_and_load(name, import_)
        except ModuleNotFoundError as error:
            mark("e/%d/%s//" % (identity, "missing" if error.name == name else "failed"))
            raise
        except BaseException:
            mark("e/%d/failed//" % identity)
            raise
        if name == "_posixsubprocess":
            # multiprocessing starts processes with it, and tells no audit hook.
            module.fork_exec = lambda *arguments: stop("starts a process")
        mark("e/%d/%s" % (identity, ended(name)))
        return module

    sys.path[:] = entries
    sys.addaudithook(audit)
    bootstrap._find_and_load = find_and_load_marked
    mark("main")
    for module in modules:
        try:
            __import__(module)
        except BaseException:
            pass
    mark("end")
    # Without the clean-up of the modules: it may write.
    posix._exit(0)
