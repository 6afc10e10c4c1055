"""Commands for one table: ``automl fit``, ``automl predict``, ``automl leaderboard``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.cli.output import say
from automl.cli.settings import add_settings, settings_of
from automl.exceptions import InvalidInputError

if TYPE_CHECKING:
    import argparse

__all__ = ["add_commands"]

_TABLE = "CSV, Excel, JSON lines, parquet, feather or ARFF file"


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
    predict.add_argument("table", help=_TABLE)
    predict.add_argument("--out", help="CSV (.gz, .zip, ...) or parquet file; default: print CSV")
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
    fit.add_argument("table", help=_TABLE)
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
    names = _names(arguments.target, arguments.table)
    target = names[0] if len(names) == 1 else names
    model = fit(arguments.table, target, task=arguments.task, **settings)
    model.save(out, arguments.format)
    say(_summary(model, out))


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
    from automl.cli.predictions import write_predictions
    from automl.persistence import load

    write_predictions(load(arguments.model, arguments.trusted), arguments.table, arguments.out)


def _leaderboard(arguments: argparse.Namespace) -> None:
    from automl.persistence import load

    model = load(arguments.model, arguments.trusted)
    board = model.leaderboard().drop(columns=["config", "message"])
    held_out = "no held-out rows" if model.holdout_ is None else str(model.holdout_)
    say(f"{board.head(arguments.rows).to_string()}\n\nheld-out: {held_out}")
