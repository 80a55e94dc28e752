"""What an errno means for somebody who calibrates a mount."""

import errno

from ..failure import Failure

_MEANINGS = {
    errno.EACCES: ("you may not make files in %s", "Name a folder of the mount in which you may make files."),
    errno.EPERM: ("you may not make files in %s", "Name a folder of the mount in which you may make files."),
    errno.EROFS: ("%s is mounted read-only", "Name a folder of the mount in which you may make files."),
    errno.ENOSPC: ("the file system of %s is full", "Make room for 2 MB and 100 files, and run it again."),
    errno.EDQUOT: ("your quota on the file system of %s is used up", "Make room for 2 MB and 100 files, and run it again."),
    errno.EMFILE: ("too few open files are allowed", "Raise the limit with ulimit -n, to 64 at least."),
    errno.ENOENT: ("%s or what was made there has gone", "Look whether the mount still works, with ls."),
}
_GONE = ("the mount of %s has failed: %s", "Look whether the mount still works, with ls.")


def failure_of(error, folder):
    """A Failure for an OSError on the mount that holds `folder`."""
    if error.errno in _MEANINGS:
        message, hint = _MEANINGS[error.errno]
        return Failure(message % folder if "%s" in message else message, hint)
    message, hint = _GONE
    return Failure(message % (folder, (error.strerror or "unknown error").lower()), hint)
