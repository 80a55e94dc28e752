# One rank a node, by the job's own mpi4py: the first reads the image once, and all write it down. Whether it came whole is
# told where it is staged, by its digest. Arguments: the image, where to write it, how many ranks there must be.

import os
import sys

if sys.path[0] == "":
    del sys.path[0]  # modules in the folder of the job are not for this

from mpi4py import MPI

CHUNK_BYTES = 8 << 20


def refuse(fact):
    sys.stderr.write("pharos: %s (on %s)\n" % (fact, os.uname().nodename))
    sys.stderr.flush()
    MPI.COMM_WORLD.Abort(1)


def read_whole(source, chunk):
    at = 0
    while at < len(chunk):
        count = source.readinto(chunk[at:])
        if not count:
            raise OSError("it is shorter than it was when it was opened")
        at += count


def broadcast(image, copy, ranks):
    world = MPI.COMM_WORLD
    if world.Get_size() != ranks:
        refuse("mpi4py sees %d of %d ranks: it was built for another MPI than mpiexec" % (world.Get_size(), ranks))
    is_first = world.Get_rank() == 0
    source = open(image, "rb", buffering=0) if is_first else None
    left = world.bcast(os.fstat(source.fileno()).st_size if is_first else None, root=0)
    buffer = memoryview(bytearray(min(CHUNK_BYTES, left)))
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb", buffering=0) as target:
        while left > 0:
            chunk = buffer[: min(len(buffer), left)]
            if is_first:
                read_whole(source, chunk)
            world.Bcast([chunk, MPI.BYTE], root=0)
            written = 0
            while written < len(chunk):
                written += target.write(chunk[written:])
            left -= len(chunk)
    # Nobody starts from it before all have it.
    world.Barrier()


try:
    broadcast(sys.argv[1], sys.argv[2], int(sys.argv[3]))
except OSError as error:
    refuse("the image cannot be broadcast: %s" % error)
