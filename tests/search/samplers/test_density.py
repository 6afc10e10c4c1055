import numpy as np
import pytest

from automl.search.samplers.density import ParzenDensity

MIXED = np.array([0, 3, 0])  # number, three choices, number
NAN = np.nan
SOME = np.array([[0.1, 0.0, NAN], [0.15, 0.0, 0.9], [0.9, 2.0, 0.95], [0.2, NAN, 1.0]])


def uniform(rng, size):
    points = rng.random((size, 3))
    points[:, 1] = rng.integers(3, size=size)
    return points


@pytest.mark.parametrize("n_points", [0, 1, 4])
def test_the_density_integrates_to_one(n_points):
    density = ParzenDensity(SOME[:n_points], MIXED)
    points = uniform(np.random.default_rng(0), 200_000)
    assert np.exp(density.log_density(points)).mean() == pytest.approx(1.0, abs=0.02)


def test_samples_follow_the_density():
    density = ParzenDensity(SOME, MIXED)
    rng = np.random.default_rng(0)
    drawn, even = density.sample(100_000, rng), uniform(rng, 100_000)
    weight = np.exp(density.log_density(even))
    for column in range(3):
        for power in (1, 2):
            expected = np.average(even[:, column] ** power, weights=weight)
            assert (drawn[:, column] ** power).mean() == pytest.approx(expected, abs=0.02)


def test_samples_lie_in_the_box():
    drawn = ParzenDensity(SOME, MIXED).sample(5000, np.random.default_rng(0))
    assert not np.isnan(drawn).any()
    assert drawn[:, [0, 2]].min() >= 0.0
    assert drawn[:, [0, 2]].max() <= 1.0
    assert set(drawn[:, 1]) == {0.0, 1.0, 2.0}


def test_unseen_categories_and_regions_keep_a_density():
    density = ParzenDensity(np.tile([[0.0, 0.0, 0.0]], (50, 1)), MIXED)
    far, near = density.log_density(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]))
    assert np.isfinite(far)
    assert far > np.log(1 / 60)
    assert near > 0.0 > far


def test_an_inactive_column_says_nothing():
    density = ParzenDensity(np.array([[0.3, 1.0, NAN]]), MIXED)
    points = np.array([[0.5, 1.0, 0.0], [0.5, 1.0, 0.7], [0.5, 1.0, NAN]])
    assert np.ptp(density.log_density(points)) == pytest.approx(0.0, abs=1e-12)


def test_kernels_narrow_with_evidence():
    rng = np.random.default_rng(0)
    peak = np.array([[0.5, 0.0, 0.5]])

    def height(n):
        points = np.column_stack([rng.normal(0.5, 0.02, n), np.zeros(n), rng.normal(0.5, 0.02, n)])
        return ParzenDensity(points, MIXED).log_density(peak)[0]

    assert height(2) < height(8) < height(25)


def test_a_single_choice_is_always_drawn():
    density = ParzenDensity(np.array([[0.0]]), np.array([1]))
    assert set(density.sample(20, np.random.default_rng(0)).ravel()) == {0.0}
    assert density.log_density(np.array([[0.0]])) == pytest.approx(0.0)
