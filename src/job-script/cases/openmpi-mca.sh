#!/bin/bash
#PBS -l select=2:mpiprocs=4
cd $PBS_O_WORKDIR
trap 'rm -f scratch' EXIT
mpirun -np 8 --mca btl self,vader -x OMP_NUM_THREADS --map-by ppr:4:node \
    /lustre/u/env/bin/python \
    app.py
