"""A user's evidence and genomes in the knowledge base: whose counts are used, and what follows."""

import pandas as pd
import pytest

from tryptome.annotate.copy_number import copies
from tryptome.annotate.posterior import prevalence
from tryptome.errors import (
    DuplicateIdError,
    FormatError,
    MismatchError,
    MissingFileError,
    NameNotFoundError,
)
from tryptome.extend.placement import Placer
from tryptome.extend.run import check, run, write_species
from tryptome.extend.tables import Organism
from tryptome.knowledge import load
from tryptome.knowledge.extended import extended
from tryptome.resolve.run import resolve

HEADER = "species\tlineage\tcapability\tsource\tgenomes\tpositives\tcitation\n"
SHEET = "genome\tspecies\tlineage\tfile\tformat\tcompleteness\n"
ABOVE = "d__Bacteria;p__Bacillota_A;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae"
NOVA = f"{ABOVE};g__Blautia;s__Blautia nova"


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Run the stage on a user's rows; gives the extended knowledge base and the calls."""
    monkeypatch.chdir(tmp_path)

    def extend(evidence="", sheet="", **genomes):
        given = {}
        for name, text in genomes.items():
            (tmp_path / name).write_text(text)
        for name, header, rows in (("evidence", HEADER, evidence), ("genomes", SHEET, sheet)):
            if rows:
                given[name] = f"{name}.tsv"
                (tmp_path / given[name]).write_text(header + rows)
        run(**given, evidence_out="own.tsv", calls_out="calls.tsv")
        return extended(None, "own.tsv"), pd.read_csv("calls.tsv", sep="\t")

    return extend


def of(knowledge, taxon, capability):
    frame = prevalence([taxon], knowledge)
    return frame[frame["capability"] == capability].iloc[0]


def test_a_users_counts_take_the_place_of_the_base_source(user):
    knowledge, _ = user("Bacteroides fragilis\t\tindole\tmylab\t4\t4\tA thesis\n")
    before = of(load(), "s__Bacteroides fragilis", "indole")
    after = of(knowledge, "s__Bacteroides fragilis", "indole")
    assert (before["genomes"], before["positives"], before["source"]) == (6, 0, "mcseed")
    assert (after["genomes"], after["positives"], after["source"]) == (4, 4, "mylab")
    assert before["mean"] < 0.1
    assert after["mean"] > 0.9


def test_other_capabilities_and_distant_families_stay_as_they_were(user):
    knowledge, _ = user("Bacteroides fragilis\t\tindole\tmylab\t4\t4\tA thesis\n")
    same = ["genomes", "positives", "mean", "sd"]
    for taxon, capability in (
        ("s__Bacteroides fragilis", "butyrate"),
        ("s__Escherichia coli", "tryptamine"),
    ):
        pd.testing.assert_series_equal(
            of(knowledge, taxon, capability)[same], of(load(), taxon, capability)[same]
        )


def test_every_source_stays_in_sight(user):
    knowledge, _ = user("Bacteroides fragilis\t\tindole\tmylab\t4\t4\tA thesis\n")
    rows = knowledge.evidence
    rows = rows[(rows["species"] == "Bacteroides fragilis") & (rows["capability"] == "indole")]
    assert {"mcseed", "mylab"} <= set(rows["source"])
    assert knowledge.source("mylab").citation == "A thesis"


def test_a_genus_with_counts_of_both_names_both_sources(user):
    knowledge, _ = user("Bacteroides fragilis\t\tindole\tmylab\t4\t4\tA thesis\n")
    assert of(knowledge, "g__Bacteroides", "indole")["source"] == "mcseed; mylab"


def test_the_complement_follows(user):
    knowledge, _ = user("Bacteroides fragilis\t\ttrp_synthesis\tmylab\t4\t1\tA thesis\n")
    after = of(knowledge, "s__Bacteroides fragilis", "trp_auxotrophy")
    assert (after["genomes"], after["positives"], after["source"]) == (4, 3, "mylab")


def test_evidence_where_the_base_has_none_makes_a_capability_assessable(user):
    knowledge, _ = user("Bacteroides fragilis\t\tskatole\tmylab\t4\t0\tA thesis\n")
    assert not of(load(), "s__Bacteroides fragilis", "skatole")["assessable"]
    assert of(knowledge, "s__Bacteroides fragilis", "skatole")["assessable"]
    assert not of(knowledge, "s__Escherichia coli", "skatole")["assessable"]


KOFAM = "g1\tK00625\ng2\tK00925\n"


@pytest.mark.parametrize("weaker", [0.8, 0.5, 0.2])
def test_an_absent_gene_of_a_less_complete_genome_leaves_a_wider_interval(user, weaker):
    def tna(completeness):
        sheet = f"m\tMediterraneibacter gnavus\t\tm.txt\tkofamscan\t{completeness}\n"
        knowledge, _ = user(sheet=sheet, **{"m.txt": KOFAM})
        return of(knowledge, "s__Mediterraneibacter gnavus", "tryptamine")

    whole, part = tna(1), tna(weaker)
    assert whole["genomes"] == part["genomes"] == 1
    assert part["mean"] > whole["mean"]
    assert part["q95"] - part["q05"] > whole["q95"] - whole["q05"]


def test_a_present_gene_counts_whatever_the_completeness(user):
    def acetate(completeness):
        sheet = f"m\tMediterraneibacter gnavus\t\tm.txt\tkofamscan\t{completeness}\n"
        knowledge, _ = user(sheet=sheet, **{"m.txt": KOFAM})
        return of(knowledge, "s__Mediterraneibacter gnavus", "acetate")["mean"]

    assert acetate(1) == acetate(0.3)


def test_the_table_goes_before_the_genomes_and_both_are_kept(user):
    knowledge, calls = user(
        "Bacteroides fragilis\t\tindole\tmylab\t4\t4\tA thesis\n",
        "m\tBacteroides fragilis\t\tm.txt\tkofamscan\t0.9\n",
        **{"m.txt": KOFAM},
    )
    after = of(knowledge, "s__Bacteroides fragilis", "indole")
    assert (after["genomes"], after["source"]) == (4, "mylab")
    assert of(knowledge, "s__Bacteroides fragilis", "acetate")["source"] == "own_genomes"
    assert set(calls["capability"]) == {c.name for c in load().capabilities if not c.derived_from}


def test_one_species_under_two_names_is_refused(user):
    rows = "Mediterraneibacter gnavus\t\tindole\tmylab\t4\t4\tx\n"
    with pytest.raises(DuplicateIdError, match="line 3"):
        user(rows + "Ruminococcus_B gnavus\t\tindole\tmylab\t4\t4\tx\n")


def place(species="", lineage="", genome=""):
    return Placer(load()).place([Organism(species, lineage, genome, "t.tsv, line 2")])[0]


def test_names_of_other_nomenclatures_are_the_same_species():
    assert place("Mediterraneibacter gnavus").species == "Mediterraneibacter gnavus"
    assert place("Ruminococcus_B gnavus").species == "Mediterraneibacter gnavus"
    known = f"{ABOVE};g__Ruminococcus_B;s__Ruminococcus_B gnavus"
    assert place(lineage=known).species == "Mediterraneibacter gnavus"
    assert place(lineage=known).genus == ""


def test_a_new_species_joins_its_genus_and_a_new_genus_its_family():
    nova = place(lineage=NOVA)
    assert (nova.species, nova.genus, nova.family) == ("Blautia nova", "Blautia", "Lachnospiraceae")
    mag = place(lineage=f"{ABOVE};g__Blautia;s__", genome="bin.7")
    assert (mag.species, mag.genus) == ("Blautia sp. bin.7", "Blautia")
    fresh = place(lineage=f"{ABOVE};g__Novogenus;s__Novogenus primus")
    assert (fresh.genus, fresh.family) == ("Novogenus", "Lachnospiraceae")


@pytest.mark.parametrize(
    ("organism", "error", "told"),
    [
        ({"species": "Blautia nova"}, NameNotFoundError, "lineage"),
        ({"species": "x" * 10_000}, NameNotFoundError, "no species"),
        ({"lineage": f"{ABOVE};g__Blautia;s__"}, MismatchError, "names no species"),
        ({"lineage": f"{ABOVE};g__;s__"}, MismatchError, "no genus"),
        ({"lineage": "d__Archaea;p__X;f__Y;g__Z;s__Z z"}, MismatchError, "archaea"),
        ({"lineage": "=cmd()\u0007;\u0431\u043b\u0430"}, MismatchError, "lineage"),
    ],
)
def test_what_cannot_be_placed_is_told_with_its_line(organism, error, told):
    with pytest.raises(error, match=told) as caught:
        place(**organism)
    assert "t.tsv, line 2" in str(caught.value)


def test_the_names_of_a_table_resolve_to_added_species(tmp_path):
    out = str(tmp_path / "species.tsv")
    organisms = [
        {"species": "", "lineage": lineage, "genome": "", "place": ""}
        for lineage in (NOVA, f"{ABOVE};g__Novogenus;s__Novogenus primus")
    ]
    write_species(out, organisms=organisms)
    knowledge = extended(out)
    features = pd.DataFrame({"lineage": [NOVA, f"{ABOVE};g__Novogenus;s__", f"{ABOVE};g__Blautia"]})
    features.insert(0, "feature", list("abc"))
    found = resolve(features.assign(reads=1.0), knowledge).set_index("feature")
    assert found["taxon"].tolist() == ["s__Blautia nova", "g__Novogenus", "g__Blautia"]
    assert copies(["s__Blautia nova"], knowledge)["level"].tolist() == ["genus"]
    relatives = prevalence(["s__Blautia nova"], knowledge).set_index("capability")
    assert relatives.loc["acetate", "level"] == "genus"
    assert relatives.loc["acetate", "genomes"] == 0


def test_no_addition_leaves_the_reference_as_it_is(tmp_path):
    out = str(tmp_path / "species.tsv")
    write_species(out, organisms=[])
    pd.testing.assert_frame_equal(extended(out).species, load().species)


def test_a_missing_genome_is_told_before_any_job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.tsv").write_text(f"{SHEET}m\tBacteroides fragilis\t\tno.gbk\tgenbank\t1\n")
    with pytest.raises(MissingFileError, match="does not exist"):
        check(None, "g.tsv")


def test_a_genome_that_is_no_genbank_is_told_before_any_job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.gbk").write_text(">contig\nACGT\n")
    (tmp_path / "g.tsv").write_text(f"{SHEET}m\tBacteroides fragilis\t\ta.gbk\tgenbank\t1\n")
    with pytest.raises(FormatError, match=r"a\.gbk: this is no GenBank file"):
        check(None, "g.tsv")
