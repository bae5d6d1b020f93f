"""The steps of the knowledge build on cases small enough to work by hand."""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_build import copies, evidence, genomes, placement
from knowledge_build.files import write_checksums, write_tsv_gz
from knowledge_build.rules import evaluate, names
from tryptome.knowledge import Capability, load

ROLES = ["A", "B", "C"]


def capability(name: str, source: str, rule: str) -> Capability:
    return Capability(name, name, "tryptophan", "", "", "", (), (), source, rule, None, "")


# --- rules ---


@pytest.mark.parametrize("rule", ["A and not (B or C)", "A or B and C", "not A or (B and not C)"])
@given(values=st.lists(st.tuples(*[st.booleans()] * 3), min_size=1, max_size=8))
def test_rules_mean_what_python_means(rule, values):
    table = pd.DataFrame(values, columns=ROLES)
    expected = [eval(rule, dict(zip(ROLES, row, strict=True))) for row in values]
    assert evaluate(rule, table.__getitem__).tolist() == expected


@pytest.mark.parametrize("rule", ["A +", "A == B", "open('x')", "A.b.c", "A if B else C", "[A]"])
def test_anything_but_a_boolean_expression_is_refused(rule):
    with pytest.raises(ValueError, match="rule"):
        evaluate(rule, pd.DataFrame([[True] * 3], columns=ROLES).__getitem__)


def test_every_shipped_rule_parses_and_refers_to_known_capabilities():
    base = load()
    known = {f"capability.{each.name}" for each in base.capabilities}
    for each in base.capabilities:
        if each.rule is not None:
            used = names(each.rule)
            assert used
            assert all(name in known for name in used if name.startswith("capability."))


# --- genomes ---

LINEAGES = pd.DataFrame(
    [
        ("1", "Aus bus X1", "Bacteria", "P", "C", "O", "F", "Aus", "Aus bus"),
        ("2", "Aus sp. 7", "Bacteria", "P", "C", "O", "F", "Aus", "Aus sp. 7"),
        ("3", "Aus", "Bacteria", "P", "C", "O", "F", "Aus", ""),
        ("4", "Faceae bacterium Z", "Bacteria", "P", "C", "O", "F", "", "Faceae bacterium Z"),
        ("5", "Faceae", "Bacteria", "P", "C", "O", "F", "", ""),
        ("6", "Oales bacterium", "Bacteria", "P", "C", "O", "", "", "Oales bacterium"),
        ("7", "Methano one", "Archaea", "P", "C", "O", "G", "Methano", "Methano one"),
    ],
    columns=["taxid", "name", "domain", "phylum", "class", "order", "family", "genus", "species"],
).set_index("taxid")
RENAMED = pd.DataFrame(
    {"organism": ["Aus sp. old"], "taxid": ["3"]}, index=pd.Index(["9.1"], name="genome")
)


@pytest.mark.parametrize(
    ("genome", "species", "reason"),
    [
        ("1.4", "Aus bus", ""),
        ("2.1", "Aus sp. 7", ""),
        ("3.10", "Aus sp. 3.10", ""),
        ("9.1", "Aus sp. old", ""),
        ("4.1", "Faceae bacterium Z", ""),
        ("5.1", "", genomes.NO_SPECIES),
        ("6.1", "Oales bacterium", genomes.NO_FAMILY),
        ("7.1", "Methano one", genomes.NOT_BACTERIAL),
    ],
)
def test_which_species_a_genome_belongs_to(genome, species, reason):
    row = genomes.identify(pd.Index([genome]), LINEAGES, RENAMED).loc[genome]
    assert (row["species"], row["reason"]) == (species, reason)


def test_a_genome_without_taxonomy_is_left_out_with_its_reason():
    row = genomes.identify(pd.Index(["6666666.1"]), LINEAGES, RENAMED).loc["6666666.1"]
    assert row["reason"] == genomes.NO_TAXONOMY


def test_two_strains_of_a_genus_are_two_species():
    frame = genomes.identify(pd.Index(["3.1", "3.2"]), LINEAGES, RENAMED)
    assert genomes.ncbi_species(frame)["species"].tolist() == ["Aus sp. 3.1", "Aus sp. 3.2"]


# --- placement ---


def gtdb(species: str, genus: str, family: str, name: str, gtdb_genus: str, gtdb_family: str):
    return {
        "species": species, "genus": genus, "family": family,
        "gtdb_species": name, "gtdb_genus": gtdb_genus, "gtdb_family": gtdb_family,
        "gtdb_order": "O", "gtdb_class": "C", "gtdb_phylum": "P",
    }  # fmt: skip


CROSSWALK = pd.DataFrame(
    [
        gtdb("Aus bus", "Aus", "Aaceae", "Wrongus wrong", "Wrongus", "Wrongaceae"),
        gtdb("Aus bus", "Aus", "Aaceae", "Aus_B bus", "Aus_B", "Aaceae"),
        gtdb("Aus cus", "Aus", "Aaceae", "Aus dus", "Aus", "Aaceae"),
        gtdb("Aus cus", "Aus", "Aaceae", "Aus dus", "Aus", "Aaceae"),
        gtdb("Bus bus", "Bus", "Bbceae", "Cus bus", "Cus", "Bbceae"),
        gtdb("Dus dus", "Dus", "Split", "Dus dus", "Dus", "Left"),
        gtdb("Eus eus", "Eus", "Split", "Eus eus", "Eus", "Right"),
        gtdb("", "", "Aaceae", "X1 sp1", "X1", "Aaceae"),
    ]
)
STATED = pd.DataFrame({"ncbi_genus": ["Gus"], "gtdb_genus": ["Cus"]})


@pytest.mark.parametrize(
    ("species", "genus", "family", "expected"),
    [
        ("Gus gus", "Gus", "Bbceae", ("Cus", "Bbceae", "stated")),
        ("Aus bus", "Aus", "Aaceae", ("Aus_B", "Aaceae", "species")),
        ("Aus cus", "Aus", "Aaceae", ("Aus", "Aaceae", "species")),
        ("Bus new", "Bus", "Bbceae", ("Cus", "Bbceae", "genus")),
        ("Aus new", "Aus", "Aaceae", ("Aus", "Aaceae", "genus_name")),
        ("Hus hus", "Hus", "Aaceae", ("Hus", "Aaceae", "ncbi_genus")),
        ("Hus hus", "Hus", "Split", ("Hus", "Split", "ncbi_genus")),
        ("Aaceae bacterium 1", "", "Aaceae", ("Aaceae bacterium 1", "Aaceae", "ncbi_family")),
        ("Split bacterium 1", "", "Split", ("", "", "")),
    ],
)
def test_each_way_of_placing_a_species(species, genus, family, expected):
    table = pd.DataFrame({"species": [species], "genus": [genus], "family": [family]})
    row = placement.place(table, CROSSWALK, STATED).iloc[0]
    assert (row["gtdb_genus"], row["gtdb_family"], row["placement"]) == expected


# --- evidence ---


def test_counts_by_species_and_capability():
    table = pd.DataFrame({"A": [True, False, True], "B": [False, False, True]}, index=[*"xyz"])
    definitions = [capability("one", "s", "A"), capability("both", "s", "A and B")]
    of = pd.Series(["Aus bus", "Aus bus", "Cus dus"], index=[*"xyz"])
    frame = evidence.count(definitions, evidence.call(definitions, {"s": table}), {"s": of})
    assert frame[["species", "capability", "genomes", "positives"]].to_numpy().tolist() == [
        ["Aus bus", "one", 2, 1],
        ["Aus bus", "both", 2, 0],
        ["Cus dus", "one", 1, 1],
        ["Cus dus", "both", 1, 1],
    ]


def test_a_capability_of_another_source_counts_in_the_same_genome_only():
    roles = {
        "base": pd.DataFrame({"A": [False, True, False]}, index=["x", "y", "z"]),
        "other": pd.DataFrame({"B": [True, True]}, index=["x", "elsewhere"]),
    }
    definitions = [
        capability("any", "base", "A or capability.second"),
        capability("second", "other", "B"),
    ]
    assert evidence.call(definitions, roles)["any"].to_dict() == {"x": True, "y": True, "z": False}


def test_an_unknown_role_is_an_error_not_an_absence():
    table = pd.DataFrame({"A": [True]}, index=["x"])
    with pytest.raises(KeyError, match="Missing"):
        evidence.call([capability("one", "s", "A or Missing")], {"s": table})


# --- 16S copies ---

WHERE = pd.DataFrame(
    {"gtdb_genus": ["G", "G", "G", "H", "L"], "gtdb_family": ["F", "F", "F", "F", "E"]},
    index=["G one", "G two", "G three", "H one", "L one"],
)
COMPLETE = pd.DataFrame({"species": ["G one", "G one", ""], "copies": [5.0, 7.0, 1.0]})
DRAFT = pd.DataFrame(
    {
        "species": ["G one", "G two", "G two", "G three", "H one", "L one", ""],
        "copies": [9, 5, 4, 3, 6, 1, 8],
    }
)


def test_complete_genomes_first_then_the_highest_credible_draft():
    table = copies.by_species(COMPLETE, DRAFT, WHERE)
    assert table["mean"].to_dict() == {"G one": 6.0, "G two": 5.0, "H one": 6.0}
    assert table["genomes"].to_dict() == {"G one": 2, "G two": 2, "H one": 1}
    assert table.loc["G one", "sd"] == pytest.approx(np.sqrt(2))
    assert table["source"].tolist() == ["rrndb", "picrust2", "picrust2"]


def test_species_count_once_in_their_groups():
    reference = WHERE.reset_index(names="species").query("species != 'H one'")
    table = copies.summarise(copies.by_species(COMPLETE, DRAFT, WHERE), WHERE, reference)
    table = table.set_index(["rank", "taxon"])
    assert table.loc[("genus", "G"), "mean"] == pytest.approx((6 + 5) / 2)
    assert table.loc[("family", "F"), "mean"] == pytest.approx((6 + 5 + 6) / 3)
    assert table.loc[("family", "F"), "sd"] == pytest.approx(np.std([6, 5, 6], ddof=1))
    assert table.loc[("root", "root"), "genomes"] == 5
    assert ("species", "H one") not in table.index
    assert ("genus", "L") not in table.index


# --- files ---


def test_the_same_bytes_whatever_the_name_and_time(tmp_path):
    frame = pd.DataFrame({"a": ["x", ""], "b": [1.5, float("nan")]})
    write_tsv_gz(frame, tmp_path / "one.tsv.gz")
    write_tsv_gz(frame, tmp_path / "two.tsv.gz")
    content = (tmp_path / "one.tsv.gz").read_bytes()
    assert content == (tmp_path / "two.tsv.gz").read_bytes()
    assert gzip.decompress(content) == b"a\tb\nx\t1.5\n\t\n"


def test_checksums_are_of_the_text(tmp_path):
    """SHA-256 of the empty string, from its specification's test vectors."""
    (tmp_path / "a.tsv").write_bytes(b"")
    (tmp_path / "b.tsv.gz").write_bytes(gzip.compress(b""))
    write_checksums([tmp_path / "b.tsv.gz", tmp_path / "a.tsv"], tmp_path / "sums.tsv")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (tmp_path / "sums.tsv").read_text() == (
        f"file\tsha256\tbytes\na.tsv\t{empty}\t0\nb.tsv.gz\t{empty}\t0\n"
    )
