import numpy as np
import pytest

from automl.exceptions import InvalidInputError
from automl.space import Categorical, Float, Integer

PARAMETERS = [
    Float("plain", -2.0, 3.0, default=0.0),
    Float("log", 1e-6, 10.0, default=0.1, log=True),
    Float("odd bounds", 1 / 3, 2 / 3, default=0.5),
    Integer("few", 1, 3, default=2),
    Integer("many", 1, 10_000, default=100, log=True),
    Categorical("words", ("a", "b", "c"), default="b"),
    Categorical("mixed", (None, True, 0.1, 7, "x"), default=None),
]
by_name = pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)


@by_name
def test_values_survive_the_way_through_the_unit_interval(parameter):
    for seed in range(200):
        value = parameter.sample(np.random.default_rng(seed))
        unit = parameter.to_unit(value)
        assert 0.0 <= unit <= 1.0
        assert parameter.validate(value) == value
        back = parameter.from_unit(unit)
        assert back == (pytest.approx(value) if isinstance(parameter, Float) else value)


@by_name
def test_ends_of_the_unit_interval_are_legal(parameter):
    for unit in (0.0, 1.0):
        value = parameter.from_unit(unit)
        assert parameter.validate(value) == value


@by_name
def test_neighbours_are_legal(parameter):
    rng = np.random.default_rng(0)
    value = parameter.default
    for _ in range(200):
        value = parameter.neighbour(value, rng)
        assert parameter.validate(value) == value


@by_name
def test_all_values_are_drawn_equally_often_where_there_are_few(parameter):
    if parameter.n_values is None or parameter.n_values > 10:
        assert parameter.sample(np.random.default_rng(1)) != parameter.sample(
            np.random.default_rng(2)
        )
        return
    rng = np.random.default_rng(0)
    drawn = [parameter.sample(rng) for _ in range(3000)]
    counts = [drawn.count(value) for value in parameter.values()]
    assert min(counts) > 0.8 * 3000 / parameter.n_values


def test_steps_of_a_float_are_local():
    parameter = Float("x", 0.0, 1.0, default=0.5)
    rng = np.random.default_rng(0)
    steps = [parameter.neighbour(0.5, rng) - 0.5 for _ in range(500)]
    assert 0.1 < np.std(steps) < 0.2


@pytest.mark.parametrize("parameter", PARAMETERS[3:], ids=lambda p: p.name)
def test_neighbour_of_a_discrete_value_is_another_one(parameter):
    rng = np.random.default_rng(0)
    assert all(parameter.neighbour(parameter.default, rng) != parameter.default for _ in range(50))


def test_floats_hold_12_digits():
    parameter = Float("x", 0.0, 1.0, default=0.5)
    assert parameter.validate(0.1 + 1e-15) == 0.1
    assert parameter.validate(0.1 + 1e-10) != 0.1
    assert Float("x", 0.0, 1 / 3, default=1 / 3).validate(1 / 3) == 0.333333333333


def test_log_spreads_evenly_over_magnitudes():
    parameter = Float("x", 1e-4, 1.0, default=0.1, log=True)
    rng = np.random.default_rng(0)
    drawn = np.array([parameter.sample(rng) for _ in range(1000)])
    assert 0.4 < np.mean(drawn < 1e-2) < 0.6


def test_numpy_scalars_become_plain_values():
    assert type(Float("x", 0, 1, default=0).validate(np.float32(0.5))) is float
    assert type(Integer("x", 0, 5, default=0).validate(np.int64(3))) is int
    assert type(Categorical("x", (1, 2), default=1).validate(np.int64(2))) is int


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Float("x", 1.0, 1.0, default=1.0), "'x' needs low < high, got low=1.0"),
        (lambda: Float("x", 0.0, 1.0, default=0.5, log=True), "'x' needs a positive low"),
        (
            lambda: Float("x", 0.0, 1.0, default=2.0),
            "'x' must be a number from 0.0 to 1.0, got 2.0",
        ),
        (lambda: Float("x", 0.0, float("inf"), default=2.0), "'x' must be a finite number"),
        (lambda: Float("x", 0.0, "1", default=0.5), "'x' must be a finite number, got '1'"),
        (lambda: Integer("x", 1.5, 3, default=2), "'x' must be a whole number, got 1.5"),
        (lambda: Integer("x", 1, 3, default=4), "'x' must be a whole number from 1 to 3, got 4"),
        (lambda: Integer("x", 1, 3, default=True), "'x' must be a whole number, got True"),
        (lambda: Categorical("x", (), default="a"), "'x' needs at least one choice"),
        (lambda: Categorical("x", (1, True), default=1), "no two equal ones"),
        (lambda: Categorical("x", ("a",), default="b"), r"'x' must be one of \['a'\], got 'b'"),
        (lambda: Categorical("x", ([1],), default="b"), "must be strings, booleans"),
    ],
)
def test_illegal_declarations_say_what_is_wrong(make, message):
    with pytest.raises(InvalidInputError, match=message):
        make()
