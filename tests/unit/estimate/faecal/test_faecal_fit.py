"""Fits of faecal metabolites, against planted truth and another library."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear
from scipy.stats import rankdata
from sklearn.linear_model import Ridge

from tryptome.estimate.faecal import fit as fitting
from tryptome.estimate.faecal.fit import CANDIDATES, Training, fit, moments
from tryptome.estimate.faecal.ranks import SCALE, Summary, ranks

EVENLY = np.full(len(CANDIDATES), 1 / len(CANDIDATES))
NAMES = ("family:A", "family:B", "shannon", "share:butyrate", "share:indole", "share:trp_synthesis")


def cohort(seed, name, weights, samples=300):
    rng = np.random.default_rng(seed)
    x = ranks(rng.normal(size=(samples, len(NAMES))))
    y = {m: ranks((x @ w + rng.normal(size=samples))[:, None])[:, 0] for m, w in weights.items()}
    persons = np.array([f"p{number}" for number in range(samples)], dtype=object)
    return Training(name, NAMES, x, frozenset({"family:A"}), y, persons)


PLANTED = {
    "butyrate": np.array([0, 0, -0.5, 1.0, 0, 0]),
    "tryptophan": np.array([1.0, 0, 0, 0, 0.8, -0.6]),
}


@pytest.fixture
def three():
    return [cohort(seed, f"c{seed}", PLANTED) for seed in range(3)]


def test_ranks_agree_with_scipy_and_with_shards():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 9, size=(50, 3)).astype(float)
    expected = ((rankdata(values, axis=0) - 0.5) / 50 - 0.5) * SCALE
    assert ranks(values) == pytest.approx(expected)
    shards = Summary.of(values[:20]).merge(Summary.of(values[20:]))
    assert shards.rank(values[20:]) == pytest.approx(expected[20:])


def test_planted_coefficients_are_found(three):
    found = dict(zip(NAMES, fit(three, "butyrate", EVENLY), strict=True))
    assert found["share:butyrate"] > 3 * abs(found["share:indole"])
    assert found["shannon"] < 0


def test_signs_follow_the_biochemistry_against_the_data(three):
    found = dict(zip(NAMES, fit(three, "tryptophan", EVENLY), strict=True))
    assert found["share:trp_synthesis"] >= 0  # planted at -0.6
    assert found["share:indole"] <= 0  # planted at +0.8
    assert found["family:A"] > 0.5


def test_a_family_that_is_not_common_is_no_feature(three):
    assert fit(three, "butyrate", EVENLY)[NAMES.index("family:B")] == 0


def test_one_fit_is_a_ridge_regression():
    one = cohort(7, "c", PLANTED)
    means = moments([one], "butyrate")
    columns = list(range(len(NAMES)))
    mine = fitting._solve(means, columns, 3.0, 3, 0.0, np.zeros(len(NAMES)))
    samples = len(one.x)
    other = Ridge(alpha=3.0 * samples, fit_intercept=False).fit(one.x, one.measured["butyrate"])
    assert mine == pytest.approx(other.coef_)


@pytest.mark.parametrize("seed", range(20))
def test_signs_are_held_as_by_a_bounded_least_squares(seed):
    rng = np.random.default_rng(seed)
    design, y = rng.normal(size=(40, 6)), rng.normal(size=40)
    sign = rng.integers(-1, 2, size=6).astype(float)
    mine = fitting.signed_solution(design.T @ design, design.T @ y, sign)
    bounds = (np.where(sign > 0, 0, -np.inf), np.where(sign < 0, 0, np.inf))
    assert mine == pytest.approx(lsq_linear(design, y, bounds, tol=1e-14).x, abs=1e-6)


def test_a_person_weighs_the_same_however_often_sampled(three):
    one = three[0]
    twice = Training(
        one.name,
        NAMES,
        np.concatenate([one.x, one.x[:50]]),
        one.common,
        {name: np.concatenate([y, y[:50]]) for name, y in one.measured.items()},
        np.concatenate([one.persons, one.persons[:50]]),
    )
    again = moments([twice, *three[1:]], "butyrate")
    assert again.xy == pytest.approx(moments(three, "butyrate").xy)


def test_unmeasured_metabolites_are_their_share_and_their_substrate(three):
    found = dict(zip(NAMES, fit(three, "indole", EVENLY), strict=True))
    assert found["share:indole"] > 0
    assert found["family:A"] > 0  # of tryptophan's coefficients
