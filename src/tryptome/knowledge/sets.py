"""Sets of reference species, and the one way to write each of them.

A name stands for a set of reference species. The set is written as the fewest
whole groups that make it up: families ``f__X``, genera ``g__Y`` and species
``s__Z``, sorted and joined by ``|``. How coarse the groups may be is the rank of
the name: a family name speaks of genera that the reference does not have, and a
genus name of such species, so the family of a single genus and that genus are
two taxa although they hold the same species.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

RANKS = ("species", "genus", "family")
"""Ranks of groups, from fine to coarse."""

PREFIX = {"species": "s__", "genus": "g__", "family": "f__"}
SEPARATOR = "|"


@dataclass(frozen=True)
class Groups:
    """Reference species with the genus and the family of each.

    Parameters
    ----------
    genus_of, family_of : mapping of str to str
        Genus and family by species.

    Examples
    --------
    >>> groups = Groups({"A a": "A", "A b": "A", "B c": "B"}, dict.fromkeys(["A a", "A b"], "X")
    ...                 | {"B c": "Y"})
    >>> groups.write({"A b", "A a", "B c"}, "genus")
    'g__A|g__B'
    >>> groups.write({"A b", "B c"}, "family")
    'f__Y|s__A b'
    >>> sorted(groups.read("f__X|s__B c"))
    ['A a', 'A b', 'B c']
    """

    genus_of: Mapping[str, str]
    family_of: Mapping[str, str]

    @classmethod
    def of(cls, species: pd.DataFrame) -> Groups:
        """Take them from the table ``species.tsv.gz``."""
        names = species["species"].tolist()
        return cls(
            dict(zip(names, species["gtdb_genus"].tolist(), strict=True)),
            dict(zip(names, species["gtdb_family"].tolist(), strict=True)),
        )

    @cached_property
    def members(self) -> dict[str, frozenset[str]]:
        """Species of every group, by its prefixed name."""
        found: dict[str, set[str]] = {}
        for name, genus in self.genus_of.items():
            for group in (f"s__{name}", f"g__{genus}", f"f__{self.family_of[name]}"):
                found.setdefault(group, set()).add(name)
        return {group: frozenset(names) for group, names in found.items()}

    def read(self, taxon: str) -> frozenset[str]:
        """Give the species of a taxon.

        Parameters
        ----------
        taxon : str
            As :meth:`write` writes it; empty for the empty set.

        Returns
        -------
        frozenset of str

        Raises
        ------
        KeyError
            A group is not in the reference.
        """
        parts = taxon.split(SEPARATOR) if taxon else []
        return frozenset().union(*(self.members[part] for part in parts))

    def write(self, species: Iterable[str], rank: str) -> str:
        """Write a set of species as the fewest whole groups.

        Parameters
        ----------
        species : iterable of str
            Reference species, in any order.
        rank : str
            Rank of the name that stands for them: the coarsest group to use.

        Returns
        -------
        str
            The taxon; empty for the empty set.

        Raises
        ------
        KeyError
            A species is not in the reference.
        """
        left = set(species)
        parts = []
        for level in reversed(RANKS[: RANKS.index(rank) + 1]):
            for group in {self._group(name, level) for name in left}:
                whole = self.members[group]
                if whole <= left:
                    parts.append(group)
                    left -= whole
        return SEPARATOR.join(sorted(parts))

    def _group(self, species: str, rank: str) -> str:
        if rank == "species":
            return f"s__{species}"
        return (
            f"g__{self.genus_of[species]}" if rank == "genus" else f"f__{self.family_of[species]}"
        )


def tier(taxon: str) -> str:
    """Rank of the coarsest group of a taxon, which is the tier it counts in.

    Examples
    --------
    >>> tier("g__Blautia|s__Ruminococcus obeum")
    'genus'
    """
    found = {part[:3] for part in taxon.split(SEPARATOR)}
    return max((rank for rank in RANKS if PREFIX[rank] in found), key=RANKS.index)


def label(taxon: str, limit: int = 60) -> str:
    """Short name of a taxon for people.

    Parameters
    ----------
    taxon : str
    limit : int, default 60
        Most characters before further groups are only counted.

    Examples
    --------
    >>> label("f__Lachnospiraceae")
    'Lachnospiraceae (family)'
    >>> label("g__Escherichia|g__Shigella")
    'Escherichia, Shigella'
    """
    parts = sorted(taxon.split(SEPARATOR), key=lambda part: ("fgs".index(part[0]), part))
    names = [part[3:] + (" (family)" if part[0] == "f" else "") for part in parts]
    shown = names[:1]
    for name in names[1:]:
        if len(", ".join([*shown, name])) > limit:
            break
        shown.append(name)
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")
