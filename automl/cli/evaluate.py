"""Command ``automl evaluate``: the score of a saved model on a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from automl.cli.files import existing_file
from automl.cli.output import say
from automl.cli.settings import add_model
from automl.exceptions import InvalidInputError

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from automl.cli.scores import Scored

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of ``automl``.

    Parameters
    ----------
    commands : subparsers action of argparse
    """
    parser = commands.add_parser(
        "evaluate", help="score a saved model on a table that holds the target"
    )
    add_model(parser)
    parser.add_argument("table", type=existing_file, help="table with the target")
    parser.add_argument("--metric", help="another metric than the one of the model")
    parser.add_argument(
        "--drop-missing-target",
        action="store_true",
        help="leave out rows in which the target has no value",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> None:
    from automl.cli.scores import score_on, targets_in
    from automl.data import read_table
    from automl.persistence import load

    table = read_table(arguments.table)
    model = load(arguments.model, arguments.trusted)
    singles = targets_in(model, table)
    if not singles:
        raise InvalidInputError(
            f"`table` must hold the target {', '.join(map(repr, model.target_names_))}; "
            f"{arguments.table} does not: add it, or use `automl predict`."
        )
    for single in singles if not arguments.drop_missing_target else ():
        _check_complete(single, table, arguments.table)
    scores = [score_on(single, table, arguments.metric) for single in singles]
    say(_as_json(scores) if arguments.json else "\n".join(map(_described, scores)))


def _check_complete(single: Any, table: pd.DataFrame, path: str) -> None:
    from automl.cli.scores import known_rows

    n_missing = int((~known_rows(single, table)).sum())
    if n_missing:
        raise InvalidInputError(
            f"The target {single.target_names_[0]!r} must have a value in every row; in {path} it "
            f"has none in {n_missing} of {len(table)}: pass --drop-missing-target to leave these "
            "rows out."
        )


def _described(scored: Scored) -> str:
    return (
        f"target      {scored.target}\n"
        f"score       {scored.metric} {scored.score:.4f} (95 % interval {scored.ci_low:.4f} to "
        f"{scored.ci_high:.4f}, {scored.n_rows} rows)\n"
        f"constant    {scored.metric} {scored.constant_score:.4f} (the shares of the classes, or "
        "the mean, of the training rows)"
    )


def _as_json(scores: list[Scored]) -> str:
    found = [scored.to_dict() for scored in scores]
    return json.dumps(found[0] if len(found) == 1 else found, indent=1, allow_nan=False)
