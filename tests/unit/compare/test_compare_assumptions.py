"""Notes on assumptions: said where they are broken by design, and not where they hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tryptome.compare.contrast import Comparison

GROUPS = {"column": "group", "reference": "a", "level": "b"}


def _notes(outcome: np.ndarray, sizes: tuple[int, int]) -> str:
    frame = pd.DataFrame({"sample": [f"s{number}" for number in range(sum(sizes))]})
    frame["group"] = np.repeat(["a", "b"], sizes)
    return Comparison("c", GROUPS, frame, None, 1).find(outcome).notes


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_said_of_normal_residuals_of_one_spread(seed):
    assert _notes(np.random.default_rng(seed).normal(size=80), (40, 40)) == ""


def test_skewed_residuals_are_told():
    outcome = np.random.default_rng(1).exponential(size=80) ** 2
    assert _notes(outcome, (40, 40)).startswith("residuals are not normal (Shapiro-Wilk p ")


def test_unequal_spreads_are_told():
    outcome = np.random.default_rng(1).normal(size=120) * np.repeat([0.2, 1.0], 60)
    assert "the spread differs along the contrast (Breusch-Pagan p " in _notes(outcome, (60, 60))


def test_so_few_arrangements_that_p_cannot_be_small_are_told():
    # groups of one size have a mirror image of every arrangement: two in twenty at best
    said = _notes(np.random.default_rng(1).normal(size=6), (3, 3))
    assert said == "20 permutations: p cannot be under 0.1"
    said = _notes(np.random.default_rng(1).normal(size=5), (3, 2))
    assert said == "10 permutations: p cannot be under 0.1"
    assert _notes(np.random.default_rng(1).normal(size=7), (4, 3)) == ""  # 1 in 35


def test_the_least_p_is_reached_by_groups_that_are_far_apart():
    for sizes in ((3, 3), (3, 2), (4, 3)):
        frame = pd.DataFrame({"sample": [f"s{number}" for number in range(sum(sizes))]})
        frame["group"] = np.repeat(["a", "b"], sizes)
        far = np.arange(sum(sizes)) + 100.0 * np.repeat([0, 1], sizes)
        comparison = Comparison("c", GROUPS, frame, None, 1)
        plan = comparison.find(far)
        ways = {(3, 3): 2 / 20, (3, 2): 1 / 10, (4, 3): 1 / 35}
        assert plan.p == pytest.approx(ways[sizes])
