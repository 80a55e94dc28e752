"""The folder in which files are made: private, found by descriptors only, so that nobody can lead us elsewhere."""

import binascii
import os
import stat

from ..failure import Failure

PREFIX = ".pharos-calibrate-"
MODE = 0o700
REQUESTS_TO_REMOVE = 2
FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Folder:
    """An open folder and the names that were made in it. `above` is the descriptor of the folder that it is in."""

    def __init__(self, above, name):
        self.name = name
        self.files = []
        # Folders that are made and removed without being opened.
        self.subfolders = []
        self.folders = []
        self._above = above
        os.mkdir(name, MODE, dir_fd=above)
        try:
            self.descriptor = os.open(name, FLAGS, dir_fd=above)
        except OSError:
            # Not ours any more, or the mount is gone: an empty folder is all that can be meant by the name.
            os.rmdir(name, dir_fd=above)
            raise

    def folder(self, name):
        """A new folder in this one."""
        inner = Folder(self.descriptor, name)
        self.folders.append(inner)
        return inner

    def count(self):
        """How many things there are to remove, this folder included."""
        return 1 + len(self.files) + len(self.subfolders) + sum(inner.count() for inner in self.folders)

    def remove(self, wait):
        """Removes what was made here and this folder; returns the first error, or None. `wait` comes before each call."""
        errors = [inner.remove(wait) for inner in self.folders]
        for name in self.files:
            errors.append(_attempt(wait, os.unlink, name, self.descriptor))
        for name in self.subfolders:
            errors.append(_attempt(wait, os.rmdir, name, self.descriptor))
        os.close(self.descriptor)
        errors.append(_attempt(wait, os.rmdir, self.name, self._above))
        return next((error for error in errors if error is not None), None)


def _attempt(wait, call, name, above):
    wait(REQUESTS_TO_REMOVE)
    try:
        call(name, dir_fd=above)
    except FileNotFoundError:
        pass
    except OSError as error:
        return error
    return None


def open_above(path):
    """A descriptor of the folder that the user named. Raises Failure."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Failure("%s does not exist" % path, "Name a folder of the mount in which you may make files.")
    except NotADirectoryError:
        raise Failure("%s is not a folder" % path, "Name a folder of the mount in which you may make files.")
    except PermissionError:
        raise Failure("you may not read %s" % path, "Name a folder of the mount in which you may make files.")
    return descriptor


def new_folder(above):
    """The private folder below `above`. Raises OSError, and Failure where somebody has put another in its place."""
    folder = Folder(above, PREFIX + binascii.hexlify(os.urandom(8)).decode("ascii"))
    status = os.fstat(folder.descriptor)
    if not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o022 or os.listdir(folder.descriptor):
        os.close(folder.descriptor)
        raise Failure("somebody changes the folder while we use it", "Name a folder in which only you may write.")
    return folder
