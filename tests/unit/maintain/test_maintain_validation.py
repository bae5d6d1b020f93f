"""Statistics and tables of the validation against measured metabolites."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from scipy.stats import rankdata, spearmanr

from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.knowledge.base import load
from tryptome.measured.correlation import (
    NO_EVIDENCE,
    Correlation,
    correlate,
    person_weights,
    pool,
    verdict,
)
from tryptome.tables import read_tsv
from validation.accuracy import BEYOND, TOO_WEAK
from validation.baselines import (
    FOLDS,
    SHUFFLES,
    learned,
    shuffled_persons,
    shuffled_shares,
    shuffled_taxa,
)
from validation.cohorts import Paired
from validation.page import page
from validation.pairs import PAIRS, Pair
from validation.words import words

ROOT = Path(__file__).parents[3]

TEXT = (
    *("quantity", "metabolite", "cohort", "expected", "left_out", "verdict"),
    "predicted_by_others",
)


@pytest.fixture
def data():
    rng = np.random.default_rng(3)
    persons = np.array([f"p{number // 2}" for number in range(60)], dtype=object)
    z = rng.normal(size=60)
    x = np.round(z + rng.normal(size=60), 1)  # with ties
    y = np.round(z + 0.5 * x + rng.normal(size=60), 1)
    return x, y, z, persons


def test_draws_are_spearman_correlations_of_resampled_persons(data):
    x, y, z, persons = data
    weights = person_weights(persons, seed=5, draws=20)
    assert (weights[:, ::2] == weights[:, 1::2]).all()  # both samples of a person, or none
    simple, _ = correlate(x, y, (z,), weights)
    assert simple.value == pytest.approx(spearmanr(x, y).statistic, abs=1e-6)
    for row, drawn in zip(weights[1:], simple.draws, strict=True):
        rows = np.repeat(np.arange(60), row.astype(int))
        assert drawn == pytest.approx(spearmanr(x[rows], y[rows]).statistic, abs=1e-6)


def test_partial_correlation_is_that_of_residuals(data):
    x, y, z, persons = data
    _, partial = correlate(x, y, (z, np.ones(60)), person_weights(persons, 1, draws=2))
    given = np.column_stack([np.ones(60), rankdata(z)])

    def residual(values):
        ranked = rankdata(values)
        return ranked - given @ np.linalg.lstsq(given, ranked, rcond=None)[0]

    expected = np.corrcoef(residual(x), residual(y))[0, 1]
    assert partial.value == pytest.approx(expected, abs=1e-6)


def test_pooling_of_alike_cohorts_is_their_mean():
    draws = np.tanh(np.arctanh(0.4) + np.random.default_rng(0).normal(0, 0.1, 5000))
    mean, low, high = pool([Correlation(0.4, draws)] * 4)
    assert mean == pytest.approx(0.4)
    half = 1.645 * 0.1 / 2  # four cohorts of standard error 0.1
    assert (np.arctanh(high) - np.arctanh(low)) / 2 == pytest.approx(half, rel=0.03)


def test_verdicts():
    assert verdict(0.01, 0.3) == "beyond diversity"
    assert verdict(-0.01, 0.3) == NO_EVIDENCE
    assert verdict(-0.3, -0.1) == "opposite to what was expected"
    assert verdict(-0.3, -0.1, -1) == "beyond diversity"
    assert verdict(0.1, 0.3, -1) == "opposite to what was expected"
    assert verdict(-0.3, 0.1, -1) == verdict(-0.3, 0.1, 0) == NO_EVIDENCE
    assert verdict(0.1, 0.3, 0).startswith("above")
    assert verdict(np.nan, np.nan) == NO_EVIDENCE


def test_cells_that_use_tryptophan_up_are_expected_to_leave_less_of_it(shipped):
    """Indole makers: less tryptophan in all cohorts together is what was expected."""
    own = shipped["quantity"].isin(["share:indole", "share:trp_diversion"])
    rows = shipped[own & (shipped["metabolite"] == "tryptophan")]
    assert set(rows["expected"]) == {"negative"}
    below = rows["partial_upper"] < 0
    assert below[rows["quantity"] == "share:indole"].sum() >= 3
    assert set(rows["verdict"][below]) == {BEYOND}
    assert set(rows["verdict"][~below]) == {NO_EVIDENCE}
    serotonin = shipped[shipped["metabolite"] == "serotonin"]
    assert set(serotonin["expected"]) == {"none"}
    assert not serotonin["verdict"].str.contains("opposite|^beyond").any()


@pytest.fixture
def shipped():
    table = read_tsv(ROOT / "resources" / "prediction" / "accuracy.tsv")
    numbers = [name for name in table if name not in TEXT]
    return table.assign(**{name: pd.to_numeric(table[name]) for name in numbers})


def test_every_capability_that_genomes_tell_is_held_against_something():
    """Of spore-formers there is no compound, and auxotrophy is one minus synthesis."""
    told = {f"share:{c.name}" for c in load().capabilities if c.source is not None}
    assert told - {pair.quantity for pair in PAIRS} == {"share:spore_forming"}
    compounds = set(read_tsv(ROOT / "maintain" / "validation" / "compounds.tsv")["metabolite"])
    unmeasured = {pair.metabolite for pair in PAIRS} - compounds
    assert unmeasured == {"indole", "folate", "cobalamin"}
    assert compounds <= {pair.metabolite for pair in PAIRS}


def test_what_no_cohort_measures_has_a_row_that_says_so(shipped):
    rows = shipped[shipped["samples"] == 0].set_index("quantity")
    assert rows.loc["faecal:indole", "verdict"] == "no cohort measures it"
    assert rows["spearman"].isna().all()
    shown = page(shipped)
    assert "## `faecal:indole` against indole\n\nNo cohort measures it.\n" in shown


def test_the_page_shows_the_table_that_ships(shipped):
    shown = (ROOT / "docs" / "validation" / "accuracy.md").read_text(encoding="utf-8")
    assert page(shipped) == shown
    # Failures stand in the same table.
    assert {"serotonin", *(m.name for m in METABOLITES)} <= set(shipped["metabolite"])


def test_the_verdict_and_the_declaration_agree():
    """What is not predicted is never plainly said to be beyond diversity."""
    table = read_tsv(ROOT / "resources" / "prediction" / "accuracy.tsv")
    models = read_tsv(ROOT / "resources" / "prediction" / "models.tsv").set_index("metabolite")
    faecal = table[table["quantity"].str.startswith("faecal:") & (table["cohort"] != "none")]
    not_predicted = models.loc[faecal["metabolite"], "reason"].to_numpy() != ""
    assert BEYOND not in set(faecal["verdict"][not_predicted])
    assert TOO_WEAK not in set(faecal["verdict"][~not_predicted])
    assert TOO_WEAK in set(faecal["verdict"])


def test_whole_persons_are_shuffled():
    persons = np.array(list("aabbbcddd"), dtype=object)
    rng = np.random.default_rng(0)
    donors = np.array([persons[shuffled_persons(persons, rng)] for _ in range(200)])
    for person in "abcd":
        own = donors[:, persons == person]
        assert (own == own[:, :1]).all()  # all samples of a person come from one other
        assert set(own[:, 0]) == set("abcd")


def cohort(prevalence, cells, features=None, **more):
    """A cohort of three samples of three persons, of which little is known."""
    samples = [f"s{number}" for number in range(cells.shape[0])]
    empty = pd.DataFrame(index=samples)
    known = {
        "name": "c",
        "samples": tuple(samples),
        "persons": np.array(samples, dtype=object),
        "depth": np.ones(len(samples)),
        "diversity": np.ones(len(samples)),
        "means": empty,
        "prevalence": prevalence,
        "features": features,
        "measured": empty,
        "genera": empty,
        "taxa": tuple(prevalence.index),
        "cells": cells,
    }
    return Paired(**known | more)


def test_of_the_balance_both_capabilities_go_to_another_taxon():
    """A taxon makes or diverts: the shares of the two still add up to one in each shuffle."""
    cells = scipy.sparse.csr_array(np.array([[9.0, 1.0, 4.0], [5.0, 5.0, 0.0], [2.0, 8.0, 1.0]]))
    taxa = ["g__A", "g__B", "g__C"]
    names = ("trp_synthesis", "trp_diversion")
    known = pd.DataFrame([[1.0, 0.0], [0.0, 1.0], [1.0, np.nan]], taxa, list(names))
    made, diverted = shuffled_shares(cohort(known, cells), names, seed=1)
    assert made + diverted == pytest.approx(np.ones((3, SHUFFLES)))  # the third taxon is out
    assert {tuple(column.round(6)) for column in made.T} == {(0.9, 0.5, 0.2), (0.1, 0.5, 0.8)}
    found = shuffled_taxa(
        cohort(known, cells), Pair("precursor_balance", "x"), np.array([3.0, 2.0, 1.0]), 1
    )
    assert found == pytest.approx(1)
    assert np.isnan(shuffled_taxa(cohort(known, cells), Pair("mass:left", "x"), np.ones(3), 1))


def test_inner_folds_of_the_elastic_net_keep_persons_together(monkeypatch):
    import sklearn.linear_model

    rng = np.random.default_rng(0)
    samples = [f"s{number}" for number in range(40)]
    genera = pd.DataFrame(rng.random((40, 3)), samples, list("xyz"))
    more = {
        "persons": np.array([f"p{number // 4}" for number in range(40)], dtype=object),
        "measured": pd.DataFrame({"butyrate": rng.random(40)}, samples),
        "genera": genera,
    }
    nothing = pd.DataFrame({"butyrate": [1.0]}, index=["g__A"])
    cells = scipy.sparse.csr_array(np.ones((40, 1)))
    one, other, out = (cohort(nothing, cells, name=name, **more) for name in ("a", "b", "out"))
    given = {}
    real = sklearn.linear_model.ElasticNetCV

    def noted(**settings):
        given.update(settings)
        return real(**settings)

    monkeypatch.setattr(sklearn.linear_model, "ElasticNetCV", noted)
    forest, net = learned([one, other, out], out, "butyrate", 1)
    assert len(forest) == len(net) == 40
    person = np.array([f"{c.name}{p}" for c in (one, other) for p in c.persons])
    assert len(given["cv"]) == FOLDS
    for trained, tested in given["cv"]:
        assert not set(person[trained]) & set(person[tested])
        assert len(trained) + len(tested) == 80


def test_a_metabolite_is_told_with_what_was_to_be_reached():
    rows = [
        ("faecal:butyrate", "butyrate", cohort, spearman, forest, "beyond diversity")
        for cohort, spearman, forest in (("A", 0.5, 0.1), ("B", 0.4, 0.45), ("C", 0.1, 0.0))
    ]
    rows += [("share:butyrate", "butyrate", "A", 0.3, 0.1, NO_EVIDENCE)]
    names = ["quantity", "metabolite", "cohort", "spearman", "forest", "verdict"]
    table = pd.DataFrame(rows, columns=names)
    table = table.assign(samples=50, single=0.2, elastic_net=np.nan, partial_spearman=0.25)
    [told] = [line for line in words(table).splitlines() if line.startswith("- **butyrate**")]
    assert told == (
        "- **butyrate**: to strive for +0.40; +0.40 over 3 cohorts, so reached. "
        "Above the forest's +0.10 (it is beaten in 2 of 3 cohorts). "
        "Tried: the share alone +0.30, the best fit alone +0.20, the mean of fits +0.40. "
        "Given diversity and depth +0.25, its interval above 0 in 3 of 3."
    )
    assert "- **indole**: no cohort measures it" in words(table)


def test_shuffled_capabilities_are_the_shares_of_other_taxa():
    """Two taxa: shuffled, each has what the other had, or what it had."""
    from tryptome.estimate.faecal.features import Features
    from tryptome.estimate.faecal.fit import Training
    from tryptome.estimate.faecal.nested import Nested
    from tryptome.estimate.faecal.ranks import ranks
    from validation.shuffled_capabilities import shuffled

    cells = scipy.sparse.csr_array(np.array([[9.0, 1.0], [5.0, 5.0], [2.0, 8.0]]))
    prevalence = pd.DataFrame({"butyrate": [1.0, 0.0]}, index=["g__A", "g__B"])
    names = ("share:butyrate", "shannon")
    x = ranks(np.column_stack([[0.9, 0.5, 0.2], [0.3, 0.7, 0.5]]))
    persons = np.array(list("abc"), dtype=object)
    trained = Training("c", names, x, frozenset(), {}, persons)
    paired = cohort(prevalence, cells, Features(names, x))
    seen = {
        tuple(np.sign(one.x[:, 0]))
        for [one] in shuffled([paired], Nested([trained]), seed=1, shuffles=20)
        if (one.x[:, 1] == x[:, 1]).all()
    }
    assert seen == {(1, 0, -1), (-1, 0, 1)}
