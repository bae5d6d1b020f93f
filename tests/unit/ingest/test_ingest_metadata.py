"""Metadata stay text, and match by id or not at all."""

import pytest

from tryptome.errors import DuplicateIdError, FormatError, MismatchError
from tryptome.ingest import load_cohort

TABLE = "OTU\t001\t2\t3\ng__Blautia\t1\t2\t3\ng__Dorea\t4\t5\t6\n"


@pytest.fixture
def load(tmp_path):
    def loader(metadata, table=TABLE, **settings):
        (tmp_path / "table.tsv").write_text(table)
        (tmp_path / "metadata.txt").write_bytes(metadata.encode())
        return load_cohort(tmp_path / "table.tsv", metadata=tmp_path / "metadata.txt", **settings)

    return loader


def test_fields_stay_as_they_are(load):
    cohort = load(
        "\ufeffSampleID,Study.Group,note,when\r\n"
        '001,Autistic ,"a, ""b""",2012-01-02\r\n'
        "2, NA,1e3,007\r\n"
        "3,Neurotypical,,TRUE\r\n"
    )
    assert list(cohort.samples.columns) == ["sample", "SampleID", "Study.Group", "note", "when"]
    assert cohort.samples.to_numpy().tolist() == [
        ["001", "001", "Autistic ", 'a, "b"', "2012-01-02"],
        ["2", "2", " NA", "1e3", "007"],
        ["3", "3", "Neurotypical", "", "TRUE"],
    ]
    assert cohort.ledger["sample_column"] == "SampleID"


def test_every_sample_is_kept_and_what_does_not_match_is_listed(load):
    cohort = load("sample\tgroup\n3\tx\n001\ty\n9\tz\n")
    assert list(cohort.samples["sample"]) == ["001", "2", "3"]
    assert list(cohort.samples["group"]) == ["y", "", "x"]
    assert cohort.ledger["samples_without_metadata"] == ["2"]
    assert cohort.ledger["metadata_without_samples"] == ["9"]


def test_qiime_directives_and_comments_are_no_samples(load):
    text = "#SampleID\tday\n#q2:types\tnumeric\n# a comment\n001\t1\n2\t2\n3\t3\n"
    assert list(load(text).samples["day"]) == ["1", "2", "3"]


def test_sample_column_is_found_wherever_it_is(load):
    text = "Dataset\tSubject\tSample\nD\ta\t001\nD\t2\t2\nD\tb\t3\n"
    assert load(text).ledger["sample_column"] == "Sample"


def test_sample_column_can_be_set(load):
    text = "a\tb\n001\t3\n2\t2\n3\t001\n"
    assert list(load(text, sample_column="b").samples["a"]) == ["3", "2", "001"]


def test_jagged_rows_are_filled(load):
    assert list(load("id\ta\tb\n001\t1\n2\t1\t2\n3\n").samples["b"]) == ["", "2", ""]


@pytest.mark.parametrize("column", ["sample_column", "subject_column"])
def test_a_column_that_does_not_exist(load, column):
    with pytest.raises(MismatchError, match=f"`{column}: Subjct` is no column") as caught:
        load("Sample\tSubject\n001\ta\n2\tb\n3\tc\n", **{column: "Subjct"})
    assert caught.value.remedy == "did you mean `Subject`?"


@pytest.mark.parametrize(
    ("ids", "hint"),
    [
        (("X001", "X2", "X3"), "leading `X`"),
        (("001_S1", "2_S1", "3_S1"), "ending `_S1`"),
        (("run.001", "run.2", "run.3"), "beginning `run.`"),
        (("001 ", "2 ", "3 "), "blanks around"),
    ],
)
def test_ids_that_nearly_match(load, ids, hint):
    text = "id\tgroup\n" + "".join(f"{name}\tx\n" for name in ids)
    with pytest.raises(MismatchError, match="0 of 3 samples are in the metadata") as caught:
        load(text)
    assert hint in caught.value.remedy
    assert "3 of 3 would match" in caught.value.remedy
    assert "`001`" in caught.value.what
    assert f"`{ids[0]}`" in caught.value.what


def test_a_number_is_not_matched_as_a_number(load):
    cohort = load("id\tgroup\n1\tx\n2\ty\n3\tz\n")
    assert cohort.ledger["samples_without_metadata"] == ["001"]
    assert cohort.ledger["metadata_without_samples"] == ["1"]


@pytest.mark.parametrize(("theirs", "hint"), [("s.1", "upper and lower"), ("S-1", "`.`, `-`")])
def test_case_and_separators(load, theirs, hint):
    table = "OTU\tS.1\nOtu1\t1\n"
    with pytest.raises(MismatchError) as caught:
        load(f"id\tgroup\n{theirs}\tx\n", table=table)
    assert hint in caught.value.remedy


def test_nothing_matches_at_all(load):
    with pytest.raises(MismatchError, match=r"the table has `001`.*have `p`, `q`") as caught:
        load("id\tgroup\np\tx\nq\ty\n")
    assert "sample_column" in caught.value.remedy


def test_a_transposed_table_is_suspected(load):
    with pytest.raises(MismatchError, match="looks transposed") as caught:
        load("id\tgroup\n001\tx\n2\ty\n3\tz\n", orientation="samples_as_rows")
    assert "orientation" in caught.value.remedy


def test_metadata_without_header(load):
    with pytest.raises(MismatchError, match="first row holds sample ids"):
        load("001\tx\n2\ty\n3\tz\n")


def test_repeated_rows(load):
    with pytest.raises(
        DuplicateIdError, match=r"samples with more than one row \(1\): `2`"
    ) as caught:
        load("id\tg\n001\tx\n2\ty\n3\tz\n2\tx\n")
    assert "column `id`" in caught.value.place


def test_repeated_columns(load):
    with pytest.raises(DuplicateIdError, match="columns have the same name: `g`"):
        load("id\tg\tg\n001\tx\ty\n2\ty\ty\n3\tz\tz\n")


def test_another_column_named_sample(load):
    with pytest.raises(FormatError, match="another column is named `sample`"):
        load("id\tsample\n001\tstool\n2\tstool\n3\tstool\n")


def test_ids_are_never_altered(load):
    table = 'OTU,"S ""1""",=> 1,<b>\nOtu1,1,2,3\n'
    cohort = load('id\tg\n<b>\tx\n"S ""1"""\ty\n=> 1\tz\n', table=table)
    assert list(cohort.samples["sample"]) == ['S "1"', "=> 1", "<b>"]
    assert list(cohort.samples["g"]) == ["y", "z", "x"]
