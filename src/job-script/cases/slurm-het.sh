#!/bin/bash
#SBATCH -N 3
srun -n 1 python server.py : -n 16 python app.py --server "$(hostname)"
