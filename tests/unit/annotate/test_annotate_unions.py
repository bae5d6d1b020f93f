"""A union of capabilities is never less prevalent than one of its parts."""

from dataclasses import fields

import numpy as np
import pytest

from tryptome.annotate.hierarchy import Beta, Hierarchy
from tryptome.annotate.posterior import prevalence, reference
from tryptome.annotate.unions import cover_parts, parts_of_unions
from tryptome.knowledge.base import load
from tryptome.vocabulary import BACTERIUM


def test_the_parts_of_diversion_are_those_of_its_own_source():
    definitions = load().capabilities
    names = [c.name for c in definitions]
    found = {
        names[u]: [names[p] for p in parts] for u, parts in parts_of_unions(definitions).items()
    }
    # Indolepropionate comes from another source.
    assert found == {"trp_diversion": ["indole", "tryptamine", "indolelactate", "indoleacetate"]}


def test_the_likeliest_part_decides_only_where_it_is_above_the_union():
    level = Beta(np.array([[0.6, 0.7, 0.1], [0.6, 0.5, 0.1]]), np.array([[1, 2, 3], [4, 5, 6.0]]))
    root = Beta(np.array([0.1, 0.1, 0.3]), np.array([7, 8, 9.0]))
    ranks = {field.name: level for field in fields(Hierarchy)} | {"root": root}
    found = cover_parts(Hierarchy(**ranks), {0: [1, 2]})
    for rank in (found.species, found.unseen_species, found.genus, found.family):
        assert rank.mean.tolist() == [[0.7, 0.7, 0.1], [0.6, 0.5, 0.1]]
        assert rank.variance.tolist() == [[2, 2, 3], [4, 5, 6]]
    assert found.root.mean.tolist() == [0.3, 0.1, 0.3]
    assert found.root.variance.tolist() == [9, 8, 9]
    assert level.mean[0, 0] == 0.6, "the input is not altered"


@pytest.mark.parametrize("prefix, column", [("s__", "species"), ("g__", "gtdb_genus")])
def test_no_taxon_of_the_knowledge_base_diverts_less_than_by_one_route(prefix, column):
    knowledge = load()
    taxa = [BACTERIUM, *(prefix + name for name in sorted(set(knowledge.species[column])))]
    mean = prevalence(taxa, knowledge).pivot(index="taxon", columns="capability", values="mean")
    for route in ("indole", "tryptamine", "indolelactate", "indoleacetate"):
        both = mean[[route, "trp_diversion"]].dropna()
        assert len(both) > 100
        assert (both["trp_diversion"] >= both[route] - 1e-12).all()


def test_the_union_has_a_proper_posterior_at_every_rank():
    tree = reference(load()).hierarchy
    for rank in (tree.species, tree.genus, tree.family, tree.root):
        assert (rank.variance < rank.mean * (1 - rank.mean)).all()
        assert (rank.variance > 0).all()
