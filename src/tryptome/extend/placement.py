"""Where the organisms of a user's tables belong in the reference.

A species of the reference is found by any of its names. One that the reference
lacks joins it under the genus of its lineage, or founds that genus in the
family of its lineage; where neither is plain, the user is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tryptome.errors import MismatchError, NameNotFoundError
from tryptome.extend.tables import Organism
from tryptome.knowledge.sets import SEPARATOR, Groups
from tryptome.knowledge.spelling import key
from tryptome.resolve.lineage import Lineage, parse
from tryptome.resolve.nomenclature import nomenclature_of
from tryptome.resolve.resolver import Resolver

if TYPE_CHECKING:
    from tryptome.knowledge.base import KnowledgeBase

ORIGIN = "user"
"""How a species that a user adds was placed, in the table of species."""

FILED = ("ncbi", "gtdb")
"""Nomenclatures whose names of species are filed."""

_SURE = ("exact", "bracket", "within")
"""Spelling rules by which a genus may take in a new species."""


@dataclass(frozen=True)
class Place:
    """Where an organism belongs.

    Attributes
    ----------
    species : str
        Name of the species in the reference, or its name as an addition.
    genus, family : str
        Of an addition; empty for a species of the reference.
    """

    species: str
    genus: str = ""
    family: str = ""


class Placer:
    """Places organisms in a reference.

    Parameters
    ----------
    knowledge : KnowledgeBase
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._index = knowledge.names
        self._groups = Groups.of(knowledge.species)

    def place(self, organisms: Iterable[Organism]) -> list[Place]:
        """Place organisms, those with a lineage by the nomenclature of all lineages together.

        Raises
        ------
        NameNotFoundError
            The reference has no such species, and no lineage says where it belongs.
        MismatchError
            A name stands for several species, or a lineage for no one genus or family.
        """
        asked = list(organisms)
        lineages = {organism: parse(organism.lineage) for organism in asked}
        given = [lineage for organism, lineage in lineages.items() if organism.lineage]
        nomenclature = nomenclature_of(given, self._index)
        resolver = Resolver(self._index, self._groups, nomenclature)
        bare = Resolver(self._index, self._groups, "unknown")
        return [
            self._by_lineage(organism, lineages[organism], resolver)
            if organism.lineage
            else self._by_name(organism, bare)
            for organism in asked
        ]

    def _by_name(self, organism: Organism, resolver: Resolver) -> Place:
        name = organism.species
        if f"s__{name}" in self._groups.members:
            return Place(name)
        for nomenclature in FILED:
            for meaning in self._index.find(nomenclature, "species", key(name)):
                return Place(self._single(organism, name, meaning.taxon))
        found = resolver.resolve(parse(name))
        if found.rank == "species":
            return Place(self._single(organism, name, found.taxon))
        near = self._index.near(name, 3)
        mend = f"did you mean {' or '.join(near)}? " if near else ""
        raise NameNotFoundError(
            f"the reference has no species {name[:200]!r}",
            place=organism.place,
            remedy=f"{mend}To add it, give its whole lineage in `lineage` instead",
        )

    def _by_lineage(self, organism: Organism, lineage: Lineage, resolver: Resolver) -> Place:
        found = resolver.resolve(lineage)
        if found.rank == "species":
            return Place(self._single(organism, organism.lineage, found.taxon))
        name = _name(organism, lineage)
        if found.rank == "genus" and found.rule in _SURE and _is_one(found.taxon, "g__"):
            genus = found.taxon[3:]
            member = min(self._groups.members[found.taxon])
            return Place(name, genus, self._groups.family_of[member])
        without = {rank: n for rank, n in lineage.names.items() if rank not in ("genus", "species")}
        family = resolver.resolve(replace(lineage, names=without)) if found.taxon else found
        new = f"g__{lineage.names['genus']}" not in self._groups.members
        if family.rank == "family" and _is_one(family.taxon, "f__") and new:
            return Place(name, lineage.names["genus"], family.taxon[3:])
        raise MismatchError(
            f"the lineage belongs to no one genus or family of the reference "
            f"({found.taxon or found.tier})"[:500],
            place=organism.place,
            remedy="write it with the family and genus of GTDB",
        )

    def _single(self, organism: Organism, name: str, taxon: str) -> str:
        species = sorted(self._groups.read(taxon))
        if len(species) > 1:
            raise MismatchError(
                f"{name[:200]!r} stands for {len(species)} species",
                place=organism.place,
                remedy=f"name one of them in `species`: {', '.join(species[:10])}",
            )
        return species[0]


def _is_one(taxon: str, prefix: str) -> bool:
    return taxon.startswith(prefix) and SEPARATOR not in taxon


def _name(organism: Organism, lineage: Lineage) -> str:
    """Name of a species to add; a genome without one is called after its genus and itself."""
    genus, species = lineage.names.get("genus", ""), lineage.names.get("species", "")
    if not genus:
        raise MismatchError(
            "the lineage names no genus", place=organism.place, remedy="give its family and genus"
        )
    if species:
        return species if " " in species else f"{genus} {species}"
    if not organism.genome:
        raise MismatchError(
            "the lineage names no species",
            place=organism.place,
            remedy="name the species, so that its counts are not taken for all of the genus",
        )
    return f"{genus} sp. {organism.genome}"


def additions(places: Iterable[Place], knowledge: KnowledgeBase) -> list[dict[str, str]]:
    """Rows that the table of species gains, in its form.

    Parameters
    ----------
    places : iterable of Place
    knowledge : KnowledgeBase

    Returns
    -------
    list of dict
        Sorted by species, each once. Ranks above the genus are those of its relatives.
    """
    table = knowledge.species
    rows: dict[str, dict[str, str]] = {}
    for place in sorted(set(places), key=lambda place: (place.species, place.genus)):
        if not place.genus:
            continue
        if place.species in rows:
            raise MismatchError(
                f"{place.species!r} is placed in two genera",
                remedy="give all of its rows the same lineage",
            )
        above = table[table["gtdb_family"] == place.family]
        inside = above[above["gtdb_genus"] == place.genus]
        relative = (inside if len(inside) else above).iloc[0]
        like = {str(rank): str(name) for rank, name in relative.items()}
        own = {"species": place.species, "gtdb_genus": place.genus, "gtdb_family": place.family}
        ncbi = {} if len(inside) else {"ncbi_genus": place.genus}
        rows[place.species] = {**like, **ncbi, **own, "gtdb_species": "", "placement": ORIGIN}
    return list(rows.values())
