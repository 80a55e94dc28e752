#!/bin/bash
srun $SRUN_OPTIONS python app.py
srun --never-heard-of python app.py
srun --multi-prog programs.conf
OUT=$(srun -n 1 python app.py)
bash -c "srun python app.py"
$LAUNCHER -n 4 python app.py
ibrun python app.py
srun "$PROGRAM" app.py
srun ./wrapper.sh python app.py
cat > inner.sh <<END
srun python app.py
END
