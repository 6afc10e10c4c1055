"""What a run leaves in the own knowledge base."""

import numpy as np
import pytest

from automl.data import Dataset, Feature
from automl.evaluation.metrics import default_metric
from automl.exceptions import DataWarning
from automl.history import History
from automl.knowledge import PROTOCOL, open_knowledge_base
from automl.run.scheme import Scheme
from automl.run.write_back import write_back

CODES = np.arange(4)


def leave(knowledge, scheme, weights=None):
    dataset = Dataset(
        X=np.zeros((4, 1), dtype=np.float32),
        y=np.array([0, 1, 0, 1]),
        task="binary",
        features=(Feature("a", "numeric"),),
        n_classes=2,
        weights=weights,
    )
    metric = default_metric("binary")
    write_back(knowledge, dataset, "key", scheme, {}, metric, "space", History())


def test_losses_under_another_division_of_rows_stay_apart(tmp_path):
    knowledge = open_knowledge_base(tmp_path)
    leave(knowledge, Scheme())
    leave(knowledge, Scheme())
    leave(knowledge, Scheme(groups=CODES))
    leave(knowledge, Scheme(order=CODES), weights=np.ones(4))
    found = {run.protocol for run in open_knowledge_base(tmp_path).records()}
    assert found == {PROTOCOL, f"{PROTOCOL} groups", f"{PROTOCOL} time weights"}


def test_a_base_that_cannot_be_written_is_told_and_raises_nothing(tmp_path):
    knowledge = open_knowledge_base(tmp_path / "base")
    (tmp_path / "base").write_text("a file where a folder belongs")
    with pytest.warns(DataWarning, match="not added to the knowledge base"):
        leave(knowledge, Scheme())
