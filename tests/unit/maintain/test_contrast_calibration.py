"""Labels that are dealt out anew leave what a design keeps, and rates are what they say."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from calibration.deals import (
    BATCHES,
    FEW,
    batches,
    families,
    groups,
    inside_strata,
    of_persons,
    responding,
    six_each,
    within,
    within_and_between,
)
from calibration.planted import drawn_mean
from calibration.rates import FULL, rate, together, uncovered, unsound
from tryptome.compare.cells import Held
from tryptome.compare.drivers import Community


@pytest.fixture
def cohort():
    person = np.repeat([f"p{number:02}" for number in range(20)], 3)
    group = np.repeat(["x", "y", "z"], [36, 18, 6])
    family = np.repeat([f"f{number}" for number in range(10)], 6)
    return SimpleNamespace(
        metadata=pd.DataFrame({"person": person, "group": group, "family": family}),
        outcomes={"share:indole": np.linspace(-1, 1, 60)},
    )


def test_groups_keep_their_sizes(cohort):
    labels = groups(cohort, np.random.default_rng(1))["label"]
    assert pd.Series(labels).value_counts().to_dict() == {"a": 36, "b": 18, "out": 6}
    assert (labels[cohort.metadata["group"] == "z"] == "out").all()
    assert (labels != groups(cohort, np.random.default_rng(2))["label"]).any()


def test_persons_stay_whole(cohort):
    labels = of_persons(cohort, np.random.default_rng(1))["label"]
    by_person = pd.Series(labels).groupby(cohort.metadata["person"]).nunique()
    assert by_person.eq(1).all()
    assert (labels == "b").sum() == 7 * 3


def test_persons_are_halved(cohort):
    labels = within(cohort, np.random.default_rng(1))["label"]
    counts = pd.crosstab(cohort.metadata["person"], labels)
    assert counts["a"].eq(2).all()
    assert counts["b"].eq(1).all()


def test_an_interaction_has_halves_of_persons_and_arms_of_whole_ones(cohort):
    columns = within_and_between(cohort, np.random.default_rng(1))
    person = cohort.metadata["person"]
    assert pd.Series(columns["label"]).groupby(person).nunique().eq(2).all()
    assert pd.Series(columns["arm"]).groupby(person).nunique().eq(1).all()


def test_small_groups_are_of_persons(cohort):
    labels = pd.Series(six_each(cohort, np.random.default_rng(1))["label"])
    by_person = labels.groupby(cohort.metadata["person"]).first().value_counts()
    assert by_person.to_dict() == {"a": FEW, "b": FEW, "out": 20 - 2 * FEW}
    assert labels.value_counts()["a"] == 3 * FEW


def test_families_stay_whole(cohort):
    labels = pd.Series(families(cohort, np.random.default_rng(1))["label"])
    by_family = labels.groupby(cohort.metadata["family"])
    assert by_family.nunique().eq(1).all()
    assert by_family.first().value_counts().to_dict() == {"a": 5, "b": 5}


@pytest.mark.parametrize(("deal", "column"), [(batches, "batch"), (inside_strata, None)])
def test_batches_and_strata_hold_unequal_parts_of_the_groups(cohort, deal, column):
    parts = []
    for turn in range(200):
        columns = deal(cohort, np.random.default_rng(turn))
        inside = columns[column] if column else cohort.metadata["group"].to_numpy(object)
        parts.append(pd.Series(columns["label"] == "b").groupby(inside).mean())
    part = pd.concat(parts, axis=1).mean(axis=1)
    assert part.max() - part.min() == pytest.approx(0.5, abs=0.08)
    assert len(part) == (BATCHES if column else 3)


def test_persons_respond_to_b_alone_and_each_in_one_way(cohort):
    labels = within(cohort, np.random.default_rng(1))
    rng = np.random.default_rng(2)
    before = cohort.outcomes["share:indole"]
    moved = responding(cohort, labels, rng)["share:indole"] - before
    assert (moved[labels["label"] == "a"] == 0).all()
    b = labels["label"] == "b"
    response = pd.Series(moved[b]).groupby(cohort.metadata["person"][b].to_numpy())
    assert response.nunique().eq(1).all()
    assert response.first().std() == pytest.approx(before.std(), rel=0.5)


def hits_of(hits: np.ndarray, design: str = "d") -> pd.DataFrame:
    rows = pd.DataFrame({"contrast": np.repeat(np.arange(len(hits)), 7), "design": design})
    return rows.assign(p=np.where(np.repeat(hits, 7), 0.01, 0.5))


def test_the_error_of_a_rate_counts_contrasts_and_not_quantities():
    hits = np.random.default_rng(1).random(400) < 0.05
    found, error = rate(hits_of(hits), "p")
    assert found == pytest.approx(hits.mean())
    assert error == pytest.approx(np.sqrt(hits.mean() * (1 - hits.mean()) / 400), rel=0.01)


def test_each_design_is_judged_and_not_the_total_alone():
    good = [hits_of(np.arange(FULL) % 20 == 0, f"good {at}") for at in range(20)]
    bad = hits_of(np.arange(FULL) % 12 == 0, "bad")
    rows = pd.concat([*good, bad])
    assert 0.035 < rate(together(rows), "p")[0] < 0.065
    assert unsound(together(rows)) == []
    (named,) = unsound(rows)
    assert named.startswith("bad (8.3% ± 1.6%")


def test_a_short_run_fails_for_gross_faults_and_hardly_ever_by_chance():
    rng = np.random.default_rng(3)
    failed = 0
    for _ in range(30):
        rows = pd.concat(hits_of(rng.random(15) < 0.05, f"d{at}") for at in range(18))
        failed += bool(unsound(rows))
    assert failed == 0
    rows = pd.concat([rows, hits_of(rng.random(15) < 0.5, "wrong")])
    assert [one.split()[0] for one in unsound(rows)] == ["wrong"]


def test_intervals_that_cover_too_little_are_named():
    def covered(part):
        return pd.DataFrame({"contrast": np.arange(100), "both": np.arange(100) < 100 * part})

    assert uncovered({"fine": covered(0.95), "short": covered(0.9)}) == [
        "intervals, short (90.0% ± 3.0%)"
    ]
    assert uncovered({"few": covered(0.9).iloc[72:92]}) == []


def test_the_mean_of_a_quantity_leaves_out_cells_of_which_nothing_is_known():
    # Two samples; the third taxon's prevalence is unknown.
    cells = scipy.sparse.csr_array(np.array([[1.0, 3.0], [3.0, 1.0], [4.0, 0.0]]))
    prevalence = {"indole": np.array([1.0, 0.2, np.nan])}
    shared = SimpleNamespace(community=Community(["a", "b", "c"], Held(cells), prevalence))
    shares = np.array([(1 + 0.6) / 4, (3 + 0.2) / 4])
    expected = np.log2(shares / (1 - shares))
    assert drawn_mean(shared, "share:indole") == pytest.approx(expected)
