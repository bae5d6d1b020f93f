"""From sets of reference species to posteriors, on a small knowledge base made here."""

import gzip

import numpy as np
import pandas as pd
import pytest
from scipy.stats import lognorm

from tryptome.annotate.copy_number import MIN_LOG_SD, copies
from tryptome.annotate.posterior import (
    DOMINANCE,
    MIXED_FAMILY,
    NO_FAMILY,
    UNANIMOUS,
    UNKNOWN_SPECIES,
    mix,
    moments,
    prevalence,
    reference,
)
from tryptome.knowledge.base import KnowledgeBase, load
from tryptome.tables import write_tsv
from tryptome.vocabulary import BACTERIUM

SPECIES = [  # species, genus, family, genomes, positives of `make`
    ("Aa one", "A", "F", 20, 20),
    ("Aa two", "A", "F", 1, 1),
    ("Bb one", "B", "F", 3, 0),
    ("Cc one", "C", "G", 2, 1),
    ("Dd one", "D", "H", 0, 0),  # a species of which the source has no genome
]
LITERATURE = [
    *("taxon", "rank", "capability", "statement", "direction", "doi", "pmid", "place", "seen")
]
DEFINITION = """
- name: {name}
  title: {name}
  group: tryptophan
  description: d
  substrate: s
  product: p
  ec: []
  ko: []
  source: {source}
  rule: {rule}
  derived_from: {derived}
  caveat: c
"""


@pytest.fixture
def knowledge(tmp_path):
    definitions = [
        DEFINITION.format(name="make", source="src", rule="A", derived="null"),
        DEFINITION.format(name="need", source="src", rule="null", derived="make"),
        DEFINITION.format(name="nobody_knows", source="null", rule="null", derived="null"),
    ]
    (tmp_path / "capabilities.yaml").write_text("".join(definitions))
    ncbi = [f"ncbi_{rank}" for rank in ("phylum", "class", "order", "family", "genus")]
    gtdb = [f"gtdb_{rank}" for rank in ("phylum", "class", "order", "family", "genus", "species")]
    species = [
        [name, *["x"] * 5, "x", "x", "x", family, genus, name, "test"]
        for name, genus, family, _, _ in SPECIES
    ]
    _write(tmp_path / "species.tsv.gz", [["species", *ncbi, *gtdb, "placement"], *species])
    evidence = [[name, "make", "src", n, k] for name, _, _, n, k in SPECIES if n]
    # Counts of another source are never added to those of the base source.
    evidence.append(["Bb one", "make", "other", 50, 50])
    header = ["species", "capability", "source", "genomes", "positives"]
    _write(tmp_path / "evidence.tsv.gz", [header, *evidence])
    write_tsv(pd.DataFrame(columns=LITERATURE), tmp_path / "literature.tsv")
    copy_rows = [
        ["root", "Bacteria", "db", 100, 4, 2],
        ["family", "F", "db", 30, 5, 2.5],
        ["genus", "A", "db", 12, 6, ""],
        ["species", "Aa one", "db", 8, 7, 0.7],
    ]
    copy_header = ["rank", "taxon", "source", "genomes", "mean", "sd"]
    _write(tmp_path / "copy_number.tsv.gz", [copy_header, *copy_rows])
    fitted = [
        ["shared", level, "", k]
        for level, k in zip(("species", "genus", "family"), (0.3, 1.3, 1.0), strict=True)
    ]
    text = _tsv([["capability", "level", "mean", "concentration"], *fitted])
    (tmp_path / "hyperparameters.tsv").write_text(text)
    return KnowledgeBase(tmp_path)


def _tsv(rows):
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _write(path, rows):
    with gzip.open(path, "wt") as handle:
        handle.write(_tsv(rows))


def row(table, taxon, capability):
    found = table[(table["taxon"] == taxon) & (table["capability"] == capability)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_species_has_its_own_genomes_and_the_counts_of_the_base_source_only(knowledge):
    table = prevalence(["s__Aa one", "s__Bb one"], knowledge)
    one, two = row(table, "s__Aa one", "make"), row(table, "s__Bb one", "make")
    assert (one["genomes"], one["positives"], one["level"]) == (20, 20, "species")
    assert (two["genomes"], two["positives"]) == (3, 0)
    assert one["mean"] > 0.95
    assert two["mean"] < 0.15


def test_a_genus_is_its_species_and_one_that_is_not_in_the_reference(knowledge):
    known = reference(knowledge)
    tree = known.hierarchy
    at = [known.species["Aa one"], known.species["Aa two"]]
    mu = np.append(tree.species.mean[at, 0], tree.genus.mean[known.genera["A"], 0])
    v = np.append(tree.species.variance[at, 0], tree.genus.variance[known.genera["A"], 0])
    found = row(prevalence(["g__A"], knowledge), "g__A", "make")
    expected = np.array([(1 - UNKNOWN_SPECIES) / 2] * 2 + [UNKNOWN_SPECIES])
    assert found["mean"] == pytest.approx(expected @ mu)
    # By brute force, with Dirichlet weights: E[w^2] = e^2 + e (1 - e) / (concentration + 1).
    rng = np.random.default_rng(5)
    weights = rng.dirichlet(expected * (1 / DOMINANCE - 1), 400_000)
    k = mu * (1 - mu) / v - 1
    theta = (weights * rng.beta(mu * k, (1 - mu) * k, weights.shape)).sum(axis=1)
    assert found["sd"] == pytest.approx(theta.std(), rel=0.01)
    # In one sample each species has one strain, with the capability or without.
    strains = rng.random(weights.shape) < rng.beta(mu * k, (1 - mu) * k, weights.shape)
    share = (weights * strains).sum(axis=1)
    assert found["sample_sd"] == pytest.approx(share.std(), rel=0.01)


def test_an_unknown_genus_is_less_certain_than_a_named_one(knowledge):
    known = reference(knowledge)
    found = moments(mix(["f__F", "g__A"], known), known)
    assert found.variance[0, 0] > found.variance[1, 0]
    assert found.mean[0, 0] < found.mean[1, 0]
    table = prevalence(["f__F", "g__A"], knowledge)
    family, genus = row(table, "f__F", "make"), row(table, "g__A", "make")
    assert (family["level"], genus["level"]) == ("family", "genus")
    assert (family["genomes"], family["species"], family["positive_species"]) == (24, 3, 2)


def test_a_family_whose_genera_differ_says_nothing_of_an_unknown_genus(knowledge):
    found = row(prevalence(["f__F"], knowledge), "f__F", "make")
    assert not found["assessable"]
    assert found["reason"] == MIXED_FAMILY
    assert np.isnan(found["mean"])


def test_a_family_of_one_mind_annotates_an_unknown_genus(knowledge):
    header = "species\tcapability\tsource\tgenomes\tpositives\n"
    lines = [f"{name}\tmake\tsrc\t9\t0\n" for name, *_ in SPECIES]
    with gzip.open(knowledge.folder / "evidence.tsv.gz", "wt") as handle:
        handle.write(header + "".join(lines))
    found = row(prevalence(["f__F"], knowledge), "f__F", "make")
    assert found["assessable"] == (found["mean"] <= UNANIMOUS)
    assert found["assessable"]


def test_a_set_of_species_is_their_mixture(knowledge):
    table = prevalence(["s__Aa one|s__Bb one", "s__Aa one", "s__Bb one"], knowledge)
    parts = [row(table, name, "make")["mean"] for name in ("s__Aa one", "s__Bb one")]
    both = row(table, "s__Aa one|s__Bb one", "make")
    assert both["mean"] == pytest.approx(np.mean(parts))
    # Weights w and 1 - w of expectation 1/2: Var(w) is DOMINANCE / 4.
    assert both["sd"] >= abs(parts[0] - parts[1]) * np.sqrt(DOMINANCE) / 2


def test_without_a_genome_in_the_family_it_is_unknown_and_not_absent(knowledge):
    found = row(prevalence(["g__D"], knowledge), "g__D", "make")
    assert not found["assessable"]
    assert np.isnan(found["mean"])
    assert found["reason"] == NO_FAMILY


def test_a_capability_without_a_source_is_not_assessable_anywhere(knowledge):
    table = prevalence(["g__A", BACTERIUM], knowledge)
    unknown = table[table["capability"] == "nobody_knows"]
    assert not unknown["assessable"].any()
    assert unknown["mean"].isna().all()


def test_a_capability_of_few_positive_species_is_flagged(knowledge):
    shipped = prevalence([BACTERIUM], load()).set_index("capability")
    assert shipped.loc["indolepropionate", "flag"].startswith("fewer than 20")
    assert shipped.loc["deoxycholate", "flag"].startswith("fewer than 20")
    assert shipped.loc["indole", "flag"] == ""
    flags = prevalence(["g__A"], knowledge).set_index("capability")["flag"]
    assert (flags.drop("nobody_knows") != "").all()
    assert flags["nobody_knows"] == "", "what has no source is not assessable, not poorly covered"


def test_a_complement_is_one_minus(knowledge):
    table = prevalence(["g__A", "s__Cc one", "g__B"], knowledge).set_index("taxon")
    made, need = (table[table["capability"] == name] for name in ("make", "need"))
    np.testing.assert_allclose(need["mean"], 1 - made["mean"])
    np.testing.assert_allclose(need["sd"], made["sd"])
    np.testing.assert_array_equal(need["positives"], need["genomes"] - made["positives"])
    np.testing.assert_allclose(need["q05"], 1 - made["q95"], atol=1e-9)


def test_copies_come_from_the_closest_rank_with_data(knowledge):
    table = copies(["s__Aa one", "s__Aa two", "g__B", "s__Dd one", BACTERIUM], knowledge)
    table = table.set_index("taxon")
    assert list(table["level"]) == ["species", "genus", "family", "root", "root"]
    np.testing.assert_allclose(table["mean"], [7, 6, 5, 4, 4], rtol=1e-4)
    # A genus of one measured species borrows the relative spread of its family.
    assert table.loc["s__Aa two", "log_sd"] == pytest.approx(np.sqrt(np.log1p(0.25)))
    assert table.loc["s__Aa one", "log_sd"] == pytest.approx(
        max(np.sqrt(np.log1p(0.01)), MIN_LOG_SD)
    )


def test_copies_of_a_set_are_a_mixture(knowledge):
    found = copies(["g__B|s__Aa one"], knowledge).iloc[0]
    rng = np.random.default_rng(1)
    draws = []
    for mean, sd in ((5, 2.5), (7, 0.7)):
        s2 = np.log1p((sd / mean) ** 2)
        draws.append(rng.normal(np.log(mean) - s2 / 2, np.sqrt(s2), 200_000))
    assert found["log_sd"] == pytest.approx(np.concatenate(draws).std(), rel=0.02)
    expected = lognorm(found["log_sd"], scale=found["mean"] * np.exp(-(found["log_sd"] ** 2) / 2))
    assert expected.mean() == pytest.approx(found["mean"])
    np.testing.assert_allclose(expected.ppf([0.05, 0.95]), [found["q05"], found["q95"]])
    assert found["genomes"] == 38
