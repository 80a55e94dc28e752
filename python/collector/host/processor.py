"""The processor in the kernel's own words, from which its target for compilers is told: the `processor` fact."""

import os

from ..machine.pseudo_files import read_text

# Names of fields of /proc/cpuinfo, and what they are called here.
_FIELDS = (
    ("vendor_id", "vendor"),
    ("CPU implementer", "implementer"),
    ("CPU part", "part"),
    ("cpu", "cpu"),
    ("uarch", "uarch"),
    ("model name", "model"),
)


def processor_fact(root="/"):
    """Of the first processor; `features` as the kernel names them."""
    machine = os.uname().machine
    fields = {}
    for line in (read_text(os.path.join(root, "proc/cpuinfo")) or "").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
        elif fields:
            break
    fact = {"machine": machine}
    fact.update((name, fields[field][:200]) for field, name in _FIELDS if fields.get(field))
    features = fields.get("Features" if machine == "aarch64" else "flags")
    if features:
        fact["features"] = features.split()[:1000]
    return fact
