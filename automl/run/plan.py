"""How the seconds of a run are spent, from what the table and the limit allow.

Where a fit on all rows is cheap, many are made: one thread each, side by side. Where it is dear,
few are made: a race on subsets says which ones, these get all cores, and all the time that is left.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from automl.data import Dataset
from automl.evaluation.rungs import SMALL, Rung
from automl.pipelines import is_anytime, uses_threads
from automl.run.settings import Settings
from automl.search import Race
from automl.space import Config

__all__ = ["RACE", "Plan", "boosting_seconds", "make_plan"]

_log = logging.getLogger(__name__)

RACE = Race()
"""Where few fits can be made."""
_ROUNDS = 400
"""Of a boosting fit that is worth its time."""
_SECONDS_PER_CELL = 8e-9
"""And round and class: 5e-9 to 1e-8 were measured with 31 leaves on one thread."""
_WORTH = 0.2
"""Share of the limit that such a fit takes where only few can be made."""
_LONGEST, _LONGEST_SUBSET = 0.3, 0.1
"""Parts of the limit that one evaluation may take, and one on a subset where they are few."""
_FIRST_SHARE = 0.55
"""Part of the time left that the first fit on all rows may take, where there are few."""
_LEAST_SUBSET = 0.02
"""Part of the limit that one on a subset may take at least, where there are few."""
_SUBSET_SECONDS = 0.5
"""The least on a subset: below, constant costs are measured."""
_BINNING_SECONDS_PER_CELL = 1.2e-7
"""On one thread, before the first tree: 1.6 s were measured on 640,000 x 20."""
_LEAST_BINNINGS = 3.0
"""Times its binning that a fit has to have, or it would be all that it does."""


@dataclass(frozen=True)
class Plan:
    """What one evaluation may take.

    Parameters
    ----------
    limit : float, optional
        Seconds of the run; None means that no decision depends on time.
    n_workers : int
        Threads that there are in all.
    few : bool
        Whether there is time for a few fits on all rows only.
    binning : float
        Seconds that one thread needs to find the bins of all training rows, where fits are few.
    """

    limit: float | None
    n_workers: int
    few: bool = False
    binning: float = 0.0

    def threads(self, config: Config, rung: Rung) -> int:
        """Threads of an evaluation."""
        return self.n_workers if self.few and rung.full and uses_threads(config) else 1

    def share(self, config: Config, rung: Rung, left: float, n_full: int) -> float:
        """Seconds that an evaluation may be predicted to take.

        Parameters
        ----------
        config : Config
        rung : Rung
        left : float
            Seconds until the search has to end.
        n_full : int
            Evaluations with all rows that were begun before.
        """
        if self.limit is None:
            return math.inf
        if self.few and rung.full and is_anytime(config):
            least = self.least(config, rung)
            if left < least:
                return 0.0
            return max(left * (_FIRST_SHARE if n_full == 0 else 1.0), least)
        return (_LONGEST_SUBSET if self.few and not rung.full else _LONGEST) * self.limit

    def least(self, config: Config, rung: Rung) -> float:
        """Seconds below which boosting would find bins and hardly grow a tree."""
        return _LEAST_BINNINGS * self.binning * rung.fraction / self.threads(config, rung)

    def longest(self, config: Config, rung: Rung, left: float, n_full: int) -> float:
        """Seconds after which an evaluation has to end.

        Learners that can end early get a part of the share on a part of the rows: as many rounds as
        they would come to on all rows, of which alone the subset is to say something.
        """
        share = self.share(config, rung, left, n_full)
        if self.limit is None or rung.full or not is_anytime(config):
            return share
        least = max(_SUBSET_SECONDS, _LEAST_SUBSET * self.limit if self.few else 0.0)
        least = max(least, self.least(config, rung))
        return min(share, max(rung.fraction * _LONGEST * self.limit, least))


def boosting_seconds(n_rows: int, n_features: int, n_classes: int) -> float:
    """Seconds of a boosting fit on one thread that is worth its time, from sizes alone.

    Examples
    --------
    >>> round(boosting_seconds(1_000_000, 20, 2)), round(boosting_seconds(2_000, 20, 2), 1)
    (64, 0.1)
    """
    n_outputs = n_classes if n_classes > 2 else 1
    return _ROUNDS * _SECONDS_PER_CELL * n_rows * n_features * n_outputs


def make_plan(dataset: Dataset, n_train: int, settings: Settings, n_workers: int) -> Plan:
    """Choose between many fits and few.

    Parameters
    ----------
    dataset : Dataset
    n_train : int
        Rows that a fit is trained on.
    settings : Settings
        Whoever asks for another strategy than "bohb", or for folds, gets what they ask for; and
        with a few trials a race would not come to its end.
    n_workers : int
    """
    limit, most = settings.time_limit, settings.max_trials
    asked_otherwise = settings.optimizer != "bohb" or settings.cv is not None
    too_short = most is not None and most < RACE.least
    if limit is None or n_train < SMALL or asked_otherwise or too_short:
        return Plan(limit, n_workers)
    seconds = boosting_seconds(n_train, dataset.n_features, dataset.n_classes)
    few = seconds > _WORTH * limit
    said = "few fits, with all cores" if few else "many fits, of one thread each"
    _log.info("a boosting fit may take %.0f s of %g: %s", seconds, limit, said)
    cells = n_train * dataset.n_features
    return Plan(limit, n_workers, few, _BINNING_SECONDS_PER_CELL * cells if few else 0.0)
