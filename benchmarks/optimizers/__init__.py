"""Optimizers side by side; `python -m benchmarks.optimizers --help` is the way in."""
