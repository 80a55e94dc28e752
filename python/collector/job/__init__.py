"""Runs the command once, under the probe, and makes of its spools what the recording says."""
