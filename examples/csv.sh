#!/usr/bin/env bash
# The command line: fit on a CSV file, predict another one, look at what was tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python - <<'PYTHON'
from sklearn.datasets import load_iris

table = load_iris(as_frame=True).frame.sample(frac=1.0, random_state=0)
table.iloc[:120].to_csv("train.csv", index=False)
table.iloc[120:].drop(columns="target").to_csv("new.csv", index=False)
PYTHON

automl fit train.csv --target target --time-limit 10 --out iris.automl
automl predict iris.automl new.csv --out predictions.csv
head -3 predictions.csv
automl leaderboard iris.automl --rows 5
