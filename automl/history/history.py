"""Results in the order in which they came, indexed by rung and by configuration.

Nothing here compares losses: `automl.search.ranking` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, ValuesView
from typing import Any

from automl.history.trials import TrialResult
from automl.space import Config

__all__ = ["History"]


class History:
    """An append-only sequence of results with read-only views.

    The views grow with the history and are never copied; asking for one costs nothing.

    Parameters
    ----------
    results : iterable of TrialResult, optional
        Results to begin with.
    """

    def __init__(self, results: Iterable[TrialResult] = ()) -> None:
        self._results: list[TrialResult] = []
        self._rungs: dict[int, dict[Config, TrialResult]] = {}
        self._highest: dict[Config, TrialResult] = {}
        for result in results:
            self.append(result)

    def append(self, result: TrialResult) -> None:
        """Add one result at the end."""
        self._results.append(result)
        _keep_farther(self._rungs.setdefault(result.info.rung, {}), result)
        _keep_farther(self._highest, result)

    @property
    def results(self) -> tuple[TrialResult, ...]:
        """All results, in the order in which they came."""
        return tuple(self._results)

    def since(self, start: int) -> list[TrialResult]:
        """Results from position `start` on: what came after a reader last looked."""
        return self._results[start:]

    @property
    def rungs(self) -> tuple[int, ...]:
        """Rungs that hold any result, ascending."""
        return tuple(sorted(self._rungs))

    def at_rung(self, rung: int) -> ValuesView[TrialResult]:
        """One result for each configuration that was run at a rung.

        Where there are several, the latest that has losses, else the latest failure.
        """
        return self._rungs.get(rung, {}).values()

    def highest(self) -> ValuesView[TrialResult]:
        """One result for each configuration: at the highest rung where it has losses.

        A configuration that never got any shows its failure at the highest rung.
        """
        return self._highest.values()

    def find(self, config: Config, rung: int | None = None) -> TrialResult | None:
        """Look up the result of a configuration, as `at_rung` or (no rung given) `highest` has it.

        None where there is no result.
        """
        results = self._highest if rung is None else self._rungs.get(rung, {})
        return results.get(config)

    def __getstate__(self) -> dict[str, Any]:
        """The results alone; the views are made of them again."""
        return {"_results": self._results}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_results"])  # type: ignore[misc]

    def __len__(self) -> int:
        return len(self._results)

    def __iter__(self) -> Iterator[TrialResult]:
        return iter(self.results)

    def __repr__(self) -> str:
        n_ok = sum(result.ok for result in self._results)
        return f"History({len(self)} results, {n_ok} ok, {len(self._highest)} configurations)"


def _keep_farther(results: dict[Config, TrialResult], new: TrialResult) -> None:
    """Keep the more informative of two results: with losses, at a higher rung, the later one."""
    old = results.get(new.info.config)
    if old is None or (new.ok, new.info.rung) >= (old.ok, old.info.rung):
        results[new.info.config] = new
