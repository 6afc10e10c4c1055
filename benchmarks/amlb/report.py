"""Turn the ``results.csv`` of the AutoML Benchmark, one or several, into a page.

    python -m benchmarks.amlb.report OUT/results.csv --out docs/benchmarks/amlb.md

The figure of the benchmark is ``result``, more is better: ROC AUC, log loss and RMSE with a minus.
A job without a result loses against everything.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.common.arguments import make_parser
from benchmarks.common.paths import PAGES

_KEYS = ["framework", "constraint", "task", "fold"]
_TIE = 1e-3


def main(argv: list[str] | None = None) -> None:
    """Write the page."""
    parser = make_parser("benchmarks.amlb.report", __doc__)
    parser.add_argument("results", type=Path, nargs="+", help="files written by the benchmark")
    parser.add_argument("--ours", default="Automl_cold", help="default: Automl_cold")
    parser.add_argument("--constraint", default="1m2c", help="default: 1m2c")
    parser.add_argument("--out", type=Path, default=PAGES / "amlb.md", help="the page")
    options = parser.parse_args(argv)
    jobs = read_jobs(options.results, options.constraint)
    options.out.write_text(make_page(jobs, options.ours, options.constraint))
    print(f"{len(jobs)} jobs in {options.out}")


def read_jobs(paths: list[Path], constraint: str) -> pd.DataFrame:
    """One row a job, the last one where a job was repeated."""
    jobs = pd.concat([pd.read_csv(path) for path in paths], ignore_index=True)
    jobs = jobs[jobs["constraint"] == constraint]
    if jobs.empty:
        shown = ", ".join(map(str, paths))
        raise SystemExit(f"{shown} holds no job of the constraint {constraint!r}")
    return jobs.drop_duplicates(_KEYS, keep="last")


def make_page(jobs: pd.DataFrame, ours: str, constraint: str) -> str:
    """The page as markdown."""
    folds = jobs.groupby(["task", "framework"])["result"]
    means = folds.agg(lambda results: results.mean(skipna=False)).unstack()
    means = means[[ours, *sorted(set(map(str, means)) - {ours})]]
    metrics = jobs.dropna(subset="result").groupby("task")["metric"].first()
    shown = means.map("{:.5g}".format).reset_index()
    shown.insert(1, "metric", shown["task"].map(metrics))
    failed = jobs[jobs["result"].isna()]
    parts = [
        "# The AutoML Benchmark",
        f"Run with the benchmark's own code (commit {_commits(jobs)}) and its own "
        f"integrations of the other systems: constraint `{constraint}`, {jobs['task'].nunique()} "
        f"tables, {jobs['fold'].nunique()} folds each; how: [commands]"
        "(../../benchmarks/amlb/README.md).",
        "## Results",
        "Mean over folds, more is better; nan where a fold has no result.",
        _table(shown),
        "## Against each system",
        f"Tables on which `{ours}` is better, level (within 0.1 %) and worse.",
        _table(_duels(means, ours)),
        "## Jobs",
        _table(_durations(jobs)),
        _failures(failed),
    ]
    return "\n\n".join(parts) + "\n"


def _duels(means: pd.DataFrame, ours: str) -> pd.DataFrame:
    rows = []
    own = means[ours].fillna(float("-inf"))
    for other in means.columns.drop(ours):
        theirs = means[other].fillna(float("-inf"))
        level = (own - theirs).abs() <= _TIE * theirs.abs()
        better = (own > theirs) & ~level
        rows.append(
            {
                "against": other,
                "better": better.sum(),
                "level": level.sum(),
                "worse": (~better & ~level).sum(),
            }
        )
    return pd.DataFrame(rows)


def _durations(jobs: pd.DataFrame) -> pd.DataFrame:
    rows = jobs.groupby("framework").agg(
        version=("version", "first"),
        jobs=("fold", "size"),
        failed=("result", lambda result: result.isna().sum()),
        training_mean=("training_duration", "mean"),
        training_longest=("training_duration", "max"),
        whole_job_longest=("duration", "max"),
        predict_longest=("predict_duration", "max"),
    )
    seconds = [name for name in map(str, rows) if name.endswith(("mean", "longest"))]
    return (
        rows.reset_index()
        .round(dict.fromkeys(seconds, 1))
        .rename(columns={name: f"{name.replace('_', ' ')} s" for name in seconds})
    )


def _failures(failed: pd.DataFrame) -> str:
    if failed.empty:
        return "No job failed."
    lines = [
        f"- {job.framework}, {job.task}, fold {job.fold}: {job.info}" for job in failed.itertuples()
    ]
    return "\n".join(["Failed:", "", *lines])


def _commits(jobs: pd.DataFrame) -> str:
    """Last part of versions such as "dev [<repository>, master, dfe8d21]"."""
    versions = {str(version).rstrip("]").split(", ")[-1] for version in jobs["app_version"]}
    return ", ".join(sorted(versions))


def _table(frame: pd.DataFrame) -> str:
    head = "| " + " | ".join(map(str, frame.columns)) + " |"
    line = "|" + "---|" * len(frame.columns)
    rows = ["| " + " | ".join(map(str, row)) + " |" for row in frame.itertuples(index=False)]
    return "\n".join([head, line, *rows])


if __name__ == "__main__":
    main()
