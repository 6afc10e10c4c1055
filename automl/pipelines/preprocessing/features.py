"""New columns beside the original ones: one choice of steps, for learners that ignore useless ones.

The steps follow TabPrep (arXiv 2606.02384). Each sees training rows only, chooses a bounded number
of columns with a small boosted model on a few thousand of them, and appends what it makes. All
steps together measured better than each alone; group comparisons pay beside the others only.
"""

from __future__ import annotations

from typing import Any

from automl.pipelines.declaration import TableFacts

__all__ = ["feature_blocks", "feature_choices"]

Block = tuple[str, Any, list[int]]

STEPS = ("arithmetic", "crosses", "groups")


def feature_choices(declared: tuple[str, ...], facts: TableFacts) -> tuple[str, ...]:
    """Choices that differ on a table of these columns.

    "none" and "all" are there wherever a step has columns to work on, so that configurations carry
    over; a single step is a choice only where "all" is more than it. Columns that are made of one
    with a monotonic constraint would undo it.
    """
    steps = () if facts.constrained else _possible(facts)
    if not steps:
        return ()
    known = ("none", "all", *(steps if len(steps) > 1 else ()))
    return tuple(choice for choice in declared if choice in known)


def feature_blocks(choice: str, smoothing: float, facts: TableFacts, seed: int) -> list[Block]:
    """Blocks of a column transformer, in addition to the original columns.

    Parameters
    ----------
    choice : str
        "none", one of the steps, or "all".
    smoothing : float
        Of target statistics.
    facts : TableFacts
    seed : int
    """
    wanted = STEPS if choice == "all" else (choice,)
    return [_block(step, smoothing, facts, seed) for step in _possible(facts) if step in wanted]


def _possible(facts: TableFacts) -> tuple[str, ...]:
    """Steps for which there are columns."""
    n_numeric, n_categorical = len(facts.numeric), len(facts.categorical)
    enough = {
        "arithmetic": n_numeric >= 2,
        # numbers of few values serve as categories, but pay only beside real ones
        "crosses": n_categorical >= 1 and n_numeric + n_categorical >= 2,
        "groups": n_numeric >= 1 and n_categorical >= 1,
    }
    return tuple(step for step in STEPS if enough[step])


def _block(step: str, smoothing: float, facts: TableFacts, seed: int) -> Block:
    from sklearn.pipeline import make_pipeline

    from automl.pipelines.preprocessing.arithmetic import ArithmeticPairs
    from automl.pipelines.preprocessing.crosses import CategoryCrosses
    from automl.pipelines.preprocessing.encoding import TargetStatistics
    from automl.pipelines.preprocessing.groups import GroupComparisons

    regression = facts.task == "regression"
    everything = sorted((*facts.numeric, *facts.categorical))
    if step == "arithmetic":
        return step, ArithmeticPairs(regression=regression, seed=seed), list(facts.numeric)
    if step == "groups":
        groups = GroupComparisons(facts.categorical, regression=regression, seed=seed)
        return step, groups, everything
    crosses = CategoryCrosses(facts.categorical, regression=regression, seed=seed)
    statistics = TargetStatistics(smoothing, regression, seed)
    return step, make_pipeline(crosses, statistics), everything
