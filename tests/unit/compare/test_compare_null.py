"""False positives where persons respond differently and nobody responds on average."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from tryptome.compare.contrast import Comparison

PHASE = {"column": "phase", "reference": "before", "level": "after"}
DATA_SETS = 300


@pytest.fixture(scope="module")
def null_findings() -> pd.DataFrame:
    """Twelve persons, unequal numbers of samples, person-specific responses."""
    rng = np.random.default_rng(2024)
    counts = rng.integers(1, 5, size=(12, 2))
    cells = [(p, x) for p in range(12) for x in (0, 1) for _ in range(counts[p, x])]
    person, after = np.array(cells).T
    frame = pd.DataFrame({"person": [f"p{p}" for p in person]})
    frame["phase"] = np.where(after, "after", "before")
    frame["sample"] = [f"s{n}" for n in range(len(frame))]
    comparison = Comparison("null", PHASE, frame, "person", 1)
    rows = []
    for _ in range(DATA_SETS):
        response = rng.normal(0, 1, size=12)[person] * (after - 0.5)
        outcome = rng.normal(size=12)[person] + response + rng.normal(size=len(frame))
        finding = comparison.find(outcome)
        estimate = finding.estimate
        half = stdtrit(estimate.df, 0.975) * estimate.se
        rows.append((finding.p_model, finding.p_permutation, abs(estimate.effect) <= half))
    return pd.DataFrame(rows, columns=["p", "p_permutation", "covered"])


@pytest.mark.parametrize("column", ["p", "p_permutation"])
def test_false_positives_are_about_as_many_as_stated(null_findings, column):
    # 300 data sets: 5 % has a standard error of 1.3 %; a random intercept alone gives 10-25 %
    assert 0.01 <= (null_findings[column] <= 0.05).mean() <= 0.08


def test_intervals_cover_about_as_often_as_stated(null_findings):
    assert 0.92 <= null_findings["covered"].mean() <= 0.99
