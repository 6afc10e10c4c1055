"""Commands for one table: ``automl fit``, ``automl predict``, ``automl leaderboard``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.cli.files import existing_file, prepared_output
from automl.cli.output import say
from automl.cli.saving import saved
from automl.cli.scores import targets_in, tell_scores
from automl.cli.settings import (
    TASKS,
    add_model,
    add_settings,
    settings_of,
    whole,
)
from automl.exceptions import InvalidInputError

if TYPE_CHECKING:
    import argparse

    import pandas as pd

__all__ = ["add_commands"]

_TABLE = "CSV, Excel, JSON lines, parquet, feather or ARFF file"
_MOST_NAMED = 10  # columns in a line of the summary
_MOST_SCORED = 200_000  # rows
_SAVED_ELSEWHERE = 1


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of ``automl``.

    Parameters
    ----------
    commands : subparsers action of argparse
    """
    _add_fit(commands)
    predict = commands.add_parser("predict", help="predict the rows of a table with a saved model")
    add_model(predict)
    predict.add_argument("table", type=existing_file, help=_TABLE)
    predict.add_argument("--out", help="CSV (.gz, .zip, ...) or parquet file; default: print CSV")
    predict.set_defaults(run=_predict)
    board = commands.add_parser("leaderboard", help="show what was tried for a saved model")
    add_model(board)
    board.add_argument("--rows", type=whole, default=20, help="rows to show (default: 20)")
    board.set_defaults(run=_leaderboard)


def _add_fit(commands: Any) -> None:
    fit = commands.add_parser("fit", help="find the best model for a table and save it")
    fit.add_argument("table", type=existing_file, help=_TABLE)
    fit.add_argument(
        "--target",
        required=True,
        action="append",
        help="name of the target column; several with commas, or once for each",
    )
    fit.add_argument(
        "--drop-missing-target",
        action="store_true",
        help="leave out rows in which the target has no value",
    )
    fit.add_argument("--out", default="model.automl", help="model file (default: model.automl)")
    fit.add_argument(
        "--format",
        choices=("joblib", "skops"),
        default="joblib",
        help="of the model file; skops for a model that others load (default: joblib)",
    )
    fit.add_argument("--task", choices=TASKS, default="auto", help="default: auto")
    fit.add_argument(
        "--resume",
        metavar="RUN",
        help="go on with a run that was cut off: its folder in AUTOML_HOME/runs, or latest",
    )
    add_settings(fit, "time_limit", "test_size")
    fit.add_argument("--quiet", action="store_true", help="no progress bar")
    fit.set_defaults(run=_fit)


def _fit(arguments: argparse.Namespace) -> int:
    out = prepared_output(arguments.out)
    if arguments.format == "skops":
        from automl.persistence.safe import require_skops

        require_skops()
    from automl.data import read_training_table

    settings: dict[str, Any] = {
        **settings_of(arguments),
        "resume": arguments.resume,
        "verbose": 0 if arguments.quiet else 1,
    }
    names = _names(arguments.target, arguments.table)
    target = names[0] if len(names) == 1 else names
    table, labels = read_training_table(arguments.table, target)
    table, labels = _with_targets(table, labels, arguments.drop_missing_target)
    from automl import fit  # later than what is said of the file: it takes seconds to load

    model = fit(table, labels, task=arguments.task, **settings)
    place, failure = saved(model, out, arguments.format)
    say(_summary(model, place))
    if failure is None:
        return 0
    sys.stderr.write(f"automl: {failure}; the model is kept in {place}.\n")
    return _SAVED_ELSEWHERE


def _with_targets(table: pd.DataFrame, labels: Any, drop: bool) -> tuple[pd.DataFrame, Any]:
    """Rows that can be learned from; of several targets, one that is known is enough."""
    import numpy as np

    has_value = labels.notna().to_numpy(dtype=bool).reshape(len(table), -1)
    known = np.flatnonzero(has_value.any(axis=1))
    n_missing = len(table) - len(known)
    if n_missing == 0:
        return table, labels
    if not drop:
        names = [labels.name] if labels.ndim == 1 else list(labels.columns)
        raise InvalidInputError(
            f"`--target` must have a value in every row; {', '.join(map(str, names))} has none in "
            f"{n_missing} of {len(table)}: pass --drop-missing-target to leave these rows out."
        )
    kept = (part.iloc[known].reset_index(drop=True) for part in (table, labels))
    return next(kept), next(kept)


def _names(asked: list[str], table: str) -> list[str]:
    """Names of target columns; a column may have a comma in its name."""
    from automl.data import column_names

    columns = column_names(table) if any("," in text for text in asked) else asked
    return [
        name
        for text in asked
        for name in ([text] if text in columns else map(str.strip, text.split(",")))
    ]


def _summary(model: Any, out: Path) -> str:
    used = sum(column.used for column in model.columns_)
    left_out = _listed(f"{c.name} ({c.type})" for c in model.columns_ if not c.used)
    understood = _listed(f"{c.name} ({c.note})" for c in model.columns_ if c.used and c.note)
    seen, in_file = model.run_info_["rows_seen"], model.run_info_["rows_in_file"]
    lines = [
        *([f"rows        {seen:,} of {in_file:,} in the file"] if seen != in_file else []),
        f"task        {model.task_} ({model.task_reason_})",
        f"columns     {used} used" + (f", left out: {left_out}" if left_out else ""),
        *([f"read as     {understood}"] if understood else []),
        f"held-out    {model.holdout_ if model.holdout_ is not None else 'no check asked for'}",
        *(f"  {name}: {one}" for name, one in getattr(model.holdout_, "targets", {}).items()),
        f"model       {model.run_info_['n_members']} pipelines, chosen from {_tried(model)}, in "
        f"{model.run_info_['seconds']:.1f} s",
        *_record(model),
        f"saved to    {out}",
    ]
    return "\n".join(lines)


def _listed(columns: Iterable[str]) -> str:
    """Name some columns, and count the rest."""
    found = list(columns)
    rest = f" and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + rest


def _record(model: Any) -> list[str]:
    """Where the record of the run is, with which it can be gone on with."""
    path = model.run_info_.get("history_path")
    if path is None:  # of several targets, or where nothing could be kept
        return []
    ended = "interrupted, go on" if model.run_info_["interrupted"] else "more trials"
    return [f"run         {Path(path).parent} ({ended} with --resume)"]


def _tried(model: Any) -> str:
    from automl.estimators import each_target
    from automl.report import tried

    return tried([one.history_ for one in each_target(model)])


def _predict(arguments: argparse.Namespace) -> None:
    if arguments.out is not None:
        prepared_output(arguments.out)
    import pandas as pd

    from automl.cli.predictions import write_predictions
    from automl.persistence import load

    model = load(arguments.model, arguments.trusted)
    seen: list[pd.DataFrame] = []

    def watch(part: pd.DataFrame) -> None:
        if targets_in(model, part) and sum(map(len, seen)) < _MOST_SCORED:
            seen.append(part)

    write_predictions(model, arguments.table, arguments.out, watch)
    if seen:
        tell_scores(model, pd.concat(seen, ignore_index=True))


def _leaderboard(arguments: argparse.Namespace) -> None:
    from automl.persistence import load

    model = load(arguments.model, arguments.trusted)
    board = model.leaderboard().drop(columns=["config", "message"]).rename_axis(columns=None)
    shown = "" if len(board) <= arguments.rows else f"; the first {arguments.rows}"
    held_out = "no held-out rows" if model.holdout_ is None else str(model.holdout_)
    say(
        f"{_tried(model)}; val_score is {model.metric_}\n"
        f"sorted by rung, where the highest has seen all rows, then by val_score{shown}\n\n"
        f"{board.head(arguments.rows).to_string()}\n\nheld-out: {held_out}"
    )
