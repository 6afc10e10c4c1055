"""A second layer on stored predictions against the weights of today's ensemble.

python -m benchmarks.replay collect --store DIR
python -m benchmarks.layers --store DIR

A second layer is a model whose columns are out-of-fold predictions: log odds of classes, or values.
On test rows it gets the mean predictions of the fold models, as an ensemble does. "Guarded" is the
layer only where it is better than the ensemble on rows that neither was fitted on (five parts).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import make_folds
from automl.metrics import default_metric
from benchmarks.replay import Library, load, ratio_line, today

__all__ = ["LAYERS", "compare"]

BEST = 10
"""Pipelines whose predictions are columns."""
LEAST_ROWS = 750
"""Below, others never stack."""
_LEAST_PROBABILITY = 1e-4
_SEED = 0

Array = npt.NDArray[Any]
Layer = Callable[[str], Any]
"""Task -> unfitted estimator."""


def _linear(task: str) -> Any:
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if task == "regression":
        return RidgeCV(alphas=np.geomspace(0.01, 1_000.0, 11))
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1_000))


def _boosted(task: str) -> Any:
    from lightgbm import LGBMClassifier, LGBMRegressor

    kind = LGBMRegressor if task == "regression" else LGBMClassifier
    return kind(
        n_estimators=100,
        learning_rate=0.05,
        num_leaves=7,
        n_jobs=1,
        random_state=_SEED,
        verbose=-1,
    )


LAYERS: dict[str, Layer] = {"linear": _linear, "boosted": _boosted}


def _columns(predictions: Sequence[Array], task: str) -> Array:
    """Log odds against the first class, or values, side by side."""
    if task == "regression":
        return np.column_stack(predictions)
    logs = [np.log(np.clip(p, _LEAST_PROBABILITY, 1.0)) for p in predictions]
    return np.concatenate([one[:, 1:] - one[:, :1] for one in logs], axis=1)


def _stacked(layer: Layer, library: Library, rows: Array, columns: Array, asked: Array) -> Array:
    """Fit a layer on some rows and ask it for others."""
    model = layer(library.task).fit(columns[rows], library.y[rows])
    if library.task == "regression":
        return np.asarray(model.predict(asked))
    found = np.zeros((len(asked), library.pipelines[0].test.shape[1]))
    found[:, model.classes_.astype(int)] = model.predict_proba(asked)
    return found


def _weighted(library: Library, rows: Array, of: Callable[[Any], Array]) -> Array:
    """Choose today's ensemble on some rows, and mix other predictions with its weights."""
    metric, rng = default_metric(library.task), np.random.default_rng(_SEED)
    seen = [p.out_of_fold[rows] for p in library.pipelines]
    weights = today(seen, library.y[rows], metric, rng)
    pairs = zip(weights, library.pipelines, strict=True)
    return np.asarray(sum(w * of(p) for w, p in pairs if w > 0.0), dtype=np.float64)


def _losses(library: Library) -> dict[str, float]:
    """Loss on test rows of the ensemble and of every layer, alone, mixed and guarded."""
    metric, best = default_metric(library.task), library.pipelines[:BEST]
    everything = np.arange(len(library.y))
    columns = _columns([p.out_of_fold for p in best], library.task)
    asked = _columns([p.test for p in best], library.task)
    ensemble = _weighted(library, everything, lambda p: p.test)
    losses = {"ensemble": metric.loss(library.y_test, ensemble)}
    folds = make_folds(library.y, library.task, 5, np.random.default_rng(_SEED))  # type: ignore[arg-type]
    for name, layer in LAYERS.items():
        found = _stacked(layer, library, everything, columns, asked)
        mixed = (found + ensemble) / 2.0
        losses[name] = metric.loss(library.y_test, found)
        losses[f"{name}, half"] = metric.loss(library.y_test, mixed)
        won = np.mean([_difference(layer, library, columns, fold) for fold in folds]) < 0.0
        losses[f"{name}, guarded"] = losses[name if won else "ensemble"]
    return losses


def _difference(layer: Layer, library: Library, columns: Array, fold: Any) -> float:
    """Loss of a layer less that of the ensemble, both fitted on the other rows."""
    metric, rows = default_metric(library.task), fold.validation
    layered = _stacked(layer, library, fold.train, columns, columns[rows])
    weighted = _weighted(library, fold.train, lambda p: p.out_of_fold[rows])
    return metric.loss(library.y[rows], layered) - metric.loss(library.y[rows], weighted)


def compare(libraries: Sequence[Library]) -> None:
    """Print every way against the ensemble, on tables with enough rows."""
    losses = [_losses(one) for one in libraries if len(one.y) >= LEAST_ROWS]
    base = [of_table["ensemble"] for of_table in losses]
    for name in losses[0]:
        if name != "ensemble":
            print(ratio_line(name, [of_table[name] for of_table in losses], base))


def main(argv: Sequence[str] | None = None) -> None:
    """Read a store and compare."""
    parser = argparse.ArgumentParser(prog="benchmarks.layers", description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, required=True)
    compare(load(parser.parse_args(argv).store))


if __name__ == "__main__":
    main()
