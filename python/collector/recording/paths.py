"""What of a path may be recorded: code is kept, data becomes a digest, names are hidden.

docs/concepts/recording.md, "What is never recorded".
"""

import hashlib
import os
import re
import time

from .names import Names, plain_path

SYSTEM_ROOTS = (b"/usr", b"/bin", b"/sbin", b"/opt", b"/lib", b"/lib32", b"/lib64", b"/libx32")
PSEUDO_ROOTS = (b"/proc", b"/sys/devices", b"/sys/class", b"/sys/module", b"/sys/kernel")
LOADER_FILE = re.compile(rb"^/etc/ld\.so\.[a-z.]+(/[^/]*\.conf)?$|^/etc/ld\.so\.conf\.d$")
DEVICE_FILE = re.compile(rb"^/dev/(null|zero|full|u?random|tty|ptmx|kfd|fuse|nvidia[\w-]*|dri(/(card|renderD)\d+)?)?$")

# What a prefix holds that is code. A prefix may be the project's own folder, with data beside.
PREFIX_FOLDERS = (b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libexec", b"include", b"share", b"etc", b"conda-meta",
                  b"local", b"Library")
PREFIX_FILES = (b"pyvenv.cfg", b"._pth")
SITE_FOLDERS = (b"site-packages", b"dist-packages")

# glibc looks for the values of LANG and TZ here.
VALUE_FOLDER = re.compile(rb"^/usr/(?:lib/locale|share/locale(?:-langpack)?|share/zoneinfo)/([^/]+)")
LOCALE = re.compile(rb"^(C|POSIX|[a-z]{2,3}(_[A-Z]{2})?)(\.(utf-?8|iso-?8859-?\d{1,2}))?(@[a-z]{4,8})?$", re.IGNORECASE)

# In a folder of the user's own, only these are taken for code.
CODE_FILE = re.compile(
    rb"(\.py|\.pyi|\.pyw|\.pyd|\.pth|\.start|\.egg|\.egg-info|\.egg-link|\.dist-info|\.so(\.\d+)*|\.pyc(\.\d+)?)$"
    rb"|^__pycache__$|^glibc-hwcaps$|^x86-64-v\d$|^pyvenv\.cfg$|^pyproject\.toml$"
)

# An extension outside this list may be part of a name.
DATA_EXTENSIONS = frozenset(
    (".csv .tsv .txt .dat .bin .json .jsonl .yaml .yml .toml .ini .cfg .conf .xml .html .log .md .npy .npz .h5 .hdf5"
     " .he5 .nc .nc4 .cdf .grib .grb .grib2 .zarr .parquet .feather .arrow .orc .avro .fits .tif .tiff .png .jpg .jpeg"
     " .gif .svg .pdf .mp4 .wav .pkl .pickle .joblib .pt .pth .ckpt .onnx .safetensors .pb .tfrecord .db .sqlite"
     " .sqlite3 .gz .bz2 .xz .zst .lz4 .zip .tar .tgz .7z .lock .pid .sock .tmp .cache .py .pyc .so .sh .c .h .cc .cpp"
     " .f .f90 .cu .ttf .otf .afm .vtk .vtu .xyz .pdb .mat .xlsx .out .err").split()
)

# Classes of file systems that no other machine serves.
OWN_CLASSES = frozenset(["local", "tmpfs", "pseudo"])
LINK_SECONDS = 2.0
LINK_COUNT = 20000
# Files of these kinds come in thousands; the first of each folder answers for its siblings.
SAMPLED = (b".py", b".pyc", b".pyi")


class PathKeeper:
    """Decides what of a path is recorded, and resolves it to its file system on the way.

    Code roots are told by `add_root`, `add_prefix` and `add_folder`; what is below none of them is data.
    """

    def __init__(self, names=None, mounts=None, cwd=None, links=None):
        from ..machine import mounts as mount_module

        self.names = names or Names.of_machine()
        self.mounts = mounts or mount_module.MountTable.read()
        self.cwd = os.fsencode(cwd) if cwd else os.getcwdb()
        self.links = links or Links()
        self.digest_key = os.urandom(32)
        self._whole = {}
        self._python_only = {}
        self._exact = {}
        self._folders = {}
        self._above = set()
        home = self.names.home
        self.home = os.fsencode(home) if home else None
        for root in SYSTEM_ROOTS + PSEUDO_ROOTS:
            self._whole[root] = True

    def add_root(self, path):
        """Everything below this path is code: a standard library, a `site-packages`, a library folder."""
        path = self._root(path)
        if path is not None and not self._is_too_wide(path):
            self._add(self._whole, path)

    def add_prefix(self, path):
        """An interpreter's prefix: its standard folders are code, what lies beside may be data."""
        path = self._root(path)
        if path is None:
            return
        for name in PREFIX_FOLDERS:
            self._add(self._whole, path + b"/" + name)
        for name in PREFIX_FILES:
            self._add(self._exact, path + b"/" + name)
        self._add(self._python_only, path)

    def add_folder(self, path):
        """A folder of the user's own on the search path: only what is plainly Python in it is code."""
        path = self._root(path)
        if path is None:
            return
        if any(name in SITE_FOLDERS for name in path.split(b"/")):
            self.add_root(path)
        elif self._is_too_wide(path):
            self._add(self._exact, path)
        else:
            self._add(self._python_only, path)

    def add_search_entry(self, path):
        """An entry of a library search path; one that is no folder may be anything, and is not kept."""
        path = self._root(path)
        if path is not None and self.links.is_folder(path, self._class_of(path)):
            self._add(self._exact if self._is_too_wide(path) else self._python_only, path)

    def add_file(self, path):
        """One file or folder that is code, and nothing beside it."""
        path = self._root(path)
        if path is not None:
            self._add(self._exact, path)

    def keeps(self, path, exists=None):
        """Whether a plain absolute path (bytes) is code. `exists`: False where it was looked for and is not there."""
        if path in self._exact or path in self._above or path == b"/":
            return True
        if LOADER_FILE.match(path) or DEVICE_FILE.match(path):
            return True
        in_home = self.home is not None and _is_below(path, self.home)
        ancestor = path
        while len(ancestor) > 1:
            # A system root says nothing about a home folder that lies in it.
            if ancestor in self._whole and not (in_home and self._whole[ancestor]):
                return exists is not False or not _is_of_a_value(path)
            if ancestor in self._python_only:
                return ancestor == path or (_is_code_file(path) and self._is_in_folder(path, ancestor, exists))
            ancestor = ancestor[: ancestor.rindex(b"/")]
        return False

    def _is_in_folder(self, path, root, exists):
        """Whether the folder of a path in a folder of the user's is there: the name of one that is not may be anything."""
        folder = path[: path.rindex(b"/")]
        if exists is not False or folder == root:
            return True
        if folder not in self._folders:
            self._folders[folder] = self.links.is_folder(folder, self._class_of(folder))
        return self._folders[folder]

    @property
    def is_sparing(self):
        """Whether other ranks' collectors ask the same server, so that shared storage is asked for next to nothing."""
        return self.links.shared_left is not None

    def may_read(self, path):
        """Whether the collector may read this file or folder for details: in a job step, not from shared storage."""
        return not self.is_sparing or self._class_of(os.fsencode(path)) in OWN_CLASSES

    def _class_of(self, path):
        mount = self.mounts.of(path)
        return self.mounts.classify(mount) if mount is not None else "unknown"

    def is_code_folder(self, path):
        """Whether a kept folder (bytes) was told to be one of code, or lies below one; not where it only leads there."""
        in_home = self.home is not None and _is_below(path, self.home)
        ancestor = path
        while len(ancestor) > 1:
            if ancestor in self._python_only or (ancestor in self._whole and not (in_home and self._whole[ancestor])):
                return True
            ancestor = ancestor[: ancestor.rindex(b"/")]
        return False

    def shown(self, path):
        """A kept path (bytes) as text, with the home folder and the names hidden."""
        if self.home is not None and _is_below(path, self.home):
            path = b"~" + path[len(self.home) :]
        return self.names.hide(os.fsdecode(path))

    def digest(self, path):
        """A digest that tells paths apart within this recording and nothing else."""
        return hashlib.blake2b(path, key=self.digest_key, digest_size=8).hexdigest()

    def extension(self, path):
        """The extension when it is a well-known one, else nothing."""
        suffix = os.fsdecode(os.path.splitext(path)[1]).lower()
        return suffix if suffix in DATA_EXTENSIONS else ""

    def _root(self, path):
        path = os.fsencode(path)
        if not path or b"\0" in path:
            return None
        if not path.startswith(b"/"):
            return None
        return os.fsencode(plain_path(os.fsdecode(path)))

    def _is_too_wide(self, path):
        """Roots such as `/`, a home folder or a scratch folder would keep data."""
        if path.count(b"/") < 2 and path not in SYSTEM_ROOTS:
            return True
        if self.home is not None and (path == self.home or _is_below(self.home, path)):
            return True
        return path in (b"/var/tmp", b"/dev/shm")

    def _add(self, table, path):
        # False: told by the caller, so it holds even below a home folder.
        table[path] = False
        above = path[: path.rindex(b"/")]
        while above and above not in self._above:
            self._above.add(above)
            above = above[: above.rindex(b"/")]


class WholePaths(PathKeeper):
    """Keeps every path as it is, for a recording that does not leave this machine."""

    def __init__(self, mounts=None, cwd=None, links=None):
        PathKeeper.__init__(self, Names(), mounts, cwd, links)

    def keeps(self, path, exists=None):
        return True


class Links:
    """Finds symbolic links with bounded effort: how many calls, for how long.

    `shared_limit` is the number of calls allowed on file systems that are not this node's own (None: no limit
    of its own); in a job step every node would make them.
    """

    def __init__(self, enabled=True, shared_limit=None, seconds=LINK_SECONDS, count=LINK_COUNT):
        self.enabled = enabled
        self.shared_left = shared_limit
        self.seconds_left = seconds
        self.left = count
        self.skipped = 0
        self._sampled = {}

    def target(self, path, mount_class, is_folder):
        """What the link at this path (bytes) points to, or None when it is no link or was not looked at."""
        if not self.enabled or mount_class == "pseudo":
            return None
        if not is_folder and self._is_answered_by_sibling(path):
            return None
        if not self._may_ask(mount_class):
            return None
        begin = time.monotonic()
        try:
            target = os.readlink(path)
        except (OSError, ValueError):
            target = None
        self.seconds_left -= time.monotonic() - begin
        if not is_folder:
            self._remember(path, target)
        return target

    def is_folder(self, path, mount_class):
        """Whether there is a folder at this path (bytes); False when it may not be asked."""
        return self._may_ask(mount_class) and os.path.isdir(path)

    def _may_ask(self, mount_class):
        is_shared = self.shared_left is not None and mount_class not in OWN_CLASSES
        if self.left <= 0 or self.seconds_left <= 0 or (is_shared and self.shared_left <= 0):
            self.skipped += 1
            return False
        self.left -= 1
        if is_shared:
            self.shared_left -= 1
        return True

    def _is_answered_by_sibling(self, path):
        return path.endswith(SAMPLED) and self._sampled.get(os.path.dirname(path)) is False

    def _remember(self, path, target):
        if path.endswith(SAMPLED):
            self._sampled.setdefault(os.path.dirname(path), target is not None)


def _is_below(path, folder):
    return path == folder or path.startswith(folder + b"/")


def _is_code_file(path):
    is_metadata = b".dist-info/" in path or b".egg-info/" in path or b".egg/" in path
    return is_metadata or CODE_FILE.search(path[path.rindex(b"/") + 1 :]) is not None


def _is_of_a_value(path):
    """Whether a name in this system path comes from an environment variable (LANG, TZ) and is no locale's."""
    match = VALUE_FOLDER.match(path)
    return match is not None and LOCALE.match(match.group(1)) is None
