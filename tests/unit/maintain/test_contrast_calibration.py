"""Labels that are dealt out anew leave what a design keeps, and rates are what they say."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from calibration.contrasts import (
    DESIGNS,
    continued,
    drawn_mean,
    groups,
    of_persons,
    rate,
    sound,
    within,
)
from tryptome.compare.cells import Held
from tryptome.compare.drivers import Community


@pytest.fixture
def cohort():
    person = np.repeat([f"p{number:02}" for number in range(20)], 3)
    group = np.repeat(["x", "y", "z"], [36, 18, 6])
    return SimpleNamespace(metadata=pd.DataFrame({"person": person, "group": group}))


def test_groups_keep_their_sizes(cohort):
    labels = groups(cohort, np.random.default_rng(1))
    assert pd.Series(labels).value_counts().to_dict() == {"a": 36, "b": 18, "out": 6}
    assert (labels[cohort.metadata["group"] == "z"] == "out").all()
    assert (labels != groups(cohort, np.random.default_rng(2))).any()


def test_persons_stay_whole(cohort):
    labels = of_persons(cohort, np.random.default_rng(1))
    by_person = pd.Series(labels).groupby(cohort.metadata["person"]).nunique()
    assert by_person.eq(1).all()
    assert (labels == "b").sum() == 7 * 3


def test_persons_are_halved(cohort):
    labels = within(cohort, np.random.default_rng(1))
    counts = pd.crosstab(cohort.metadata["person"], labels)
    assert counts["a"].eq(2).all()
    assert counts["b"].eq(1).all()


def test_the_error_of_a_rate_counts_contrasts_and_not_quantities():
    hits = np.random.default_rng(1).random(400) < 0.05
    rows = pd.DataFrame({"contrast": np.repeat(np.arange(400), 7), "design": "d"})
    rows["p"] = np.where(np.repeat(hits, 7), 0.01, 0.5)
    found, error = rate(rows, "p")
    assert found == pytest.approx(hits.mean())
    assert error == pytest.approx(np.sqrt(hits.mean() * (1 - hits.mean()) / 400), rel=0.01)
    assert sound(rows)
    assert not sound(rows.assign(p=0.01))


def test_contrasts_that_were_run_further_add_to_the_first_ones_and_are_told_apart():
    (design,) = (one for one in DESIGNS if one.title.startswith("three levels"))
    assert sum(one.first(1000) for one in DESIGNS) == 1000
    assert design.total(1000) > design.first(1000) == 75
    rows = pd.DataFrame({"contrast": np.arange(design.total(1000)), "design": design.title})
    # One in five of the first is a false positive, none of the others.
    rows["p"] = np.where((rows["contrast"] < 75) & (rows["contrast"] % 5 == 0), 0.01, 0.5)
    assert rate(rows, "p")[0] == pytest.approx(15 / design.total(1000))
    said = continued(rows, 1000)
    assert "20.0% ± 4.6% in the first 75, 0.0% ± 0.0% in 525 further ones" in said


def test_the_mean_of_a_quantity_leaves_out_cells_of_which_nothing_is_known():
    # Two samples; the third taxon's prevalence is unknown.
    cells = scipy.sparse.csr_array(np.array([[1.0, 3.0], [3.0, 1.0], [4.0, 0.0]]))
    prevalence = {"indole": np.array([1.0, 0.2, np.nan])}
    shared = SimpleNamespace(community=Community(["a", "b", "c"], Held(cells), prevalence))
    shares = np.array([(1 + 0.6) / 4, (3 + 0.2) / 4])
    expected = np.log2(shares / (1 - shares))
    assert drawn_mean(shared, "share:indole") == pytest.approx(expected)
