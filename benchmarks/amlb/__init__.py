"""The AutoML Benchmark: a user directory for it, tables for it, and a page out of its results."""
