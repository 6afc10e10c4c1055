"""What a run leaves in the own knowledge base."""

import numpy as np
import pytest

from automl.data import Dataset, Feature
from automl.ensemble import Member
from automl.exceptions import DataWarning
from automl.history import History, TrialInfo, TrialResult
from automl.knowledge import NO_ADVICE, PROTOCOL, open_knowledge_base
from automl.metrics import default_metric
from automl.run.advised import Known
from automl.run.scheme import Scheme
from automl.run.write_back import write_back
from automl.space import Float, Space

CODES = np.arange(4)
NOTHING = History()


def leave(knowledge, scheme, weights=None, history=NOTHING, members=()):
    dataset = Dataset(
        X=np.zeros((4, 1), dtype=np.float32),
        y=np.array([0, 1, 0, 1]),
        task="binary",
        features=(Feature("a", "numeric"),),
        n_classes=2,
        weights=weights,
    )
    known = Known(knowledge, {}, NO_ADVICE)
    write_back(known, "space", dataset, scheme, default_metric("binary"), history, members)


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


def test_without_a_secret_a_run_is_not_added_and_its_owner_told(tmp_path, fresh_home):
    fresh_home.write_text("a file where a folder belongs")
    with pytest.warns(DataWarning, match="not added to the knowledge base.*The secret that names"):
        leave(open_knowledge_base(tmp_path / "base"), Scheme())


def test_members_have_their_weight_where_they_got_farthest(tmp_path):
    knowledge, history = open_knowledge_base(tmp_path), History()
    space = Space([Float("x", 0.0, 1.0, default=0.5)])
    member, other = space.make(x=0.25), space.make(x=0.75)
    for number, (config, rung) in enumerate([(member, 0), (other, 0), (member, 1)]):
        info = TrialInfo(number, config, rung, "random")
        history.append(TrialResult(info, "ok", (0.5,), -0.5, 1.0, 1.0, 0.0, 0.0))
    info = TrialInfo(3, member, 2, "random")
    history.append(TrialResult(info, "timeout", None, None, 1.0, 1.0, 0.0, 0.0))
    leave(knowledge, Scheme(), history=history, members=[Member(member, 0.75, (), False)])
    (run,) = open_knowledge_base(tmp_path).records()
    assert [(e.config["x"], e.rung) for e in run.evals if e.weight == 0.75] == [(0.25, 1)]
    assert sum(e.weight for e in run.evals) == 0.75
