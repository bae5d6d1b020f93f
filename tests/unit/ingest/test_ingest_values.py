"""Counts against relative abundances; values and ids that are refused."""

import biom
import numpy as np
import pytest

from tryptome.errors import (
    DuplicateIdError,
    EmptyTableError,
    FormatError,
    ValueProblemError,
)
from tryptome.ingest import load_cohort
from tryptome.tables import write_biom


def write(folder, columns, rows=("g__Blautia", "g__Dorea")):
    path = folder / "table.tsv"
    lines = ["OTU\t" + "\t".join(columns)]
    for position, row in enumerate(rows):
        lines.append("\t".join([row, *(str(values[position]) for values in columns.values())]))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("columns", "kind", "reason"),
    [
        ({"a": (3, 4), "b": (0, 1)}, "counts", "whole numbers"),
        ({"a": (0.25, 0.75), "b": (0.5, 0.5)}, "relative", "adds up to 1"),
        ({"a": (25.5, 74.5), "b": (50.5, 49.5)}, "relative", "adds up to 100"),
        ({"a": (0.2, 0.3), "b": (0.5, 0.4)}, "relative", "more than 1"),
        ({"a": (2500.5, 7499.5), "b": (1.5, 9998.5)}, "relative", "the same"),
        ({"a": (2.5, 7.5), "b": (200.5, 100)}, "counts", "assumed"),
    ],
)
def test_kind_of_values_is_told_and_said(tmp_path, columns, kind, reason):
    cohort = load_cohort(write(tmp_path, columns))
    assert cohort.ledger["values"] == kind
    assert any(reason in note for note in cohort.ledger["notes"])


def test_kind_of_values_can_be_set(tmp_path):
    cohort = load_cohort(write(tmp_path, {"a": (3, 4), "b": (0, 1)}), values="relative")
    assert cohort.ledger["values"] == "relative"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("-1", "negative"),
        ("nan", "nan is not a number"),
        ("inf", "infinite"),
        ("1e999", "infinite"),
    ],
)
def test_values_that_are_no_abundances_name_feature_and_sample(tmp_path, value, words):
    path = write(tmp_path, {"S1": (3, 4), "S2": (0, value)})
    with pytest.raises(ValueProblemError, match=words) as caught:
        load_cohort(path)
    assert caught.value.place == f"{path}, feature `g__Dorea`, sample `S2`"
    assert caught.value.remedy


def test_bad_values_in_biom_are_named_too(tmp_path):
    path = tmp_path / "table.biom"
    data = np.array([[1.0, 0.0], [0.0, 2.0], [5.0, -3.0]])
    write_biom(biom.Table(data, ["a", "b", "c"], ["x", "y"]), path)
    with pytest.raises(ValueProblemError, match="-3 is negative") as caught:
        load_cohort(path)
    assert "feature `c`, sample `y`" in caught.value.place


def test_repeated_samples(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("OTU\tS1\tS2\tS1\ng__A\t1\t2\t3\ng__B\t1\t2\t3\n")
    with pytest.raises(DuplicateIdError, match=r"sample ids that occur more than once \(1\): `S1`"):
        load_cohort(path)


def test_repeated_features(tmp_path):
    path = write(tmp_path, {"S1": (1, 2)}, rows=("g__Blautia", "g__Blautia"))
    with pytest.raises(
        DuplicateIdError, match=r"feature ids that occur more than once \(1\): `g__Blautia`"
    ):
        load_cohort(path)


@pytest.mark.parametrize("text", ["", "\n\n", "OTU\tS1\tS2\n", "# only a comment\n"])
def test_a_file_without_rows_is_an_empty_table(tmp_path, text):
    path = tmp_path / "table.tsv"
    path.write_text(text)
    with pytest.raises((EmptyTableError, FormatError)) as caught:
        load_cohort(path)
    assert caught.value.place == str(path)


def test_nothing_but_zeros(tmp_path):
    with pytest.raises(EmptyTableError, match="nothing but zeros"):
        load_cohort(write(tmp_path, {"S1": (0, 0), "S2": (0, 0)}))


def test_an_empty_sample_is_kept_and_listed(tmp_path):
    cohort = load_cohort(write(tmp_path, {"S1": (1, 0), "S2": (0, 0)}))
    assert cohort.table.samples == ["S1", "S2"]
    assert cohort.ledger["empty_samples"] == ["S2"]
    assert any("1 sample without reads" in note for note in cohort.ledger["notes"])


def test_a_feature_without_name_is_kept_as_unassigned(tmp_path):
    cohort = load_cohort(write(tmp_path, {"S1": (1, 2)}, rows=("g__Blautia", "")))
    assert list(cohort.features["feature"]) == ["g__Blautia", ""]
    assert cohort.ledger["features_without_lineage"] == [""]
    assert cohort.ledger["total"] == 3


def test_control_characters_in_ids_are_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('OTU,"S\n1",S2\ng__A,1,2\n')
    with pytest.raises(FormatError, match="control"):
        load_cohort(path)
