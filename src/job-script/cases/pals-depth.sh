#!/bin/bash
#PBS -l select=2
mpiexec -n 8 -ppn 4 -d 16 --cpu-bind depth --env TMPDIR=/tmp python app.py
