#!/bin/sh
mpiexec -f hosts -genv OMP_NUM_THREADS 2 -n 8 python app.py
