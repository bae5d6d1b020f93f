"""Statistics and tables of the validation against measured metabolites."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr

from tryptome.estimate.faecal.metabolites import METABOLITES
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
from validation.baselines import shuffled_persons
from validation.page import page

ROOT = Path(__file__).parents[3]


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


def test_the_page_shows_the_table_that_ships():
    table = read_tsv(ROOT / "resources" / "prediction" / "accuracy.tsv")
    numbers = [c for c in table if c not in ("quantity", "metabolite", "cohort", "left_out")]
    numbers = [c for c in numbers if c not in ("verdict", "predicted_by_others")]
    table[numbers] = table[numbers].apply(pd.to_numeric)
    shown = (ROOT / "docs" / "validation" / "accuracy.md").read_text(encoding="utf-8")
    assert page(table) == shown
    # Failures stand in the same table.
    assert {"serotonin", *(m.name for m in METABOLITES)} - {"indole"} <= set(table["metabolite"])


def test_the_verdict_and_the_declaration_agree():
    """What is not predicted is never plainly said to be beyond diversity."""
    table = read_tsv(ROOT / "resources" / "prediction" / "accuracy.tsv")
    models = read_tsv(ROOT / "resources" / "prediction" / "models.tsv").set_index("metabolite")
    faecal = table[table["quantity"].str.startswith("faecal:")]
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


def test_shuffled_capabilities_are_the_shares_of_other_taxa():
    """Two taxa: shuffled, each has what the other had, or what it had."""
    import scipy.sparse

    from tryptome.estimate.faecal.features import Features
    from tryptome.estimate.faecal.fit import Training
    from tryptome.estimate.faecal.nested import Nested
    from tryptome.estimate.faecal.ranks import ranks
    from validation.cohorts import Paired
    from validation.shuffled_capabilities import shuffled

    cells = scipy.sparse.csr_array(np.array([[9.0, 1.0], [5.0, 5.0], [2.0, 8.0]]))
    taxa = ("g__A", "g__B")
    prevalence = pd.DataFrame({"butyrate": [1.0, 0.0]}, index=list(taxa))
    names = ("share:butyrate", "shannon")
    x = ranks(np.column_stack([[0.9, 0.5, 0.2], [0.3, 0.7, 0.5]]))
    persons = np.array(list("abc"), dtype=object)
    trained = Training("c", names, x, frozenset(), {}, persons)
    empty = pd.DataFrame(index=list("abc"))
    found = Features(names, x)
    paired = Paired(
        *("c", tuple("abc"), persons, np.ones(3), empty, np.ones(3), prevalence, found),
        *(empty, empty, taxa, cells),
    )
    seen = {
        tuple(np.sign(one.x[:, 0]))
        for [one] in shuffled([paired], Nested([trained]), seed=1, shuffles=20)
        if (one.x[:, 1] == x[:, 1]).all()
    }
    assert seen == {(1, 0, -1), (-1, 0, 1)}
