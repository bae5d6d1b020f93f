"""Genomes of the knowledge base as arrays: species by capabilities, and whence they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.annotate.hierarchy import Array, Counts

if TYPE_CHECKING:
    import scipy.sparse

    from tryptome.knowledge.base import KnowledgeBase

BETWEEN = "; "
"""Between the sources of a taxon whose members have counts of several."""


@dataclass(frozen=True)
class Counted:
    """Genomes of the knowledge base by species and capability, with the names of the axes.

    Attributes
    ----------
    capabilities : tuple of str
        In the order of the definitions.
    species, genera, families : dict of str to int
        Positions by name.
    counts : Counts
        Genomes as they weigh: an unfinished genome's absent gene is less than
        one, and an experiment where there is no genome is one. For the complement
        of another capability, positives and negatives change places.
    observed : Counts
        Genomes alone, each as one.
    base : tuple of str
        Base source of each capability.
    other : dict of (int, int) to str
        Source of the counts of a species and capability, where it is not the base source.
    """

    capabilities: tuple[str, ...]
    species: dict[str, int]
    genera: dict[str, int]
    families: dict[str, int]
    counts: Counts
    observed: Counts
    base: tuple[str, ...]
    other: dict[tuple[int, int], str]


def count_genomes(knowledge: KnowledgeBase) -> Counted:
    """Count genomes and positives by species, from the evidence that posteriors rest on."""
    import pandas as pd

    table = knowledge.species
    genus, genera = pd.factorize(table["gtdb_genus"], sort=True)
    family, families = pd.factorize(table["gtdb_family"], sort=True)
    family_of = np.zeros(len(genera), dtype=np.intp)
    family_of[genus] = family
    species = positions(table["species"])

    def counts(column: str) -> Counts:
        matrices = _matrices(knowledge, species, column)
        return Counts(*matrices, genus.astype(np.intp), family_of, len(families))

    return Counted(
        tuple(c.name for c in knowledge.capabilities),
        species,
        positions(genera),
        positions(families),
        counts("weight"),
        counts("genomes"),
        tuple(_base_sources(knowledge)),
        _other_sources(knowledge, species),
    )


def sources(members: scipy.sparse.csr_array, counted: Counted) -> npt.NDArray[np.object_]:
    """Name the sources of the counts behind each taxon.

    Parameters
    ----------
    members : sparse array, shape (taxa, species)
        1 where a species is a member.
    counted : Counted

    Returns
    -------
    ndarray of str, shape (taxa, capabilities)
        The base source, or what stands in for it, or both.
    """
    named = np.tile(np.array(counted.base, dtype=object), (members.shape[0], 1))
    if not counted.other:
        return named
    covered = members @ (counted.counts.genomes > 0).astype(float)
    found: dict[tuple[int, int], list[str]] = {}
    columns = members.tocsc()
    for (species, capability), source in counted.other.items():
        for taxon in columns[:, [species]].tocoo().row.tolist():
            found.setdefault((taxon, capability), []).append(source)
    for at, others in found.items():
        kept = [named[at]] if covered[at] > len(others) else []
        named[at] = BETWEEN.join([*kept, *sorted(set(others))])
    return named


def positions(names: Iterable[str]) -> dict[str, int]:
    """Number names in their order."""
    return {str(name): number for number, name in enumerate(names)}


def _matrices(
    knowledge: KnowledgeBase, species: dict[str, int], column: str
) -> tuple[Array, Array]:
    """Genomes and positives, species x capabilities, with complements derived."""
    definitions = knowledge.capabilities
    place = positions(c.name for c in definitions)
    rows = knowledge.base_evidence
    at = (rows["species"].map(species).to_numpy(), rows["capability"].map(place).to_numpy())
    genomes = np.zeros((len(species), len(definitions)))
    positives = np.zeros_like(genomes)
    genomes[at] = rows[column]
    positives[at] = rows["positives"]
    for c in definitions:
        if c.derived_from:
            own, other = place[c.name], place[c.derived_from]
            genomes[:, own] = genomes[:, other]
            positives[:, own] = genomes[:, other] - positives[:, other]
    return genomes, positives


def _base_sources(knowledge: KnowledgeBase) -> list[str]:
    """Base source of each capability; a complement has that of its counterpart."""
    source = {c.name: c.source or "" for c in knowledge.capabilities}
    return [source[c.derived_from or c.name] for c in knowledge.capabilities]


def _other_sources(knowledge: KnowledgeBase, species: dict[str, int]) -> dict[tuple[int, int], str]:
    base = dict(
        zip((c.name for c in knowledge.capabilities), _base_sources(knowledge), strict=True)
    )
    rows = knowledge.base_evidence
    rows = rows[rows["source"] != rows["capability"].map(base)]
    found = zip(rows["species"], rows["capability"], rows["source"], strict=True)
    told = {(species[s], capability): source for s, capability, source in found}
    return {
        (number, column): told[number, c.derived_from or c.name]
        for column, c in enumerate(knowledge.capabilities)
        for number, capability in told
        if capability == (c.derived_from or c.name)
    }
