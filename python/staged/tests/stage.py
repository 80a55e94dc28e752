"""A stage made by hand, as `launch` leaves one: for tests of what runs in it."""

import json
import os
import shutil
import subprocess

PROGRAMS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = ("begin", "finders", "guard", "leave", "patience", "run_path", "script")
# As `pharos pack` writes it.
BEGINNING = (
    "import sys, marshal, posix; "
    "f = posix.open('@PHAROS-STAGE@/.pharos/staged/__pycache__/begin.' + sys.implementation.cache_tag + '.pyc', 524288); "
    "exec(marshal.loads(posix.read(f, 1000000)[16:]), {'STAGE': '@PHAROS-STAGE@'}); posix.close(f)\n"
)
WITHOUT_PYTHON = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PHAROS"))}


def write(path, text=""):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


class Stage:
    """Packs folders below `libraries` and `users`; what `is_left(path)` names stays behind, as links."""

    def __init__(self, interpreter, folder, libraries, users=(), is_left=lambda path: False, site=None, read_only=False):
        self.interpreter = interpreter
        self.folder = folder
        self.libraries = libraries
        self.users = list(users)
        self.is_left = is_left
        self.folders = {}
        self.bytecode = []
        tag = subprocess.run([interpreter, "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag)"],
                             stdout=subprocess.PIPE, check=True).stdout.decode().strip()  # fmt: skip
        self.tag = tag
        for root in [*libraries, *users]:
            self.pack(root)
        own = os.path.join(folder, ".pharos")
        for name in ("index", "misses", "users", "staged/__pycache__"):
            os.makedirs(os.path.join(own, name))
        write(os.path.join(own, "keep"))
        for name in PARTS:
            self.compile(os.path.join(PROGRAMS, name + ".py"), "%s/staged/__pycache__/%s.%s.pyc" % (own, name, tag))
        if site is not None:
            write(folder + site + "/00-pharos.pth", BEGINNING.replace("@PHAROS-STAGE@", folder))
            self.folders[site]["00-pharos.pth"] = 0
        index = {"version": 1, "folders": self.folders, "user": self.users}
        self.answer = self.prepare([{"target": own + "/index/dependencies", "index": index}])
        write(os.path.join(own, "complete"), "digest\n")

    def compile(self, source, target):
        self.bytecode.append({"source": source, "target": target})

    def prepare(self, indexes):
        request = json.dumps({"bytecode": self.bytecode, "indexes": indexes}).encode()
        command = [self.interpreter, "-I", "-S", "-B", os.path.join(PROGRAMS, "prepare.py")]
        return json.loads(subprocess.run(command, input=request, stdout=subprocess.PIPE, check=True, timeout=300).stdout)

    def pack(self, original):
        os.makedirs(self.folder + original, exist_ok=True)
        names = self.folders.setdefault(original, {})
        for entry in sorted(os.scandir(original), key=lambda entry: entry.name):
            target = self.folder + entry.path
            if entry.name == "__pycache__":
                continue
            if entry.is_symlink() and not os.readlink(entry.path).startswith("/"):
                os.symlink(os.readlink(entry.path), target)
                names[entry.name] = 1 if entry.is_dir() else 0
            elif entry.is_symlink() or self.is_left(entry.path):
                os.symlink(entry.path, target)
                names[entry.name] = 3 if entry.is_dir() else 2
            elif entry.is_dir():
                names[entry.name] = 1
                self.pack(entry.path)
            else:
                shutil.copy2(entry.path, target)
                names[entry.name] = 0
        self.pack_bytecode(original, names)

    def pack_bytecode(self, original, names):
        sources = [name for name, kind in names.items() if name.endswith(".py") and kind == 0]
        cache = original + "/__pycache__"
        if not sources:
            return
        os.makedirs(self.folder + cache)
        names["__pycache__"] = 1
        self.folders[cache] = {}
        for name in sources:
            made = "%s.%s.pyc" % (name[:-3], self.tag)
            self.compile(original + "/" + name, self.folder + cache + "/" + made)
            self.folders[cache][made] = 0

    def misses(self):
        folder = os.path.join(self.folder, ".pharos", "misses")
        lines = []
        for name in os.listdir(folder):
            with open(os.path.join(folder, name)) as file:
                lines += file.read().splitlines()
        return lines


def run(command, cwd, script=None, environment=None, check=True):
    """Runs it as `launch` does; `script` is how the first argument was typed, when that is staged."""
    variables = {**WITHOUT_PYTHON, "LC_ALL": "C.UTF-8", **(environment or {})}
    if script is not None:
        command = ["sh", "-c", 'export PHAROS_STAGED_SCRIPT="$$:$0"; exec "$@"', script, *command]
    ran = subprocess.run(command, cwd=cwd, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if check and ran.returncode != 0:
        raise AssertionError("%s\n%s" % (command, ran.stderr.decode()))
    return ran
