"""The scenario in joint draws: closed forms, draws worked out one by one, and coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from tryptome.compare.cells import Held
from tryptome.compare.drivers import Community
from tryptome.compare.regression import Regression
from tryptome.compare.scale import SCENARIO
from tryptome.compare.scenario import Physiology
from tryptome.compare.shared import DRAWS, Effect, Shared
from tryptome.compare.table import half_width
from tryptome.estimate.mass.draws import CAPABILITIES, Draws
from tryptome.estimate.mass.model import balance, fates
from tryptome.estimate.mass.priors import read_priors

TAXA = [f"g__{letter}" for letter in "ABCDEF"]
SIDES = ("trp_synthesis", "trp_diversion")
SAMPLES = 12
SEED = 1


def _se(shared: Shared, quantity, rows, weights) -> float | None:
    (found,) = shared.se([Effect(quantity, rows, weights)])
    return found


def _shared(cells, *, sd=0.1, seed=SEED, samples=None, priors=None, log_sd=0.2) -> Shared:
    rng = np.random.default_rng(4)
    mean = {name: rng.uniform(0.2, 0.8, len(TAXA)) for name in SIDES}
    count = cells.shape[1]
    frame = (
        pd.DataFrame({"sample": [f"s{n}" for n in range(count)]}) if samples is None else samples
    )
    return Shared(
        Community(TAXA, Held(csr_array(cells)), mean),
        {name: np.full(len(TAXA), sd) for name in SIDES},
        np.full(len(TAXA), log_sd),
        seed,
        Physiology.of(frame, priors, seed, DRAWS),
    )


@pytest.fixture
def cells():
    return np.random.default_rng(7).gamma(1.0, 40.0, size=(len(TAXA), SAMPLES))


@pytest.fixture
def weights():
    """Of a difference: they add up to nothing."""
    drawn = np.random.default_rng(8).normal(size=SAMPLES)
    return drawn - drawn.mean()


def _fixed(but: str, low: float, high: float) -> dict:
    """Every parameter known but for one."""
    middle = {name: float(prior.values(np.array(0.5))) for name, prior in read_priors().items()}
    known = {n: {"distribution": "uniform", "low": v, "high": v} for n, v in middle.items()}
    return known | {but: {"distribution": "uniform", "low": low, "high": high}}


def test_where_only_the_diet_is_unsure_it_is_that_of_a_uniform_number(cells, weights):
    """All that is not bound is linear in the diet: the sd is the slope times the diet's sd."""
    low, high = 800.0, 1400.0
    shared = _shared(cells, sd=0, log_sd=0, priors=_fixed("diet_tryptophan", low, high))
    found = _se(shared, "mass:diverted", np.arange(SAMPLES), weights)

    assert shared.physiology is not None
    one = {name: values[:1] for name, values in shared.physiology.drawn.items()}
    making, diverting = (
        (mean @ cells / cells.sum(axis=0))[:, None]
        for mean in (shared.community.prevalence[name] for name in SIDES)
    )
    ends = [
        balance(one | {"diet_tryptophan": np.array([diet])}, making, diverting).diverted[:, 0]
        for diet in (low, high)
    ]
    slope = weights @ (ends[1] - ends[0]) / (high - low)
    assert found == pytest.approx(abs(slope) * (high - low) / np.sqrt(12), rel=0.01)


def test_draws_one_by_one_give_the_same(cells, weights):
    samples = pd.DataFrame({"sample": [f"s{n}" for n in range(SAMPLES)]})
    samples["transit_time_h"] = ["20", "", "31", "44", *[""] * (SAMPLES - 4)]
    shared = _shared(cells, samples=samples)
    found = {quantity: _se(shared, quantity, np.arange(SAMPLES), weights) for quantity in SCENARIO}

    drawn = Draws.of(read_priors(), SEED, DRAWS).physiology
    making, diverting = (shared.draws(f"share:{name}") for name in SIDES)
    effects = {quantity: [] for quantity in SCENARIO}
    for d in range(DRAWS):
        middle = [np.median(side[d]) for side in (making, diverting)]
        values = {quantity: [] for quantity in SCENARIO}
        for s, told in enumerate(samples["transit_time_h"]):
            own = {name: np.array([of[d]]) for name, of in drawn.items()}
            if told:
                own["transit_time"] = np.array([float(told)])
            here, median = (
                fates(own, np.array([*pair, *[0.1] * 5]).reshape(len(CAPABILITIES), 1, 1))
                for pair in ((making[d, s], diverting[d, s]), middle)
            )
            values["mass:diverted"].append(here.diverted.item())
            values["mass:left"].append(here.left.item())
            values["gut_contribution:median"].append(here.left.item() - median.left.item())
        for quantity, of in values.items():
            effects[quantity].append(weights @ np.array(of))
    expected = {quantity: np.std(of, ddof=1) for quantity, of in effects.items()}
    assert found == pytest.approx(expected, rel=1e-9)
    assert found["mass:left"] != pytest.approx(found["gut_contribution:median"], rel=1e-3)


def test_parts_of_the_samples_give_what_all_together_give(cells, weights, monkeypatch):
    chosen = np.array([7, 2, 0, 5, 9, 11, 4])
    together = [_se(_shared(cells), one, chosen, weights[:7]) for one in SCENARIO[:2]]
    monkeypatch.setattr("tryptome.compare.shared.PART", 3)
    monkeypatch.setattr("tryptome.compare.scenario.PART", 2)
    by_parts = [_se(_shared(cells), one, chosen, weights[:7]) for one in SCENARIO[:2]]
    assert by_parts == pytest.approx(together, rel=1e-9)


def test_without_physiology_nothing_is_said(cells, weights):
    shared = Shared(_shared(cells).community, {}, np.zeros(len(TAXA)), SEED)
    assert _se(shared, "mass:left", np.arange(SAMPLES), weights) is None


@pytest.mark.parametrize("quantity", ["mass:diverted", "gut_contribution:median"])
def test_intervals_hold_planted_effects(quantity):
    """One taxon is raised in half of the samples; what that does is decided by draws of all that
    is shared, which the estimate does not know."""
    persons = 60
    covered, alone = [], []
    for world in range(20):
        rng = np.random.default_rng([3, world])
        before = rng.gamma(1.0, 40.0, size=(len(TAXA), persons))
        after = before.copy()
        after[world % len(TAXA)] *= 4
        level = rng.permutation(persons) % 2 == 1
        seen = _shared(np.where(level, after, before))
        values = seen.draws(quantity)
        estimate = Regression(level.astype(float), np.ones((persons, 1))).fit(
            values.mean(axis=0), ""
        )
        error = _se(seen, quantity, np.arange(persons), estimate.weights)
        truth = [_shared(cells, seed=99).draws(quantity) for cells in (after, before)]
        if quantity == "gut_contribution:median":  # against one community, not each its own
            truth = [_shared(cells, seed=99).draws("mass:left") for cells in (after, before)]
        off = np.abs((truth[0] - truth[1]).mean(axis=1) - estimate.effect)
        covered.append((off <= half_width(estimate, error, 0.95)).mean())
        alone.append((off <= half_width(estimate, 0.0, 0.95)).mean())
    assert 0.93 <= np.mean(covered) <= 0.97
    assert np.mean(alone) < 0.9
