"""A cohort's own measured metabolites: reading, refusals, correlations."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.stats import spearmanr

from tryptome.biom_parts import biom_parts
from tryptome.errors import InputError, MismatchError, ValueProblemError
from tryptome.measured.run import compare, coverage, diversity_and_depth, predicted
from tryptome.measured.table import read_measured
from tryptome.tables import write_parquet

SAMPLES = ("a", "b", "c")


def written(folder, text):
    path = folder / "measured.tsv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_samples_are_matched_by_id_and_absence_is_null(tmp_path):
    path = written(tmp_path, "id\tTrp\tx\nc\t3\tq\na\tNA\tq\n")
    found = read_measured(path, {"Trp": "tryptophan"}, SAMPLES)
    assert list(found.index) == list(SAMPLES)
    assert found["tryptophan"].to_numpy() == pytest.approx([np.nan, np.nan, 3], nan_ok=True)


@pytest.mark.parametrize(
    ("text", "columns", "error", "words"),
    [
        ("id\ttryptophan\na\t1\na\t2\n", {}, InputError, "`a` occurs more than once"),
        ("id\ttryptophan\na\tlow\n", {}, ValueProblemError, "`low` of sample `a`"),
        ("id\ttryptophan\na\tinf\n", {}, ValueProblemError, "`inf` of sample `a`"),
        ("id\ttryptophan\nz\t1\n", {}, MismatchError, "none of its samples"),
        ("id\tother\na\t1\n", {}, InputError, "no column is named like"),
        ("id\tother\na\t1\n", {"Trp": "tryptophan"}, InputError, "no column `Trp`"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, text, columns, error, words):
    with pytest.raises(error, match=words):
        read_measured(written(tmp_path, text), columns, SAMPLES)


def test_diversity_is_that_of_the_table_as_it_came(tmp_path):
    from skbio.diversity.alpha import shannon

    reads = np.array([[5.0, 1.0, 0.0], [0.0, 0.0, 0.0], [2.0, 2.0, 7.0]])
    table, depth = str(tmp_path / "table.biom"), tmp_path / "depth.tsv"
    with biom_parts(table, list("xyz"), ["a", "b", "c"], "sample", "OTU table") as append:
        append(csr_array(reads))
    depth.write_text("sample\treads\nc\t11\nb\t0\na\t6\n", encoding="utf-8")
    diversity, total = diversity_and_depth(table, str(depth), ["c", "b", "a"])
    expected = [shannon(reads[2], base=np.e), np.nan, shannon(reads[0], base=np.e)]
    assert diversity == pytest.approx(expected, nan_ok=True)
    assert total.tolist() == [11, 0, 6]


def test_coverage_counts_measured_ranks_inside_the_predicted_interval():
    """Fifty samples measured out of sixty: their ranks among themselves are 0.01, 0.03, …."""
    y = np.append(np.arange(50.0), np.full(10, np.nan))
    interval = np.tile([0.2, 0.4], (60, 1))
    assert coverage(y, interval) == pytest.approx(10 / 50)
    interval[:25] = np.nan  # not predicted; of the others the ranks are 0.02, 0.06, …
    assert coverage(y, interval) == pytest.approx(5 / 25)
    interval[25:31] = np.nan
    assert np.isnan(coverage(y, interval))


def test_intervals_are_those_of_the_predictions(tmp_path):
    names = ["sample", "quantity", "q05", "q95"]
    rows = [("b", "faecal:butyrate", 0.1, 0.6), ("b", "share:butyrate", 0.0, 1.0)]
    rows += [("a", "faecal:butyrate", 0.2, 0.7), ("a", "share:butyrate", 0.0, 1.0)]
    write_parquet(pd.DataFrame(rows, columns=names), tmp_path / "quantities.parquet")
    found = predicted(str(tmp_path / "quantities.parquet"), ["a", "b", "c"])
    assert set(found) == {"faecal:butyrate"}
    expected = [[0.2, 0.7], [0.1, 0.6], [np.nan, np.nan]]
    assert found["faecal:butyrate"] == pytest.approx(np.array(expected), nan_ok=True)


def test_correlations_are_given_where_enough_is_known():
    rng = np.random.default_rng(1)
    x, shannon, depth = rng.normal(size=(3, 40))
    y = x + rng.normal(size=40)
    persons = np.array([f"p{number}" for number in range(40)], dtype=object)
    found = compare(x, y, (shannon, depth), persons, 1)
    assert found["spearman"] == pytest.approx(spearmanr(x, y).statistic, abs=1e-6)
    assert found["spearman_lower"] < found["spearman"] < found["spearman_upper"]
    assert found["verdict"] == "beyond diversity"
    few = compare(np.where(np.arange(40) < 19, x, np.nan), y, (shannon, depth), persons, 1)
    assert few["samples"] == 19
    assert np.isnan(few["spearman"])
    assert "under 20" in few["reason"]
