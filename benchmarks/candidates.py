"""Parts that are not in the package, beside those that are, in one ensemble.

python -m benchmarks.candidates collect --store DIR --n-jobs 2    # half an hour; can be taken up
python -m benchmarks.candidates compare --store DIR

The library of a table is the hand-written portfolio; a candidate is added to it alone. Pipelines
predict some training rows out of fold and the test rows by the mean of their fold models. Robust
losses are for values, of tables with heavy tails among others; components are for wide tables.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import HuberRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from automl.data import Dataset, Task
from automl.pipelines import build_pipeline, cold_portfolio, pipeline_space
from automl.pipelines.learners.lightgbm import LightGBMModel
from benchmarks.common.paths import DATASETS
from benchmarks.common.tables import read_suite
from benchmarks.replay import (
    Library,
    Stored,
    loss_on_test,
    predict_folds,
    ratio_line,
    table_parts,
    today,
)

SUITE = Path(__file__).with_name("candidates.txt")
WIDE = 40
"""Columns from which on components are tried."""
N_COMPONENTS = 20
DART_ROUNDS = 200
N_DRAWS = 20
_SEED = 0

Array = npt.NDArray[Any]


class RobustBoosting(LightGBMModel):
    """LightGBM on Huber's loss; rounds are chosen by squared errors."""

    delta = 1.0  # in standard deviations of the target

    def _parameters(self, n_columns: int, y: Array) -> dict[str, Any]:
        of_loss = {"objective": "huber", "alpha": self.delta, "metric": "l2"}
        return super()._parameters(n_columns, y) | of_loss


class VeryRobustBoosting(RobustBoosting):
    """The same, for smaller errors already."""

    delta = 0.3


class DroppingBoosting(LightGBMModel):
    """DART: trees are left out at random while the next one grows (Rashmi and Gilad-Bachrach 2015).

    No round is the best one, because earlier trees change with each later one: they are fixed.
    """

    def __init__(self, values: Mapping[str, Any], settings: Any) -> None:
        super().__init__(values, replace(settings, rounds=DART_ROUNDS))

    def _parameters(self, n_columns: int, y: Array) -> dict[str, Any]:
        of_trees = {"boosting": "dart", "learning_rate": 0.1, "drop_rate": 0.1}
        return super()._parameters(n_columns, y) | of_trees


class RobustLine:
    """Linear model on Huber's loss."""

    def fit(self, X: Any, y: Array, *_: Any) -> RobustLine:
        """Fit; the scale of the errors is estimated with the line."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # near enough after 300 steps
            self.model_ = HuberRegressor(alpha=1.0, max_iter=300).fit(X, y)
        return self

    def predict(self, X: Any) -> Array:
        """Values of the line."""
        return np.asarray(self.model_.predict(X))


class PlainClassifier:
    """A classifier of scikit-learn on dense rows, scaled and with indicators of categories."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Any, y: Array, *_: Any) -> PlainClassifier:
        """Fit a copy."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of columns that are collinear, as indicators are
            self.model_ = clone(self.estimator).fit(_dense(X), y)
        return self

    def predict(self, X: Any) -> Array:
        """Probabilities, even ones where a class was too small for finite densities."""
        found = self.model_.predict_proba(_dense(X))
        return np.where(np.isfinite(found), found, 1.0 / found.shape[1])


def _dense(X: Any) -> Array:
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.float64)


def _classifier(estimator: Any) -> Callable[[Any], None]:
    def change(pipeline: Any) -> None:
        pipeline.learner = PlainClassifier(estimator)

    return change


def _boosting(kind: type[LightGBMModel]) -> Callable[[Any], None]:
    def change(pipeline: Any) -> None:
        pipeline.learner = kind(pipeline.learner.values, pipeline.learner.settings)

    return change


def _robust_line(pipeline: Any) -> None:
    pipeline.learner = RobustLine()


def _components(pipeline: Any) -> None:
    """Components in place of the prepared columns."""
    pipeline.preprocessing = make_pipeline(pipeline.preprocessing, _decomposition())


def _with_components(pipeline: Any) -> None:
    """Components of the standardised numbers behind the columns as they are."""
    from automl.pipelines.preprocessing.imputation import Imputer
    from automl.pipelines.preprocessing.scaling import make_scaler

    steps = (Imputer("median"), make_scaler("standard", _SEED), _decomposition())
    pipeline.preprocessing = FeatureUnion(
        [("as they are", FunctionTransformer()), ("components", make_pipeline(*steps))]
    )


def _decomposition() -> TruncatedSVD:
    return TruncatedSVD(N_COMPONENTS, random_state=_SEED)


@dataclass(frozen=True)
class Candidate:
    """A learner's default pipeline with a change, and the tables for which it is meant."""

    learner: str
    change: Callable[[Any], None]
    tasks: tuple[Task, ...] = ("binary", "multiclass", "regression")
    n_columns: int = 0

    def serves(self, data: Dataset) -> bool:
        """Whether it is tried on a table."""
        return data.task in self.tasks and data.n_features >= self.n_columns


CLASSES: tuple[Task, ...] = ("binary", "multiclass")
_LINEAR = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
_QUADRATIC = QuadraticDiscriminantAnalysis(solver="eigen", shrinkage=0.3)

CANDIDATES = {
    "huber boosting": Candidate("lightgbm", _boosting(RobustBoosting), ("regression",)),
    "huber boosting, 0.3": Candidate("lightgbm", _boosting(VeryRobustBoosting), ("regression",)),
    "huber line": Candidate("linear", _robust_line, ("regression",)),
    "naive bayes": Candidate("k_nearest_neighbors", _classifier(GaussianNB()), CLASSES),
    "linear discriminant": Candidate("k_nearest_neighbors", _classifier(_LINEAR), CLASSES),
    "quadratic discriminant": Candidate("k_nearest_neighbors", _classifier(_QUADRATIC), CLASSES),
    "dart": Candidate("lightgbm", _boosting(DroppingBoosting)),
    "components, linear": Candidate("linear", _components, n_columns=WIDE),
    "components, neighbours": Candidate("k_nearest_neighbors", _components, n_columns=WIDE),
    "components, process": Candidate("gaussian_process", _components, n_columns=WIDE),
    "components, network": Candidate("mlp", _components, n_columns=WIDE),
    "boosting with components": Candidate("lightgbm", _with_components, n_columns=WIDE),
}


def collect(name: str, arguments: argparse.Namespace) -> None:
    """Fit the portfolio and the candidates of one table that are not in the store yet."""
    data, X_test, y_test = table_parts(name, arguments.datasets, arguments.rows)
    folder = arguments.store / name
    folder.mkdir(parents=True, exist_ok=True)
    _check_rows(folder / "truth.npz", data)
    np.savez(folder / "truth.npz", y=data.y, y_test=y_test, task=data.task)
    space = pipeline_space(data.task, data.features, data.n_rows)
    for number, config in enumerate(cold_portfolio(data.task, space)):
        _keep(folder / f"{number}.npz", config, None, data, X_test, arguments.seconds)
    for label, candidate in CANDIDATES.items():
        learners = space.by_name["learner"].choices  # type: ignore[union-attr]
        if candidate.serves(data) and candidate.learner in learners:
            config = space.adapt({"learner": candidate.learner})
            path = folder / f"{label}.npz"
            _keep(path, config, candidate.change, data, X_test, arguments.seconds)
    print(name, flush=True)


def _check_rows(truth: Path, data: Dataset) -> None:
    """Refuse to go on with other rows than a table was begun with."""
    if truth.exists() and (begun := len(np.load(truth)["y"])) != data.n_rows:
        raise ValueError(
            f"--rows must be as before, but {truth.parent} was begun with {begun} rows and would "
            f"go on with {data.n_rows}: name another --store"
        )


def _keep(
    path: Path,
    config: Any,
    change: Callable[[Any], None] | None,
    data: Dataset,
    X_test: Array,
    seconds: float,
) -> None:
    if path.exists():
        return

    def build() -> Any:
        pipeline = build_pipeline(config, data.task, data.features, data.n_classes, _SEED, seconds)
        if change is not None:
            change(pipeline)
        return pipeline

    found, _ = predict_folds(build, data, X_test)
    np.savez(path, config=json.dumps(config.to_dict()), **found)


def load(folder: Path) -> tuple[Library, dict[str, Stored]]:
    """Read the portfolio and the candidates of one table."""
    truth = np.load(folder / "truth.npz")
    stored = {p.stem: _stored(p) for p in folder.glob("*.npz") if p.stem != "truth"}
    ranked = sorted((s for n, s in stored.items() if n.isdigit()), key=lambda s: s.loss)
    library = Library(folder.name, str(truth["task"]), truth["y"], truth["y_test"], tuple(ranked))
    return library, {name: s for name, s in stored.items() if name in CANDIDATES}


def _stored(path: Path) -> Stored:
    raw = np.load(path)
    config, numbers = json.loads(str(raw["config"])), (float(raw["seconds"]), float(raw["loss"]))
    return Stored(config, *numbers, raw["out_of_fold"], raw["test"], np.empty(0))


def compare(store: Path) -> None:
    """Print what each candidate changes, and how it does alone against the same unchanged."""
    tables = [load(path.parent) for path in sorted(store.glob("*/truth.npz"))]
    usual = {library.table: mean_loss(library, library.pipelines) for library, _ in tables}
    for label in CANDIDATES:
        having = [(library, found[label]) for library, found in tables if label in found]
        without = [usual[library.table] for library, _ in having]
        beside = [mean_loss(library, (*library.pipelines, one)) for library, one in having]
        if having:
            print(ratio_line(f"with {label}", beside, without))
            print(_alone(label, having), flush=True)


def mean_loss(library: Library, pipelines: Sequence[Stored]) -> float:
    """Loss on test rows, mean over many draws of the bags.

    Half of nine pipelines is another draw than half of eight: with a single draw the loss moves by
    several per cent on small tables where the new pipeline has no weight at all.
    """
    ranked = sorted(pipelines, key=lambda one: one.loss)
    return float(np.mean([loss_on_test(library, ranked, today, seed) for seed in range(N_DRAWS)]))


def _alone(label: str, having: Sequence[tuple[Library, Stored]]) -> str:
    """The candidate on its own against the first pipeline of its learner in the portfolio."""
    pairs = []
    for library, candidate in having:
        same = [p for p in library.pipelines if p.config == candidate.config]
        if same:
            losses = [loss_on_test(library, [one], today) for one in (candidate, same[0])]
            pairs.append((*losses, candidate.seconds / same[0].seconds))
    if not pairs:
        return f"  {label} alone: its learner's default is not in the portfolio"
    ours, usual, times = zip(*pairs, strict=True)
    line = ratio_line(f"  {label} alone", list(ours), list(usual))
    return f"{line}, CPU {float(np.median(times)):.1f} times"


def main(argv: Sequence[str] | None = None) -> None:
    """Collect predictions, or compare."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.candidates", description=__doc__.splitlines()[0]
    )
    parser.add_argument("command", choices=["collect", "compare"])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--suite", nargs="+", default=[str(SUITE)])
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--rows", type=int, default=2_000, help="training rows at most")
    parser.add_argument("--seconds", type=float, default=5.0, help="for one fit")
    parser.add_argument("--n-jobs", type=int, default=1, help="tables side by side")
    arguments = parser.parse_args(argv)
    if arguments.command == "compare":
        return compare(arguments.store)
    Parallel(n_jobs=arguments.n_jobs, batch_size=1)(
        delayed(collect)(name, arguments) for name in read_suite(arguments.suite)
    )
    return None


if __name__ == "__main__":
    main()
