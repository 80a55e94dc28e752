"""CPython's own tests of its import system, in an interpreter of its own prefix and in the same one staged.

Usage: python3 -m staged.tests.cpython.compare [VERSION...]. Every test that passes in the one and not in the other must be
in exceptions.json, and everything there must differ, in all versions that it names.
"""

import fnmatch
import json
import os
import shutil
import subprocess
import sys
import tempfile

from collector.tests.interpreters import find_interpreters
from staged.tests.stage import WITHOUT_PYTHON, Stage

FOLDER = os.path.dirname(os.path.abspath(__file__))
ASK = "import json, sys, sysconfig; print(json.dumps([sysconfig.get_path('stdlib'), '%d.%d' % sys.version_info[:2]]))"
UNUSED = ("site-packages", "dist-packages", "idlelib", "lib2to3", "turtledemo", "ensurepip", "__pycache__", "tests", "test")
WANTED_TESTS = ("__init__.py", "support", "test_import*", "test_pkgutil.py", "_test_*", "archivetestdata", "regrtestdata")


def copy_prefix(interpreter, target):
    """A prefix that stands for itself, with what the tests need. Returns its interpreter, or why there is none."""
    answer = subprocess.run([interpreter, "-I", "-c", ASK], stdout=subprocess.PIPE, check=True).stdout
    library, version = json.loads(answer)
    if not os.path.exists(library + "/test/test_importlib"):
        return None, "has no tests of its own: package test"
    name = "python" + version
    copied = os.path.join(target, "lib", name)

    def ignored(folder, names):
        if folder == library:
            return [name for name in names if name in UNUSED or name.startswith("config-")]
        return [name for name in names if name == "__pycache__"]

    shutil.copytree(library, copied, symlinks=False, ignore=ignored, ignore_dangling_symlinks=True)
    for name_of_test in os.listdir(library + "/test"):
        if any(fnmatch.fnmatch(name_of_test, wanted) for wanted in WANTED_TESTS):
            source, place = library + "/test/" + name_of_test, copied + "/test/" + name_of_test
            if os.path.isdir(source):
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                os.makedirs(os.path.dirname(place), exist_ok=True)
                shutil.copy2(source, place)
    os.mkdir(target + "/bin")
    shutil.copy2(os.path.realpath(interpreter), target + "/bin/" + name)
    # A .pth file costs an import, in Python 3.13: both sides have one.
    site = site_folder(target + "/bin/" + name)
    os.makedirs(site, exist_ok=True)
    open(site + "/other.pth", "w").close()
    return target + "/bin/" + name, None


def site_folder(interpreter):
    """Distributions name it in their own way."""
    command = [interpreter, "-I", "-c", "import site; print(site.getsitepackages()[-1])"]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().strip()


def run_tests(interpreter, folder):
    os.mkdir(folder)
    command = [interpreter, "-W", "ignore", os.path.join(FOLDER, "run_tests.py")]
    ran = subprocess.run(command, cwd=folder, env={**WITHOUT_PYTHON, "TMPDIR": folder}, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=500)  # fmt: skip
    try:
        return json.loads(ran.stdout)
    except ValueError:
        raise AssertionError("%s ended with status %d:\n%s" % (command, ran.returncode, ran.stderr.decode()[-3000:])) from None


def differences(interpreter, scratch):
    """{test: what the staged one said} of those that pass only in the ordinary one, and how many passed."""
    original, because = copy_prefix(interpreter, scratch + "/original")
    if original is None:
        return None, because
    ordinary = run_tests(original, scratch + "/ordinary")
    stage = Stage(original, scratch + "/stage", [scratch + "/original"], site=site_folder(original))
    ask = "import json; print(type(json.__loader__).__name__)"
    loader = subprocess.run([stage.folder + original, "-c", ask], stdout=subprocess.PIPE, env=WITHOUT_PYTHON).stdout.decode()
    if loader.strip() != "PackedSourceLoader":
        raise AssertionError("the staged interpreter does not begin as one: " + loader)
    staged = run_tests(stage.folder + original, scratch + "/staged")
    passed = [test for test, (outcome, _) in ordinary.items() if outcome == "ok"]
    return {test: staged.get(test, ["missing", ""])[1] for test in passed if staged.get(test, [""])[0] != "ok"}, len(passed)


def check(version, interpreter, exceptions):
    """Lines that say what is not as it should be."""
    scratch = tempfile.mkdtemp(prefix="pharos-cpython-")
    try:
        found, passed = differences(interpreter, os.path.realpath(scratch))
    finally:
        shutil.rmtree(scratch)
    if found is None:
        print("skipped: CPython %s %s" % (version, passed))
        return []
    listed = {one["test"] for one in exceptions if version in one["versions"]}
    print("CPython %s: %d tests pass, %d of them not when staged" % (version, passed, len(found)))
    wrong = ["CPython %s: %s is not staged as it is\n%s" % (version, test, found[test]) for test in sorted(set(found) - listed)]
    return wrong + ["CPython %s: %s passes, and is an exception" % (version, test) for test in sorted(listed - set(found))]


def main(versions):
    with open(os.path.join(FOLDER, "exceptions.json"), encoding="utf-8") as file:
        exceptions = json.load(file)
    wrong = []
    for version, interpreter in find_interpreters().items():
        if not versions or version in versions:
            wrong += check(version, interpreter, exceptions)
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
