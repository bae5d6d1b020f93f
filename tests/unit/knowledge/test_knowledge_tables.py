"""The committed tables: what is known of well-studied species, and that nothing contradicts."""

import gzip
import hashlib

import pandas as pd
import pytest

from tryptome.knowledge import load
from tryptome.knowledge.base import TABLES
from tryptome.paths import resource
from tryptome.tables import read_tsv

SPOT_CHECKS = [
    ("Escherichia coli", "indole", 91, 91),
    ("Escherichia coli", "trp_synthesis", 91, 91),
    ("Bacteroides thetaiotaomicron", "indole", 3, 3),
    ("Bacteroides fragilis", "indole", 0, 6),
    ("Mediterraneibacter gnavus", "tryptamine", 3, 3),
    ("Clostridium sporogenes", "trp_synthesis", 0, 1),
    ("Clostridium sporogenes", "tryptamine", 1, 1),
    ("Clostridium sporogenes", "indolelactate", 1, 1),
    ("Clostridium sporogenes", "indolepropionate", 1, 1),
    ("Bifidobacterium longum", "indolelactate", 155, 155),
    ("Bifidobacterium adolescentis", "indolelactate", 0, 4),
    ("Akkermansia muciniphila", "indole", 3, 3),
    ("Faecalibacterium prausnitzii", "trp_synthesis", 1, 30),
    ("Faecalibacterium prausnitzii", "butyrate", 30, 30),
    ("Alistipes putredinis", "indole", 0, 1),
    ("Escherichia coli", "gaba", 91, 91),
    ("Bacteroides thetaiotaomicron", "gaba", 3, 3),
]
SECOND_OPINIONS = [
    ("Bacteroides fragilis", "indole", "agora2_literature", 24, 24),
    ("Alistipes putredinis", "indole", "agora2_literature", 1, 1),
    ("Clostridium sporogenes", "indolepropionate", "gutmgene", 1, 1),
    ("[Clostridium] scindens", "deoxycholate", "agora2_literature", 1, 1),
]
DIVERSION_ROUTES = ["indole", "tryptamine", "indolelactate", "indoleacetate"]
COPIES = [
    ("species", "Escherichia coli", 7, 0.1),
    ("species", "Faecalibacterium prausnitzii", 6, 0.1),
    ("species", "Bifidobacterium longum", 4, 0.6),
    ("species", "Bacteroides thetaiotaomicron", 5, 0.1),
    ("genus", "Bacteroides", 5, 0.6),
    ("root", "root", 4.5, 1),
]


@pytest.fixture(scope="module")
def evidence() -> pd.DataFrame:
    return load().base_evidence.set_index(["species", "capability"])


@pytest.mark.parametrize(("species", "capability", "positives", "genomes"), SPOT_CHECKS)
def test_spot_checks(evidence, species, capability, positives, genomes):
    row = evidence.loc[(species, capability)]
    assert (row["positives"], row["genomes"]) == (positives, genomes)


def test_indolepropionate_has_nine_genomes_of_four_species(evidence):
    rows = evidence.xs("indolepropionate", level="capability").query("positives > 0")
    assert rows["positives"].to_dict() == {
        "Clostridium botulinum": 5,
        "Clostridium sporogenes": 1,
        "Peptostreptococcus stomatis": 1,
        "[Clostridium] symbiosum": 2,
    }


def test_positives_never_exceed_genomes(evidence):
    assert (evidence["positives"] >= 0).all()
    assert (evidence["positives"] <= evidence["genomes"]).all()
    assert (evidence["genomes"] > 0).all()
    assert evidence.index.is_unique


def test_a_species_outside_a_source_has_no_row(evidence):
    """Unknown stays unknown: AGORA2's table does not cover this species."""
    assert ("Blautia wexlerae", "indole") in evidence.index
    assert ("Blautia wexlerae", "indolepropionate") not in evidence.index


def test_derived_capability_has_no_evidence_of_its_own(evidence):
    assert "trp_auxotrophy" not in evidence.index.get_level_values("capability")


def test_diversion_lies_between_its_largest_route_and_their_sum(evidence):
    wide = evidence["positives"].unstack("capability")
    routes = wide[DIVERSION_ROUTES].dropna()
    diversion = wide.loc[routes.index, "trp_diversion"]
    propionate = wide.loc[routes.index, "indolepropionate"].fillna(0)
    assert (diversion >= routes.max(axis=1)).all()
    assert (diversion <= routes.sum(axis=1) + propionate).all()
    assert (diversion < routes.sum(axis=1)).any(), "a cell with two routes counts once"


def test_every_definition_stands_on_something_that_exists(evidence):
    base = load()
    sources = {source.name for source in base.sources}
    names = [capability.name for capability in base.capabilities]
    assert len(set(names)) == len(names)
    for capability in base.capabilities:
        assert (capability.source is None) == (capability.rule is None)
        assert capability.source is None or capability.source in sources
        assert capability.derived_from is None or capability.derived_from in names
        assert capability.derived_from is None or capability.source is None
    everything = base.evidence
    assert set(everything["capability"]) <= set(names)
    assert set(everything["source"]) <= sources
    assert set(base.further_rules["source"]) <= sources


def test_what_nothing_can_tell_is_defined_with_its_reason():
    nowhere = [c for c in load().capabilities if not c.source and not c.derived_from]
    assert {c.name for c in nowhere} == {
        *("serotonin_synthesis", "hydroxytryptophan_synthesis", "skatole", "indole_3_aldehyde")
    }
    assert all("not the same as absent" in " ".join(c.caveat.split()) for c in nowhere)


@pytest.mark.parametrize(
    ("species", "capability", "source", "positives", "genomes"), SECOND_OPINIONS
)
def test_second_opinions(species, capability, source, positives, genomes):
    rows = load().evidence.set_index(["species", "capability", "source"])
    row = rows.loc[(species, capability, source)]
    assert (row["positives"], row["genomes"]) == (positives, genomes)


def test_sources_stand_beside_each_other_once():
    rows = load().evidence
    assert not rows.duplicated(["species", "capability", "source"]).any()
    assert (rows["positives"] <= rows["genomes"]).all()
    assert (rows["genomes"] > 0).all()


def test_a_source_of_presences_counts_nothing_else():
    rules = load().further_rules
    rows = load().evidence.merge(rules, on=["capability", "source"])
    presence = rows[rows["absence"] == "presence only"]
    counts = rows[rows["absence"] == "counts"]
    assert len(presence) > 1000
    assert (presence["genomes"] == presence["positives"]).all()
    assert (counts["positives"] < counts["genomes"]).any()


def test_the_check_set_is_no_source():
    names = " ".join(source.name for source in load().sources)
    assert "revecor" not in names
    assert "gbm" not in names


def test_every_species_is_placed_under_one_lineage():
    species = load().species
    assert species["species"].is_unique
    assert (species[["gtdb_genus", "gtdb_family", "placement"]] != "").all(axis=None)
    assert (species.groupby("gtdb_genus")["gtdb_family"].nunique() == 1).all()
    assert (species.groupby("gtdb_family")["gtdb_order"].nunique() == 1).all()
    assert set(load().evidence["species"]) == set(species["species"])
    assert set(load().base_evidence["species"]) == set(species["species"])


@pytest.mark.parametrize(
    ("species", "genus"),
    [
        ("Escherichia coli", "Escherichia"),
        ("Shigella flexneri", "Escherichia"),
        ("Klebsiella pneumoniae", "Klebsiella"),
        ("Streptococcus thermophilus", "Streptococcus"),
        ("Phocaeicola vulgatus", "Phocaeicola"),
        ("Segatella copri", "Prevotella"),
    ],
)
def test_placements(species, genus):
    table = load().species.set_index("species")
    assert table.loc[species, "gtdb_genus"] == genus


@pytest.mark.parametrize(("rank", "taxon", "copies", "within"), COPIES)
def test_copy_numbers_of_well_known_taxa(rank, taxon, copies, within):
    table = load().copy_number.set_index(["rank", "taxon"])
    assert table.loc[(rank, taxon), "mean"] == pytest.approx(copies, abs=within)


def test_copy_numbers_are_possible():
    table = load().copy_number
    assert table["mean"].between(1, 21).all()
    assert (table["sd"].dropna() >= 0).all()
    assert not table.duplicated(["rank", "taxon"]).any()


def test_genomes_left_out_have_a_reason_and_no_evidence():
    left = read_tsv(resource("knowledge", "left_out.tsv"))
    assert (left["reason"] != "").all()
    counted = load().base_evidence.query("capability == 'indole'")["genomes"].sum()
    assert counted + (left["source"] == "mcseed").sum() == 3441


def test_checksums_are_those_of_the_tables():
    listed = read_tsv(resource("knowledge", "checksums.tsv"))
    for row in listed.itertuples():
        content = resource("knowledge", row.file).read_bytes()
        text = gzip.decompress(content) if row.file.endswith(".gz") else content
        assert hashlib.sha256(text).hexdigest() == row.sha256, row.file
    assert set(TABLES) <= set(listed["file"])


def test_the_knowledge_base_stays_small():
    assert sum(path.stat().st_size for path in resource("knowledge").rglob("*")) < 3 * 2**20
