"""Refits: pulled towards what ships, moved by what was measured."""

import numpy as np
import pytest

from tryptome.estimate.faecal.model import Model
from tryptome.estimate.faecal.ranks import ranks
from tryptome.measured.refit import refit

SHIPPED = Model(("one", "other"), np.array([[1.0], [0.0]]), np.array([0.5]), ("",))


def cohort(planted, samples=400):
    rng = np.random.default_rng(4)
    x = ranks(rng.normal(size=(samples, 2)))
    y = x @ planted + rng.normal(size=samples)
    return x, y, np.array([f"p{number}" for number in range(samples)], dtype=object)


def test_measurements_move_the_coefficients():
    x, y, persons = cohort([0.0, 1.0])
    found = refit(x, y, persons, SHIPPED, 0, 1)
    assert found is not None
    coefficients, strength = found
    # By hand for uncorrelated features: (slope + 3 start) / 4 each, start 0.5 and slope 0.7.
    assert coefficients[0] / coefficients[1] == pytest.approx(1.5 / 0.7, rel=0.25)
    assert 0.1 < strength < 0.5


def test_a_person_left_out_does_not_vouch_for_itself():
    x, _, persons = cohort([0.0, 0.0])
    y = np.random.default_rng(9).normal(size=len(x))  # nothing to be learned
    found = refit(x, y, persons, SHIPPED, 0, 1)
    assert found is not None
    assert found[1] < 0.15


def test_few_persons_move_nothing():
    x, y, _ = cohort([0.0, 1.0], samples=40)
    persons = np.array([f"p{number % 19}" for number in range(40)], dtype=object)
    assert refit(x, y, persons, SHIPPED, 0, 1) is None
