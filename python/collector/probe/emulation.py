# The interpreter's own main, for programs that run through the bootstrap: `python -I script` was started as
# `python -I BOOTSTRAP -I script`, and everything that the program can see of that is put right before it runs.
# After Modules/main.c and Python/pythonrun.c of CPython 3.8 to 3.14.

import sys


def restore_arguments(argv, line, folder):
    """`sys.argv`, `sys.orig_argv` and the entry of the script's folder in `sys.path`, as `argv` would have set them."""
    names = {"command": "-c", "module": "-m", "stdin": line.target or ""}
    sys.argv[:] = [names.get(line.form, line.target)] + argv[line.rest :]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = argv
    is_safe = sys.flags.isolated or getattr(sys.flags, "safe_path", False)
    if is_safe:
        return
    if sys.path and sys.path[0] == folder:
        del sys.path[0]
    if line.form == "script":
        _insert_folder_of_script(line.target)
    elif line.form == "module":
        sys.path.insert(0, _current_folder())
    else:
        sys.path.insert(0, "")


def _current_folder():
    try:
        return posix.getcwd()
    except OSError:
        return ""


def _insert_folder_of_script(script):
    if _importer_of(script) is not None:
        return
    descriptor = posix.open(script, posix.O_PATH | posix.O_CLOEXEC)
    try:
        real = posix.readlink("/proc/self/fd/%d" % descriptor)
    finally:
        posix.close(descriptor)
    sys.path.insert(0, real.rpartition("/")[0] or "/")


def _full_name(script):
    """The script as `__file__` and tracebacks name it: absolute since 3.9."""
    if sys.version_info >= (3, 9) and not script.startswith("/"):
        return _current_folder() + "/" + script
    return script


def _importer_of(script):
    """The finder of a folder or zip that is run as a program, else None, by the rules for `sys.path`."""
    return sys.modules["_frozen_importlib_external"].PathFinder._path_importer_cache(_full_name(script))


def run_program(line):
    """Runs the program in `__main__`; returns only when it ended without an exception."""
    if line.form == "script" and _importer_of(line.target) is not None:
        sys.path.insert(0, _full_name(line.target))
        sys.audit("cpython.run_module", "__main__")
        import runpy

        runpy._run_module_as_main("__main__", False)
    elif line.form == "script":
        _run_script(_full_name(line.target), "x" in line.letters)
    elif line.form == "module":
        sys.audit("cpython.run_module", line.target)
        import runpy

        runpy._run_module_as_main(line.target)
    elif line.form == "command":
        _run_command(line.target)
    else:
        _run_stdin()


def _run_script(filename, is_first_line_skipped):
    sys.audit("cpython.run_file", filename)
    external = sys.modules["_frozen_importlib_external"]
    if filename.endswith(".pyc"):
        loader = external.SourcelessFileLoader("__main__", filename)
        code = loader.get_code("__main__")
    else:
        loader = external.SourceFileLoader("__main__", filename)
        with sys.modules["_io"].open(filename, "rb") as file:
            source = file.read()
        if is_first_line_skipped:
            source = b"\n" + source.partition(b"\n")[2]
        code = compile(source, filename, "exec", 0, True)
    names = sys.modules["__main__"].__dict__
    names["__loader__"] = loader
    _run_code(code, filename)


def _run_code(code, filename):
    names = sys.modules["__main__"].__dict__
    names["__file__"] = filename
    names["__cached__"] = None
    exec(code, names)
    # The interpreter takes these away when the program ended; functions run at exit can see it.
    for name in ("__file__", "__cached__"):
        names.pop(name, None)


def _run_command(source):
    sys.audit("cpython.run_command", source)
    names = sys.modules["__main__"].__dict__
    if sys.version_info >= (3, 14):
        import textwrap

        source = textwrap.dedent(source)
    code = compile(source, "<string>", "exec", 0, True)
    if sys.version_info >= (3, 13):
        # Tracebacks show the lines of `-c` code; the key became the code object during 3.13.
        import linecache

        key = code if hasattr(linecache, "_interactive_cache") else "<string>"
        linecache._register_code(key, source, "<string>")
    exec(code, names)


def _run_stdin():
    sys.audit("cpython.run_stdin")
    with sys.modules["_io"].open(0, "rb", closefd=False) as file:
        source = file.read()
    _run_code(compile(source, "<stdin>", "exec", 0, True), "<stdin>")


def run_observed(folder, script, moment, argv):
    """What `bootstrap.py` calls: `argv` is the whole command line as it was meant."""
    line = read_command_line(argv)
    if not _can_run(line):
        # The interpreter's own prompt, or its own complaint.
        posix.execv(sys.executable, argv)
    entry = Entry(folder.encode("utf-8", "surrogateescape"))
    take_out(entry, sys.modules.get("os"))
    restore_arguments(argv, line, folder)
    start_probe(folder, moment, entry)
    try:
        run_program(line)
    except SystemExit:
        raise
    except BaseException:
        _hide_own_frames(script)
        raise


def _can_run(line):
    if line.form == "stdin":
        return not posix.isatty(0)
    if line.form == "script" and _importer_of(line.target) is None:
        try:
            posix.close(posix.open(line.target, posix.O_RDONLY | posix.O_CLOEXEC))
        except OSError:
            return False
        return not _is_folder(line.target)
    return True


def _is_folder(path):
    return posix.stat(path).st_mode & 0o170000 == 0o040000


def _hide_own_frames(script):
    """The report of the exception that is leaving will begin with the program's frames."""
    hook = sys.excepthook

    def excepthook(kind, value, trace, /):
        sys.excepthook = hook
        own = (script, "<frozen importlib._bootstrap>")
        while trace is not None and trace.tb_frame.f_code.co_filename in own:
            trace = trace.tb_next
        value.__traceback__ = trace
        sys.last_traceback = trace
        return hook(kind, value, trace)

    sys.excepthook = excepthook
