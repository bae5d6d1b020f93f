"""QIIME 2's rules for metadata, against scikit-bio's own reader of them."""

import os
from pathlib import Path

import pandas as pd
import pytest
from skbio.metadata import SampleMetadata

from tryptome.errors import DuplicateIdError, EmptyTableError, FormatError, ValueProblemError
from tryptome.ingest import load_cohort
from tryptome.ingest.metadata import read_metadata

VALID = (
    "BOM-simple.txt",
    "comments.tsv",
    "complete-types-directive.tsv",
    "empty-rows.tsv",
    "jagged.tsv",
    "leading-trailing-whitespace.tsv",
    "mac-line-endings.tsv",
    "missing-data.tsv",
    "missing-insdc.tsv",
    "no-newline-at-eof.tsv",
    "non-standard-characters.tsv",
    "qiime1.tsv",
    "recommended-ids.tsv",
    "windows-line-endings.tsv",
)


def as_skbio_sees(path):
    """Ids, names of columns, and fields as text, of which numbers are compared by value."""
    frame = SampleMetadata.load(str(path)).to_dataframe()
    return list(frame.index), list(frame.columns), frame


@pytest.mark.data
@pytest.mark.parametrize("name", VALID)
def test_as_scikit_bio_reads_it(name):
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    folder = Path(os.environ["TRYPTOME_DATA"]) / "formats" / "metadata_oddities"
    path = folder / f"valid__{name}"
    ids, columns, frame = as_skbio_sees(path)
    metadata = read_metadata(path)
    assert metadata.values(metadata.columns[0]) == ids
    assert metadata.columns[1:] == columns
    for column in columns:
        for ours, theirs in zip(metadata.values(column), frame[column], strict=True):
            if pd.isna(theirs):
                assert ours == ""
            else:
                assert (float(ours) if isinstance(theirs, float) else ours) == theirs


def metadata_of(tmp_path, content):
    path = tmp_path / "metadata.tsv"
    path.write_text(content)
    return read_metadata(path)


def test_types_and_missing_values(tmp_path):
    metadata = metadata_of(
        tmp_path,
        "id\tage\tgroup\tsite\n"
        "#q2:types\tnumeric\tcategorical\t\n"
        "#q2:missing\tINSDC:missing\t\t\n"
        "S1\t31\t1\tmissing\n"
        "S2\tnot collected\t2\tgut\n",
    )
    assert metadata.types == {"age": "numeric", "group": "categorical"}
    assert metadata.rows == [["S1", "31", "1", "missing"], ["S2", "", "2", "gut"]]
    assert "1 values are missing by the line `#q2:missing`" in " ".join(metadata.notes)


def test_nothing_but_ids(tmp_path):
    assert metadata_of(tmp_path, "id\nS1\nS2\n").rows == [["S1"], ["S2"]]


def test_types_stand_in_the_ledger(tmp_path):
    (tmp_path / "table.tsv").write_text("#OTU ID\tS1\tS2\nOtu1\t1\t2\n")
    (tmp_path / "metadata.tsv").write_text("id\tg\n#q2:types\tcategorical\nS1\t1\nS2\t2\n")
    cohort = load_cohort(tmp_path / "table.tsv", metadata=tmp_path / "metadata.tsv")
    assert cohort.ledger["column_types"] == {"g": "categorical"}
    assert list(cohort.samples["g"]) == ["1", "2"]


def test_blanks_count_where_the_file_is_not_of_qiime2(tmp_path):
    metadata = metadata_of(tmp_path, "sample\tgroup\nS1\tAutistic \n")
    assert metadata.rows == [["S1", "Autistic "]]


@pytest.mark.parametrize(
    ("content", "error", "match"),
    [
        ("id\ta\n#q2:types\tnumbers\nS1\t1\n", FormatError, "`numbers` is no type"),
        ("id\ta\n#q2:units\tmg\nS1\t1\n", FormatError, "`#q2:units` is unknown"),
        ("id\ta\n#q2:types\t\n#q2:types\t\nS1\t1\n", FormatError, "given twice"),
        ("id\ta\nS1\t1\n#q2:types\tnumeric\n", FormatError, "stands among the rows"),
        ("#q2:types\tnumeric\nid\ta\nS1\t1\n", FormatError, "stands above the header"),
        ("id\ta\ta \nS1\t1\t2\n", DuplicateIdError, "columns have the same name: `a`"),
        ("", EmptyTableError, "the file is empty"),
        ("id\ta\n#q2:missing\tnone\nS1\t1\n", FormatError, "`none` is no scheme"),
        ("id\ta\n#q2:missing\tno-missing\nS1\t\nS2\t1\n", ValueProblemError, "empty field"),
        ("id\ta\n#q2:types\tnumeric\nS1\tinf\n", ValueProblemError, "numeric, yet it holds `inf`"),
    ],
)
def test_unsound_directives(tmp_path, content, error, match):
    with pytest.raises(error, match=match) as caught:
        metadata_of(tmp_path, content)
    assert str(tmp_path) in caught.value.place
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("ids", "error", "match"),
    [
        (("S1", ""), FormatError, "row 2 has no id"),
        (("S1", "S1 "), DuplicateIdError, "differ in blanks around them only: 'S1', 'S1 '"),
    ],
)
def test_ids_that_cannot_be_told_apart(tmp_path, ids, error, match):
    (tmp_path / "table.tsv").write_text("#OTU ID\tS1\nOtu1\t1\n")
    path = tmp_path / "metadata.tsv"
    path.write_text("id\tg\n" + "".join(f"{name}\tx\n" for name in ids))
    with pytest.raises(error, match=match):
        load_cohort(tmp_path / "table.tsv", metadata=path)


def test_rows_without_id_are_kept_apart_in_a_column_that_is_not_made_for_ids(tmp_path):
    (tmp_path / "table.tsv").write_text("#OTU ID\tS1\nOtu1\t1\n")
    path = tmp_path / "metadata.tsv"
    path.write_text("person\tstool\nP1\tS1\nP2\t\n")
    ledger = load_cohort(tmp_path / "table.tsv", metadata=path).ledger
    assert ledger["metadata_without_samples"] == [""]
