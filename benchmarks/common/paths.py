"""Where files lie: tables, suites of them, results, pages, and the environments of peers."""

from __future__ import annotations

from pathlib import Path

__all__ = ["BENCH", "DATASETS", "PAGES", "RESULTS", "ROOT", "SUITES", "VENVS"]

ROOT = Path(__file__).parents[2]
DATASETS = ROOT.parent / "shared" / "datasets"
BENCH = DATASETS / "bench.txt"
"""The thirty tables that are never learned from."""
SUITES = ROOT / "benchmarks" / "suites"
RESULTS = ROOT / "benchmarks" / "results"
PAGES = ROOT / "docs" / "benchmarks"
VENVS = ROOT / ".venvs"
