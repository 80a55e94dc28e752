"""Times calls on one mount, politely: docs/guides/calibrate.md."""
