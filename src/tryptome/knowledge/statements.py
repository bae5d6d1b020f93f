"""What experiments say of a set of species: statements of the literature layer that concern it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tryptome.knowledge.base import KnowledgeBase


@dataclass(frozen=True)
class Statement:
    """What one article says of one taxon.

    Attributes
    ----------
    taxon, rank : str
        A species or a genus.
    capability : str
        Id.
    statement : str
        In words of our own.
    direction : str
        ``present`` or ``absent``, or what it does to the host.
    doi, pmid : str
        Of the article; one of them may be empty.
    place, seen : str
        Where in the article it stands, and how it was read.
    """

    taxon: str
    rank: str
    capability: str
    statement: str
    direction: str
    doi: str
    pmid: str
    place: str
    seen: str

    @property
    def address(self) -> str:
        """DOI, or else PubMed number."""
        return f"doi:{self.doi}" if self.doi else f"PMID:{self.pmid}"


def statements(species: Collection[str], knowledge: KnowledgeBase) -> list[Statement]:
    """Find the statements on these species, and on the genera that they are of.

    Parameters
    ----------
    species : collection of str
        Reference species.
    knowledge : KnowledgeBase

    Returns
    -------
    list of Statement
        In the order of the table.

    Examples
    --------
    >>> from tryptome.knowledge import load
    >>> for found in statements(["Clostridium sporogenes"], load()):
    ...     if found.capability == "tryptamine":
    ...         print(found.direction, found.address)
    present doi:10.3389/frmbi.2024.1373335
    """
    table = knowledge.species
    members = table[table["species"].isin(set(species))]
    genera = {*members["ncbi_genus"], *members["gtdb_genus"]}
    rows = knowledge.literature
    concerned = (rows["rank"] == "species") & rows["taxon"].isin(members["species"])
    concerned |= (rows["rank"] == "genus") & rows["taxon"].isin(genera)
    records = rows[concerned].to_dict("records")
    return [Statement(**{str(key): value for key, value in row.items()}) for row in records]
