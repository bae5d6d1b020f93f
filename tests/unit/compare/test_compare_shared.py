"""What samples share, against first-order formulas and properties; families, detectable effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.sparse import csr_array
from statsmodels.stats.power import TTestIndPower

from tryptome.compare.cells import Held
from tryptome.compare.drivers import Community
from tryptome.compare.regression import Estimate
from tryptome.compare.shared import DRAWS, Effect, Shared
from tryptome.compare.table import detectable, half_width
from tryptome.estimate.balance import EPSILON

TAXA = [f"g__{letter}" for letter in "ABCDEFGH"]
SAMPLES = 10
LN2 = np.log(2)
MONTE_CARLO = 4 / np.sqrt(2 * DRAWS)
"""Four standard errors of an sd of so many draws, as a share of it."""


@pytest.fixture(scope="module")
def world():
    """A community with well known prevalences, one taxon of which cannot be assessed."""
    rng = np.random.default_rng(4)
    cells = rng.gamma(1.0, 40.0, size=(len(TAXA), SAMPLES))
    mean = {name: rng.uniform(0.2, 0.8, len(TAXA)) for name in ("trp_synthesis", "trp_diversion")}
    mean["trp_diversion"][3] = np.nan
    sd = {name: rng.uniform(0.002, 0.01, len(TAXA)) for name in mean}
    return cells, mean, sd, rng.uniform(0.01, 0.03, len(TAXA)), rng.normal(size=SAMPLES)


def _moves(world, capability, slope):
    """First-order movement of an effect with each prevalence and log copy number, by hand."""
    cells, mean, _, _, weights = world
    theta = mean[capability]
    q = np.where(np.isnan(theta)[:, None], 0, cells)
    q = q / q.sum(axis=0)
    share = np.nan_to_num(theta) @ q
    by_prevalence, by_copies = np.zeros(len(TAXA)), np.zeros(len(TAXA))
    for taxon in range(len(TAXA)):
        for sample in range(SAMPLES):
            step = weights[sample] * slope(share[sample]) * q[taxon, sample]
            by_prevalence[taxon] += step
            by_copies[taxon] += step * (np.nan_to_num(theta[taxon]) - share[sample])
    return by_prevalence, by_copies


def _shared(world) -> Shared:
    cells, mean, sd, log_sd, _ = world
    return Shared(Community(TAXA, Held(csr_array(cells)), mean), sd, log_sd, 1)


def _se(shared: Shared, quantity, rows, weights) -> float | None:
    (found,) = shared.se([Effect(quantity, rows, weights)])
    return found


@pytest.mark.parametrize("capability", ["trp_synthesis", "trp_diversion"])
def test_where_little_is_unsure_it_is_the_delta_method(world, capability):
    _, _, sd, log_sd, weights = world
    theta, copies = _moves(world, capability, lambda s: 1 / (s * (1 - s) * LN2))
    expected = np.sqrt(theta**2 @ sd[capability] ** 2 + copies**2 @ log_sd**2)
    found = _se(_shared(world), f"share:{capability}", np.arange(SAMPLES), weights)
    assert found == pytest.approx(expected, rel=MONTE_CARLO)


def test_the_two_sides_of_the_balance_share_the_copies(world):
    _, _, sd, log_sd, weights = world
    up, up_copies = _moves(world, "trp_synthesis", lambda s: 1 / ((s + EPSILON) * LN2))
    down, down_copies = _moves(world, "trp_diversion", lambda s: 1 / ((s + EPSILON) * LN2))
    variance = up**2 @ sd["trp_synthesis"] ** 2 + down**2 @ sd["trp_diversion"] ** 2
    variance += (up_copies - down_copies) ** 2 @ log_sd**2
    found = _se(_shared(world), "precursor_balance", np.arange(SAMPLES), weights)
    assert found == pytest.approx(np.sqrt(variance), rel=MONTE_CARLO)


def test_what_is_no_share_has_none(world):
    assert _se(_shared(world), "mass:left", np.arange(SAMPLES), world[4]) is None


def test_samples_alike_in_taxa_share_nothing_that_moves_their_difference():
    cells = np.ones((len(TAXA), 4)) * np.arange(1, 9)[:, None]
    mean = {"indole": np.linspace(0.1, 0.9, len(TAXA))}
    community = Community(TAXA, Held(csr_array(cells)), mean)
    shared = Shared(community, {"indole": np.full(8, 0.1)}, np.full(8, 0.1), 1)
    weights = np.array([0.5, 0.5, -0.5, -0.5])
    assert _se(shared, "share:indole", np.arange(4), weights) == pytest.approx(0, abs=1e-12)


def test_a_taxon_is_drawn_alike_beside_whatever_others(world):
    cells, mean, sd, log_sd, _ = world
    one = {"trp_synthesis": mean["trp_synthesis"][2:3]}
    alone = Community(TAXA[2:3], Held(csr_array(cells[2:3])), one)
    spread = {"trp_synthesis": sd["trp_synthesis"][2:3]}
    drawn = Shared(alone, spread, log_sd[2:3], 1).draws("share:trp_synthesis")
    others = dict.fromkeys(TAXA, 0.0) | {"g__C": 50.0}
    only = Community(TAXA, Held(csr_array([[others[t]] * SAMPLES for t in TAXA])), mean)
    assert Shared(only, sd, log_sd, 1).draws("share:trp_synthesis") == pytest.approx(drawn)


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


def test_parts_of_the_samples_give_what_all_together_give(world, monkeypatch):
    chosen, weights = np.array([7, 2, 0, 5, 9]), np.array([0.5, -0.2, 0.1, 0.6, -1.0])
    quantities = ("share:trp_synthesis", "precursor_balance")
    effects = [Effect(name, chosen, weights) for name in quantities]
    together = [_se(_shared(world), name, chosen, weights) for name in quantities]
    monkeypatch.setattr("tryptome.compare.shared.PART", 2)
    by_parts = _shared(world).se(effects)
    assert by_parts == pytest.approx(together, rel=1e-9)
