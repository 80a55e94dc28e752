# The probe's way in: `site` imports this from a zip on PYTHONPATH. It starts the probe, takes its own traces away and
# gives way to the site's own sitecustomize. Any Python, even 2.7, may come by here.
def _start():
    import sys

    archive = __loader__.archive
    folder = archive.rsplit("/", 1)[0]
    try:
        if sys.version_info >= (3, 8):
            names = _load(sys, folder)
            entry = names["Entry"](folder.encode("utf-8", "surrogateescape"))
            names["take_out"](entry, sys.modules["os"])
            names["start_probe"](folder, names["moment"], entry)
    except Exception:
        pass
    if archive in sys.path:
        _clean(sys, archive)


def _load(sys, folder):
    import marshal
    import posix
    import time

    names = {"moment": time.monotonic_ns()}
    path = folder + "/" + sys.modules["_frozen_importlib_external"].MAGIC_NUMBER.hex() + ".code"
    opened = sys.modules["_io"].open
    try:
        with opened(path, "rb") as file:
            code = marshal.loads(file.read())
    except (OSError, ValueError, EOFError):
        with opened(folder + "/source.py", "rb") as file:
            code = compile(file.read(), "<frozen importlib._bootstrap>", "exec", 0, True)
        aside = "%s.%d" % (path, posix.getpid())
        with opened(aside, "wb") as file:
            file.write(marshal.dumps(code))
        posix.rename(aside, path)
    exec(code, names)
    return names


def _clean(sys, archive):
    """For Pythons that the probe does not know: at least it is not in their way."""
    sys.path[:] = [item for item in sys.path if item != archive]
    sys.path_importer_cache.pop(archive, None)
    environ = sys.modules["os"].environ
    given = environ.get("PYTHONPATH", "").split(":")
    rest = [item for item in given if item != archive]
    if rest == given:
        return
    if rest:
        environ["PYTHONPATH"] = ":".join(rest)
    else:
        del environ["PYTHONPATH"]


def _give_way():
    import sys

    mine = sys.modules.pop("sitecustomize")
    bootstrap = sys.modules.get("_frozen_importlib")
    try:
        if bootstrap is None:
            import sitecustomize
        else:
            # Not the import statement: -X importtime would tell of it.
            bootstrap._find_and_load("sitecustomize", bootstrap._gcd_import)
    except BaseException:
        # Whoever loads this one takes it out again.
        sys.modules["sitecustomize"] = mine
        raise


_start()
_give_way()
