#!/bin/sh
#flux: -N4
flux run -N4 --tasks-per-node=8 -o cpu-affinity=per-task python app.py
flux resource list
