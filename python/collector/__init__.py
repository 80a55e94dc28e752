"""Pharos collector: what runs beside a job. Python standard library only."""
