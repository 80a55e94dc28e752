"""Looks into a job step from every rank: what each one sees, gathered on its node, written as one recording a node."""
