"""The literature layer: every statement has an address, and agrees with the genomes or shows it."""

import re

from tryptome.annotate.counting import count_genomes
from tryptome.annotate.literature import POSITIVES, stand_in
from tryptome.knowledge import load
from tryptome.knowledge.statements import statements

DOI = re.compile(r"10\.\d{4,9}/\S+")


def test_every_statement_has_an_address_and_says_where_it_was_seen():
    for row in load().literature.itertuples():
        assert row.doi or row.pmid, row
        assert not row.doi or DOI.fullmatch(row.doi), row
        assert not row.pmid or row.pmid.isdigit(), row
        assert all([row.statement, row.place, row.seen]), row


def test_statements_are_about_what_is_defined():
    names = {c.name for c in load().capabilities}
    rows = load().literature
    assert set(rows["capability"]) <= names
    assert set(rows["rank"]) <= {"species", "genus", "host", "other"}
    assert set(rows["direction"]) <= {*POSITIVES, "induces", "induced by the host"}
    assert not rows.duplicated().any()
    assert len(rows) > 40


def test_one_statement_stands_in_for_a_genome():
    """What docs/literature.md says."""
    knowledge = load()
    counted = stand_in(count_genomes(knowledge), knowledge)
    assert [
        (name, counted.capabilities[column])
        for name, row in counted.species.items()
        for column in range(len(counted.capabilities))
        if (row, column) in counted.other
    ] == [("Clostridioides difficile", "spore_forming")]


def test_where_experiments_and_genomes_differ_it_is_known():
    """What docs/literature.md lists: no posterior moves for it, and lookup shows both."""
    genomes = load().base_evidence.set_index(["species", "capability"])["positives"]
    rows = load().literature
    rows = rows[(rows["rank"] == "species") & rows["direction"].isin(POSITIVES)]
    found = set()
    for row in rows.itertuples():
        at = (row.taxon, row.capability)
        if at in genomes.index and (genomes.loc[at] > 0) != POSITIVES[row.direction]:
            found.add(at)
    assert found == {
        ("Akkermansia muciniphila", "indoleacetate"),
        ("Akkermansia muciniphila", "indolelactate"),
        ("Lactiplantibacillus plantarum", "vitamin_b12"),
    }


def test_statements_on_a_set_are_on_its_species_and_their_genera():
    found = statements(["Bifidobacterium adolescentis"], load())
    assert {(s.taxon, s.rank) for s in found} == {("Bifidobacterium", "genus")}
    found = statements(["Bifidobacterium breve"], load())
    assert {s.taxon for s in found} == {"Bifidobacterium", "Bifidobacterium breve"}
    assert statements(["Abiotrophia defectiva"], load()) == []


def test_a_statement_is_addressed_by_its_doi_or_else_by_its_pubmed_number():
    found = statements(["Roseburia intestinalis"], load())
    assert {s.address for s in found} == {"doi:10.1111/j.1574-6968.2009.01514.x", "PMID:12839823"}
