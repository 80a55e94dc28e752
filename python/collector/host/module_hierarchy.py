"""Modules that a hierarchy hides until others are loaded, as Lmod's `spider` tells of all at once: by folders that they add,
and by those that have to be loaded before. It evaluates modulefiles in a process of its own, and loads none.

https://lmod.readthedocs.io/en/latest/136_spider.html
"""

import json
import os

from .ask import ask

LONGEST = 64 << 20
SECONDS = 10.0
MOST = 40
# What spider calls the folders of PATH and LD_LIBRARY_PATH.
FOLDERS = (("PATH", "pathA"), ("LD_LIBRARY_PATH", "lpathA"))


def spidered(environ, lmod, is_wanted):
    """Modules whose names are wanted and that need others: `module`, `loads` in order, `folders`; None where it does not tell."""
    program = _spider(environ, lmod)
    said = program and ask([program, "-o", "spider-json", environ.get("MODULEPATH", "")], environ, SECONDS, LONGEST)
    if not said or said.status:
        return None
    try:
        by_name, _ = json.JSONDecoder().raw_decode(said.text.lstrip())
    except (ValueError, RecursionError):
        return None
    return hidden_of(by_name, is_wanted)


def hidden_of(by_name, is_wanted):
    """Of what `spider -o spider-json` prints."""
    found = []
    for files in _values(by_name):
        for about in _values(files):
            module, before = _text(about, "fullName"), _first_chain(about)
            if module is None or not before or about.get("hidden") or not is_wanted(module) or len(found) >= MOST:
                continue
            folders = {name: [one for one in _keys(about.get(key)) if one.startswith("/")] for name, key in FOLDERS}
            found.append({"module": module, "loads": before + [module], "folders": folders})
    return sorted(found, key=lambda one: one["loads"])


def _spider(environ, lmod):
    folders = (environ.get("LMOD_DIR") or "", os.path.dirname(os.path.realpath(lmod)))
    paths = [os.path.join(folder, "spider") for folder in folders if folder.startswith("/")]
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def _first_chain(about):
    """The first of the alternatives: any of them will do."""
    chains = about.get("parentAA") if isinstance(about, dict) else None
    chain = chains[0] if isinstance(chains, list) and chains else None
    return chain if isinstance(chain, list) and all(isinstance(one, str) for one in chain) else None


def _values(of):
    return list(of.values()) if isinstance(of, dict) else []


def _keys(of):
    return [one for one in of if isinstance(one, str)] if isinstance(of, dict) else []


def _text(about, name):
    value = about.get(name) if isinstance(about, dict) else None
    return value if isinstance(value, str) else None
