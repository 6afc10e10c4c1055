"""Results in the order in which they came, indexed by rung and by configuration."""

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
        self._rankings: dict[int, tuple[TrialResult, ...]] = {}
        for result in results:
            self.append(result)

    def append(self, result: TrialResult) -> None:
        """Add one result at the end."""
        self._results.append(result)
        _keep_better(self._rungs.setdefault(result.info.rung, {}), result)
        _keep_better(self._highest, result)
        self._rankings.pop(result.info.rung, None)

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

        Where there are several, the one with the lowest loss; failures stay behind any loss.
        """
        return self._rungs.get(rung, {}).values()

    def highest(self) -> ValuesView[TrialResult]:
        """One result for each configuration: at the highest rung where it has a loss.

        A configuration that never got a loss shows its failure at the highest rung.
        """
        return self._highest.values()

    def find(self, config: Config, rung: int | None = None) -> TrialResult | None:
        """Look up the result of a configuration, as `at_rung` or (no rung given) `highest` has it.

        None where there is no result.
        """
        results = self._highest if rung is None else self._rungs.get(rung, {})
        return results.get(config)

    def ranking(self, rung: int) -> tuple[TrialResult, ...]:
        """Results with a loss at a rung, one for each configuration, best first.

        Losses of different rungs do not compare; positions in these rankings do.
        """
        if rung not in self._rankings:
            ok = [result for result in self.at_rung(rung) if result.ok]
            self._rankings[rung] = tuple(sorted(ok, key=_loss))
        return self._rankings[rung]

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


def _loss(result: TrialResult) -> float:
    return float("inf") if result.loss is None else result.loss


def _keep_better(results: dict[Config, TrialResult], new: TrialResult) -> None:
    """Keep the more informative of two results: with a loss, then higher rung, then lower loss."""
    old = results.get(new.info.config)
    if old is None or _order(new) > _order(old):
        results[new.info.config] = new


def _order(result: TrialResult) -> tuple[bool, int, float]:
    return result.ok, result.info.rung, -_loss(result)
