"""Further sources: names matched to species, and counts that never take a gap for absence."""

import os
from pathlib import Path

import pandas as pd
import pytest

from knowledge_build import corroborate, lineages, match
from knowledge_build.others import Annotated, Others
from tryptome.knowledge import load
from tryptome.paths import resource, share

REFERENCE = pd.Index(["Blautia obeum", "[Ruminococcus] torques", "Segatella copri"])
TAXIDS = pd.Series({"40520": "Blautia obeum", "165179": "Segatella copri", "99": "Alien one"})


def annotated(rows: list[tuple[str, str]], **roles: list[bool]) -> Annotated:
    index = pd.RangeIndex(len(rows))
    names = pd.DataFrame(rows, columns=["taxid", "name"], index=index)
    return Annotated(pd.DataFrame(roles, index=index), names)


# --- names ---

OLD = annotated(
    [
        *(("40520", "Ruminococcus obeum A"), ("40520", "Ruminococcus obeum B")),
        *(("99", "Muddled one"), ("40520", "Muddled one")),
        *(("165179", "Prevotella sp. X"), ("165179", "Prevotella")),
    ]
)


def test_old_names_need_most_of_their_strains():
    assert match.old_names([OLD], TAXIDS).to_dict() == {"Ruminococcus obeum": "Blautia obeum"}


@pytest.mark.parametrize(
    ("taxid", "name", "species", "reason"),
    [
        ("40520", "whatever", "Blautia obeum", ""),
        ("", "Segatella copri", "Segatella copri", ""),
        ("", "Ruminococcus torques ATCC 27756", "[Ruminococcus] torques", ""),
        ("", "Ruminococcus obeum", "Blautia obeum", ""),
        ("99", "Ruminococcus obeum", "Blautia obeum", ""),
        ("99", "Alien one", "", match.UNKNOWN),
        ("", "Blautia", "", match.NAMELESS),
        ("", "Blautia sp. 7", "", match.NAMELESS),
        ("", "", "", match.NAMELESS),
    ],
)
def test_each_way_of_matching_a_name(taxid, name, species, reason):
    names = pd.DataFrame({"taxid": [taxid], "name": [name]})
    older = match.old_names([OLD], TAXIDS)
    found = match.species_of(names, TAXIDS, older, REFERENCE)
    assert found.tolist() == [species]
    assert match.reasons(names, found).tolist() == [reason]


# --- counts ---

TABLE = annotated([("", "")] * 4, A=[True, False, True, True], B=[True, True, False, True])
OF = pd.Series(["Aus bus", "Aus bus", "Cus dus", ""])


def counted(absence: str, rule: str = "A") -> list[list[object]]:
    rules = pd.DataFrame(
        [("one", "s", absence, rule)], columns=["capability", "source", "absence", "rule"]
    )
    frame = corroborate.count(rules, {"s": TABLE}, {"s": OF})
    return frame[["species", "genomes", "positives"]].to_numpy().tolist()


def test_absences_count_where_they_mean_something():
    assert counted("counts") == [["Aus bus", 2, 1], ["Cus dus", 1, 1]]
    assert counted("counts", "A and B") == [["Aus bus", 2, 1], ["Cus dus", 1, 0]]


def test_where_they_mean_nothing_there_is_no_genome_without_it():
    assert counted("presence only") == [["Aus bus", 1, 1], ["Cus dus", 1, 1]]
    assert counted("presence only", "A and B") == [["Aus bus", 1, 1]]


def test_what_is_left_out_is_counted_with_its_reason():
    reasons = pd.Series(["", "", "", "unheard of"])
    table = corroborate.coverage({"s": OF}, {"s": reasons})
    assert table.to_numpy().tolist() == [["s", "", 3, 2], ["s", "unheard of", 1, 0]]


def test_a_misspelt_kind_of_absence_is_refused(tmp_path):
    (tmp_path / "rules.tsv").write_text("capability\tsource\tabsence\trule\none\ts\tmaybe\tA\n")
    with pytest.raises(ValueError, match="maybe"):
        corroborate.read_rules(tmp_path / "rules.tsv")


# --- the raw files ---


@pytest.fixture(scope="module")
def others() -> Others:
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    return Others(Path(os.environ["TRYPTOME_DATA"], "knowledge"))


@pytest.mark.data
def test_columns_that_carry_one_paper_to_a_genus_are_never_read(others):
    roles = others.literature().roles.columns
    assert not [name for name in roles if "Tryptamine" in name or "Indole_3_acetate" in name]
    assert "secretionProduct_GABA" in roles


@pytest.mark.data
def test_the_threshold_tells_the_source_s_own_known_cases_apart(others):
    raw = others._browne("Extended Data Figure6", header=1)
    called = others.spore_scores().roles["signature"]
    category = raw["Category"]
    assert called[category == "known spore formers"].all()
    assert not called[category == "known non-spore formers"].any()
    ethanol = category == "Cultures from ethanol treated plates"
    assert (ethanol.sum(), (~called[ethanol]).sum()) == (69, 4)


@pytest.mark.data
def test_names_of_browne_reach_the_species_meant(others):
    ncbi = lineages.read(share() / "maintain" / "ncbi_lineages.tsv.gz")["species"]
    older = match.old_names([others.pubseed()], ncbi)
    names = others.spore_scores().names
    found = match.species_of(names, ncbi, older, pd.Index(load().species["species"]))
    of = dict(zip(names["name"], found, strict=True))
    assert of["Ruminococcus obeum"] == "Blautia obeum"
    assert of["Bacteroides vulgatus"] == "Phocaeicola vulgatus"
    assert of["Eubacterium rectale"] == "Agathobacter rectalis"
    assert of["Akkermansia muciniphila"] == "Akkermansia muciniphila"


@pytest.mark.data
def test_the_phenotype_gaba_of_the_file_is_that_of_its_degradation(others):
    """Why the rule rests on the decarboxylase and not on the curators' column."""
    folder = others.folder / "mcseed_phenotypepredictor2" / "train"
    table = pd.read_csv(folder / "GABA (gamma-aminobutyric acid) metabolism HMP_GABA.csv.gz")
    assert (table["Y"] == table["GabT"]).all()
    assert (table["Y"] != table["GadB"]).mean() > 0.2


def test_agora2_s_comparative_genomics_agrees_with_the_base_source():
    """By rules of its own over roles of its own; 1,456 genomes are in both."""
    rows = load().evidence
    base = load().base_evidence.set_index(["species", "capability"])
    other = rows[rows["source"] == "agora2_pubseed"].set_index(["species", "capability"])
    both = other.join(base.add_suffix("_base"), how="inner")
    agree = (2 * both["positives"] >= both["genomes"]) == (
        2 * both["positives_base"] >= both["genomes_base"]
    )
    by_capability = agree.groupby("capability").mean().drop("bile_salt_hydrolase")
    assert by_capability.min() > 0.9
    assert by_capability.median() > 0.97


def test_every_further_rule_is_of_a_defined_capability():
    rules = corroborate.read_rules(resource("knowledge", "further_rules.tsv"))
    assert not rules.duplicated(["capability", "source"]).any()
    defined = {c.name: c for c in load().capabilities}
    for row in rules.itertuples():
        assert defined[row.capability].source != row.source
