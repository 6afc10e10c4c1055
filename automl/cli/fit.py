"""Commands for one table: ``automl fit``, ``automl predict``, ``automl leaderboard``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from automl.cli.output import say
from automl.cli.settings import add_settings, settings_of
from automl.exceptions import InvalidInputError
from automl.files import written_whole

if TYPE_CHECKING:
    import argparse

    import pandas as pd

__all__ = ["add_commands"]

_COMPRESSIONS: dict[str, Literal["gzip", "bz2", "xz", "zip"]] = {
    ".gz": "gzip",
    ".bz2": "bz2",
    ".xz": "xz",
    ".zip": "zip",
}
"""Of CSV files, by the end of their names."""


_MOST_NAMED = 10  # columns in a line of the summary


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of ``automl``.

    Parameters
    ----------
    commands : subparsers action of argparse
    """
    _add_fit(commands)
    predict = commands.add_parser("predict", help="predict the rows of a table with a saved model")
    _add_model(predict)
    predict.add_argument("table", help="CSV or parquet file")
    predict.add_argument("--out", help="CSV or parquet file; default: print CSV")
    predict.set_defaults(run=_predict)
    board = commands.add_parser("leaderboard", help="show what was tried for a saved model")
    _add_model(board)
    board.add_argument("--rows", type=int, default=20, help="rows to show (default: 20)")
    board.set_defaults(run=_leaderboard)


def _add_model(parser: Any) -> None:
    parser.add_argument("model", help="file written by `automl fit`")
    parser.add_argument(
        "--trusted",
        action="store_true",
        help="load the model even if it was saved elsewhere: its file can run any code",
    )


def _add_fit(commands: Any) -> None:
    fit = commands.add_parser("fit", help="find the best model for a table and save it")
    fit.add_argument("table", help="CSV or parquet file")
    fit.add_argument(
        "--target",
        required=True,
        action="append",
        help="name of the target column; several with commas, or once for each",
    )
    fit.add_argument("--out", default="model.automl", help="model file (default: model.automl)")
    fit.add_argument(
        "--format",
        choices=("joblib", "skops"),
        default="joblib",
        help="of the model file; skops for a model that others load (default: joblib)",
    )
    fit.add_argument("--time-limit", type=float, default=60.0, help="seconds in all (default: 60)")
    fit.add_argument("--task", default="auto", help="auto, classification or regression")
    add_settings(fit)
    fit.add_argument("--test-size", type=float, help="held-out share; 0: no check")
    fit.add_argument("--quiet", action="store_true", help="no progress bar")
    fit.set_defaults(run=_fit)


def _fit(arguments: argparse.Namespace) -> None:
    from automl import fit
    from automl.data import read_table
    from automl.persistence.safe import require_skops

    if arguments.format == "skops":
        require_skops()
    out = Path(arguments.out)
    if not out.parent.is_dir():
        raise InvalidInputError(
            f"`--out` must lie in a folder that exists; {out.parent} does not: create it first."
        )
    settings: dict[str, Any] = {
        **settings_of(arguments),
        "time_limit": arguments.time_limit,
        "verbose": 0 if arguments.quiet else 1,
    }
    if arguments.test_size is not None:
        settings["test_size"] = arguments.test_size
    table = read_table(arguments.table)
    names = _names(arguments.target, list(table.columns))
    target = names[0] if len(names) == 1 else names
    model = fit(table, target, task=arguments.task, **settings)
    model.save(out, arguments.format)
    say(_summary(model, out))


def _names(asked: list[str], columns: list[str]) -> list[str]:
    """Names of target columns; a column may have a comma in its name."""
    return [
        name
        for text in asked
        for name in ([text] if text in columns else map(str.strip, text.split(",")))
    ]


def _summary(model: Any, out: Path) -> str:
    used = sum(column.used for column in model.columns_)
    left_out = _listed(f"{c.name} ({c.type})" for c in model.columns_ if not c.used)
    understood = _listed(f"{c.name} ({c.note})" for c in model.columns_ if c.used and c.note)
    lines = [
        f"task        {model.task_} ({model.task_reason_})",
        f"columns     {used} used" + (f", left out: {left_out}" if left_out else ""),
        *([f"read as     {understood}"] if understood else []),
        f"held-out    {model.holdout_ if model.holdout_ is not None else 'no check asked for'}",
        *(f"  {name}: {one}" for name, one in getattr(model.holdout_, "targets", {}).items()),
        f"model       {model.run_info_['n_members']} pipelines out of "
        f"{model.run_info_['n_trials']} evaluations in {model.run_info_['seconds']:.1f} s",
        f"saved to    {out}",
    ]
    return "\n".join(lines)


def _listed(columns: Iterable[str]) -> str:
    """Name some columns, and count the rest."""
    found = list(columns)
    rest = f" and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + rest


def _predict(arguments: argparse.Namespace) -> None:
    import pandas as pd

    from automl.data import read_table
    from automl.persistence import load

    model = load(arguments.model, arguments.trusted)
    table = read_table(arguments.table)
    singles = getattr(model, "estimators_", [model])
    parts = [_predictions_of(one, table, len(singles) > 1) for one in singles]
    _write_table(pd.concat(parts, axis=1), arguments.out)


def _predictions_of(model: Any, table: pd.DataFrame, named: bool) -> pd.DataFrame:
    """Predictions of one target; its name is part of the names of columns where there are more."""
    import pandas as pd

    mark = f"_{model.target_names_[0]}" if named else ""
    columns = {f"prediction{mark}": model.predict(table)}
    if hasattr(model, "classes_"):
        probability = model.predict_proba(table)
        for k, label in enumerate(model.classes_):
            columns[f"probability{mark}_{label}"] = probability[:, k]
    return pd.DataFrame(columns)


def _write_table(table: pd.DataFrame, out: str | None) -> None:
    if out is None:
        sys.stdout.write(table.to_csv(index=False))
        return
    try:
        with written_whole(Path(out)) as place:
            if out.endswith(".parquet"):
                table.to_parquet(place, index=False)
            else:
                table.to_csv(place, index=False, compression=_COMPRESSIONS.get(Path(out).suffix))
    except OSError as error:
        raise InvalidInputError(
            f"`--out` must be a file that can be written; {out} failed with {error.strerror}: "
            "choose another place."
        ) from error


def _leaderboard(arguments: argparse.Namespace) -> None:
    from automl.persistence import load

    model = load(arguments.model, arguments.trusted)
    board = model.leaderboard().drop(columns=["config", "message"])
    held_out = "no held-out rows" if model.holdout_ is None else str(model.holdout_)
    say(f"{board.head(arguments.rows).to_string()}\n\nheld-out: {held_out}")
