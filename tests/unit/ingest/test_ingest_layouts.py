"""Layouts that tables come in: where ids, lineages, totals and decimals are."""

import numpy as np
import pytest

from tryptome.errors import DuplicateIdError, FormatError, ValueProblemError
from tryptome.ingest import load_cohort

A, B = "k__Bacteria; p__Bacillota; g__Blautia", "k__Bacteria; p__Bacteroidota; g__Alistipes"
JOINED = ["k__Bacteria;p__Bacillota;g__Blautia", "k__Bacteria;p__Bacteroidota;g__Alistipes"]
COUNTS = [[1, 2], [3, 4]]
RANKS = "Kingdom\tPhylum\tGenus"
ROWS = ("Bacteria\tBacillota\tBlautia", "Bacteria\tBacteroidota\tAlistipes")

LINEAGE_LAYOUTS = {
    "taxonomy last": f"#OTU ID\tS1\tS2\ttaxonomy\nf1\t1\t2\t{A}\nf2\t3\t4\t{B}\n",
    "taxonomy first": f"taxonomy\tOTU ID\tS1\tS2\n{A}\tf1\t1\t2\n{B}\tf2\t3\t4\n",
    "taxonomy second": f"Feature ID\tTaxon\tConfidence\tS1\tS2\n"
    f"f1\t{A}\t.9\t1\t2\nf2\t{B}\t1\t3\t4\n",
    "rows numbered": f"\tfeature.id\ttaxonomy\tS1\tS2\n1\tf1\t{A}\t1\t2\n2\tf2\t{B}\t3\t4\n",
    "ampliseq": f"ID\t{RANKS}\tconfidence\tsequence\tS1\tS2\n"
    f"f1\t{ROWS[0]}\t0.9\tACGT\t1\t2\nf2\t{ROWS[1]}\t0.8\tACGA\t3\t4\n",
    "ranks first": f"{RANKS}\tASV_ID\tS1\tS2\n{ROWS[0]}\tf1\t1\t2\n{ROWS[1]}\tf2\t3\t4\n",
    "ranks last": f"#NAME\tS1\tS2\t{RANKS}\nf1\t1\t2\t{ROWS[0]}\nf2\t3\t4\t{ROWS[1]}\n",
    "more text": f"otu_id\tS1\tS2\ttaxonomy\tclosest hit\nf1\t1\t2\t{A}\tx y\nf2\t3\t4\t{B}\tz\n",
    "totals": f"OTU ID\tS1\tS2\tTotal\ttaxonomy\nf1\t1\t2\t3\t{A}\nf2\t3\t4\t7\t{B}\n"
    "Sum\t4\t6\t10\t\n",
}


def write(folder, text, name="table.txt"):
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", LINEAGE_LAYOUTS)
def test_ids_and_lineages_wherever_they_stand(tmp_path, name):
    cohort = load_cohort(write(tmp_path, LINEAGE_LAYOUTS[name]))
    assert cohort.table.features == ["f1", "f2"]
    assert cohort.table.samples == ["S1", "S2"]
    assert [text.replace("; ", ";") for text in cohort.features["lineage"]] == JOINED
    np.testing.assert_array_equal(cohort.table.values.toarray(), COUNTS)


def test_what_is_left_out_is_said(tmp_path):
    notes = load_cohort(write(tmp_path, LINEAGE_LAYOUTS["totals"])).ledger["notes"]
    assert "column `Total` adds up the others and was left out" in notes
    assert "row `Sum` adds up the others and was left out" in notes


def test_a_total_that_is_none_is_a_sample(tmp_path):
    cohort = load_cohort(write(tmp_path, "OTU,S1,Total\nBlautia,1,3\nAlistipes,3,9\n"))
    assert cohort.table.samples == ["S1", "Total"]
    assert "column `Total` does not add up the others and was kept" in cohort.ledger["notes"]


def test_lineages_are_the_ids_where_there_are_no_others(tmp_path):
    text = f"{RANKS}\tS1\tS2\n{ROWS[0]}\t1\t2\n{ROWS[1]}\t3\t4\n"
    assert load_cohort(write(tmp_path, text)).table.features == JOINED
    with pytest.raises(DuplicateIdError):
        load_cohort(write(tmp_path, text + f"{ROWS[1]}\t3\t4\n"))


@pytest.mark.parametrize(
    "text",
    [
        '"S1" "S2"\n"Blautia" 1 2\n"Alistipes" 3 4\n',
        '"" "S1" "S2"\n"Blautia" 1 2\n"Alistipes" 3 4\n',
        '"S1"\t"S2"\n"Blautia"\t1\t2\n"Alistipes"\t3\t4\n',
    ],
)
def test_tables_as_write_table_of_r_writes_them(tmp_path, text):
    cohort = load_cohort(write(tmp_path, text))
    assert (cohort.table.samples, cohort.table.features) == (["S1", "S2"], ["Blautia", "Alistipes"])
    np.testing.assert_array_equal(cohort.table.values.toarray(), COUNTS)


def test_columns_about_samples_beside_lineages_are_metadata(tmp_path):
    text = f"SampleID,Group,{A},{B},age\n1,a,1,3,30\n2,b,2,4,40\n"
    cohort = load_cohort(write(tmp_path, text))
    assert (cohort.table.samples, cohort.table.features) == (["1", "2"], [A, B])
    np.testing.assert_array_equal(cohort.table.values.toarray(), COUNTS)
    assert list(cohort.samples.columns) == ["sample", "SampleID", "Group", "age"]
    assert list(cohort.samples["age"]) == ["30", "40"]


@pytest.mark.parametrize("decimal", ["auto", "comma"])
def test_decimal_commas(tmp_path, decimal):
    text = "Taxon;S1;S2\nBlautia;0,5;0,25\nAlistipes;5E-1;0,75\n"
    cohort = load_cohort(write(tmp_path, text), decimal=decimal)
    np.testing.assert_allclose(cohort.table.values.toarray(), [[0.5, 0.25], [0.5, 0.75]])
    assert cohort.ledger["values"] == "relative"
    assert "numbers have a decimal comma" in cohort.ledger["notes"]


def test_a_comma_that_may_be_either_is_asked_about(tmp_path):
    path = write(tmp_path, "OTU;S1;S2\nBlautia;1,500;2\nAlistipes;2,250;4\n")
    with pytest.raises(ValueProblemError, match="decimal comma or a separator") as caught:
        load_cohort(path)
    assert "`decimal: comma`" in caught.value.remedy
    assert load_cohort(path, decimal="comma").ledger["total"] == 9.75


def test_a_comma_behind_the_first_rows_is_named(tmp_path):
    rows = "".join(f"g{i}\t{i + 1}\n" for i in range(150))
    with pytest.raises(ValueProblemError, match="`0,5` is not a number") as caught:
        load_cohort(write(tmp_path, f"OTU\tS1\n{rows}last\t0,5\n"))
    assert "line 152" in caught.value.place
    assert "decimal: comma" in caught.value.remedy


def test_columns_and_delimiter_as_configured(tmp_path):
    text = "name;note;S1;S2;other\nf1;a,b;1;2;" + A.replace(";", ",") + "\n"
    text += "f2;c,d;3;4;" + B.replace(";", ",") + "\n"
    cohort = load_cohort(
        write(tmp_path, text), delimiter="semicolon", id_column="name", lineage_column="other"
    )
    assert cohort.table.features == ["f1", "f2"]
    np.testing.assert_array_equal(cohort.table.values.toarray(), COUNTS)
    assert cohort.features["lineage"][0] == A.replace(";", ",")


@pytest.mark.parametrize("key", ["id_column", "lineage_column"])
def test_a_configured_column_that_there_is_not(tmp_path, key):
    with pytest.raises(FormatError, match=f"`{key}: OTU_ID` is no column") as caught:
        load_cohort(write(tmp_path, LINEAGE_LAYOUTS["taxonomy last"]), **{key: "OTU_ID"})
    assert "did you mean `#OTU ID`" in caught.value.remedy


@pytest.mark.parametrize(
    "text", ["k__Bacteria|g__A\t1\t2\nk__Bacteria|g__B\t3\t4\n", "Otu1\t0\t0\nOtu2\t3\t4\n"]
)
def test_a_table_without_header_is_refused(tmp_path, text):
    with pytest.raises(FormatError, match="first row is no header"):
        load_cohort(write(tmp_path, text))


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_thousands_of_columns_with_trailing_delimiters(tmp_path, delimiter):
    width = 5000
    samples = [f"2020-01-{i}" for i in range(width)]
    rows = [["OTU", *samples], ["Blautia", *["1e0"] * width], ["Alistipes", *["2"] * width]]
    path = write(tmp_path, "".join(delimiter.join([*row, "", ""]) + "\n" for row in rows))
    cohort = load_cohort(path)
    assert cohort.table.samples == samples
    assert cohort.ledger["total"] == 3 * width


TAXONOMIES = {
    "rows numbered": '"","ASV_ID","Kingdom","Phylum","Genus"\n'
    f'"1","f1",{ROWS[0]}\n"2","f2",{ROWS[1]}\n',
    "ranks first": f"Kingdom,Phylum,Genus,OTU\n{ROWS[0]},f1\n{ROWS[1]},f2\n",
    "confidence": f"#OTU ID,taxonomy,confidence\nf1,{A},0.9\nf2,{B},0.8\n",
}


@pytest.mark.parametrize("name", TAXONOMIES)
def test_layouts_of_taxonomies(tmp_path, name):
    taxonomy = write(tmp_path, TAXONOMIES[name].replace("\t", ","), "taxa.csv")
    table = write(tmp_path, "OTU\tS1\nf1\t1\nf2\t2\n")
    found = load_cohort(table, taxonomy).features["lineage"]
    assert [text.replace("; ", ";") for text in found] == JOINED


NOT_NUMBERS = {
    "missing": (("NA", "NA"), "`NA` is not a number", "write 0 for a taxon"),
    "percentages": (("12.5%", "87.5%"), "`12.5%` is not a number", "without the sign"),
    "thousands": (("3,032", "1,200"), "`3,032` is not a number", "separators of thousands"),
}


@pytest.mark.parametrize("name", NOT_NUMBERS)
def test_columns_of_what_is_no_number_for_us_say_so(tmp_path, name):
    cells, what, remedy = NOT_NUMBERS[name]
    rows = [f'"f{i}","{cell}",{i},"{A}"' for i, cell in enumerate([*cells, "7"])]
    with pytest.raises(ValueProblemError) as caught:
        load_cohort(write(tmp_path, "\n".join(["id,S1,S2,taxonomy", *rows]), "t.csv"))
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert "column `S1`" in caught.value.place
    assert "metadata" not in str(caught.value)


def test_a_corner_that_a_spreadsheet_left_in_place_gives_way_to_numbered_features(tmp_path):
    cohort = load_cohort(write(tmp_path, "Sample,S1,S2,S3\nASV1,1,2,0\nASV2,3,4,5\n", "t.csv"))
    assert cohort.table.samples == ["S1", "S2", "S3"]
    assert cohort.table.features == ["ASV1", "ASV2"]


def test_ids_of_samples_that_look_like_hashes_do_not_outweigh_the_corner(tmp_path):
    ids = [format(number, "032x") for number in range(3)]
    rows = "".join(f"{name},1,2\n" for name in ids)
    cohort = load_cohort(write(tmp_path, f"SampleID,Blautia,Alistipes\n{rows}", "t.csv"))
    assert cohort.table.samples == ids


def test_a_taxonomy_that_r_separated_by_blanks(tmp_path):
    table = write(tmp_path, '"S1" "S2"\n"f1" 1 2\n"f2" 3 4\n', "t.txt")
    taxonomy = write(
        tmp_path, '"Phylum" "Genus"\n"f1" "Bacillota" "Blautia"\n"f2" "Bacillota" NA\n', "x.txt"
    )
    cohort = load_cohort(table, taxonomy)
    assert cohort.table.lineages == ["p__Bacillota;g__Blautia", "p__Bacillota;g__"]


def test_emu_tables_have_empty_clades_beside_the_ranks(tmp_path):
    header = "tax_id\tspecies\tgenus\tphylum\tclade\tsuperkingdom\tS1\tS2\n"
    rows = "820\tB. u\tB\tP\t\tBacteria\t1\t2\n821\tB. v\tB\tP\t\tBacteria\t3\t4\n"
    cohort = load_cohort(write(tmp_path, header + rows))
    assert cohort.table.samples == ["S1", "S2"]
    assert cohort.table.values.toarray().tolist() == COUNTS
    assert any("`clade`" in note for note in cohort.ledger["notes"])


def test_a_comment_behind_the_rows_is_one(tmp_path):
    text = f"#OTU ID\tS1\tS2\ttaxonomy\nf1\t1\t2\t{A}\n#f2\t3\t4\t{B}\n# made today\n"
    cohort = load_cohort(write(tmp_path, text))
    assert cohort.table.features == ["f1", "#f2"]
    assert any("comments" in note for note in cohort.ledger["notes"])


def test_what_a_table_says_of_its_samples_goes_without_its_totals(tmp_path):
    rows = "S1,case,1,3\nS2,control,2,4\nTotal,,3,7\n"
    cohort = load_cohort(write(tmp_path, f"id,group,{JOINED[0]},{JOINED[1]}\n{rows}", "t.csv"))
    assert cohort.samples.to_numpy().tolist() == [["S1", "S1", "case"], ["S2", "S2", "control"]]
    assert cohort.ledger["metadata_without_samples"] == []


def test_a_formula_is_told_with_its_row(tmp_path):
    metadata = write(tmp_path, "id,note\nS1,fine\nS2,=SUM(A1)\n", "m.csv")
    table = write(tmp_path, "OTU,S1,S2\nBlautia,1,2\n", "t.csv")
    with pytest.raises(FormatError) as caught:
        load_cohort(table, metadata=metadata)
    assert caught.value.place == f"{metadata}, column `note`, row `S2`"


def test_a_column_named_sample_with_the_ids_stays_beside_them(tmp_path):
    header, rows = "OTU,Sample,Abundance,sample,Genus\n", "f1,S1,5,S1,Blautia\nf1,S2,7,S2,Blautia\n"
    cohort = load_cohort(write(tmp_path, header + rows, "t.csv"))
    assert list(cohort.samples.columns) == ["sample", "Sample"]
    assert list(cohort.samples["Sample"]) == ["S1", "S2"]
    assert cohort.table.lineages == ["g__Blautia"]
