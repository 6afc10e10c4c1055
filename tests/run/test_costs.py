import pytest

from automl.run.costs import CostModel
from automl.space import Categorical, Float, Space, When

SPACE = Space(
    [
        Categorical("learner", ("lightgbm", "extra_trees"), "lightgbm"),
        Float("lightgbm:learning_rate", 0.01, 0.2, 0.1, when=When("learner", ("lightgbm",))),
    ]
)


def test_unknown_families_are_not_predicted():
    assert CostModel().predict(SPACE.default(), 100) is None


def test_the_same_configuration_scales_with_the_rows():
    costs, config = CostModel(), SPACE.default()
    costs.observe(config, 1_000, 2.0)
    assert costs.predict(config, 1_000) == pytest.approx(2.0)
    assert 4.0 < costs.predict(config, 3_000) < 12.0


def test_other_configurations_of_the_family_answer_for_a_new_one():
    costs = CostModel()
    for seconds in (1.0, 2.0, 50.0):
        config = SPACE.make({"lightgbm:learning_rate": 0.01 + seconds / 1000})
        costs.observe(config, 100, seconds)
    assert costs.predict(SPACE.default(), 100) == pytest.approx(2.0)
    assert costs.predict(SPACE.make({"learner": "extra_trees"}), 100) is None


def test_what_is_expected_answers_before_the_first_fit_and_is_corrected_by_it():
    costs = CostModel(lambda config, n: 0.001 * n if config["learner"] == "lightgbm" else None)
    other = SPACE.make({"lightgbm:learning_rate": 0.05})
    assert costs.predict(SPACE.default(), 1_000) == pytest.approx(1.0)
    assert costs.predict(SPACE.make({"learner": "extra_trees"}), 1_000) is None
    costs.observe(SPACE.default(), 1_000, 3.0)  # this machine is three times slower
    assert costs.predict(other, 500) == pytest.approx(1.5)


def test_another_family_tells_how_fast_the_machine_is():
    costs = CostModel(lambda _, n: 0.001 * n)
    costs.observe(SPACE.default(), 1_000, 3.0)
    assert costs.predict(SPACE.make({"learner": "extra_trees"}), 1_000) == pytest.approx(3.0)


def test_fits_of_a_ninth_of_the_rows_do_not_answer_where_larger_ones_are_known():
    costs = CostModel()
    costs.observe(SPACE.make({"lightgbm:learning_rate": 0.01}), 1_000, 1.0)
    costs.observe(SPACE.make({"lightgbm:learning_rate": 0.02}), 9_000, 2.0)
    assert costs.predict(SPACE.default(), 9_000) == pytest.approx(2.0)
    assert costs.predict(SPACE.default(), 1_000) < 1.0
