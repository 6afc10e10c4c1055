"""Every setting of the estimators, declared once: its default, what it may be, what it does.

From here come the check of values, the settings in the docstrings and the options of the command
line; the signature of the constructor and the tables of docs/settings.md are tested against it.
What is new gets an entry here, a parameter of the constructor, and a field of `Settings`. Nothing
heavy is imported: the command line reads this before it knows what it is to do.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import Any

from automl.estimators.constraints import (
    NONE,
    TRUE_OR_FALSE,
    Constraint,
    alternatives,
    folder,
    functions,
    generator,
    literal,
    mapping,
    metrics,
    name,
    number,
    own_metric,
    positions,
    splitter,
    whole,
)

__all__ = ["PARAMETERS", "Parameter", "numpydoc"]

_MOST_WORKERS = 1_000
_WIDTH = 92  # of a line of a docstring behind its indent


@dataclass(frozen=True)
class Parameter:
    """One setting.

    Parameters
    ----------
    name : str
    type : str
        As numpydoc names it.
    default : object
    allowed : tuple of Constraint
        A value has to be of one of these kinds.
    meaning : str
        What it does, in a docstring.
    option : str
        Help of its option on the command line; empty where it has none.
    later : str
        What it is going to be, where it is part of the interface and not carried out yet; then
        None alone is allowed.
    """

    name: str
    type: str
    default: Any
    allowed: tuple[Constraint, ...]
    meaning: str
    option: str = ""
    later: str = ""

    def allows(self, value: Any) -> bool:
        """Whether a value is of one of the allowed kinds."""
        return any(constraint.allows(value) for constraint in self.allowed)

    @property
    def words(self) -> str:
        """What is allowed, as it stands in "must be ..."."""
        return alternatives(self.allowed)


_DECLARED = (
    Parameter(
        "time_limit",
        "float or None",
        60.0,
        (number("a positive number of seconds", lambda v: 0 < v < math.inf), NONE),
        "Seconds from entering ``fit`` to its return; None together with `max_trials`.",
        "seconds in all",
    ),
    Parameter(
        "max_trials",
        "int",
        None,
        (whole("a positive integer", lambda v: v > 0), NONE),
        "Number of evaluations. With ``time_limit=None, n_jobs=1`` no decision reads the clock, "
        "and the same `random_state` gives the same model.",
    ),
    Parameter(
        "metric",
        "str or callable",
        "auto",
        (name("the name of a metric"), own_metric("a scorer or function of (y_true, y_pred)")),
        "What is optimised: ROC AUC for two classes, log loss for more, RMSE for regression, the "
        "name of another metric, a scikit-learn scorer, or a function of (y_true, y_pred).",
        "name of a metric",
    ),
    Parameter(
        "metrics",
        "list of str or callable",
        None,
        (metrics("a list of metrics"), NONE),
        "Further metrics that are reported on the held-out rows.",
    ),
    Parameter(
        "n_jobs",
        "int",
        None,
        (
            whole(f"an integer from 1 to {_MOST_WORKERS}", lambda v: 0 < v <= _MOST_WORKERS),
            whole("-1 for all cores", lambda v: v == -1),
            NONE,
        ),
        "Worker processes with one thread each, or one with all threads where few fits can be made;"
        " None: all cores given to this process.",
        "worker processes (default: all cores)",
    ),
    Parameter(
        "memory_limit",
        "float",
        None,
        (number("a positive number of megabytes", lambda v: v > 0), NONE),
        "Megabytes of private memory at which one worker is ended; None: nine tenths of what is "
        "available, shared by the workers.",
        "MB for one worker (default: nine tenths of what is available, shared)",
    ),
    Parameter(
        "test_size",
        "float, int or str",
        "auto",
        (
            literal("auto"),
            number("a share in [0, 1)", lambda v: 0 <= v < 1),
            whole("a number of rows", lambda v: v >= 0),
        ),
        'Held-out share or rows; "auto": 20 %, at most 2,500 rows; 0: no check.',
        "held-out share, or rows; 0: no check",
    ),
    Parameter(
        "cv",
        "int, splitter or list of (train, validation)",
        None,
        (
            NONE,
            whole("a number of folds from 2 on", lambda v: v >= 2),
            splitter("a splitter of scikit-learn"),
            positions("a list of (train, validation) positions"),
        ),
        "Folds of the search: their number, a splitter of scikit-learn, or positions of rows. "
        "None: five, stratified.",
    ),
    Parameter(
        "time_column",
        "str",
        None,
        (name("the name of a column"), NONE),
        "Column of dates or numbers by which rows are ordered: the latest are held out, and folds "
        "train on the past of what they validate.",
    ),
    Parameter(
        "column_types",
        "mapping",
        None,
        (mapping("a mapping from column name to type"), NONE),
        'Column name to "numeric", "categorical", "boolean", "datetime", "text" or "ignore", over '
        "what is guessed.",
    ),
    Parameter(
        "monotonic_constraints",
        "mapping",
        None,
        (mapping("a mapping from column name to 1, -1 or 0"), NONE),
        "Column of numbers to 1 (predictions must not fall as it grows), -1 (must not rise) or 0.",
    ),
    Parameter(
        "refit",
        "bool or str",
        "auto",
        (literal("auto"), *TRUE_OR_FALSE),
        'Fit the members again on all rows; "auto": where that takes at most a quarter of the '
        "limit.",
    ),
    Parameter(
        "optimizer",
        "str",
        "bohb",
        (name("the name of a strategy, such as 'bohb'"),),
        "Search strategy, one of `automl.search.STRATEGIES`.",
    ),
    Parameter(
        "objectives",
        "None",
        None,
        (NONE,),
        "Part of the interface; a later version carries it out.",
        later="several objectives",
    ),
    Parameter(
        "constraints",
        "None",
        None,
        (NONE,),
        "Part of the interface; a later version carries it out.",
        later="limits on the model",
    ),
    Parameter(
        "knowledge_base",
        "str, path or None",
        "auto",
        (literal("auto"), folder("a path"), NONE),
        'Where earlier runs are read and this one is written; None: neither ("cold").',
    ),
    Parameter(
        "write_back",
        "bool",
        True,
        TRUE_OR_FALSE,
        "Whether this run is added to the own knowledge base.",
    ),
    Parameter(
        "executor",
        "None",
        None,
        (NONE,),
        "Part of the interface; a later version carries it out.",
        later="running on other machines",
    ),
    Parameter(
        "random_state",
        "int or numpy random generator",
        None,
        (
            whole("a non-negative integer", lambda v: v >= 0),
            generator("a numpy random generator"),
            NONE,
        ),
        "Seed of everything random.",
        "seed of everything random",
    ),
    Parameter(
        "verbose",
        "int",
        1,
        (whole("an integer from 0 (quiet) on", lambda v: v >= 0), *TRUE_OR_FALSE),
        "0: no progress bar; without a terminal there is none in any case.",
    ),
    Parameter(
        "callbacks",
        "list of callable",
        None,
        (functions("a list of functions of one trial result"), NONE),
        "Each is called with every `automl.history.TrialResult`.",
    ),
)

PARAMETERS = {parameter.name: parameter for parameter in _DECLARED}
"""All settings by name, in the order of the constructor."""


def numpydoc() -> str:
    """The section "Parameters" of a class, indented as its docstring is."""
    lines = ["Parameters", "----------"]
    for one in _DECLARED:
        default = "optional" if one.default is None else f"default={_quoted(one.default)}"
        lines.append(f"{one.name} : {one.type}, {default}")
        lines += textwrap.wrap(one.meaning, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    return textwrap.indent("\n".join(lines), "    ")


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
