"""Imports modules and tells, after each library that Python opens, which files came into memory.

Run by `pharos env --import` with the environment's own interpreter: `python -c TEXT DESCRIPTOR NAME...`. Each line that it
writes to DESCRIPTOR is a JSON object, so that a process that dies has told how far it came:

    {"import": NAME}  {"load": PATH}  {"open": NAME}  {"files": [PATH...]}  {"done": SECONDS}
    {"failed": TYPE, "text": TEXT}  {"pools": [...]}

Python 3.8 and later, standard library only.
"""

import _thread
import json
import os
import sys
import time

LONGEST = 4096
MOST_POOLS = 100


def mapped():
    """Files of which code is in memory, and those that are named like libraries, in the order of their addresses."""
    descriptor = os.open("/proc/self/maps", os.O_RDONLY)
    parts = []
    try:
        while True:
            part = os.read(descriptor, 1 << 20)
            if not part:
                break
            parts.append(part)
    finally:
        os.close(descriptor)
    files = {}
    for line in b"".join(parts).split(b"\n"):
        fields = line.split(None, 5)
        if len(fields) == 6 and fields[5].startswith(b"/") and (b"x" in fields[1] or b".so" in fields[5]):
            files[os.fsdecode(fields[5])] = None
    return files


class Teller:
    """Writes what happens; children of a fork are not this process, and tell nothing."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.process = os.getpid()
        self.lock = _thread.allocate_lock()
        self.known = {}

    def tell(self, **fact):
        line = json.dumps(fact).encode() + b"\n"
        while line:
            line = line[os.write(self.descriptor, line) :]

    def tell_files(self):
        here = mapped()
        new = [path for path in here if path not in self.known]
        # A file that was unmapped may come again: a library that could not be loaded.
        self.known = here
        if new:
            self.tell(files=new)

    def hook(self, event, args):
        # https://docs.python.org/3/library/audit_events.html: `import` has the path of an extension module only.
        if event == "import":
            kind, what = "load", args[1]
        elif event == "ctypes.dlopen":
            kind, what = "open", args[0]
        else:
            return
        if not what or os.getpid() != self.process:
            return
        with self.lock:
            self.tell_files()
            self.tell(**{kind: os.fsdecode(what)})


def pools():
    """What threadpoolctl finds, where the environment has it."""
    try:
        from threadpoolctl import threadpool_info
    except Exception:
        return None
    keys = ("user_api", "internal_api", "version", "num_threads", "filepath")
    return [{key: one.get(key) for key in keys} for one in threadpool_info()[:MOST_POOLS]]


def main(descriptor, names):
    os.set_inheritable(descriptor, False)
    # The folder that the user is in is none of the environment.
    if sys.path and sys.path[0] == "":
        del sys.path[0]
    teller = Teller(descriptor)
    sys.addaudithook(teller.hook)
    teller.tell_files()
    for name in names:
        teller.tell(**{"import": name})
        begin = time.monotonic()
        try:
            __import__(name)
            end = {"done": time.monotonic() - begin}
        except BaseException as error:
            end = {"failed": type(error).__name__[:LONGEST], "text": str(error)[:LONGEST]}
        with teller.lock:
            teller.tell_files()
            teller.tell(**end)
    teller.process = None
    found = pools()
    if found is not None:
        teller.tell(pools=found)


main(int(sys.argv[1]), sys.argv[2:])
# What modules registered to do at exit is not asked for.
os._exit(0)
