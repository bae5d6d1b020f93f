"""Sums of strains are more peaked than a beta: cumulants against SciPy and brute force."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from tryptome.estimate.beta import beta_quantiles
from tryptome.estimate.peak import BOUNDS, beta_excess, beyond_beta, fourth_cumulant, peaked
from tryptome.estimate.shares import QUANTILES


@pytest.mark.parametrize(("a", "b"), [(0.2, 0.3), (2, 5), (40, 3), (1, 1)])
def test_excess_kurtosis_is_that_of_scipy(a, b):
    mean, variance, excess = (float(m) for m in scipy.stats.beta.stats(a, b, moments="mvk"))
    assert beta_excess(np.array(mean), np.array(variance)) == pytest.approx(excess)


def test_one_strain_is_a_yes_or_no():
    chance = np.array([0.1, 0.5, 0.9])
    expected = scipy.stats.bernoulli.stats(chance, moments="k")
    np.testing.assert_allclose(beta_excess(chance, chance * (1 - chance)), expected)


def test_what_is_sure_has_no_cumulant():
    mean, variance = np.array([0.0, 1.0, 0.4]), np.array([0.0, 0.0, 0.0])
    assert fourth_cumulant(mean, variance).tolist() == [0, 0, 0]


def test_fourth_cumulants_of_independent_parts_add_up():
    rng = np.random.default_rng(2)
    weight, mean = rng.dirichlet(np.ones(6)), rng.uniform(0.05, 0.95, 6)
    variance = 0.5 * mean * (1 - mean)
    total = weight**4 @ fourth_cumulant(mean, variance)
    draws = rng.beta(mean, 1 - mean, (2_000_000, 6)) @ weight  # concentration 1: half of the most
    assert total == pytest.approx(scipy.stats.kstat(draws, 4), rel=0.05)


values = st.floats(0.001, 0.999)


@given(mean=values, part=values, peak=st.floats(*BOUNDS))
def test_quantiles_stay_in_order_between_0_and_1(mean, part, peak):
    mean, variance = np.array([mean]), np.array([part * mean * (1 - mean)])
    smooth = beta_quantiles(mean, variance, QUANTILES)
    found = peaked(smooth, variance, np.array([peak]), QUANTILES)
    assert (np.diff(found) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()


@given(mean=values, times=st.floats(0.01, 4), peak=st.floats(*BOUNDS))
def test_a_mean_lies_within_its_90_percent_interval_unless_very_skewed(mean, times, peak):
    """The sd at most four times the mean, and what is left to 1."""
    mean = np.array([mean])
    least = np.minimum(mean, 1 - mean)
    variance = np.minimum((times * least) ** 2, (1 - 1e-6) * mean * (1 - mean))
    found = peaked(
        beta_quantiles(mean, variance, QUANTILES), variance, np.array([peak]), QUANTILES
    )[0]
    assert found[0] <= mean[0] <= found[-1]


def test_a_rare_capability_has_its_mean_above_its_interval():
    mean, variance = np.array([0.01]), np.array([0.08**2])
    found = peaked(beta_quantiles(mean, variance, QUANTILES), variance, np.zeros(1), QUANTILES)[0]
    assert found[-1] < mean[0]


def test_the_correction_is_bounded_and_of_nothing_nothing():
    mean, variance = np.array([0.5]), np.array([0.01])
    assert beyond_beta(np.array([1.0]), mean, variance) == BOUNDS[1]
    smooth = beta_quantiles(mean, variance, QUANTILES)
    np.testing.assert_array_equal(peaked(smooth, variance, np.zeros(1), QUANTILES), smooth)
