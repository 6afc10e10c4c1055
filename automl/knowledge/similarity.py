"""How alike two tables are, judged by their meta-features.

Values are divided by their spread over the base and the new table; the distance is the root mean
square over features, so that 0 is "the same" and about 1.1 is "any two tables". Spread
has a floor, because in a base of a few tables the smallest difference would otherwise look as
large as any. Ranks, which the design aims at, need a base of some size and come with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automl.knowledge.records import RunRecord

__all__ = ["Neighbour", "nearest_tables", "rank_neighbours"]

_LEAST_SPREAD = 0.05
_LEAST_RELATIVE_SPREAD = 0.25
_LARGEST_DIFFERENCE = 3.0  # of one feature, so that none decides alone
_LEAST_SHARED = 0.5
_ALIKE = 0.5


@dataclass(frozen=True)
class Neighbour:
    """A table of the base, seen from a new one.

    Parameters
    ----------
    record : RunRecord
        What is known of it.
    distance : float
        0 for the same meta-features, about 1.1 for two tables at random.
    alike : tuple of str
        Features in which both agree although tables of the base differ, best first.
    """

    record: RunRecord
    distance: float
    alike: tuple[str, ...] = ()


def rank_neighbours(
    meta: Mapping[str, float], records: Sequence[RunRecord]
) -> tuple[Neighbour, ...]:
    """Sort records by their distance from a table, nearest first.

    Parameters
    ----------
    meta : mapping of str to float
        Meta-features of the table.
    records : sequence of RunRecord
        Those that share less than half of these features are left out.

    Returns
    -------
    tuple of Neighbour
    """
    known = [r for r in records if _share_known(meta, r.metafeatures) >= _LEAST_SHARED]
    if not known:
        return ()
    names = [name for name in meta if any(name in record.metafeatures for record in known)]
    here = np.array([meta[name] for name in names])
    there = np.array([[r.metafeatures.get(name, np.nan) for name in names] for r in known])
    differences = _differences(here, there)
    varied = np.nanstd(np.vstack([here, there]), axis=0) > 0
    usual = np.where(varied, np.nanmean(differences, axis=0), np.nan)
    found = [
        Neighbour(record, float(np.sqrt(np.nanmean(row**2))), _alike(names, row, usual))
        for record, row in zip(known, differences, strict=True)
    ]
    return tuple(sorted(found, key=lambda neighbour: neighbour.distance))


def nearest_tables(ranked: Sequence[Neighbour], k: int) -> list[Neighbour]:
    """Keep the first `k` tables; one that was run with several spaces comes with all of them."""
    order = list(dict.fromkeys(neighbour.record.dataset_key for neighbour in ranked))
    chosen = set(order[:k])
    return [neighbour for neighbour in ranked if neighbour.record.dataset_key in chosen]


def _share_known(meta: Mapping[str, float], metafeatures: Mapping[str, float]) -> float:
    return sum(name in metafeatures for name in meta) / max(len(meta), 1)


def _differences(
    here: npt.NDArray[np.float64], there: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Differences in units of spread, one row a record; NaN where a record lacks the feature."""
    everything = np.vstack([here, there])
    typical = np.sqrt(np.nanmean(everything**2, axis=0))
    spread = np.maximum(np.nanstd(everything, axis=0), _LEAST_RELATIVE_SPREAD * typical)
    scaled = np.abs(there - here) / np.maximum(spread, _LEAST_SPREAD)
    return np.asarray(np.minimum(scaled, _LARGEST_DIFFERENCE))


def _alike(
    names: Sequence[str], differences: npt.NDArray[np.float64], usual: npt.NDArray[np.float64]
) -> tuple[str, ...]:
    """Features that differ by less than half a spread, the most telling first.

    In a base of one table nothing is usual; the order of the features decides then, sizes first.
    """
    excess = differences - usual  # NaN, thus not close, where all tables agree
    close = np.flatnonzero((differences < _ALIKE) & ~np.isnan(excess))
    return tuple(names[i] for i in close[np.argsort(excess[close], kind="stable")])
