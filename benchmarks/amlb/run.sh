#!/usr/bin/env bash
# Runs the frameworks on the tables of prepare.py with the AutoML Benchmark's own code.
#
#     benchmarks/amlb/run.sh CHECKOUT OUT [CONSTRAINT] [FRAMEWORK...]
#
# CHECKOUT is its repository, with its environment in CHECKOUT/venv. Jobs that OUT/results.csv
# already holds are skipped, so that the same command goes on after an interruption.
set -e
USER_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
CHECKOUT="$(cd "$1" && pwd -P)"
mkdir -p "$2"
OUT="$(cd "$2" && pwd -P)"
CONSTRAINT="${3:-1m2c}"
FRAMEWORKS=("${@:4}")
if [[ ${#FRAMEWORKS[@]} -eq 0 ]]; then
    FRAMEWORKS=(Automl_cold constantpredictor RandomForest flaml)
fi

unset PYTHONPATH
cd "$CHECKOUT"
for framework in "${FRAMEWORKS[@]}"; do
    resume=()
    if [[ -f "$OUT/results.csv" ]]; then
        resume=(--resume)
    fi
    venv/bin/python runbenchmark.py "$framework" bench "$CONSTRAINT" \
        -u "$USER_DIR" -o "$OUT" -s auto -Xseed=1 -Xt.max_mem_size_mb=8192 "${resume[@]}"
done
