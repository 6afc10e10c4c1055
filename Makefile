# `make demo` and `make test` do everything on a fresh machine, set-up included.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test lint bench clean

help:
	@echo "make demo   fit load_breast_cancer, print leaderboard and held-out score"
	@echo "make test   ruff, mypy, and all tests"
	@echo "make lint   ruff and mypy alone"
	@echo "make bench  default LightGBM, automl and the prior on bench.txt with 60 s a table"
	@echo "make clean  remove what was built, and the virtual environment"

demo: $(READY)
	@$(BIN)/python examples/demo.py

test: lint
	@$(BIN)/python -m pytest

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY)
	@$(BIN)/python -m benchmarks.systems.run --out benchmarks/results/bench.jsonl
	@$(BIN)/python -m benchmarks.systems.report benchmarks/results/bench.jsonl --name bench

# An environment that is there is used; one whose creation was cut off is made anew. The stamp is
# written last, so that an installation that failed is taken up again.
$(READY): pyproject.toml
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	    $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	        echo "automl needs Python 3.11 or newer, but '$(PYTHON)' is missing or older: name another one, as in 'make $(firstword $(MAKECMDGOALS)) PYTHON=python3.12'." >&2; exit 1; }; \
	    $(PYTHON) -m venv --clear $(VENV) || { \
	        echo "'$(PYTHON)' cannot create a virtual environment: install its venv module (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }; }
	@echo "installing automl and its development tools into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -c 'import lightgbm' || { \
	    echo "LightGBM cannot be loaded: it needs the OpenMP runtime (Debian and Ubuntu: apt install libgomp1; macOS: brew install libomp)." >&2; exit 1; }
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find automl benchmarks tests examples -name __pycache__ -type d -prune -exec rm -rf {} +
