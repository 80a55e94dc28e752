#!/bin/bash -l
#SBATCH --nodes=4 --ntasks-per-node=8
#SBATCH -t 30
module load python
source /lustre/u/env/bin/activate
export OMP_NUM_THREADS=1

srun -N4 --cpu-bind=cores --mpi pmix python -u app.py --steps 10 |& tee log
