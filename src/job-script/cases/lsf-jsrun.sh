#!/bin/bash
#BSUB -nnodes 2
jsrun -n12 -a1 -c7 -g1 -EOMP_NUM_THREADS=7 -brs python app.py
