"""What the one run showed, beside the recording: what a replay of the imports needs to know.

Held in memory only. The environment and the paths in it are the job's own and are never written to a recording.
"""


class MainImport:
    """An import at module level of `__main__`, in the order of the run.

    `activities` maps a module's name to the set of kinds (`spawn`, `connect`, `write`, `lock`, `library`) of what it,
    and what it imported, did beside reading. Calls that only name a library are `library`.
    """

    def __init__(self, identity, module):
        self.id = identity
        self.module = module
        self.loaded = False
        self.activities = {}


class SeenPython:
    """A program with Python in it, as the probe saw it: `begin` is the first sight, `phases` are (name, moment) from then
    on, in microseconds of the recording; `process` is its id there."""

    def __init__(self, pid, begin, process, rank, phases):
        self.pid = pid
        self.begin = begin
        self.process = process
        self.rank = rank
        self.phases = phases


class Observed:
    """The job's process, as the probe saw it; `process` is its id in the recording, 0 when no Python was seen."""

    def __init__(self):
        self.process = 0
        self.pid = 0
        # Every Python of the run that the probe got into, the job's among them; those that fork made are not.
        self.pythons = []
        # What the job's interpreter says it is (`sys.executable`), and the options before the script.
        self.interpreter = None
        self.options = []
        # The program is no interpreter but has Python inside.
        self.is_embedded = False
        self.version = ()
        self.cwd = None
        # `sys.path` at the first line of `__main__`.
        self.sys_path = []
        # The job's environment as bytes to bytes, without anything of the probe's.
        self.environment = {}
        # The main-level imports, each once.
        self.imports = []
        # Paths of files that were mapped at the last look: shared libraries and extension modules.
        self.libraries = []
        # Kinds of activity outside any import.
        self.loose_activities = set()
        # Kinds of activity of sitecustomize and usercustomize, which every start of the interpreter repeats.
        self.site_activities = set()
        # How the command ended.
        self.status = None
        self.signal = None
        self.interrupted = None
