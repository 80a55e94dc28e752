import numpy
from mpi4py import MPI

world = MPI.COMM_WORLD
mine = numpy.array([float(world.rank)])
total = numpy.zeros(1)
world.Allreduce(mine, total)
lines = world.gather("rank %d of %d: %g" % (world.rank, world.size, total[0]))
if world.rank == 0:
    print("\n".join(lines))
