"""Side-by-side measurements; `python -m benchmarks.run --help` is the way in."""
