"""Drivers add up, their intervals are those of t tests, and a planted one is found."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from tryptome.compare.cells import Held
from tryptome.compare.contrast import Comparison
from tryptome.compare.drivers import Community
from tryptome.compare.driving import Difference, Wanted, drivers_of
from tryptome.compare.general import GeneralComparison
from tryptome.vocabulary import REST

TAXA = ["g__A", "g__B", "g__C", "g__D"]
MEAN = np.array([0.9, 0.5, 0.1, np.nan])
CONTRAST = {"column": "diet", "reference": "plant", "level": "animal"}


def community(cells, sd=0.0):
    return Community(TAXA, Held(csr_array(cells)), {"make": MEAN}, {"make": np.full(4, sd)})


def shares(cells):
    known = cells[:3]
    return MEAN[:3] @ known / known.sum(axis=0)


def crossed(persons, repeats=1):
    rows = [
        {"sample": f"{p}{diet}{r}", "person": f"p{p}", "diet": diet}
        for p in range(persons)
        for diet in ("plant", "animal")
        for r in range(repeats)
    ]
    return pd.DataFrame(rows)


def compared(metadata, cells, person=None):
    finding = Comparison("c", CONTRAST, metadata, person, 1).find(shares(cells))
    difference = Difference.of(finding)
    assert difference is not None
    return difference


def table(cells, difference, sd=0.0, most=4, confidence=0.95):
    values = shares(cells)[difference.rows]
    wanted = [Wanted("share:make", difference, values)]
    (found,) = drivers_of(community(cells, sd), wanted, most=most, confidence=confidence)
    return found.set_index("taxon")


def test_within_persons_the_interval_is_that_of_the_paired_t_test():
    cells = np.random.default_rng(1).gamma(2, 50, size=(4, 32))
    metadata = crossed(8, repeats=2)
    row = table(cells, compared(metadata, cells, "person")).loc["g__A"]
    part = 0.9 * cells[0] / cells[:3].sum(axis=0)
    means = pd.Series(part).groupby([metadata["diet"], metadata["person"]]).mean()
    test = scipy.stats.ttest_rel(means["animal"], means["plant"])
    low, high = test.confidence_interval(0.95)
    assert row["part"] == pytest.approx((means["animal"] - means["plant"]).mean())
    assert (row["lower"], row["upper"]) == pytest.approx((low, high))


def test_between_persons_the_variance_is_that_of_welch():
    cells = np.random.default_rng(2).gamma(2, 50, size=(4, 18))
    metadata = pd.DataFrame({"sample": range(18), "diet": ["plant"] * 7 + ["animal"] * 11})
    difference = compared(metadata.astype({"sample": str}), cells)
    part = 0.5 * cells[1] / cells[:3].sum(axis=0)
    one, other = part[:7], part[7:]
    variance = one.var(ddof=1) / 7 + other.var(ddof=1) / 11
    assert difference.se(part[None, difference.rows])[0] == pytest.approx(np.sqrt(variance))
    assert difference.df == 6


def test_of_a_slope_the_variance_is_the_robust_one():
    rng = np.random.default_rng(3)
    cells = rng.gamma(2, 50, size=(4, 30))
    metadata = pd.DataFrame({"sample": [f"s{n}" for n in range(30)], "age": rng.normal(size=30)})
    metadata["age"] = metadata["age"].map("{:.6f}".format)
    formula = {"formula": "age", "column": "age"}
    (finding,) = GeneralComparison("c", formula, metadata, None, 1).find(shares(cells))
    difference = Difference.of(finding)
    part = 0.9 * cells[0] / cells[:3].sum(axis=0)
    fit = sm.OLS(part, sm.add_constant(metadata["age"].astype(float))).fit(cov_type="HC0")
    assert difference.weights @ part == pytest.approx(fit.params["age"])
    found = difference.se(part[None])[0]
    assert found == pytest.approx(fit.bse["age"] * np.sqrt(30 / 29), rel=1e-6)


def test_prevalence_is_unsure_for_all_samples_at_once():
    cells = np.repeat(np.array([[40.0, 30, 30, 5], [10.0, 60, 30, 5]]), 5, axis=0).T
    metadata = pd.DataFrame(
        {"sample": [f"s{n}" for n in range(10)], "diet": ["plant"] * 5 + ["animal"] * 5}
    )
    noise = np.random.default_rng(5).normal(0, 1, cells.shape)
    difference = compared(metadata, cells + noise)
    found = table(cells, difference, sd=0.2, confidence=0.9)
    z = scipy.stats.norm.ppf(0.95)
    half = (found["upper"] - found["lower"]) / 2
    assert half["g__A"] == pytest.approx(z * 0.2 * 0.3, rel=1e-6)
    assert half["g__B"] == pytest.approx(z * 0.2 * 0.3, rel=1e-6)
    rest = table(cells, difference, sd=0.2, most=1, confidence=0.9).loc[REST]
    assert (rest["upper"] - rest["lower"]) / 2 == pytest.approx(z * 0.2 * 0.3, rel=1e-6)


def test_without_a_taxon_the_difference_is_that_of_the_others():
    cells = np.random.default_rng(4).gamma(2, 50, size=(4, 20))
    metadata = crossed(10)
    difference = compared(metadata, cells, "person")
    found = table(cells, difference)
    for at, taxon in enumerate(TAXA[:3]):
        others = np.delete(np.arange(3), at)
        value = MEAN[others] @ cells[others] / cells[others].sum(axis=0)
        expected = difference.weights @ value[difference.rows]
        assert found.loc[taxon, "difference_without"] == pytest.approx(expected)
    assert np.isnan(found.loc[REST, "difference_without"])


def test_where_a_taxon_is_all_of_a_sample_nothing_is_left_without_it():
    cells = np.random.default_rng(6).gamma(2, 50, size=(4, 20))
    cells[1:, 3] = 0
    found = table(cells, compared(crossed(10), cells, "person"))
    assert np.isnan(found.loc["g__A", "difference_without"])
    assert not np.isnan(found.loc["g__B", "difference_without"])


def test_a_planted_driver_is_the_first_and_without_it_little_is_left():
    rng = np.random.default_rng(7)
    cells = rng.gamma(20, 5, size=(4, 40))
    metadata = crossed(20)
    cells[0, (metadata["diet"] == "animal").to_numpy()] *= 3
    found = table(cells, compared(metadata, cells, "person"), sd=0.05)
    first = found.iloc[0]
    assert first.name == "g__A"
    assert first["lower"] > 0
    difference = found["part"].sum()
    assert abs(first["difference_without"]) < 0.1 * difference
    others = found["difference_without"].drop(["g__A", REST])
    assert (others > 0.5 * difference).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_parts_add_up_to_the_difference(seed, most):
    cells = np.random.default_rng(seed).gamma(0.5, 50, size=(4, 16)) + 1e-6
    difference = compared(crossed(8), cells, "person")
    found = table(cells, difference, sd=0.1, most=most)
    whole = difference.weights @ shares(cells)[difference.rows]
    assert found["part"].sum() == pytest.approx(whole, abs=1e-12)
    assert (found["lower"] <= found["part"]).all()
