"""Names taken to a coarser rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tryptome.knowledge.sets import PREFIX, SEPARATOR

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Coarser:
    """Takes taxa to the rank of genus or family.

    Parameters
    ----------
    species : pandas.DataFrame
        Reference species, with ``species``, ``gtdb_genus`` and ``gtdb_family``.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"species": ["A a", "A b", "B c"], "gtdb_genus": ["A", "A", "B"],
    ...                       "gtdb_family": ["X", "X", "X"]})
    >>> [Coarser(table).take("s__A a", rank) for rank in ("species", "genus", "family")]
    ['s__A a', 'g__A', 'g__A|g__B']
    """

    species: pd.DataFrame

    def take(self, taxon: str, rank: str) -> str:
        """Give the taxon that stands for a taxon at a rank.

        A species becomes its genus; at the rank of family, each becomes all the
        genera of its family. What is known by its family only stays.
        """
        widen: dict[str, Callable[[str], set[str]]] = {
            "species": lambda part: {part},
            "genus": self._genus,
            "family": self._genera,
        }
        parts = set().union(*map(widen[rank], taxon.split(SEPARATOR)))
        return SEPARATOR.join(sorted(parts))

    def _genus(self, part: str) -> set[str]:
        if not part.startswith(PREFIX["species"]):
            return {part}
        return {PREFIX["genus"] + self._genus_of[part.removeprefix(PREFIX["species"])]}

    def _genera(self, part: str) -> set[str]:
        (genus,) = self._genus(part)
        if not genus.startswith(PREFIX["genus"]):
            return {genus}
        family = self._family_of[genus.removeprefix(PREFIX["genus"])]
        return {PREFIX["genus"] + other for other in self._genera_of[family]}

    @cached_property
    def _genus_of(self) -> dict[str, str]:
        return dict(zip(self.species["species"], self.species["gtdb_genus"], strict=True))

    @cached_property
    def _family_of(self) -> dict[str, str]:
        return dict(zip(self.species["gtdb_genus"], self.species["gtdb_family"], strict=True))

    @cached_property
    def _genera_of(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for genus, family in self._family_of.items():
            found.setdefault(family, set()).add(genus)
        return found
