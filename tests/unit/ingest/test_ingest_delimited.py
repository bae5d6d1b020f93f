"""Delimited tables: layouts, orientation, text as it comes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tryptome.errors import FormatError, ValueProblemError
from tryptome.ingest import load_cohort

LINEAGES = ["k__Bacteria; p__Firmicutes; g__Blautia", "k__Bacteria; p__Bacteroidota; g__Alistipes"]
CLASSIC = (
    "# Constructed from biom file\n"
    "#OTU ID\tS1\tS2\tS3\ttaxonomy\n"
    f"4479944\t1\t0\t3\t{LINEAGES[0]}\n"
    f"331820\t0\t5\t0\t{LINEAGES[1]}\n"
)
COUNTS = np.array([[1, 0, 3], [0, 5, 0]])


def write(folder, text, name="table.tsv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def dense(cohort):
    return cohort.table.values.toarray()


def test_classic_otu_table(tmp_path):
    cohort = load_cohort(write(tmp_path, CLASSIC))
    assert cohort.table.samples == ["S1", "S2", "S3"]
    assert list(cohort.features["feature"]) == ["4479944", "331820"]
    assert list(cohort.features["lineage"]) == LINEAGES
    np.testing.assert_array_equal(dense(cohort), COUNTS)
    assert cohort.ledger["orientation"] == "features_as_rows"
    assert any("each row has a lineage" in note for note in cohort.ledger["notes"])


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_line_ends_and_byte_order_mark(tmp_path, ends, encoding):
    cohort = load_cohort(write(tmp_path, CLASSIC.replace("\n", ends), encoding=encoding))
    np.testing.assert_array_equal(dense(cohort), COUNTS)
    assert list(cohort.features["lineage"]) == LINEAGES


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
@pytest.mark.parametrize("features_as_rows", [True, False])
def test_lineages_as_names_on_either_side(tmp_path, separator, features_as_rows):
    frame = pd.DataFrame(COUNTS, index=LINEAGES, columns=["A.1", "001", "x y"])
    path = tmp_path / "t"
    (frame if features_as_rows else frame.T).to_csv(path, sep=separator, index_label="")
    cohort = load_cohort(path)
    assert cohort.table.samples == ["A.1", "001", "x y"]
    assert cohort.table.features == LINEAGES
    assert list(cohort.features["lineage"]) == LINEAGES
    np.testing.assert_array_equal(dense(cohort), COUNTS)
    expected = "features_as_rows" if features_as_rows else "samples_as_rows"
    assert cohort.ledger["orientation"] == expected


@settings(max_examples=40, deadline=None)
@given(
    counts=st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 10**9), min_size=width, max_size=width),
            min_size=1,
            max_size=6,
        )
    ),
    features_as_rows=st.booleans(),
    separator=st.sampled_from(["\t", ","]),
)
def test_any_counts_come_back(tmp_path_factory, counts, features_as_rows, separator):
    array = np.array(counts)
    array[0, 0] += 1  # nothing but zeros is refused
    frame = pd.DataFrame(
        array,
        index=[f"k__Bacteria;g__Genus{i}" for i in range(len(array))],
        columns=[f"s{i}" for i in range(array.shape[1])],
    )
    path = tmp_path_factory.mktemp("any") / "table.txt"
    (frame if features_as_rows else frame.T).to_csv(path, sep=separator, index_label="id")
    cohort = load_cohort(path)
    assert cohort.table.features == list(frame.index)
    assert cohort.table.samples == list(frame.columns)
    np.testing.assert_array_equal(dense(cohort), array)


def test_metadata_tell_the_orientation_where_nothing_else_does(tmp_path):
    metadata = write(tmp_path, "id\tgroup\nb1\tx\nb2\ty\n", "m.tsv")
    table = write(tmp_path, "\ta1\ta2\nb1\t1\t2\nb2\t3\t4\n")
    cohort = load_cohort(table, metadata=metadata)
    assert cohort.table.samples == ["b1", "b2"]
    assert any("named in the metadata" in note for note in cohort.ledger["notes"])


def test_an_orientation_that_nothing_tells_is_said_and_can_be_set(tmp_path):
    table = write(tmp_path, "\ta1\ta2\nb1\t1\t2\nb2\t3\t4\n")
    assumed = load_cohort(table)
    assert any("assumed" in note for note in assumed.ledger["notes"])
    configured = load_cohort(table, orientation="samples_as_rows")
    assert assumed.table.samples == configured.table.features == ["a1", "a2"]


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        (",Taxon Name,S1,S2\n0,Blautia,1,2\n1,Alistipes,3,4\n", ["S1", "S2"]),
        (",sample,Blautia,Alistipes\n0,7,1,2\n1,9,3,4\n", ["7", "9"]),
        ("Sample,Blautia,Alistipes\n0,1,2\n1,3,4\n", ["0", "1"]),
    ],
)
def test_a_column_that_numbers_the_rows_is_no_sample(tmp_path, text, samples):
    cohort = load_cohort(write(tmp_path, text))
    assert cohort.table.samples == samples
    assert sorted(cohort.table.features) == ["Alistipes", "Blautia"]
    assert cohort.ledger["total"] == 10


def test_header_of_r_that_leaves_out_the_first_column(tmp_path):
    cohort = load_cohort(write(tmp_path, '"S1"\t"S2"\n"g__Blautia"\t1\t2\n"g__Dorea"\t3\t4\n'))
    assert cohort.table.samples == ["S1", "S2"]
    assert cohort.table.features == ["g__Blautia", "g__Dorea"]


def test_rank_columns_inside_the_table(tmp_path):
    text = "OTU,Kingdom,Genus,S1,S2\nOtu1,Bacteria,Blautia,1,2\nOtu2,Bacteria,NA,3,4\n"
    cohort = load_cohort(write(tmp_path, text))
    assert list(cohort.features["lineage"]) == ["k__Bacteria;g__Blautia", "k__Bacteria;g__"]
    assert cohort.table.samples == ["S1", "S2"]


def test_quoted_names_keep_their_commas(tmp_path):
    cohort = load_cohort(write(tmp_path, 'OTU,"S,1",S2\n"Otu1",1,2\n"Otu2",3,4\n'))
    assert cohort.table.samples == ["S,1", "S2"]


def test_trailing_delimiters_and_blank_rows(tmp_path):
    cohort = load_cohort(write(tmp_path, "OTU,S1,S2,\nOtu1,1,2,\n\n,,,\nOtu2,3,4,\n"))
    assert cohort.table.samples == ["S1", "S2"]
    assert cohort.table.features == ["Otu1", "Otu2"]


def test_scientific_notation(tmp_path):
    cohort = load_cohort(write(tmp_path, "OTU\tS1\tS2\nOtu1\t1e-1\t5.0E-1\nOtu2\t9E-1\t0.5\n"))
    np.testing.assert_allclose(dense(cohort), [[0.1, 0.5], [0.9, 0.5]])
    assert cohort.ledger["values"] == "relative"


@pytest.mark.parametrize("cell", ["NA", "", "0x10", "１２", "1_000", "1,5,0", "<1", "TRUE"])
def test_a_field_that_is_no_number_is_named(tmp_path, cell):
    path = write(tmp_path, f"OTU\tS1\tS2\nOtu1\t1\t2\nOtu2\t3\t{cell}\nOtu3\t3\t4\n")
    with pytest.raises(ValueProblemError) as caught:
        load_cohort(path)
    assert caught.value.place == f"{path}, line 3 (`Otu2`), column `S2`"
    assert cell in caught.value.what or "empty" in caught.value.what


def test_a_column_of_text_is_named(tmp_path):
    path = write(tmp_path, "OTU\tS1\tsite\nOtu1\t1\tgut\nOtu2\t3\tskin\n")
    with pytest.raises(ValueProblemError, match="holds text"):
        load_cohort(path)


def test_a_row_that_was_cut_off_is_named(tmp_path):
    path = write(tmp_path, "OTU\tS1\tS2\nOtu1\t1\t2\nOtu2\t3\n")
    with pytest.raises(FormatError, match="2 fields, the header 3") as caught:
        load_cohort(path)
    assert caught.value.place.endswith("line 3")


def test_an_open_quote_is_an_error(tmp_path):
    with pytest.raises(FormatError, match="quote"):
        load_cohort(write(tmp_path, 'OTU,S1,S2\nOtu1,1,2\n"Otu2,3,4\nOtu3,5,6\n'))


def test_utf16_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(FormatError, match="UTF-16") as caught:
        load_cohort(write(tmp_path, CLASSIC, encoding="utf-16"))
    assert "UTF-8" in caught.value.remedy


def test_latin1_is_refused(tmp_path):
    with pytest.raises(FormatError, match="not UTF-8"):
        load_cohort(write(tmp_path, CLASSIC.replace("S1", "Sé"), encoding="latin-1"))
