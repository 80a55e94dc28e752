#!/bin/sh
srun -n 4 solve --fast
srun -n 4 ./solver.x
