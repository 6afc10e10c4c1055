"""Side-by-side measurements; `python -m benchmarks.systems.run --help` is the way in."""
