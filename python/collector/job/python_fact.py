"""The `python` fact, and what the interpreter's paths make code roots."""

import os


def add_python_roots(keeper, image):
    """Tells the keeper which folders this process took code from."""
    facts = image.facts
    for name in ("prefix", "base_prefix"):
        if facts.get(name):
            keeper.add_prefix(facts[name])
    if facts.get("stdlib"):
        keeper.add_root(facts["stdlib"])
    executable = facts.get("executable") or image.executable
    if executable:
        keeper.add_file(executable)
    if facts.get("user_site", [0, ""])[1]:
        keeper.add_root(facts["user_site"][1])
    for entry in facts.get("path") or []:
        if entry.startswith("/"):
            keeper.add_folder(entry)
    for library in image.libraries:
        # What was loaded is code, and so are the libraries that were looked for beside it.
        if library.startswith("/") and ".so" in os.path.basename(library):
            keeper.add_file(library)
            keeper.add_folder(os.path.dirname(library))
    if image.form == "file" and facts.get("argv0"):
        script = os.path.join(facts.get("cwd") or "/", facts["argv0"])
        keeper.add_file(script)
        keeper.add_folder(os.path.dirname(script))


def python_fact(writer, image, process):
    """The fact of one process; None when it never reached its first line."""
    facts = image.facts
    if not facts:
        return None

    def identity(path, folder=True):
        return writer.path(path, code=True, folder=folder) if path and path.startswith("/") else 0

    flags = facts["flags"]
    fact = {
        "process": process,
        "version": ".".join(str(number) for number in facts["version"]),
        "implementation": str(facts["implementation"]),
        "executable": identity(facts["executable"], False),
        "prefix": identity(facts["prefix"]),
        "basePrefix": identity(facts["base_prefix"]),
        "stdlib": identity(facts["stdlib"]),
        "flags": {
            "isolated": bool(flags["isolated"]),
            "ignoreEnvironment": bool(flags["ignore_environment"]),
            "noSite": bool(flags["no_site"]),
            "noUserSite": bool(flags["no_user_site"]),
            "safePath": bool(flags["safe_path"]) or (bool(flags["isolated"]) and facts["version"] < [3, 11]),
            "dontWriteBytecode": bool(flags["dont_write_bytecode"]),
            "utf8Mode": flags["utf8_mode"] == 1,
        },
        "pathEntries": [
            {"path": identity(_absolute(entry, facts)), "origin": origin, "exists": entry not in facts["absent"]}
            for entry, origin in zip(facts["path"], path_origins(image))
        ],
        "importHooks": [name[:200] for name in facts["hooks"][:50]],
        "sitecustomize": bool(facts["sitecustomize"]),
    }
    enabled, path = facts["user_site"]
    if path:
        fact["userSite"] = {"enabled": bool(enabled), "path": identity(path)}
    if facts["pycache_prefix"]:
        fact["pycachePrefix"] = identity(facts["pycache_prefix"])
    fact["gil"] = facts["gil"] or "always"
    return fact


def _absolute(entry, facts):
    return entry if entry.startswith("/") else os.path.join(facts["cwd"] or "/", entry).rstrip("/") or "/"


def path_origins(image):
    """Where each entry of `sys.path` comes from, by how the interpreter and `site` build it."""
    facts = image.facts
    flags = facts["flags"]
    environment = facts["environment"]
    given = environment.get(b"PYTHONPATH", b"") if not flags["ignore_environment"] else b""
    from_environment = {_normal(os.fsdecode(entry), facts) for entry in given.split(b":")} if given else set()
    stdlib = facts["stdlib"]
    is_script_first = not (flags["isolated"] or flags["safe_path"]) and image.form != "embedded"
    origins = []
    for index, entry in enumerate(facts["path"]):
        if index == 0 and is_script_first:
            origins.append("script")
        elif _normal(entry, facts) in from_environment:
            origins.append("pythonpath")
        elif entry == stdlib:
            origins.append("stdlib")
        elif entry.endswith("/lib-dynload"):
            origins.append("dynload")
        elif entry.endswith(".zip") and os.path.basename(entry).startswith(("python", "pypy")):
            origins.append("zip")
        elif entry == facts["user_site"][1]:
            origins.append("user")
        elif os.path.basename(entry) in ("site-packages", "dist-packages"):
            origins.append("site")
        else:
            # `site` adds no other folders but those named in .pth files.
            origins.append("other" if flags["no_site"] else "pth")
    return origins


def _normal(entry, facts):
    return os.path.normpath(os.path.join(facts["cwd"] or "/", entry))
