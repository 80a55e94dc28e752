#!/bin/sh
mpiexec -n 8 -d python app.py python
