"""Environment modules: which there are, and which folders those of interest add. Asked of the module system itself, which
evaluates its files in a process of its own; what it prints for the shell is never evaluated here.

Lmod: https://lmod.readthedocs.io/en/latest/010_user.html; Environment Modules: https://modules.readthedocs.io/en/latest/module.html
"""

import os
import re
import time

from .ask import ask
from .bounded import absent, failed
from .module_hierarchy import spidered

# Where the packages of distributions put them, for shells that did not read /etc/profile.d.
LMOD = ("/usr/share/lmod/lmod/libexec/lmod", "/opt/apps/lmod/lmod/libexec/lmod", "/opt/cray/pe/lmod/lmod/libexec/lmod")
MODULECMD = (
    "/usr/share/Modules/libexec/modulecmd.tcl",
    "/usr/lib64/Modules/modulecmd.tcl",
    "/usr/lib/x86_64-linux-gnu/modulecmd.tcl",
    "/usr/lib/aarch64-linux-gnu/modulecmd.tcl",
    "/usr/lib/modulecmd.tcl",
    "/opt/cray/pe/modules/default/libexec/modulecmd.tcl",
)
MOST_MODULES = 20000
MOST_SHOWN = 40
SHOW_SECONDS = 4.0
MODULES_A_FACT = 2000

# Base names of modules that are shown: those of MPI, and those of libraries that Python packages are built against.
MPI_MODULE = re.compile(
    r"(openmpi|hpcx(-[\w-]+)?|mpich|mvapich2?|impi|intel-?mpi|intel-oneapi-mpi|cray-mpich(-abi)?|mpt|spectrum-mpi|ompi)\Z", re.IGNORECASE
)
LIBRARY_MODULE = re.compile(
    r"(cray-)?(hdf5(-parallel|-mpi)?|netcdf(-c|-hdf5parallel)?|parallel-netcdf|pnetcdf|petsc|slepc|fftw)\Z", re.IGNORECASE
)
# A line of `show`, in Tcl's or in Lua's words; the value is quoted, in braces or bare.
PATH_CHANGE = re.compile(
    r"""^\s*(?:prepend|append)[-_]path[\s({]+(?:-d\s+\S+\s+|--delim\S*\s+)?["']?(\w+)["']?[\s,]+"""
    r"""(?:"([^"\n]*)"|'([^'\n]*)'|\{([^}\n]*)\}|([^\s"',{}]+))""",
    re.MULTILINE,
)
FOLDER_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH", "CMAKE_PREFIX_PATH", "PKG_CONFIG_PATH", "MANPATH")
_NAME = re.compile(r"\w[\w.+/@:~-]{0,200}\Z")
_MARKS = re.compile(r"\s*[(<][^()<>]*[)>]\s*\Z")


def probe_modules(environ, until):
    """The system, its modules, and for those of interest the folders that they add and what has to be loaded, as `shown`."""
    kind, command = _system(environ)
    if command is None:
        raise absent("no module system was found")
    if not environ.get("MODULEPATH"):
        raise failed("a module system is there, and MODULEPATH is not set: start from a login shell")
    said = ask(command + ["avail", "-t"] if kind != "lmod" else command + ["-t", "avail"], environ, 15.0)
    if said is None or said.status:
        raise failed("it did not list its modules")
    names = listed(said.text)
    about = {"kind": kind, "loaded": [one for one in environ.get("LOADEDMODULES", "").split(":") if _NAME.match(one)]}
    version = environ.get("LMOD_VERSION" if kind == "lmod" else "MODULES_VERSION")
    if version:
        about["version"] = version
    facts = [["moduleSystem", about]]
    facts += [["availableModules", {"names": names[at : at + MODULES_A_FACT]}] for at in range(0, len(names), MODULES_A_FACT)]
    hidden = spidered(environ, command[0], _is_of_interest) if kind == "lmod" else []
    if hidden is None:
        about["unread"] = "spider did not tell of them"
        hidden = []
    told = set(one["module"] for one in hidden)
    return {"facts": facts, "shown": _shown(command, [name for name in names if name not in told], environ, until) + hidden}


def listed(text):
    """Names of modules in a terse listing; folders, and marks such as `(default)`, are left out."""
    found = []
    for line in text.split("\n"):
        name = _MARKS.sub("", line.strip())
        if not name.endswith((":", "/")) and _NAME.match(name):
            found.append(name)
    return list(dict.fromkeys(found))[:MOST_MODULES]


def folders_shown(text):
    """Absolute folders by the variable that a module puts them in front of or behind."""
    found = {}
    for variable, *values in PATH_CHANGE.findall(text):
        if variable in FOLDER_VARIABLES:
            found.setdefault(variable, []).extend(one for one in "".join(values).split(":") if one.startswith("/"))
    return found


def _shown(command, names, environ, until):
    shown = []
    of_interest = [name for name in names if _is_of_interest(name)]
    # The last of a name is usually the newest.
    for name in sorted(of_interest, key=_is_library)[:MOST_SHOWN]:
        if time.monotonic() > until - SHOW_SECONDS:
            break
        said = ask(command + ["show", name], environ, SHOW_SECONDS)
        folders = folders_shown(said.text) if said is not None and not said.status else {}
        if folders:
            shown.append({"module": name, "loads": [name], "folders": folders})
    return shown


def base_of(name):
    """`openmpi` of `openmpi/5.0.5-gcc`, and of `mpi/openmpi/5.0.5`: the last part that no version is."""
    parts = name.split("/")
    if len(parts) > 1 and re.search(r"\d", parts[-1]):
        parts.pop()
    return parts[-1]


def _is_of_interest(name):
    return bool(_NAME.match(name)) and bool(MPI_MODULE.match(base_of(name)) or LIBRARY_MODULE.match(base_of(name)))


def _is_library(name):
    return MPI_MODULE.match(base_of(name)) is None


def _system(environ):
    lmod = _first((environ.get("LMOD_CMD"),) + LMOD)
    tcl = _first((environ.get("MODULES_CMD"), _below(environ.get("MODULESHOME"), "libexec/modulecmd.tcl")) + MODULECMD)
    # Where both are installed, the shell's own is the one that it has variables of.
    is_tcl = bool(environ.get("MODULES_CMD")) and not environ.get("LMOD_CMD")
    if lmod and not (is_tcl and tcl):
        return "lmod", [lmod, "bash"]
    if tcl:
        return "environment-modules", [tcl, "bash"]
    return None, None


def _below(folder, name):
    return os.path.join(folder, name) if folder else None


def _first(paths):
    return next((path for path in paths if path and path.startswith("/") and os.access(path, os.X_OK)), None)
