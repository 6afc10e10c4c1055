"""Metrics of the user's own: scikit-learn scorers, and functions of two arrays.

A scorer wants an estimator. It gets one that replays predictions which are already there, so that
each scorer works through its public interface and stored predictions can be scored by it. What a
metric takes, its direction, and the score of a perfect prediction are found out on a small trial.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from automl.exceptions import InvalidInputError
from automl.metrics.metric import Array, Metric, Needs

__all__ = ["metric_of_function", "metric_of_scorer", "takes_estimator"]

_TRIAL_ROWS = 12


class _Replay(BaseEstimator):  # type: ignore[misc]
    """Hands out a prediction when it is asked to predict, and remembers what it was asked for."""

    def __init__(self, prediction: Any = None) -> None:
        self.prediction = prediction
        self.asked_: set[str] = set()

    def __sklearn_is_fitted__(self) -> bool:
        return True


class _ReplayedClassifier(ClassifierMixin, _Replay):  # type: ignore[misc]
    """Classes are set from outside, in the order of the columns."""

    def predict_proba(self, X: Any) -> Array:
        del X
        self.asked_.add("probability")
        prediction = np.asarray(self.prediction, dtype=np.float64)
        if prediction.ndim == 1:
            prediction = np.eye(len(self.classes_))[prediction.astype(int)]
        return np.asarray(prediction / prediction.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> Array:
        del X
        self.asked_.add("label")
        codes = np.asarray(self.prediction)
        return np.asarray(self.classes_[codes if codes.ndim == 1 else codes.argmax(axis=1)])


class _ReplayedRegressor(RegressorMixin, _Replay):  # type: ignore[misc]
    def predict(self, X: Any) -> Array:
        del X
        self.asked_.add("value")
        return np.asarray(self.prediction)


@dataclass(frozen=True, eq=False)
class _Scored:
    """A function of (y, prediction) in the form of the package, from one of the user's.

    Parameters
    ----------
    call : callable
        ``call(estimator, X, y)``.
    classes : ndarray, optional
        Labels by code; None for regression.
    chance : float
        Counts where the score is not defined because a class has no row.
    """

    call: Callable[[Any, Any, Any], float]
    classes: Array | None
    chance: float = 0.0

    def __call__(self, y: Array, prediction: Array) -> float:
        whole = self.classes is None or len(np.unique(y)) == len(self.classes)
        try:
            score = self.traced(y, prediction)[0]
        except ValueError:
            if whole:
                raise
            return self.chance
        return self.chance if np.isnan(score) and not whole else score

    def traced(self, y: Array, prediction: Array) -> tuple[float, set[str]]:
        """Score, and what was asked for to get it."""
        replay: Any
        if self.classes is None:
            replay, truth = _ReplayedRegressor(prediction), y
        else:
            replay, truth = _ReplayedClassifier(prediction), self.classes[y]
            replay.classes_ = self.classes
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            score = float(self.call(replay, np.zeros((len(y), 1)), truth))
        return score, replay.asked_


@dataclass(frozen=True)
class _OfFunction:
    """``function(y_true, y_pred)`` in the form of a scorer."""

    function: Callable[[Any, Any], float]

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        return self.function(y, estimator.predict(X))


def takes_estimator(function: Callable[..., Any]) -> bool:
    """Whether a callable is a scorer ``(estimator, X, y)`` and no function of two arrays."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some builtins have none
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [p for p in parameters if p.kind in positional and p.default is p.empty]
    return len(needed) == 3


def metric_of_scorer(scorer: Any, name: str, task: str, classes: Array | None) -> Metric:
    """Metric of a scorer ``(estimator, X, y)``, for which greater is better.

    Parameters
    ----------
    scorer : callable
    name : str
        For reports.
    task : {"binary", "multiclass", "regression"}
    classes : ndarray, optional
        Labels by code, as the user gave them; None for regression.

    Raises
    ------
    InvalidInputError
        If it cannot be computed, or prefers wrong predictions to right ones.
    """
    scored, right, wrong, needs = _try(scorer, name, task, classes)
    if wrong > right:
        raise InvalidInputError(
            f"`metric` must give higher scores to better predictions; got {name}, with {right:.4g} "
            f"for a perfect prediction and {wrong:.4g} for a wrong one: pass "
            "greater_is_better=False to make_scorer."
        )
    return _metric(name, scored, True, needs, task, right)


def metric_of_function(
    function: Callable[[Any, Any], float], name: str, task: str, classes: Array | None
) -> Metric:
    """Metric of ``function(y_true, y_pred)``; whether it is a score or a loss is found out.

    Parameters
    ----------
    function : callable
        Takes labels as the user gave them, or regression values.
    name, task, classes
        As for `metric_of_scorer`.

    Raises
    ------
    InvalidInputError
        If it cannot be computed, or does not tell right predictions from wrong ones.
    """
    scored, right, wrong, needs = _try(_OfFunction(function), name, task, classes)
    if right == wrong:
        raise InvalidInputError(
            f"`metric` must tell right predictions from wrong ones; got {name}, with {right:.4g} "
            "for both: pass a scorer of make_scorer, which says what it takes."
        )
    return _metric(name, scored, right > wrong, needs, task, right)


def _metric(
    name: str, scored: _Scored, greater: bool, needs: Needs, task: str, best: float
) -> Metric:
    return Metric(name, scored, greater, needs, (task,), best, tunable=needs == "label", slow=True)


def _try(
    scorer: Any, name: str, task: str, classes: Array | None
) -> tuple[_Scored, float, float, Needs]:
    """Scores of a perfect and of a wrong prediction on a trial of a dozen rows, and the need."""
    right: Array
    if classes is None:
        y: Array = np.linspace(1.0, 10.0, _TRIAL_ROWS)
        right, wrong, blind = y, y[::-1] + 1.0, np.full(_TRIAL_ROWS, y.mean())
    else:
        k = len(classes)
        y = np.tile(np.arange(k), 1 + _TRIAL_ROWS // k)
        right, blind = np.eye(k)[y], np.full((len(y), k), 1.0 / k)
        wrong = 0.02 / k + 0.98 * np.eye(k)[(y + 1) % k]
    scored = _Scored(scorer, classes)
    try:
        best, asked = scored.traced(y, right)
        worst = scored.traced(y, wrong)[0]
        chance = scored.traced(y, blind)[0]
    except Exception as error:  # whatever the user's code raises
        first = str(error).split("\n")[0]
        raise InvalidInputError(
            f"`metric` must be computable for a {task} task; got {name}, which failed on a trial "
            f"with {type(error).__name__} ({first}): choose another one."
        ) from error
    if not np.isfinite(best):
        raise InvalidInputError(
            f"`metric` must give a perfect prediction a finite score; got {name} with {best}: "
            "choose another one."
        )
    needs: Needs = "value"
    if classes is not None:
        needs = "probability" if "probability" in asked else "label"
    return _Scored(scorer, classes, chance if np.isfinite(chance) else worst), best, worst, needs
