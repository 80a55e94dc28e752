# Import spans and the import system's own file operations.
#
# Nothing here adds a frame to the stack of an import: the lock that `_find_and_load` takes around each import is
# replaced by one that also takes notes, and three functions of the import system by twins of the same name. So
# tracebacks, warnings' stack levels and recursion limits stay what they are in a bare run.

import sys


class State:
    """What the other parts need to know of the imports under way; one for the process."""

    def __init__(self, spool):
        self.spool = spool
        self.append = spool.records.append
        self.phase = "site"
        # Imports under way, by thread.
        self.stacks = {}
        self.next_import = iter(range(1, 1 << 60)).__next__
        # Threads inside a file operation that is noted by its result, not by its audit event.
        self.reading = set()
        # Set by events.py: called at the first import that neither `site` nor an event explains.
        self.begin_main = None
        self.after_import = {}
        self.extensions = 0
        # Sizes of the shared objects that were looked at, by path.
        self.sizes = {}
        self.look_at_libraries = None

    def current(self):
        stack = self.stacks.get(get_ident())
        return stack[-1] if stack else 0

    def note(self, operation, path, error, size):
        """A file operation; `error` is an errno or 0."""
        moment = now()
        spool = self.spool
        stack = self.stacks.get(get_ident())
        if spool.written < MOST_RECORDS:
            self.append(("O", moment, stack[-1] if stack else 0, operation, path, error, size))
        elif not spool.is_full:
            spool.is_full = True
            self.append(("C", moment))
        if not stack and moment - spool.flushed > IDLE_NANOSECONDS:
            spool.flush()
        elif moment - spool.flushed > FLUSH_NANOSECONDS:
            spool.flush()


def _origin(name):
    """Origin and loader of a module, without waking a lazy one."""
    try:
        # Not getattr: a lazy module would load itself.
        spec = object.__getattribute__(sys.modules[name], "__dict__").get("__spec__")
        loader = spec.loader
        kind = loader.__name__ if isinstance(loader, type) else type(loader).__name__
        origin = spec.origin
        return (origin if type(origin) is str else ""), kind
    except Exception:
        return "", ""


def _begin(state, name):
    identity = state.next_import()
    thread = get_ident()
    moment = now()
    stack = state.stacks.get(thread)
    if stack:
        parent = stack[-1]
        level = "nested" if state.phase != "site" else "site"
    else:
        parent = 0
        level = _quiet_level(thread) if state.spool.is_quiet else _level(state, sys._getframe(2))
        stack = state.stacks[thread] = []
    stack.append(identity)
    state.append(("B", moment, identity, parent, name, level))
    return identity


def _end(state, identity, name, error):
    moment = now()
    thread = get_ident()
    stack = state.stacks.get(thread)
    if not stack or identity not in stack:
        return
    del stack[stack.index(identity) :]
    if error is None:
        origin, loader = _origin(name)
        state.append(("E", moment, identity, "loaded", origin, loader))
    else:
        is_missing = isinstance(error, ModuleNotFoundError) and error.name == name
        state.append(("E", moment, identity, "missing" if is_missing else "failed", "", ""))
    after = state.after_import.get(name)
    if after is not None:
        after()
    if not stack:
        del state.stacks[thread]
        state.look_at_libraries()
        state.spool.flush()
    elif moment - state.spool.flushed > FLUSH_NANOSECONDS:
        state.spool.flush()


def noting_lock_manager(state, bootstrap):
    """A twin of importlib's lock manager that notes when the import that it guards begins and ends."""
    modules = sys.modules
    get_lock = bootstrap._get_module_lock

    class _ModuleLockManager:
        def __init__(self, name):
            self._name = name
            self._lock = None
            self._noted = 0

        def __enter__(self):
            self._lock = get_lock(self._name)
            self._lock.acquire()
            if self._name not in modules:
                try:
                    self._noted = _begin(state, self._name)
                except Exception:
                    self._noted = 0
                except BaseException:
                    # Ctrl-C may come while notes are taken; nobody else would release the lock then.
                    self._lock.release()
                    raise

        def __exit__(self, *args, **kwargs):
            try:
                if self._noted:
                    _end(state, self._noted, self._name, args[1])
            except Exception:
                pass
            finally:
                self._lock.release()

    _ModuleLockManager.__module__ = bootstrap.__name__
    _ModuleLockManager.__qualname__ = "_ModuleLockManager"
    return _ModuleLockManager


def noting_stat(state, external):
    """A twin of `_path_stat`, through which all stats of the import system go."""
    posix = external._os
    note = state.note
    sizes = state.sizes

    def _path_stat(path):
        try:
            result = posix.stat(path)
        except OSError as error:
            note("stat", path, error.errno, 0)
            raise
        note("stat", path, 0, 0)
        if path[-3:] == ".so" and type(path) is str:
            sizes[path] = result.st_size
        return result

    return _path_stat


def noting_get_data(state, external):
    """A twin of `FileLoader.get_data`, which reads source, bytecode and package data."""
    io = external._io
    source_loaders = (external.SourceLoader, external.ExtensionFileLoader)
    reading = state.reading
    note = state.note

    def begin():
        thread = get_ident()
        reading.add(thread)
        return thread

    # The two lines that can fail are as far below the first one as in the original.
    def get_data(self, path):
        thread = begin()
        try:
            with io.open_code(str(path)) if isinstance(self, source_loaders) else io.FileIO(path, "r") as file:
                data = file.read()
        except OSError as error:
            note("open", path, error.errno, 0)
            raise
        finally:
            reading.discard(thread)
        note("open", path, 0, 0)
        note("read", path, 0, len(data))
        return data

    return get_data


def noting_set_data(state, external):
    """A twin of `SourceFileLoader.set_data`, which writes bytecode and is silent when it cannot."""
    posix = external._os
    bootstrap = external._bootstrap
    reading = state.reading
    note = state.note

    def make_folder(folder):
        try:
            posix.mkdir(folder)
        except FileExistsError:
            return True
        except OSError as error:
            note("mkdir", folder, error.errno, 0)
            bootstrap._verbose_message("could not create {!r}: {!r}", folder, error)
            return False
        note("mkdir", folder, 0, 0)
        return True

    def write(path, data, mode):
        try:
            external._write_atomic(path, data, mode)
        except OSError as error:
            note("create", path, error.errno, 0)
            bootstrap._verbose_message("could not create {!r}: {!r}", path, error)
            return
        note("create", path, 0, 0)
        note("write", path, 0, len(data))
        note("rename", path, 0, 0)
        bootstrap._verbose_message("created {!r}", path)

    def set_data(self, path, data, *, _mode=0o666):
        thread = get_ident()
        reading.add(thread)
        try:
            folder = external._path_split(path)[0]
            absent = []
            while folder and not external._path_isdir(folder):
                folder, name = external._path_split(folder)
                absent.append(name)
            for name in reversed(absent):
                folder = external._path_join(folder, name)
                if not make_folder(folder):
                    return
            write(path, data, _mode)
        finally:
            reading.discard(thread)

    return set_data


def _disguise(function, original, first_line):
    """Lets tracebacks show the function as the one that it stands for."""
    function.__module__ = original.__module__
    function.__qualname__ = original.__qualname__
    function.__doc__ = original.__doc__
    code = function.__code__
    filename = original.__code__.co_filename
    function.__code__ = code.replace(co_filename=filename, co_firstlineno=first_line)
    return function


def _last_line(code):
    if hasattr(code, "co_lines"):
        return max(line for _, _, line in code.co_lines() if line is not None)
    return code.co_firstlineno + sum(step if step < 128 else step - 256 for step in code.co_lnotab[1::2])


def watch_imports(state, bootstrap, external):
    """Puts the twins in place; an interpreter that is built otherwise keeps what it has."""
    if hasattr(bootstrap, "_ModuleLockManager") and hasattr(bootstrap, "_get_module_lock"):
        bootstrap._ModuleLockManager = noting_lock_manager(state, bootstrap)
    if hasattr(external, "_path_stat"):
        original = external._path_stat
        # The line that asks is the original's last and the twin's third.
        external._path_stat = _disguise(noting_stat(state, external), original, _last_line(original.__code__) - 2)
    for loader, name, make in (
        (external.FileLoader, "get_data", noting_get_data),
        (external.SourceFileLoader, "set_data", noting_set_data),
    ):
        original = vars(loader).get(name)
        if original is not None:
            first = original.__code__.co_firstlineno
            setattr(loader, name, _disguise(make(state, external), original, first))
