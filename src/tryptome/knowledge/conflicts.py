"""What each source says of a capability, and where the others disagree with the base source.

One source is the base of each capability: posteriors rest on it alone. Counts of
different sources are never added, since they share genomes; they stand beside each
other. Two sources are compared species by species, over the species that both know:

- where both count absences, they agree on a species if most of its genomes have the
  capability in both, or in neither;
- a source that says *present* and nothing else agrees where the base has at least one
  positive genome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.knowledge.base import Capability, KnowledgeBase

BASE = "base"
AGREES = "agrees"
CONFLICTS = "conflicts"
MIXED = "agrees in part"
ALONE = "nothing to compare with"

PRESENCE = "presence only"


@dataclass(frozen=True)
class Opinion:
    """What one source says of one capability in a set of species.

    Attributes
    ----------
    capability, source : str
        Ids.
    evidence : str
        Class of the source's evidence; see :class:`tryptome.knowledge.Source`.
    presence_only : bool
        Whether the source's absences mean nothing; then genomes are as many as positives.
    genomes, positives : int
        Of the species of the set, in this source.
    species, positive_species : int
        Species of the set that the source knows, and those with a positive genome.
    verdict : str
        ``base``, ``agrees``, ``conflicts``, ``agrees in part``, or ``nothing to
        compare with`` where the base source knows none of these species.
    compared : int
        Species that both this source and the base know.
    conflicting : tuple of str
        Species on which they disagree, sorted.
    """

    capability: str
    source: str
    evidence: str
    presence_only: bool
    genomes: int
    positives: int
    species: int
    positive_species: int
    verdict: str
    compared: int
    conflicting: tuple[str, ...]


def conflicts(
    species: Collection[str], knowledge: KnowledgeBase, capability: str | None = None
) -> list[Opinion]:
    """Set the sources side by side for a set of species.

    Parameters
    ----------
    species : collection of str
        Reference species, for example those of a taxon
        (:meth:`tryptome.knowledge.sets.Groups.read`).
    knowledge : KnowledgeBase
    capability : str, optional
        The only capability to look at.

    Returns
    -------
    list of Opinion
        By capability in the order of the report; its base source first, then the
        others in the order of ``sources.yaml``. A source that knows none of the
        species is not in it; nor is a capability that is another one's complement.

    Raises
    ------
    NameNotFoundError
        There is no such capability.

    Examples
    --------
    >>> from tryptome.knowledge import load
    >>> for found in conflicts(["Bacteroides fragilis"], load(), "indole"):
    ...     print(found.source, found.positives, found.genomes, found.verdict)
    mcseed 0 6 base
    agora2_literature 24 24 conflicts
    """
    wanted = [knowledge.capability(capability)] if capability else knowledge.capabilities
    rows = knowledge.evidence
    rows = rows[rows["species"].isin(set(species))]
    by_capability = dict(iter(rows.groupby("capability")))
    return [
        opinion
        for definition in wanted
        if definition.name in by_capability
        for opinion in _opinions(definition, by_capability[definition.name], knowledge)
    ]


def _opinions(
    capability: Capability, rows: pd.DataFrame, knowledge: KnowledgeBase
) -> Iterator[Opinion]:
    rules = knowledge.further_rules
    presences = rules[(rules["capability"] == capability.name) & (rules["absence"] == PRESENCE)]
    presence = set(presences["source"])
    tables = {str(source): table.set_index("species") for source, table in rows.groupby("source")}
    base = tables.get(capability.source or "")
    sources = sorted(knowledge.sources, key=lambda source: source.name != capability.source)
    for source in sources:
        table = tables.get(source.name)
        if table is None:
            continue
        presence_only = source.name in presence
        verdict, compared, conflicting = (
            (BASE, 0, ())
            if source.name == capability.source
            else _compare(table, base, presence_only)
        )
        yield Opinion(
            capability=capability.name,
            source=source.name,
            evidence=source.evidence,
            presence_only=presence_only,
            genomes=int(table["genomes"].sum()),
            positives=int(table["positives"].sum()),
            species=len(table),
            positive_species=int((table["positives"] > 0).sum()),
            verdict=verdict,
            compared=compared,
            conflicting=conflicting,
        )


def _compare(
    table: pd.DataFrame, base: pd.DataFrame | None, presence_only: bool
) -> tuple[str, int, tuple[str, ...]]:
    """Verdict, species compared, and species in conflict."""
    if base is None:
        return ALONE, 0, ()
    both = table.join(base.add_suffix("_base"), how="inner")
    if both.empty:
        return ALONE, 0, ()
    if presence_only:
        differ = both["positives_base"] == 0
    else:
        most = 2 * both["positives"] >= both["genomes"]
        differ = most != (2 * both["positives_base"] >= both["genomes_base"])
    conflicting = tuple(sorted(both.index[differ]))
    verdict = MIXED if conflicting else AGREES
    return CONFLICTS if differ.all() else verdict, len(both), conflicting
