"""Plucks a string and asks the Fortran beside this file (`vibration.f90`, built by f2py) how it swings."""

import numpy as np
import vibration

CELLS = 401
COURANT = 0.5
PERIOD = round(2 * (CELLS - 1) / COURANT)  # steps until a wave has run there and back


def plucked():
    """A string pulled aside at a third of its length."""
    at = np.linspace(0.0, 1.0, CELLS)
    return np.minimum(at / (1 / 3), (1 - at) / (2 / 3))


if __name__ == "__main__":
    start = plucked()
    now, before = start.copy(), start.copy()
    vibration.advance(now, before, COURANT, PERIOD)
    print(f"after one period the string is within {np.abs(now - start).max():.4f} of where it began")
