"""How long a fit will take, before any fit was made on the table.

For each family the logarithm of the CPU seconds is a linear function of the logarithms of rows,
columns and classes and of the configuration's values, so that it goes on beyond the tables and
configurations that it was learned from. (An intercept for each shared configuration made nothing
better.) The speed of the machine is a constant, which whoever runs the fits learns on the way.
``metadata.compile`` fits it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Estimate", "FamilyRuntime", "RuntimeModel", "TableSize"]

QUANTILE = 1.645
"""Standard deviations above the mean at which 95 % of a normal distribution lie below."""
_FARTHEST = 3.0  # standard deviations of a value, beyond which nothing is extrapolated


@dataclass(frozen=True)
class TableSize:
    """What the cost of a fit depends on.

    Parameters
    ----------
    n_rows : float
        Training rows.
    n_features : float
    n_classes : float
        0 for regression.
    share_categorical : float
    """

    n_rows: float
    n_features: float
    n_classes: float
    share_categorical: float

    def described(self) -> dict[str, float]:
        """Columns of the regression."""
        rows, columns = math.log(max(self.n_rows, 1.0)), math.log(max(self.n_features, 1.0))
        return {
            "size rows": rows,
            "size columns": columns,
            "size classes": math.log(max(self.n_classes, 1.0)),
            "size categorical": self.share_categorical,
            "size rows columns": rows * columns,
            "size columns squared": columns**2,
        }


@dataclass(frozen=True)
class Estimate:
    """CPU seconds of one fit and the prediction of the validation rows.

    Parameters
    ----------
    log_seconds : float
        Expected logarithm; its exponential is the median.
    spread : float
        Standard deviation of the logarithm.
    """

    log_seconds: float
    spread: float

    @property
    def seconds(self) -> float:
        """Half of all fits take longer."""
        return math.exp(self.log_seconds)

    @property
    def at_most(self) -> float:
        """One fit in twenty takes longer."""
        return math.exp(self.log_seconds + QUANTILE * self.spread)


@dataclass(frozen=True)
class FamilyRuntime:
    """The regression of one family.

    Parameters
    ----------
    intercept : float
    weights : mapping of str to float
        Of the columns that `describe_fit` gives.
    numbers : mapping of str to (float, float, bool)
        Centre and spread of each number among the values, and whether those of its logarithm.
    spread : float
        Standard deviation of the logarithm of the seconds, on tables that it was not fitted on.
    """

    intercept: float
    weights: Mapping[str, float]
    numbers: Mapping[str, tuple[float, float, bool]]
    spread: float


@dataclass(frozen=True)
class RuntimeModel:
    """Predicts the seconds of a fit.

    Parameters
    ----------
    root : str
        Name of the parameter that holds the family.
    families : mapping of str to FamilyRuntime
    """

    root: str
    families: Mapping[str, FamilyRuntime]

    def predict(self, config: Mapping[str, Any], size: TableSize) -> Estimate | None:
        """Predict one fit; None for a family that is not known.

        Parameters
        ----------
        config : mapping of str to value
        size : TableSize

        Examples
        --------
        >>> known = FamilyRuntime(-8.0, {"size rows": 1.0}, {}, 0.5)
        >>> model = RuntimeModel("learner", {"knn": known})
        >>> round(model.predict({"learner": "knn"}, TableSize(3000, 10, 2, 0.0)).seconds, 2)
        1.01
        """
        family = self.families.get(str(config.get(self.root)))
        if family is None:
            return None
        columns = describe_fit(config, size, family.numbers)
        sizes = sum(family.weights.get(name, 0.0) * value for name, value in columns.items())
        return Estimate(family.intercept + sizes, family.spread)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> RuntimeModel:
        """Read what `to_dict` gave."""
        return cls(fields["root"], {n: _family(**one) for n, one in fields["families"].items()})


def _family(numbers: Mapping[str, Any], **others: Any) -> FamilyRuntime:
    return FamilyRuntime(numbers={name: (*one,) for name, one in numbers.items()}, **others)


def describe_fit(
    config: Mapping[str, Any], size: TableSize, numbers: Mapping[str, tuple[float, float, bool]]
) -> dict[str, float]:
    """Columns of the regression for one fit, those that are 0 left out."""
    columns = size.described()
    for name, value in config.items():
        if name in numbers:
            centre, spread, logarithm = numbers[name]
            scaled = math.log(max(float(value), 1e-12)) if logarithm else float(value)
            distance = (scaled - centre) / spread
            columns[f"value {name}"] = min(max(distance, -_FARTHEST), _FARTHEST)
        else:
            columns[f"value {name}={value}"] = 1.0
    return columns
