"""Calls that are timed. Nothing but the call lies between the two looks at the clock; all names are below descriptors."""

import errno
import os
import time

READ_BYTES = 4096
LARGE_BYTES = 1 << 20
CONTENT = b"pharos " * (READ_BYTES // 7) + b"." * (READ_BYTES % 7)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_LISTED = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

# `perf_counter_ns` came with Python 3.7.
clock = getattr(time, "perf_counter_ns", time.perf_counter)
MICROSECONDS = 1e-3 if hasattr(time, "perf_counter_ns") else 1e6


def miss(folder, name):
    """Asks for a name that is not there."""
    begin = clock()
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return (clock() - begin) * MICROSECONDS
    raise OSError(errno.EEXIST, "a name that was never used is there")


def stat(folder, name):
    begin = clock()
    os.stat(name, dir_fd=folder, follow_symlinks=False)
    return (clock() - begin) * MICROSECONDS


def create(folder, name):
    """Also returns the descriptor of the new file."""
    begin = clock()
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    return (clock() - begin) * MICROSECONDS, descriptor


def write(descriptor, content):
    """Writes and closes: what is written may go to the server at the close."""
    begin = clock()
    try:
        written = os.write(descriptor, content)
    finally:
        os.close(descriptor)
    took = (clock() - begin) * MICROSECONDS
    if written != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return took


def open_file(folder, name):
    """Also returns the descriptor."""
    begin = clock()
    descriptor = os.open(name, _OLD, dir_fd=folder)
    return (clock() - begin) * MICROSECONDS, descriptor


def close(descriptor):
    begin = clock()
    os.close(descriptor)
    return (clock() - begin) * MICROSECONDS


def drop(descriptor):
    """Lets this node forget the contents: first what was written has to be on the server. Not timed."""
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def read(descriptor, size):
    begin = clock()
    content = os.pread(descriptor, size, 0)
    took = (clock() - begin) * MICROSECONDS
    if len(content) != size:
        raise OSError(errno.EIO, "a file has lost its contents")
    return took


def list_folder(folder, name):
    """From the opening to the closing."""
    begin = clock()
    descriptor = os.open(name, _LISTED, dir_fd=folder)
    try:
        os.listdir(descriptor)
    finally:
        os.close(descriptor)
    return (clock() - begin) * MICROSECONDS


def readlink(folder, name):
    begin = clock()
    os.readlink(name, dir_fd=folder)
    return (clock() - begin) * MICROSECONDS


def symlink(folder, name):
    begin = clock()
    os.symlink("target", name, dir_fd=folder)
    return (clock() - begin) * MICROSECONDS


def mkdir(folder, name):
    begin = clock()
    os.mkdir(name, 0o700, dir_fd=folder)
    return (clock() - begin) * MICROSECONDS


def rmdir(folder, name):
    begin = clock()
    os.rmdir(name, dir_fd=folder)
    return (clock() - begin) * MICROSECONDS


def rename(folder, name, new_name):
    begin = clock()
    os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=folder)
    return (clock() - begin) * MICROSECONDS


def unlink(folder, name):
    begin = clock()
    os.unlink(name, dir_fd=folder)
    return (clock() - begin) * MICROSECONDS
