"""Where the seconds of a run go, by rows: steps of `fit`, and what its workers did meanwhile.

python -m benchmarks.reliability.seconds    # five minutes; writes docs/benchmarks/seconds.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.common.arguments import add_n_jobs, add_tables, cores, make_parser
from benchmarks.common.paths import PAGES
from benchmarks.common.tables import load_table

__all__ = ["main", "table_of"]

TABLES = tuple(f"mixed@{n}" for n in (50_000, 200_000, 1_000_000, 3_000_000))
_INTRODUCTION = """# Where the seconds go

Wall seconds of the steps of `fit` (`run_info_["stage_seconds"]`), below CPU seconds of the workers
during the search, by what came of them: *kept* fits are of members of the model, *others* are not.
Numbers and categories of a simulator (`benchmarks/common/simulators.py`); no knowledge base.

"""


def main(argv: Sequence[str] | None = None) -> None:
    """Fit each table once, and write the page."""
    parser = make_parser("benchmarks.reliability.seconds", __doc__)
    add_tables(parser, TABLES, "a simulator at four sizes")
    add_n_jobs(parser, cores())
    parser.add_argument("--budget", type=float, default=60.0, help="seconds (default: 60)")
    arguments = parser.parse_args(argv)
    columns = {}
    for name in arguments.suite:
        columns[name] = seconds_of(name, arguments.budget, arguments.n_jobs)
        print(name, columns[name], flush=True)
    said = f"{_INTRODUCTION}Limit {arguments.budget:g} s, {arguments.n_jobs} cores.\n\n"
    (PAGES / "seconds.md").write_text(said + table_of(columns))


def seconds_of(name: str, budget: float, n_jobs: int) -> dict[str, float]:
    """Fit a table; seconds by what they were spent on."""
    import automl

    table = load_table(name)
    settings: dict[str, Any] = {"knowledge_base": None, "random_state": 0, "verbose": 0}
    model = automl.fit(table.X, table.y, time_limit=budget, n_jobs=n_jobs, **settings)
    stages = dict(model.run_info_["stage_seconds"])
    return {**stages, "all": model.run_info_["seconds"], **_of_workers(model)}


def _of_workers(model: Any) -> dict[str, float]:
    """CPU seconds of the workers, by what came of them."""
    members = {member.config.key for member in model.model_.members}
    spent = {"fits kept": 0.0, "other fits on all rows": 0.0, "fits on subsets": 0.0}
    spent |= {"predictions": 0.0, "ended with nothing": 0.0}
    for result in model.history_:
        folds = result.details.get("folds", [])
        if not folds:
            spent["ended with nothing"] += result.cpu_seconds
        for fold in folds:
            kept = result.info.config.key in members and result.details["fraction"] == 1.0
            whole = "other fits on all rows" if result.details["fraction"] == 1.0 else None
            name = "fits kept" if kept else whole or "fits on subsets"
            spent[name] += fold["threads"] * fold["fit_seconds"]
            spent["predictions"] += fold["threads"] * fold["predict_seconds"]
    return {f"workers: {name}": seconds for name, seconds in spent.items()}


def table_of(columns: Mapping[str, Mapping[str, float]]) -> str:
    """A page of Markdown with a column for each table.

    Examples
    --------
    >>> print(table_of({"a": {"searching": 1.25, "all": 2.0}}))
    | seconds | a |
    |---|---|
    | searching | 1.2 |
    | all | 2.0 |
    <BLANKLINE>
    """
    names = dict.fromkeys(name for column in columns.values() for name in column)
    lines = [f"| seconds | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name in names:
        cells = " | ".join(f"{column.get(name, 0.0):.1f}" for column in columns.values())
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
