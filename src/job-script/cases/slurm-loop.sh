#!/bin/sh
#SBATCH -N 2
if [ "$1" = prepare ]; then
	srun -n 1 hostname
fi
for case in a b; do
	if [ -d "$case" ]; then
		OMP_NUM_THREADS=4 time -p srun --exclusive -n8 -c "$CPUS" numactl --interleave all $ENV/bin/python3 app.py "$case" > "$case.log" 2>&1 &
	fi
done
wait
