"""Calls by rule, and the weight of what an unfinished genome does not show."""

import pytest

from tryptome.extend.annotations import Annotation
from tryptome.extend.calls import NO_RULE, OTHER_NUMBERS, Call, call, tally
from tryptome.extend.tables import Genome, Organism
from tryptome.knowledge import load

NOBODY = Organism("", "", "", "")


def called(numbers, kinds, completeness=1.0):
    genome = Genome("mag1", NOBODY, "", "eggnog", completeness)
    annotation = Annotation(frozenset(numbers), frozenset(kinds))
    calls = call(genome, "Blautia obeum", annotation, load().capabilities)
    return {each.capability: each for each in calls}


def test_genes_of_escherichia_coli_give_what_it_is_known_to_do():
    # trpE, trpGD, trpCF, trpA, trpB, tnaA, pta and ackA as KEGG names them.
    numbers = ["K01657", "K13497", "K13498", "K01695", "K01696", "K01667", "K00625", "K00925"]
    found = called(numbers, ["ko"])
    yes = {name for name, each in found.items() if each.has}
    assert yes == {"trp_synthesis", "indole", "acetate"}


def test_one_missing_gene_of_a_pathway_is_a_negative_call():
    found = called(["K01657", "K00766", "K01609", "K01696"], ["ko"])
    assert found["trp_synthesis"].has is False


def test_what_cannot_be_called_is_unknown_and_says_why():
    found = called(["4.1.99.1"], ["ec"])
    assert found["indole"].has is True
    assert (found["butyrate"].has, found["butyrate"].reason) == (None, OTHER_NUMBERS)
    assert (found["indolepropionate"].has, found["indolepropionate"].reason) == (None, NO_RULE)


def test_a_derived_capability_is_not_called_twice():
    assert "trp_auxotrophy" not in called(["K01667"], ["ko"])


def test_negatives_weigh_as_much_as_the_genome_is_complete():
    # By hand: positive 1 + negatives 0.8 + 0.5; the unknown one is no genome.
    calls = [
        Call("a", "S", "indole", True, 0.6, ""),
        Call("b", "S", "indole", False, 0.8, ""),
        Call("c", "S", "indole", False, 0.5, ""),
        Call("d", "S", "indole", None, 1.0, NO_RULE),
        Call("e", "T", "indole", False, 1.0, ""),
    ]
    first, second = tally(calls)
    assert (first.genomes, first.positives, first.weight) == (3, 1, pytest.approx(2.3))
    assert (second.genomes, second.positives, second.weight) == (1, 0, 1.0)
