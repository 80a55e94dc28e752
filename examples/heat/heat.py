"""Heat in a square plate, explicit in time, on one process or on many.

Started by an MPI launcher, the rows are shared out among the ranks, which swap their border rows each step.
"""

import os

import numpy as np

CELLS = 96  # along each side
STEPS = 300
DIFFUSION = 0.2  # diffusivity × time step / cell size²; the explicit scheme is stable up to 0.25

# What Open MPI, PMIx and PMI launchers set for each rank. mpi4py needs an MPI library, so it is imported only then.
LAUNCHED = any(name in os.environ for name in ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"))

if LAUNCHED:
    from mpi4py import MPI


def rows_of(rank, ranks):
    """The rows of the plate that a rank owns: first, and one after the last."""
    return CELLS * rank // ranks, CELLS * (rank + 1) // ranks


def plate(first, last):
    """A cold plate with a hot square in its middle; one border row above and below."""
    rows = np.arange(first - 1, last + 1)
    hot = (rows >= CELLS // 3) & (rows < 2 * CELLS // 3)
    temperature = np.zeros((last - first + 2, CELLS + 2))
    temperature[hot, CELLS // 3 : 2 * CELLS // 3] = 100.0
    return temperature


def step(temperature):
    """Advances the inner cells by one time step; the borders stay."""
    inner = temperature[1:-1, 1:-1]
    inner += DIFFUSION * (
        temperature[:-2, 1:-1] + temperature[2:, 1:-1] + temperature[1:-1, :-2] + temperature[1:-1, 2:] - 4 * inner
    )


def swap_borders(world, temperature):
    """Gives the neighbours our outermost rows and takes theirs."""
    above = world.rank - 1 if world.rank > 0 else MPI.PROC_NULL
    below = world.rank + 1 if world.rank < world.size - 1 else MPI.PROC_NULL
    world.Sendrecv(temperature[1], dest=above, recvbuf=temperature[-1], source=below)
    world.Sendrecv(temperature[-2], dest=below, recvbuf=temperature[0], source=above)


def simulate(world):
    """The mean temperature of the whole plate after the last step."""
    first, last = rows_of(world.rank, world.size) if world else (0, CELLS)
    temperature = plate(first, last)
    for _ in range(STEPS):
        if world:
            swap_borders(world, temperature)
        step(temperature)
    heat = float(temperature[1:-1, 1:-1].sum())
    return (world.allreduce(heat) if world else heat) / CELLS**2


if __name__ == "__main__":
    world = MPI.COMM_WORLD if LAUNCHED else None
    mean = simulate(world)
    if not world or world.rank == 0:
        print(f"mean temperature after {STEPS} steps on {world.size if world else 1} rank(s): {mean:.6f}")
