"""What two tables have in common, in words."""

from __future__ import annotations

from automl.knowledge.similarity import Neighbour

__all__ = ["likeness"]

_PHRASES = {
    "log_n_rows": "rows",
    "log_n_features": "columns",
    "log_rows_per_feature": "rows per column",
    "share_categorical": "share of categories",
    "share_boolean": "share of yes/no columns",
    "share_missing": "missing cells",
    "share_columns_missing": "columns with missing cells",
    "log_median_levels": "levels of categories",
    "log_n_classes": "classes",
    "class_entropy": "balance of classes",
    "minority_share": "share of the rarest class",
    "majority_share": "share of the largest class",
    "mean_abs_skew": "skew of columns",
    "mean_kurtosis": "tails of columns",
    "mean_zero_share": "share of zeros",
    "share_whole_numbers": "columns of whole numbers",
    "share_two_valued": "columns with two values",
    "share_rows_missing": "rows with missing cells",
    "robust_skew_q50": "skew of columns",
    "robust_tails_q50": "tails of columns",
    "share_outliers": "outliers",
    "share_distinct_q50": "distinct values",
    "mean_abs_correlation": "correlation of columns",
    "log_effective_rank": "independent columns",
    "information_q50": "worth of a typical column",
    "information_q90": "worth of the best columns",
    "landmark_stump": "score of a single cut",
    "landmark_linear": "score of a linear model",
    "landmark_nearest": "score of the nearest row",
    "target_skew": "skew of the target",
    "target_kurtosis": "tails of the target",
}


def likeness(neighbour: Neighbour) -> str:
    """Say what two tables have in common."""
    if neighbour.distance == 0.0:
        return "which looks the same as this table"
    phrases = [_PHRASES[name] for name in neighbour.alike if name in _PHRASES][:2]
    inside = f" in {' and '.join(phrases)}" if phrases else " on the whole"
    return f"which is like this table{inside}"
