"""The knowledge base derived again from the raw files, and held against independent sources."""

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from knowledge_build import copies, lineages, placement
from knowledge_build.build import build
from knowledge_build.raw import Raw
from tryptome.knowledge import load
from tryptome.paths import resource, share

pytestmark = pytest.mark.data

TABLES = [
    *("species.tsv.gz", "evidence.tsv.gz", "copy_number.tsv.gz", "left_out.tsv", "coverage.tsv")
]
DRAFT_NAMES = {
    "tryptophanase_indole": "indole",
    "tryptamine_trp_decarboxylase": "tryptamine",
    "indole_lactate": "indolelactate",
    "indole_acetate": "indoleacetate",
    "indole_propionate_fldABC_acdA": "indolepropionate",
    "kynurenine_production_TDO_and_KFA": "kynurenine",
    "trp_biosynthesis": "trp_synthesis",
    "vitamin_B1": "vitamin_b1",
    "vitamin_B2": "vitamin_b2",
    "vitamin_B3_NAD": "vitamin_b3",
    "vitamin_B5": "vitamin_b5",
    "vitamin_B6_PLP": "vitamin_b6",
    "vitamin_B7": "vitamin_b7",
    "vitamin_B9": "vitamin_b9",
    "vitamin_B12": "vitamin_b12",
    "butyrate": "butyrate",
    "propionate": "propionate",
    "acetate": "acetate",
    "bai_7alpha_dehydroxylation_BaiE": "deoxycholate",
    "bile_salt_hydrolase": "bile_salt_hydrolase",
}


@pytest.fixture(scope="module")
def folder() -> Path:
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    return Path(os.environ["TRYPTOME_DATA"], "knowledge")


def test_rebuilding_gives_the_same_bytes(folder, tmp_path):
    for name in ("capabilities.yaml", "further_rules.tsv"):
        shutil.copy(resource("knowledge", name), tmp_path)
    build(folder, share() / "maintain", tmp_path)
    for name in TABLES:
        assert (tmp_path / name).read_bytes() == resource("knowledge", name).read_bytes(), name


def test_every_rule_uses_roles_that_its_source_has(folder):
    from knowledge_build.rules import names

    raw = Raw(folder)
    roles = {"mcseed": set(raw.mcseed.columns), "agora2_aaferm": set(raw.aaferm.columns)}
    roles["browne2016"] = {"signature"}
    for capability in load().capabilities:
        if capability.rule is not None:
            used = {n for n in names(capability.rule) if not n.startswith("capability.")}
            assert used <= roles[capability.source], capability.name


def test_role_rules_keep_to_the_curators_calls(folder):
    """Where a rule over roles replaces a curated phenotype, it only ever calls fewer genomes."""
    from knowledge_build.rules import evaluate

    table = Raw(folder).mcseed
    phenotypes = {"trp_synthesis": "Trp", "indole": "Trp_I", "acetate": "Acetate"}
    phenotypes |= {f"vitamin_b{n}": f"B{n}" for n in (1, 2, 3, 5, 6, 7, 9, 12)}
    for name, phenotype in phenotypes.items():
        called = evaluate(load().capability(name).rule, table.__getitem__)
        curated = table[f"phenotype.{phenotype}"]
        assert not (called & ~curated).any(), name
        assert (called == curated).mean() > 0.985, name


def test_tryptophanase_agrees_with_an_independent_annotation(folder):
    """K01667 in IMG's annotation of prevalent gut species, which no table here is derived from."""
    ko = pd.read_csv(
        folder / "revecor_116_gut_species_ko" / "species_ko_long.tsv.gz", sep="\t", dtype=str
    )
    annotated = ko.groupby("species")["ko"].agg(lambda found: "K01667" in set(found))
    annotated.index = annotated.index.str.split("_").str[:2].str.join(" ")
    ours = load().base_evidence.query("capability == 'indole'").set_index("species")
    share_positive = ours["positives"] / ours["genomes"]
    both = pd.DataFrame({"theirs": annotated.groupby(level=0).max(), "ours": share_positive})
    both = both.dropna()
    disagree = both[(both["ours"] >= 0.5) != both["theirs"]]
    assert len(both) > 70
    assert both["theirs"].sum() >= 10
    assert disagree.index.tolist() == ["Alistipes putredinis"]


def test_synthesis_agrees_with_flux_balance_auxotrophies(folder):
    strains = pd.read_csv(folder / "agora2_auxotrophies" / "AGORA2_predicted_auxotrophies.csv.gz")
    species = strains["AGORA2"].str.split("_").str[:2].str.join(" ")
    theirs = strains["trp"].groupby(species).mean()
    ours = load().base_evidence.query("capability == 'trp_synthesis'").set_index("species")
    both = pd.DataFrame({"theirs": theirs, "ours": ours["positives"] / ours["genomes"]}).dropna()
    assert len(both) > 400
    assert ((both["ours"] >= 0.5) == (both["theirs"] >= 0.5)).mean() > 0.88


def test_counts_agree_with_an_independent_derivation(folder):
    """Vitamins and synthesis differ by rules over roles; the single-gene routes hardly do."""
    draft = pd.read_csv(folder / "derived" / "capability_counts_draft.tsv.gz", sep="\t")
    draft = draft[draft["level"] == "species_ncbi"]
    draft = draft.assign(capability=draft["capability"].map(DRAFT_NAMES)).dropna()
    both = load().base_evidence.merge(
        draft, left_on=["species", "capability"], right_on=["taxon", "capability"]
    )
    assert set(both["capability"]) == set(DRAFT_NAMES.values())
    # Three species gain a genome whose withdrawn taxid has a current name.
    assert both.loc[both["genomes"] != both["n_genomes"], "species"].nunique() <= 3
    differs = both["positives"] != both["n_positive"]
    assert differs.groupby(both["capability"]).mean().max() < 0.03
    routes = both["capability"].isin(["indole", "tryptamine", "indoleacetate", "butyrate"])
    assert not differs[routes].any()


def test_draft_copy_numbers_that_are_believed_agree_with_complete_genomes(folder):
    raw = Raw(folder)
    ncbi = lineages.read(share() / "maintain" / "ncbi_lineages.tsv.gz")
    rrndb = raw.rrndb.join(ncbi["species"], on="taxid").fillna({"species": ""})
    drafts = raw.picrust2.join(ncbi[["species", "genus"]], on="taxid").fillna("")
    complete = rrndb[rrndb["species"] != ""].groupby("species")["copies"].mean()
    genus = placement.of_species(drafts)["gtdb_genus"]
    family = drafts.drop_duplicates("gtdb_genus").set_index("gtdb_genus")["gtdb_family"]
    where = pd.DataFrame({"gtdb_genus": genus, "gtdb_family": genus.map(family)})

    shared = sorted(set(complete.index) & set(where.index))
    held_out, rest = shared[::2], complete.drop(shared[::2])
    number = drafts["accession"].str.extract(r"_(\d+)")[0]
    known = set(rrndb["accession"].str.extract(r"_(\d+)")[0])
    other = drafts[drafts["species"].isin(held_out) & ~number.isin(known)]
    credible = other[other["copies"] >= other["species"].map(copies.least_credible(rest, where))]
    ratio = credible.groupby("species")["copies"].max() / complete
    ratio = ratio.dropna()
    assert len(ratio) > 100
    assert ratio.between(0.75, 4 / 3).mean() > 0.82
