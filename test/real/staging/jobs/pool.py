import multiprocessing

import numpy


def total(number):
    return int(numpy.arange(number).sum())


if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(total, range(10, 14)))
