"""What a machine offers to Python jobs: the facts of `pharos host`, login node or compute node."""
