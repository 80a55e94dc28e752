#!/bin/sh
srun python app.py