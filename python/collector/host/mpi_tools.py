"""Compiler wrappers and launchers of MPI: which library each is of, by what it says of itself.

`-show` of MPICH, Intel MPI and Open MPI prints what the wrapper would run: https://www.mpich.org/static/docs/latest/www1/mpicc.html,
https://docs.open-mpi.org/en/main/man-openmpi/man1/mpicc.1.html. `--version` starts nothing.
"""

import os
import re
import shlex

from .ask import ask

COMPILERS = ("mpicc", "mpicc.openmpi", "mpicc.mpich", "mpiicx", "mpiicc")
LAUNCHERS = ("mpirun", "mpiexec", "mpirun.openmpi", "mpiexec.openmpi", "mpiexec.hydra", "mpirun.mpich", "mpiexec.mpich")
MOST_TOOLS = 64
LONGEST_HEADER = 1 << 20

_LINKED = ("mpi", "mpich", "mpi_abi")
_HEADER_VERSIONS = (
    re.compile(r"^#define\s+MVAPICH2_VERSION\s+\"([\d.]+)", re.MULTILINE),
    re.compile(r"^#define\s+MPICH_VERSION\s+\"([\d.]+)", re.MULTILINE),
)
_OPEN_MPI_VERSION = re.compile(r"^#define\s+OMPI_(MAJOR|MINOR|RELEASE)_VERSION\s+(\d+)", re.MULTILINE)
# What each says after --version, and whose it is.
_LAUNCHERS = (
    ("openmpi", re.compile(r"\((?:Open MPI|OpenRTE)\)\s+([\d.]+)")),
    ("intel", re.compile(r"Intel\(R\) MPI Library.*?Version ([\d.]+)", re.DOTALL)),
    ("mpich", re.compile(r"HYDRA build details:\s+Version:\s+([\d.]+)")),
)


def find_tools(folders, environ, system_folders):
    """Facts of the wrappers and launchers in these folders, in their order. `system_folders`: where a linker looks by itself."""
    tools, told = [], {}
    for folder in folders:
        for kind, names, look in (("compiler", COMPILERS, _compiler), ("launcher", LAUNCHERS, _launcher)):
            for name in names:
                path = os.path.join(folder, name)
                if not (os.path.isfile(path) and os.access(path, os.X_OK)) or len(tools) == MOST_TOOLS:
                    continue
                # A wrapper acts by the name that it is called by, up to the first dot.
                key = (os.path.realpath(path), name.split(".")[0] if kind == "compiler" else kind)
                if key not in told:
                    told[key] = look(path, environ, system_folders)
                tools.append(dict(told[key], tool=kind, path=path))
    return tools


def pair(library, tools):
    """Gives a library its compiler, launcher, version and prefix, as far as they are plain. `library` is its fact."""
    compilers = [one for one in tools if one["tool"] == "compiler" and one.get("library") == library["library"]]
    compiler = _most_specific(compilers)
    if compiler is not None:
        library["compiler"] = compiler["path"]
        library["prefix"] = os.path.dirname(os.path.dirname(compiler["path"]))
        library.update((name, compiler[name]) for name in ("version",) if name in compiler)
    launcher = _most_specific([one for one in tools if one["tool"] == "launcher" and _is_launcher_of(one, library)])
    if launcher is not None:
        library["launcher"] = launcher["path"]
        if library["family"] in ("openmpi", "mpich", "intel"):
            library.setdefault("version", launcher["version"])


def _most_specific(tools):
    """Where several are the same, the one whose name says whose it is: the plain name may be switched to another."""
    return next((one for one in tools if "." in os.path.basename(one["path"])), tools[0] if tools else None)


def _is_launcher_of(tool, library):
    family = library["family"]
    if tool.get("family") != ("mpich" if family in ("mpich", "mvapich") else family):
        return False
    if os.path.dirname(tool["path"]) != os.path.join(library["prefix"], "bin"):
        return False
    # Hydra of MVAPICH tells a version of its own.
    return family == "mvapich" or library.get("version", tool["version"]) == tool["version"]


def _compiler(path, environ, system_folders):
    said = ask([path, "-show"], environ)
    if said is None or said.status:
        return {}
    return compiler_told(said.text, system_folders)


def compiler_told(text, system_folders):
    """What a wrapper's `-show` tells: the library that it links, its version by its header, whether the header is there."""
    try:
        words = shlex.split(text.split("\n", 1)[0])
    except ValueError:
        return {}
    found = {}
    folders = [word[2:] for word in words if word.startswith("-L/")] + list(system_folders)
    for name in [word[2:] for word in words if word.startswith("-l")]:
        library = _linked("lib%s.so" % name, folders) if name in _LINKED else None
        if library:
            found["library"] = library
            break
    headers = [os.path.join(word[2:], "mpi.h") for word in words if word.startswith("-I/")] + ["/usr/include/mpi.h"]
    header = next((one for one in headers if os.path.isfile(one)), None)
    found["hasHeader"] = header is not None
    version = header and header_version(header)
    return dict(found, version=version) if version else found


def _linked(name, folders):
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return os.path.realpath(path)
    return None


def header_version(path):
    """The version of the MPI whose `mpi.h` this is, or None."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(LONGEST_HEADER)
    except OSError:
        return None
    parts = dict(_OPEN_MPI_VERSION.findall(text))
    if len(parts) == 3:
        return "%s.%s.%s" % (parts["MAJOR"], parts["MINOR"], parts["RELEASE"])
    return next((match.group(1) for match in (one.search(text) for one in _HEADER_VERSIONS) if match), None)


def _launcher(path, environ, _):
    said = ask([path, "--version"], environ)
    return launcher_told(said.text) if said is not None else {}


def launcher_told(text):
    """Whose launcher it is, and its version; empty where it does not tell."""
    for family, pattern in _LAUNCHERS:
        match = pattern.search(text)
        if match:
            return {"family": family, "version": match.group(1)}
    return {}
