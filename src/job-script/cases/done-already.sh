#!/bin/sh
/lustre/u/my\ env.image/launch --stage || exit
srun '/lustre/u/my env.image/launch' python app.py
srun -n 2 python app.py
