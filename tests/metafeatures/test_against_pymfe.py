"""The features that pymfe has, too, against pymfe."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine

from automl.data import Dataset, TableEncoder, read_target
from automl.metafeatures import extract

pymfe = pytest.importorskip(
    "pymfe.mfe", reason="pymfe is installed apart: its wheel brings a package named tests"
)

GROUPS = ["general", "statistical", "info-theory"]


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_what_pymfe_has_too(load) -> None:
    bunch = load(as_frame=True)
    encoder = TableEncoder().fit(bunch.data)
    target = read_target(bunch.target, "classification")
    ours = extract(Dataset.of(encoder.transform(bunch.data), target, encoder.features))
    measured = pymfe.MFE(groups=GROUPS, summary=["mean", "median", "min", "max"])
    measured.fit(bunch.data.to_numpy(), bunch.target.to_numpy())
    theirs = dict(zip(*measured.extract(suppress_warnings=True), strict=True))

    expected = {
        "log_n_rows": np.log(theirs["nr_inst"]),
        "log_n_features": np.log(theirs["nr_attr"]),
        "log_rows_per_feature": np.log(theirs["inst_to_attr"]),
        "share_categorical": theirs["nr_cat"] / theirs["nr_attr"],
        "log_n_classes": np.log(theirs["nr_class"]),
        "class_entropy": theirs["class_ent"] / np.log2(theirs["nr_class"]),
        "minority_share": theirs["freq_class.min"],
        "majority_share": theirs["freq_class.max"],
        "share_columns_outliers": theirs["nr_outliers"] / theirs["nr_attr"],
    }
    assert {name: ours[name] for name in expected} == pytest.approx(expected, abs=1e-6)
    # values beyond five spreads are drawn in, as pymfe does not
    assert ours["mean_abs_correlation"] == pytest.approx(theirs["cor.mean"], abs=0.02)
    # other bins, and chance taken off
    information = theirs["mut_inf.median"] / theirs["class_ent"]
    assert ours["information_q50"] == pytest.approx(information, abs=0.06)
