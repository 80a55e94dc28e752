"""What the site allows: /etc/pharos/policy.json, as {"calibrate": {"load": "node"}}; `none`, `node` or `nodes`."""

import json
import os
import stat

from ..failure import Failure

POLICY = "/etc/pharos/policy.json"
LONGEST = 65536
LEVELS = ("none", "node", "nodes")
ASK = "Ask those who run the file system; they allow it in %s." % POLICY


def check_allowed(named, is_load, nodes, site=POLICY):
    """Raises Failure where this site does not allow what was asked for. `named` is the file that the user says, or None."""
    if not is_load and nodes < 2:
        return
    allowed = LEVELS.index(read_policy(named or site, named is not None))
    if nodes > 1 and allowed < LEVELS.index("nodes"):
        raise Failure("this is a job step on %d nodes, and the site has not allowed to calibrate from several" % nodes, ASK)
    if is_load and nodes > 1:
        message = "load from several nodes at the same time is not measured"
        raise Failure(message, "Leave --load out, or start it on one node, outside of the job step.")
    if is_load and allowed < LEVELS.index("node"):
        raise Failure("the site does not allow --load", "Leave --load out, or ask those who run the file system.")


def read_policy(path, is_named):
    """`node` where the site has none. Raises Failure where it cannot be understood or is not the site's."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            text = file.read(LONGEST)
    except FileNotFoundError:
        # A name with nothing behind it must not lift what the site forbids.
        if is_named:
            raise Failure("the policy %s does not exist" % path, "Leave --policy out, or name the site's file.")
        return "node"
    except OSError as error:
        raise Failure("the policy %s cannot be read: %s" % (path, (error.strerror or "unknown error").lower()), ASK)
    if status.st_uid != 0 or status.st_mode & 0o022 or not stat.S_ISREG(status.st_mode):
        raise Failure("the policy %s does not belong to root alone" % path, ASK)
    try:
        level = json.loads(text.decode("utf-8"))["calibrate"]["load"]
    except (ValueError, KeyError, TypeError, RecursionError):
        level = None
    if level not in LEVELS:
        raise Failure("the policy %s says nothing that can be understood of calibrate.load" % path, ASK)
    return level
