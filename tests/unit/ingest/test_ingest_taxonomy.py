"""Separate taxonomy files in the forms of QIIME, mothur and DADA2."""

import pytest

from tryptome.errors import DuplicateIdError, FormatError, MismatchError
from tryptome.ingest import load_cohort

TABLE = "OTU\tS1\tS2\nOtu1\t1\t2\nOtu2\t3\t4\nOtu3\t5\t6\n"


@pytest.fixture
def load(tmp_path):
    def loader(taxonomy, table=TABLE):
        (tmp_path / "table.tsv").write_text(table)
        (tmp_path / "taxonomy").write_text(taxonomy)
        return load_cohort(tmp_path / "table.tsv", tmp_path / "taxonomy")

    return loader


@pytest.mark.parametrize(
    ("taxonomy", "lineages"),
    [
        (
            "Feature ID\tTaxon\tConfidence\nOtu2\td__Bacteria; g__B\t0.9\n"
            "Otu1\td__Bacteria; g__A\t1\n"
            "Otu3\tUnassigned\t0.5\n",
            ["d__Bacteria; g__A", "d__Bacteria; g__B", "Unassigned"],
        ),
        (
            'OTU\tSize\tTaxonomy\nOtu1\t9\t"Bacteria(100);A(90);"\nOtu2\t8\tBacteria(100);\n'
            "Otu3\t7\tArchaea(99);\n",
            ["Bacteria(100);A(90);", "Bacteria(100);", "Archaea(99);"],
        ),
        (
            '"","Kingdom","Phylum","Class"\n"Otu1","Bacteria","Firmicutes","Bacilli"\n'
            '"Otu2","Bacteria",NA,NA\n"Otu3","Archaea",,"X"\n',
            ["Bacteria;Firmicutes;Bacilli", "Bacteria;NA;NA", "Archaea;NA;X"],
        ),
        (
            "id,Phylum,Genus\nOtu1,Firmicutes,Blautia\nOtu2,NA,Dorea\nOtu3,,g__X\n",
            ["p__Firmicutes;g__Blautia", "p__;g__Dorea", "p__;g__X"],
        ),
        (
            "Otu1\tk__Bacteria; p__A\nOtu2\tk__Bacteria; p__B\nOtu3\tk__Bacteria; p__C\n",
            ["k__Bacteria; p__A", "k__Bacteria; p__B", "k__Bacteria; p__C"],
        ),
    ],
    ids=["qiime", "mothur", "dada2", "some ranks", "no header"],
)
def test_forms(load, taxonomy, lineages):
    cohort = load(taxonomy)
    assert list(cohort.features["lineage"]) == lineages
    assert cohort.ledger["lineages"] == "taxonomy file"


def test_taxonomy_that_covers_only_some_features(load):
    cohort = load("Feature ID\tTaxon\nOtu2\td__Bacteria\nOtu9\td__Bacteria\n")
    assert list(cohort.features["lineage"]) == ["", "d__Bacteria", ""]
    assert cohort.ledger["features_without_lineage"] == ["Otu1", "Otu3"]
    assert cohort.ledger["features_out"] == 3
    assert cohort.ledger["total"] == 21
    assert any("2 features without lineage" in note for note in cohort.ledger["notes"])


def test_taxonomy_of_other_features(load):
    with pytest.raises(MismatchError, match="no feature of the table is in the taxonomy") as caught:
        load("Feature ID\tTaxon\notu1\td__Bacteria\notu2\td__Bacteria\n")
    assert "upper and lower case" in caught.value.remedy


def test_repeated_rows(load):
    with pytest.raises(DuplicateIdError, match="`Otu1`"):
        load("Feature ID\tTaxon\nOtu1\td__Bacteria\nOtu1\td__Archaea\n")


def test_no_column_of_lineages(load):
    with pytest.raises(FormatError, match="no column holds lineages"):
        load("id\tcolour\nOtu1\tred\nOtu2\tblue\n")


def test_taxonomy_tells_the_orientation(load):
    table = "x\tOtu1\tOtu2\tOtu3\nA\t1\t2\t3\nB\t4\t5\t6\n"
    cohort = load("Feature ID\tTaxon\nOtu1\tBacteria;\nOtu2\tBacteria;\nOtu3\tBacteria;\n", table)
    assert cohort.table.samples == ["A", "B"]


def test_ids_that_say_nothing_leave_features_unassigned(tmp_path):
    (tmp_path / "table.tsv").write_text(TABLE)
    cohort = load_cohort(tmp_path / "table.tsv")
    assert cohort.ledger["lineages"] == "none"
    assert list(cohort.features["lineage"]) == ["", "", ""]
