"""The Python that runs the collector, described as a job's would be, without the collector's own changes."""

import os
import sys

from ..machine.environment import is_recorded
from ..probe.facts import interpreter_facts


def own_python(own_path):
    """(facts as the probe's `interpreter_facts`, CPU counts). `own_path` is `sys.path` without the collector's."""
    environ = dict(os.environ)
    facts = interpreter_facts({})
    facts["path"] = [str(entry) for entry in own_path]
    facts["absent"] = [entry for entry in facts["path"] if entry in facts["absent"]]
    # The collector's own finder.
    facts["hooks"] = [name for name in facts["hooks"] if name != "Sources"]
    facts["environment_text"] = {name: value for name, value in environ.items() if is_recorded(name, value)}
    facts["environment"] = {b"PYTHONPATH": os.fsencode(environ.get("PYTHONPATH", ""))}
    return facts, cpu_counts()


def cpu_counts():
    counts = [["os.cpu_count", os.cpu_count()]]
    for name in ("sched_getaffinity", "process_cpu_count"):
        ask = getattr(os, name, None)
        try:
            if ask is not None:
                counts.append(["os." + name, len(ask(0)) if name == "sched_getaffinity" else ask()])
        except OSError:
            continue
    return [count for count in counts if count[1]]
