"""Makes what only the job's own interpreter can make for an image: bytecode that stays valid, and indexes.

Usage: PYTHON -I -S -B prepare.py <request.json >answer.json

The request: {"bytecode": [{"source": PATH, "target": PATH}], "indexes": [{"target": PATH, "index": {…}}]}.
The answer: {"cacheTag", "version", "bytecode": [{"source", "state": "kept" | "compiled" | "failed", "because"?}]}.
Runs nothing of the job: sources are compiled, never executed.
"""

import importlib.util
import json
import marshal
import os
import sys
import warnings
from importlib import _bootstrap_external as machinery

# A header is the magic number, flags, and time and size of the source, or its hash: PEP 552.
HEADER_BYTES = 16
UNCHECKED = b"\x01\x00\x00\x00"
HASH_BASED = 0b1


def valid_code(source, text, status):
    """The marshalled code that stands beside a source and is that source's, or None."""
    try:
        with open(importlib.util.cache_from_source(source), "rb") as file:
            data = file.read()
        details = {"name": source, "path": source}
        flags = machinery._classify_pyc(data, source, details)
        if flags & HASH_BASED:
            machinery._validate_hash_pyc(data, importlib.util.source_hash(text), source, details)
        else:
            machinery._validate_timestamp_pyc(data, int(status.st_mtime), status.st_size & 0xFFFFFFFF, source, details)
        code = data[HEADER_BYTES:]
        marshal.loads(code)
        return code
    except (OSError, ImportError, EOFError, ValueError, TypeError):
        return None


def make_bytecode(source, target):
    """Writes bytecode that no time or size can make invalid. Returns how it came about."""
    with open(source, "rb") as file:
        text = file.read()
        status = os.fstat(file.fileno())
    code = valid_code(source, text, status)
    state = "kept"
    if code is None:
        code = marshal.dumps(compile(text, source, "exec", dont_inherit=True, optimize=0))
        state = "compiled"
    with open(target, "wb") as file:
        file.write(importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(text) + code)
    return state


def tell_bytecode(source, target):
    """A source that cannot be compiled is told, and costs no other: packages hold templates and code of Python 2."""
    try:
        return {"source": source, "state": make_bytecode(source, target)}
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"source": source, "state": "failed", "because": "%s: %s" % (type(error).__name__, error)}


def answer(request):
    made = [tell_bytecode(one["source"], one["target"]) for one in request["bytecode"]]
    for one in request["indexes"]:
        # What is written depends on how often an object is referred to: also by other indexes, were it not for the copy.
        index = json.loads(json.dumps(one["index"]))
        with open(one["target"], "wb") as file:
            file.write(marshal.dumps(index))
    return {
        "cacheTag": sys.implementation.cache_tag,
        "version": "%d.%d.%d" % sys.version_info[:3],
        "bytecode": made,
    }


if __name__ == "__main__":
    # What a compiler warns of in somebody else's source is no matter of the one who packs.
    warnings.simplefilter("ignore")
    json.dump(answer(json.loads(sys.stdin.buffer.read())), sys.stdout)
