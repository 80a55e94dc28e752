"""strace: of the replayed imports, and of the job itself when asked for."""
