"""Nesting: what is left out has no part in anything that it is scored with."""

from dataclasses import replace

import numpy as np
import pytest

from tryptome.estimate.faecal.fit import CANDIDATES, Training, correlation
from tryptome.estimate.faecal.nested import Nested
from tryptome.estimate.faecal.ranks import ranks

NAMES = ("family:A", "family:B", "shannon", "share:butyrate", "share:indole", "share:trp_synthesis")


def cohort(seed, planted, samples=120):
    rng = np.random.default_rng(seed)
    x = ranks(rng.normal(size=(samples, len(NAMES))))
    y = {
        m: ranks((x @ np.array(w) + rng.normal(size=samples))[:, None])[:, 0]
        for m, w in planted.items()
    }
    persons = np.array([f"p{number}" for number in range(samples)], dtype=object)
    return Training(f"c{seed}", NAMES, x, frozenset({"family:A", "family:B"}), y, persons)


def five(family=1.0):
    planted = {"butyrate": [0, 0, -0.5, 1.0, 0, 0], "tryptophan": [family, 0, 0, 0, 0, 0.6]}
    return [cohort(seed, planted) for seed in range(5)]


def test_a_cohort_left_out_guides_no_choice():
    """Whatever it measured: weights, coefficients, strength and median stay to the last bit."""
    cohorts = five()
    rng = np.random.default_rng(9)
    other = {m: rng.permutation(y) for m, y in cohorts[2].measured.items()}
    changed = [replace(c, measured=other) if c.name == "c2" else c for c in cohorts]
    before, after = Nested(cohorts), Nested(changed)
    out = {"c2"}
    for look in (Nested.worth, Nested.weights, Nested.best):
        assert (look(before, out) == look(after, out)).all()
        assert look is Nested.best or (look(before) != look(after)).any()  # the test can fail
    for name in ("butyrate", "tryptophan"):
        assert (before.scores(name)["c2"] == after.scores(name)["c2"]).all()
        assert before.strength(name, out) == after.strength(name, out)
        assert before.median(name, out) == after.median(name, out)
        assert before.strength(name) != after.strength(name)


def test_candidates_weigh_what_they_are_worth():
    """Where a family decides, fits that see no families are worth less."""
    nested = Nested(five(family=2.0))
    by_set = {name: [] for name, _, _ in CANDIDATES}
    for (name, _, _), weight in zip(CANDIDATES, nested.weights(), strict=True):
        by_set[name].append(weight)
    assert np.mean(by_set["shares"]) < 0.8 * np.mean(by_set["families"])
    assert nested.weights().sum() == pytest.approx(1)
    assert nested.best().sum() == 1
    assert nested.worth()[np.argmax(nested.best())] == nested.worth().max()


def test_worth_is_the_mean_over_cohorts_left_out():
    """By hand for one candidate, out of fits on the four others."""
    from tryptome.estimate.faecal.fit import candidates

    cohorts = five()
    expected = []
    for metabolite in ("tryptophan", "butyrate"):
        each = [
            correlation(
                c.x @ candidates([o for o in cohorts if o is not c], metabolite)[4],
                c.measured[metabolite],
            )
            for c in cohorts
        ]
        expected.append(np.mean(each))
    assert Nested(cohorts).worth()[4] == pytest.approx(np.mean(expected))


def test_strength_is_that_of_what_was_planted():
    # 1.25 of 2.25 of the variance of butyrate is planted.
    assert Nested(five()).strength("butyrate") == pytest.approx((1.25 / 2.25) ** 0.5, abs=0.08)


def test_too_few_cohorts_weigh_evenly():
    assert np.ptp(Nested(five()[:2]).weights()) == 0
