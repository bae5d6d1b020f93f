"""What samples share, against joint draws of it; families and detectable effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from tryptome.compare.drivers import Community
from tryptome.compare.regression import Estimate
from tryptome.compare.scale import to_scale
from tryptome.compare.shared import Shared
from tryptome.compare.table import detectable, half_width
from tryptome.estimate.balance import EPSILON

TAXA = [f"g__{letter}" for letter in "ABCDEFGH"]
SAMPLES = 10
DRAWS = 4000


@pytest.fixture(scope="module")
def world():
    """A community with known prevalences, one taxon of which cannot be assessed."""
    rng = np.random.default_rng(4)
    cells = rng.gamma(1.0, 40.0, size=(len(TAXA), SAMPLES))
    mean = {name: rng.uniform(0.1, 0.9, len(TAXA)) for name in ("trp_synthesis", "trp_diversion")}
    mean["trp_diversion"][3] = np.nan
    sd = {name: rng.uniform(0.005, 0.03, len(TAXA)) for name in mean}
    return cells, mean, sd, rng.uniform(0.02, 0.1, len(TAXA)), rng.normal(size=SAMPLES)


def _shares(cells, prevalence):
    seen = ~np.isnan(prevalence)
    return prevalence[seen] @ cells[seen] / cells[seen].sum(axis=0)


def _drawn(world, quantity):
    """Sd of the effect over joint draws of all prevalences and copy numbers."""
    cells, mean, sd, log_sd, weights = world
    rng = np.random.default_rng(5)
    effects = []
    for _ in range(DRAWS):
        moved = cells * np.exp(log_sd * rng.normal(size=len(TAXA)))[:, None]
        theta = {name: mean[name] + sd[name] * rng.normal(size=len(TAXA)) for name in mean}
        share = {name: _shares(moved, theta[name]) for name in theta}
        up, down = share["trp_synthesis"] + EPSILON, share["trp_diversion"] + EPSILON
        values = share.get(quantity.removeprefix("share:"), np.log2(up / down))
        effects.append(weights @ to_scale(quantity, values))
    return np.std(effects)


@pytest.mark.parametrize(
    "quantity", ["share:trp_synthesis", "share:trp_diversion", "precursor_balance"]
)
def test_it_is_the_sd_over_joint_draws(world, quantity):
    cells, mean, sd, log_sd, weights = world
    rows = np.arange(SAMPLES)
    values = (
        _shares(cells, mean[quantity.removeprefix("share:")]) if ":" in quantity else rows * 0.0
    )
    shared = Shared(Community(TAXA, cells, mean), sd, log_sd)
    found = shared.se(quantity, rows, weights, values)
    # 4,000 draws: the sd itself has a standard error of 1.1 %
    assert found == pytest.approx(_drawn(world, quantity), rel=0.05)


def test_what_is_no_share_has_none(world):
    cells, mean, sd, log_sd, weights = world
    shared = Shared(Community(TAXA, cells, mean), sd, log_sd)
    assert shared.se("mass:left", np.arange(SAMPLES), weights, weights) is None


def test_samples_alike_in_taxa_share_nothing_that_moves_their_difference():
    cells = np.ones((len(TAXA), 4)) * np.arange(1, 9)[:, None]
    mean = {"indole": np.linspace(0.1, 0.9, len(TAXA))}
    shared = Shared(Community(TAXA, cells, mean), {"indole": np.full(8, 0.1)}, np.full(8, 0.1))
    weights = np.array([0.5, 0.5, -0.5, -0.5])
    values = _shares(cells, mean["indole"])
    assert shared.se("share:indole", np.arange(4), weights, values) == pytest.approx(0, abs=1e-12)


def test_uncorrected_copies_are_not_counted(make_cohort, crossover, phase):
    cohort = make_cohort(crossover)
    with_copies, _ = cohort.compare(phase, subject="person")
    without, _ = cohort.compare(phase, subject="person", copy_number_correction=False)
    shares = without.index.str.startswith("share:")
    assert (without["se_shared"] < with_copies["se_shared"])[shares].all()
    assert without["p"].to_numpy() == pytest.approx(with_copies["p"].to_numpy())


def test_intervals_hold_both_variances(make_cohort, crossover, phase):
    found, _ = make_cohort(crossover).compare(phase, subject="person")
    found = found[found.index.str.startswith("share:")]
    total = np.hypot(found["se"], found["se_shared"])
    df = found["df"] * (total / found["se"]) ** 4
    half = stats.t.ppf(0.975, df) * total
    assert (found["upper"] - found["effect"]).to_numpy() == pytest.approx(half.to_numpy())


def test_without_shared_variance_the_interval_is_students():
    estimate = Estimate(0.0, 2.0, 7.0, "", np.zeros(1))
    assert half_width(estimate, 0.0, 0.9) == pytest.approx(2 * stats.t.ppf(0.95, 7))


@pytest.mark.parametrize("count", [5, 20, 200])
def test_the_detectable_effect_is_that_of_statsmodels(count):
    power = TTestIndPower().solve_power(nobs1=count, alpha=0.05, power=0.8)
    assert detectable(np.sqrt(2 / count), 2 * count - 2) == pytest.approx(power, rel=1e-3)


def test_the_scenario_is_adjusted_as_a_family_of_its_own(make_cohort, crossover, phase):
    cohort = make_cohort(crossover)
    rng = np.random.default_rng(8)
    left = 60 + rng.normal(size=len(crossover))
    frames = [
        pd.DataFrame({"sample": crossover["sample"], "quantity": name, "unit": "mg/day", "mean": v})
        for name, v in {
            "mass:diverted": left * rng.uniform(0.5, 1, len(left)),
            "mass:left": left,
            "mass:reaching": left + 9,
            "gut_contribution:median": left - 61,
        }.items()
    ]
    cohort.quantities = pd.concat([cohort.quantities, *frames])
    found, _ = cohort.compare(phase, subject="person")
    scenario = found[found["family"] == "scenario"]
    # what is left is the contribution and a constant: one finding
    assert list(scenario.index) == ["mass:diverted", "gut_contribution:median"]
    assert scenario["scale"].eq("mg/day").all()
    assert scenario["se_shared"].isna().all()
    for _, block in found.groupby("family"):
        expected = stats.false_discovery_control(block["p"].to_numpy())
        assert block["q"].to_numpy() == pytest.approx(expected)
