"""mothur's tables: labels, padding, what is cut off."""

import numpy as np
import pytest

from tryptome.errors import FormatError, ValueProblemError
from tryptome.ingest import load_cohort

SHARED = (
    "label\tGroup\tnumOtus\tOtu1\tOtu2\tOtu3\t\n"
    "unique\t001\t3\t1\t2\t0\t\n"
    "unique\tB\t3\t3\t4\t5\t\n"
    "0.03\t001\t2\t3\t0\t\t\n"
    "0.03\tB\t2\t7\t5\t\t\n"
)


def write(folder, text, name="t.shared"):
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("label", "features", "counts"),
    [
        (None, ["Otu1", "Otu2"], [[3, 7], [0, 5]]),
        ("0.03", ["Otu1", "Otu2"], [[3, 7], [0, 5]]),
        ("unique", ["Otu1", "Otu2", "Otu3"], [[1, 3], [2, 4], [0, 5]]),
    ],
)
def test_labels(tmp_path, label, features, counts):
    cohort = load_cohort(write(tmp_path, SHARED), label=label)
    assert cohort.table.samples == ["001", "B"]
    assert cohort.table.features == features
    np.testing.assert_array_equal(cohort.table.values.toarray(), counts)
    used = label or "0.03"
    assert cohort.ledger["label"]["used"] == used
    assert sorted([used, *cohort.ledger["label"]["others"]]) == ["0.03", "unique"]
    assert any(f"`{used}` is used" in note for note in cohort.ledger["notes"])


def test_the_first_label_where_none_is_the_usual_one(tmp_path):
    cohort = load_cohort(write(tmp_path, SHARED.replace("0.03\t", "0.05\t")))
    assert cohort.ledger["label"] == {"used": "unique", "others": ["0.05"]}


def test_each_label_may_have_a_header(tmp_path):
    text = SHARED + "label\tGroup\tnumOtus\tP1\n3\tA\t1\t9\n"
    cohort = load_cohort(write(tmp_path, text), label="3")
    assert (cohort.table.features, cohort.table.samples) == (["P1"], ["A"])


def test_with_its_taxonomy(tmp_path):
    taxonomy = write(
        tmp_path,
        'OTU\tSize\tTaxonomy\nOtu1\t9\t"Bacteria(100);Blautia(99);"\nOtu2\t5\tBacteria(100);\n',
        "t.cons.taxonomy",
    )
    cohort = load_cohort(write(tmp_path, SHARED), taxonomy)
    assert list(cohort.features["lineage"]) == ["Bacteria(100);Blautia(99);", "Bacteria(100);"]


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        (SHARED.replace("B\t2\t7\t5\t\t", "B\t2\t7"), FormatError, "the row has 1 abundances"),
        (SHARED.replace("\t2\t", "\t9\t"), FormatError, "numOtus is `9`"),
        (SHARED.replace("\t7\t", "\t0x7\t"), ValueProblemError, "`0x7` is not a number"),
        (SHARED.replace("B\t2\t7\t5\t\t", "B\t2\t7\t5\t8\t"), FormatError, "3|4 abundances"),
        (SHARED + "0.03\n", FormatError, "no abundances"),
    ],
)
def test_broken_rows_are_named(tmp_path, text, error, match):
    path = write(tmp_path, text)
    with pytest.raises(error, match=match) as caught:
        load_cohort(path)
    assert "line " in caught.value.place


def test_a_label_that_there_is_not(tmp_path):
    with pytest.raises(FormatError, match=r"no row has the label `0\.1`") as caught:
        load_cohort(write(tmp_path, SHARED), label="0.1")
    assert "unique, 0.03" in caught.value.remedy
