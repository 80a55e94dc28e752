"""How `read` says each kind of fact: generators of lines, which may raise on a fact that makes no sense."""


def _launcher(fact, recorded):
    yield "started by %s" % (" < ".join(map(str, fact["startedBy"])) or "?")
    yield "ways to the other ranks: %s" % (", ".join(map(str, fact["offers"])) or "none")
    for name, title in (("slurmMpi", "Slurm's MPI plugin"), ("pmixVersion", "PMIx server")):
        if name in fact:
            yield "%s: %s" % (title, fact[name])


def _mpi(fact, recorded):
    yield "%s%s" % (fact.get("version") or fact["family"], ", initialized by %s" % fact["by"] if "by" in fact else "")
    yield "family %s, %s" % (fact["family"], recorded.path(fact.get("library")) if "library" in fact else "library unknown")
    if "given" in fact:
        yield "thread level %s asked, %s given" % (fact.get("asked", "?"), fact["given"])


def _libraries(fact, recorded):
    for library in fact["libraries"]:
        yield "%s %s  %s" % (library["name"], library.get("version", ""), recorded.path(library["path"]))


def _found(fact, recorded):
    for library in fact["mpi"]:
        yield "MPI %s %s by %s" % (library["family"], recorded.path(library["path"]), library["via"])
    if "mpi4py" in fact:
        built = ", ".join(map(str, fact["mpi4py"]["built"])) or "?"
        yield "mpi4py %s, built for %s" % (recorded.path(fact["mpi4py"]["path"]), built)


def _pools(fact, recorded):
    for pool in fact["pools"]:
        yield "%s: %s threads (%s%s)" % (pool["runtime"], pool["threads"], pool["basis"],
                                         ", by " + pool["variable"] if "variable" in pool else "")  # fmt: skip


def _counts(fact, recorded):
    yield ", ".join("%s %s" % (count["source"], count["cpus"]) for count in fact["counts"])


def _limits(fact, recorded):
    names = (("processes", "processes"), ("openFiles", "open files"), ("lockedBytes", "locked bytes"), ("stackBytes", "stack bytes"))
    yield ", ".join("%s %s" % (title, "unlimited" if fact[name] is None else fact[name]) for name, title in names if name in fact)


def _cgroup(fact, recorded):
    names = (("cpus", "CPUs"), ("quota", "CPUs' worth of time"), ("pidsMax", "processes at most"), ("pidsNow", "processes now"))
    yield ", ".join("%s %s" % (title, fact[name]) for name, title in names if name in fact)


def _python(fact, recorded):
    yield "%s %s, %s" % (fact["implementation"], fact["version"], recorded.path(fact["executable"]))
    yield "prefix %s" % recorded.path(fact["prefix"])
    for entry in fact["pathEntries"]:
        yield "%s  (%s%s)" % (recorded.path(entry["path"]), entry["origin"], "" if entry.get("exists", True) else ", not there")


def _modules(fact, recorded):
    yield "%s modules, %s compiled from source" % (fact["modules"], fact["fromSource"])
    for shadow in fact["shadows"]:
        how = "hides" if shadow["loaded"] else "would hide"
        yield "%s %s %s of the %s" % (recorded.path(shadow["path"]), how, shadow["module"], shadow["hides"])
    if "gilTurnedOnBy" in fact:
        yield "the GIL was turned on by %s" % fact["gilTurnedOnBy"]


def _places(fact, recorded):
    for place in fact["places"]:
        yield "%s: %s" % (place["name"], recorded.path(place["path"]))


def _values(fact, recorded):
    for name in sorted(fact["values"]):
        yield "%s=%s" % (name, fact["values"][name])


def _mask_changes(fact, recorded):
    for change in fact.get("maskChanges", ()):
        yield "%s -> %s after importing %s" % (change["before"], change["after"], change["module"])


SECTIONS = (
    ("Launcher", "launcher", _launcher),
    ("CPUs changed", "rank", _mask_changes),
    ("Control group", "cgroup", _cgroup),
    ("Limits", "limits", _limits),
    ("MPI", "mpi", _mpi),
    ("Libraries", "loaded", _libraries),
    ("Found", "found", _found),
    ("Thread pools", "pools", _pools),
    ("CPU counts", "counts", _counts),
    ("Python", "python", _python),
    ("Modules", "modules", _modules),
    ("Places", "places", _places),
    ("Environment", "environment", _values),
)
