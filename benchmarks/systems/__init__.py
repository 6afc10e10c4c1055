"""Whole systems side by side, one file a system; `python -m benchmarks.systems.run --help`."""
