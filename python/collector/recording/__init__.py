"""Writes a recording: docs/concepts/recording.md is the contract."""
