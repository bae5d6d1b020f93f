"""Meta-analysis against R's metafor, statsmodels and cases worked by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from tryptome.pool.meta import pool, reml

METAFOR = pd.read_csv(Path(__file__).with_name("metafor.tsv"), sep="\t", comment="#")


def numbers(text):
    return np.array(text.split(), float)


@pytest.mark.parametrize(
    "row", list(METAFOR.itertuples()), ids=lambda row: f"{row.case}-{row.level}"
)
def test_agrees_with_metafor(row):
    found = pool(numbers(row.effects), numbers(row.errors), row.level)
    for name in ("effect", "se", "lower", "upper", "p", "plain_se", "i2", "q", "q_p"):
        assert getattr(found, name) == pytest.approx(getattr(row, name), rel=1e-5, abs=1e-7), name
    for name in ("tau2", "tau2_lower", "tau2_upper"):
        assert getattr(found, name) == pytest.approx(getattr(row, name), rel=1e-4, abs=1e-6), name


def test_equal_errors_are_a_one_sample_t_test():
    """With equal errors the mean and its interval are those of the plain t-test."""
    effects = np.array([0.2, 0.9, -0.4, 1.3, 0.6])
    found = pool(effects, np.full(5, 0.1))
    se = effects.std(ddof=1) / np.sqrt(5)
    assert found.effect == pytest.approx(effects.mean())
    assert found.se == pytest.approx(se)
    assert found.lower == pytest.approx(effects.mean() - t.ppf(0.975, 4) * se)
    assert found.tau2 == pytest.approx(effects.var(ddof=1) - 0.01)


def test_two_cohorts_by_hand():
    """tau2 = (y1 - y2)^2 / 2 - s^2 where the errors are equal; nothing of a third cohort."""
    found = pool(np.array([0.0, 1.0]), np.array([0.3, 0.3]))
    assert found.tau2 == pytest.approx(0.5 - 0.09)
    assert found.upper - found.effect == pytest.approx(t.ppf(0.975, 1) * 0.5)
    assert found.predicted_lower is None
    assert found.predicted_upper is None


def test_prediction_interval_by_hand():
    effects = np.array([0.2, 0.9, -0.4, 1.3, 0.6])
    found = pool(effects, np.full(5, 0.1), 0.9)
    variance = effects.var(ddof=1)
    half = t.ppf(0.95, 3) * np.sqrt(variance - 0.01 + variance / 5)
    assert found.predicted_upper == pytest.approx(effects.mean() + half)


@pytest.mark.parametrize("effect", [0.0, 2.0])
def test_effects_that_are_all_the_same_are_as_sure_as_their_errors(effect):
    """Hartung and Knapp's interval would have no width; the common-effect one is by hand."""
    found = pool(np.full(4, effect), np.full(4, 0.5))
    assert found.effect == pytest.approx(effect)
    assert found.se == pytest.approx(0.25)
    assert found.upper - effect == pytest.approx(t.ppf(0.975, 3) * 0.25)
    assert found.p == pytest.approx(2 * t.sf(abs(effect) / 0.25, 3))


def test_statsmodels_at_the_same_variance():
    """Of statsmodels, what is right there: the mean and HK error once tau2 is given."""
    from statsmodels.stats.meta_analysis import combine_effects

    effects, errors = np.array([-1.2, 0.5, 0.9, 0.1]), np.array([0.3, 0.2, 0.5, 0.4])
    found = pool(effects, errors)
    # With tau2 in the variances, its own fixed-effect mean is our random-effects one.
    theirs = combine_effects(effects, errors**2 + found.tau2, method_re="iterated", use_t=True)
    assert found.effect == pytest.approx(theirs.mean_effect_fe)
    assert found.plain_se == pytest.approx(theirs.sd_eff_w_fe)
    assert found.se == pytest.approx(theirs.sd_eff_w_fe_hksj)
    assert found.q == pytest.approx(combine_effects(effects, errors**2).q)


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0.05, 3)), min_size=2, max_size=8, unique=True),
    st.floats(0.1, 10),
    st.floats(-3, 3),
)
@settings(max_examples=60, deadline=None)
def test_moves_with_the_unit_and_the_origin(rows, unit, origin):
    effects, errors = (np.array(column) for column in zip(*rows, strict=True))
    one, other = pool(effects, errors), pool(origin + unit * effects, unit * errors)
    close = {"rel": 1e-4, "abs": 1e-6}
    assert other.effect == pytest.approx(origin + unit * one.effect, **close)
    assert other.se == pytest.approx(unit * one.se, **close)
    assert other.tau2 == pytest.approx(unit**2 * one.tau2, rel=1e-3, abs=1e-5)
    assert sum(one.weights) == pytest.approx(1)
    assert one.tau2 >= 0


def test_reml_is_the_maximum_of_the_restricted_likelihood():
    """Against the likelihood itself, written out with the whole covariance matrix."""
    effects, errors = np.array([-1.2, 0.5, 0.9, 0.1, 2.0]), np.array([0.3, 0.2, 0.5, 0.4, 0.9])

    def height(tau2):
        inverse = np.linalg.inv(np.diag(errors**2 + tau2))
        ones = np.ones((5, 1))
        information = ones.T @ inverse @ ones
        rest = effects - (np.linalg.inv(information) @ ones.T @ inverse @ effects)[0]
        logs = np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(information)[1]
        return logs - rest @ inverse @ rest

    best = reml(effects, errors**2)
    assert height(best) >= max(height(tau2) for tau2 in np.linspace(0, 10, 4001)) - 1e-9


@pytest.mark.parametrize("errors", [[0.1], [0.1, 0.0], [0.1, float("nan")]])
def test_refuses_what_cannot_be_pooled(errors):
    with pytest.raises(ValueError, match="two effects"):
        pool(np.arange(len(errors), dtype=float), np.array(errors))


@pytest.mark.parametrize(("cohorts", "spread"), [(3, 0.3), (6, 0.3), (6, 0.0)])
def test_intervals_cover_the_mean_as_often_as_they_say(cohorts, spread):
    """1,000 worlds with unequal errors. Prediction intervals are too narrow at times."""
    rng = np.random.default_rng(cohorts)
    inside = ahead = 0
    for _ in range(1000):
        errors = rng.uniform(0.1, 0.4, cohorts)
        effects = rng.normal(0.7, spread, cohorts) + rng.normal(0, errors)
        found = pool(effects, errors)
        inside += found.lower <= 0.7 <= found.upper
        ahead += found.predicted_lower <= rng.normal(0.7, spread) <= found.predicted_upper
    print(f"{cohorts} cohorts, tau {spread}: mean {inside / 1000:.3f}, further {ahead / 1000:.3f}")
    assert 0.92 <= inside / 1000 <= 0.97
    assert ahead / 1000 >= 0.85
