"""Where genomes are missing, an experiment stands in for one genome; elsewhere it is silent."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from tryptome.annotate import posterior
from tryptome.annotate.counting import count_genomes
from tryptome.annotate.literature import NAME, stand_in
from tryptome.knowledge import KnowledgeBase, load
from tryptome.tables import write_tsv

KNOWN = "Escherichia coli"
UNSEEN = "Peptostreptococcus faecalis"  # no genome of it in the source of indolepropionate
CAPABILITY = "indolepropionate"


@pytest.fixture
def told(tmp_path):
    """The knowledge base that ships, with other statements."""

    def make(*statements: tuple[str, str, str, str]) -> KnowledgeBase:
        folder = tmp_path / "knowledge"
        folder.mkdir()
        for path in load().folder.iterdir():
            if path.name != "literature.tsv":
                (folder / path.name).symlink_to(path)
        rows = pd.DataFrame(statements, columns=["taxon", "rank", "capability", "direction"])
        write_tsv(rows, folder / "literature.tsv")
        return KnowledgeBase(folder)

    return make


def cell(counted, species, capability):
    at = counted.species[species], counted.capabilities.index(capability)
    return counted.counts.genomes[at], counted.counts.positives[at]


def row(knowledge, species, capability):
    table = posterior.prevalence([f"s__{species}"], knowledge)
    return table.set_index("capability").loc[capability]


def silent(knowledge):
    """Whether the statements change no count."""
    counted = count_genomes(knowledge)
    after = stand_in(counted, knowledge)
    return (
        np.array_equal(counted.counts.genomes, after.counts.genomes)
        and np.array_equal(counted.counts.positives, after.counts.positives)
        and counted.other == after.other
    )


@pytest.mark.parametrize(("direction", "positives"), [("present", 1), ("absent", 0)])
def test_a_statement_is_one_genome_where_there_is_none(told, direction, positives):
    knowledge = told((UNSEEN, "species", CAPABILITY, direction))
    counted = count_genomes(knowledge)
    assert cell(counted, UNSEEN, CAPABILITY) == (0, 0)
    assert cell(stand_in(counted, knowledge), UNSEEN, CAPABILITY) == (1, positives)


def test_the_posterior_moves_towards_the_statement_and_reports_no_genome(told):
    before = row(load(), UNSEEN, CAPABILITY)
    after = row(told((UNSEEN, "species", CAPABILITY, "present")), UNSEEN, CAPABILITY)
    assert after["mean"] > before["mean"]
    assert (after["genomes"], after["positives"], after["source"]) == (0, 0, NAME)
    assert after["level"] == "species"


def test_several_statements_are_still_one_genome(told):
    twice = (UNSEEN, "species", CAPABILITY, "present")
    knowledge = told(twice, twice, twice)
    assert cell(stand_in(count_genomes(knowledge), knowledge), UNSEEN, CAPABILITY) == (1, 1)


@pytest.mark.parametrize(
    "statements",
    [
        [(KNOWN, "species", "indole", "absent")],  # 91 genomes say otherwise
        [(UNSEEN, "species", CAPABILITY, d) for d in ("present", "absent")],
        [("Peptostreptococcus", "genus", CAPABILITY, "present")],
        [("Nomen ignotum", "species", CAPABILITY, "present")],
        [(UNSEEN, "species", CAPABILITY, "induces")],
        [(UNSEEN, "species", "serotonin_synthesis", "present")],  # no source has genomes
    ],
)
def test_elsewhere_it_changes_nothing(told, statements):
    assert silent(told(*statements))


def test_the_complement_hears_it_too(told):
    """Of the shipped species none lacks genomes for synthesis: one is taken away."""
    knowledge = told((KNOWN, "species", "trp_synthesis", "present"))
    counted = count_genomes(knowledge)
    genomes = counted.counts.genomes.copy()
    genomes[counted.species[KNOWN]] = 0
    lacking = dataclasses.replace(
        counted, counts=dataclasses.replace(counted.counts, genomes=genomes)
    )
    after = stand_in(lacking, knowledge)
    assert cell(after, KNOWN, "trp_synthesis") == (1, 1)
    assert cell(after, KNOWN, "trp_auxotrophy") == (1, 0)


def test_a_genus_names_both_of_its_sources(told):
    knowledge = told((UNSEEN, "species", CAPABILITY, "present"))
    table = posterior.prevalence(["g__Peptostreptococcus"], knowledge).set_index("capability")
    assert table.loc[CAPABILITY, "source"] == f"agora2_aaferm; {NAME}"
    assert table.loc["indole", "source"] == "mcseed"
