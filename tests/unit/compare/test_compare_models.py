"""The models against independent implementations and figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from tryptome.compare.contrast import Comparison
from tryptome.compare.regression import Regression
from tryptome.compare.scale import to_scale

PHASE = {"column": "phase", "reference": "before", "level": "after"}
ARM = {"column": "arm", "reference": "a", "level": "b"}


def _frame(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["person", "phase", "arm"])
    return frame.assign(sample=[f"s{number}" for number in range(len(frame))])


def _find(frame: pd.DataFrame, contrast: dict, outcome: np.ndarray, subject: str | None = "person"):
    finding = Comparison("c", contrast, frame, subject, 1).find(np.asarray(outcome, dtype=float))
    assert finding.estimate is not None, finding.reason
    return finding


def test_balanced_within_persons_it_is_the_paired_t_test():
    rng = np.random.default_rng(5)
    frame = _frame([(f"p{i}", phase, "a") for i in range(12) for phase in ("before", "after")])
    before = rng.normal(size=12)
    after = before + rng.normal(0.4, 0.8, size=12)
    finding = _find(frame, PHASE, np.column_stack([before, after]).ravel())
    paired = stats.ttest_rel(after, before)
    assert finding.estimate.model.startswith("linear mixed model")
    assert finding.estimate.effect == pytest.approx((after - before).mean(), rel=1e-6)
    assert finding.estimate.df == pytest.approx(11, rel=1e-6)
    assert finding.p_model == pytest.approx(paired.pvalue, rel=1e-4)


def test_balanced_with_replicates_it_is_the_paired_t_test_of_person_means():
    rng = np.random.default_rng(6)
    rows = [(f"p{i}", phase, "a") for i in range(9) for phase in ("before", "after")] * 3
    frame = _frame(rows)
    person = frame["person"].str[1:].astype(int).to_numpy()
    after = (frame["phase"] == "after").to_numpy()
    response = rng.normal(0.5, 1, size=9)
    outcome = rng.normal(size=9)[person] + response[person] * after + rng.normal(size=len(frame))
    finding = _find(frame, PHASE, outcome)
    means = frame.assign(y=outcome).groupby(["person", "phase"])["y"].mean().unstack()
    paired = stats.ttest_rel(means["after"], means["before"])
    assert finding.p_model == pytest.approx(paired.pvalue, rel=1e-4)


def test_mixed_effect_is_that_of_statsmodels_formula():
    rng = np.random.default_rng(7)
    rows = [
        (f"p{i:02}", phase, "a")
        for i in range(14)
        for phase in ("before", "after")
        for _ in range(rng.integers(2, 6))
    ]
    frame = _frame(rows).assign(age=lambda f: [str(n % 7) for n in range(len(f))])
    person = frame["person"].str[1:].astype(int).to_numpy()
    x = np.where(frame["phase"] == "after", 0.5, -0.5)
    y = rng.normal(size=14)[person] + (1 + rng.normal(size=14)[person]) * x
    y = y + rng.normal(size=len(x))
    finding = _find(frame, PHASE | {"adjust": ["age"]}, y)
    data = pd.DataFrame({"y": y, "x": x, "age": frame["age"].astype(float), "g": person})
    formula = smf.mixedlm(
        "y ~ x + age", data, groups="g", re_formula="0", vc_formula={"i": "1", "s": "0 + x"}
    )
    reference = formula.fit(reml=True)
    assert finding.estimate.effect == pytest.approx(reference.params["x"], rel=1e-3)
    assert finding.estimate.se == pytest.approx(reference.bse["x"], rel=0.35)
    assert "slope of phase" in finding.estimate.model


def test_single_samples_two_groups_it_has_the_standard_error_of_welch():
    rng = np.random.default_rng(8)
    frame = _frame([(f"p{i}", "before" if i < 20 else "after", "a") for i in range(27)])
    outcome = rng.normal(size=27) * np.where(np.arange(27) < 20, 1, 3)
    finding = _find(frame, PHASE, outcome)
    welch = stats.ttest_ind(outcome[20:], outcome[:20], equal_var=False)
    estimate = finding.estimate
    assert estimate.effect / estimate.se == pytest.approx(welch.statistic)
    # Bell-McCaffrey: Welch's formula with the two variances taken as equal
    a, b = 1 / 20, 1 / 7
    assert estimate.df == pytest.approx((a + b) ** 2 / (a**2 / 19 + b**2 / 6))


def test_equal_groups_it_is_the_t_test():
    rng = np.random.default_rng(9)
    frame = _frame([(f"p{i}", "before" if i < 10 else "after", "a") for i in range(20)])
    outcome = rng.normal(size=20)
    finding = _find(frame, PHASE, outcome, subject=None)
    assert finding.p_model == pytest.approx(stats.ttest_ind(outcome[10:], outcome[:10]).pvalue)


def test_least_squares_is_statsmodels_hc2():
    rng = np.random.default_rng(10)
    target = rng.normal(size=40)
    nuisance = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    outcome = rng.normal(size=40) + target
    mine = Regression(target, nuisance).fit(outcome, "")
    theirs = sm.OLS(outcome, np.column_stack([target, nuisance])).fit(cov_type="HC2")
    assert mine.effect == pytest.approx(theirs.params[0])
    assert mine.se == pytest.approx(theirs.bse[0])


def test_permutation_within_persons_is_the_exact_sign_test_of_scipy():
    rng = np.random.default_rng(12)
    frame = _frame([(f"p{i}", phase, "a") for i in range(8) for phase in ("before", "after")])
    outcome = rng.normal(size=16) + np.tile([0, 0.7], 8)
    finding = _find(frame, PHASE, outcome)
    differences = outcome[1::2] - outcome[::2]
    exact = stats.permutation_test((differences,), np.mean, permutation_type="samples")
    assert finding.permutations == 2**7
    assert finding.p_permutation == pytest.approx(exact.pvalue)


def test_permutation_between_groups_is_that_of_scipy():
    rng = np.random.default_rng(13)
    frame = _frame([(f"p{i}", "before" if i < 12 else "after", "a") for i in range(24)])
    outcome = rng.normal(size=24) + np.repeat([0, 0.6], 12)
    finding = _find(frame, PHASE, outcome)

    def welch(x, y, axis):
        return stats.ttest_ind(x, y, axis=axis, equal_var=False).statistic

    theirs = stats.permutation_test(
        (outcome[12:], outcome[:12]), welch, n_resamples=4000, rng=rng, vectorized=True
    )
    assert finding.p_permutation == pytest.approx(theirs.pvalue, abs=0.04)


def test_interaction_without_repeats_is_that_of_the_four_means():
    rng = np.random.default_rng(14)
    cells = [("before", "a"), ("after", "a"), ("before", "b"), ("after", "b")]
    frame = _frame([(f"p{i}", *cells[i % 4]) for i in range(48)])
    outcome = rng.normal(size=48)
    finding = _find(frame, PHASE | {"interaction": ARM}, outcome)
    m = frame.assign(y=outcome).groupby(["phase", "arm"])["y"].mean()
    difference = m["after", "b"] - m["before", "b"] - (m["after", "a"] - m["before", "a"])
    assert finding.estimate.effect == pytest.approx(difference)
    classic = smf.ols("y ~ phase * arm", frame.assign(y=outcome)).fit()
    assert finding.p_model == pytest.approx(classic.pvalues.iloc[-1], rel=1e-6)


def test_interaction_of_parallel_arms_compares_changes_between_persons():
    rng = np.random.default_rng(15)
    phases = ("before", "after")
    frame = _frame([(f"p{i:02}", phase, "ab"[i % 2]) for i in range(20) for phase in phases])
    outcome = rng.normal(size=40) + np.repeat(rng.normal(size=20), 2)
    finding = _find(frame, PHASE | {"interaction": ARM}, outcome)
    change = outcome[1::2] - outcome[::2]
    t = stats.ttest_ind(change[1::2], change[::2])
    assert finding.estimate.df == pytest.approx(18, rel=1e-4)
    assert finding.p_model == pytest.approx(t.pvalue, rel=1e-3)


def test_repeats_between_groups_do_not_count_as_persons():
    rng = np.random.default_rng(16)
    frame = _frame([(f"p{i:02}", "before", "ab"[i % 2]) for i in range(12) for _ in range(6)])
    outcome = np.repeat(rng.normal(size=12), 6) + rng.normal(0, 0.1, size=72)
    finding = _find(frame, ARM, outcome)
    means = outcome.reshape(12, 6).mean(axis=1)
    assert finding.estimate.df == pytest.approx(10, rel=1e-4)
    assert finding.p_model == pytest.approx(
        stats.ttest_ind(means[1::2], means[::2]).pvalue, rel=1e-3
    )


def test_a_covariate_that_explains_all_takes_the_effect_away():
    rng = np.random.default_rng(17)
    frame = _frame([(f"p{i:02}", "before" if i < 20 else "after", "a") for i in range(40)])
    age = rng.normal(size=40) + 2 * (np.arange(40) >= 20)
    frame["age"] = [f"{value:.6f}" for value in age]
    outcome = 3 * age + rng.normal(0, 0.5, size=40)
    assert _find(frame, PHASE, outcome).p_model < 1e-4
    adjusted = _find(frame, PHASE | {"adjust": ["age"]}, outcome)
    assert abs(adjusted.estimate.effect) < 3 * adjusted.estimate.se
    assert adjusted.p_permutation > 0.01


def test_shares_at_the_ends_stay_finite():
    ends = to_scale("share:indole", np.array([0.0, 1.0]))
    assert ends == pytest.approx([-13.2876, 13.2876], abs=1e-3)
