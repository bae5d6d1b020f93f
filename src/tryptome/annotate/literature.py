"""Where genomes are missing, an experiment on a species stands in for one genome.

The rule: a statement of ``literature.tsv`` that an experiment found a capability
``present`` or ``absent`` in a reference species counts as one genome of that
species, positive or negative, if the capability's base source has no genome of that
species; and as nothing wherever it has one, or where no source has genomes at all.
Several statements on one species are one genome; where they contradict each other,
none. Statements on genera, on the host or on other taxa are shown and never counted.

It is a step of its own, after the counting and before the posteriors: the fitted
concentrations rest on genomes alone, and so do the genomes that results report.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tryptome.annotate.counting import Counted, positions

if TYPE_CHECKING:
    from tryptome.knowledge.base import KnowledgeBase

SPECIES = "species"
POSITIVES = {"present": 1, "absent": 0}
"""Directions that speak of a genome, and how many positives that is."""

NAME = "literature"
"""What stands as the source where an experiment is the evidence of a species."""


def stand_in(counted: Counted, knowledge: KnowledgeBase) -> Counted:
    """Let statements on species without genomes count as one genome each.

    Parameters
    ----------
    counted : Counted
        Genomes of the base sources.
    knowledge : KnowledgeBase
        Whose literature is used.

    Returns
    -------
    Counted
        In which ``counts`` and ``other`` hold the statements used; ``observed``
        holds genomes alone.
    """
    column = positions(counted.capabilities)
    complements = {c.derived_from: c.name for c in knowledge.capabilities if c.derived_from}
    genomes, positives = counted.counts.genomes.copy(), counted.counts.positives.copy()
    other = dict(counted.other)
    has_source = np.asarray(genomes.any(axis=0))
    for species, capability, positive in _agreed(knowledge):
        at = counted.species.get(species, -1), column[capability]
        if at[0] < 0 or not has_source[at[1]] or genomes[at]:
            continue
        told = [(at, positive)]
        if capability in complements:
            told.append(((at[0], column[complements[capability]]), 1 - positive))
        for where, value in told:
            genomes[where], positives[where], other[where] = 1, value, NAME
    counts = replace(counted.counts, genomes=genomes, positives=positives)
    return replace(counted, counts=counts, other=other)


def _agreed(knowledge: KnowledgeBase) -> Iterator[tuple[str, str, int]]:
    """Species, capability and positives of what all statements on a species agree on."""
    rows = knowledge.literature
    rows = rows[(rows["rank"] == SPECIES) & rows["direction"].isin(POSITIVES)]
    for (species, capability), told in rows.groupby(["taxon", "capability"]):
        if told["direction"].nunique() == 1:
            yield str(species), str(capability), POSITIVES[told["direction"].iloc[0]]
