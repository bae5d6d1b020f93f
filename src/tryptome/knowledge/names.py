"""The name index: what each name of each nomenclature stands for."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from tryptome import paths
from tryptome.errors import MissingFileError
from tryptome.knowledge.spelling import key, squeeze

INDEXED = ("gtdb", "ncbi", "silva", "greengenes", "rdp")
"""Nomenclatures of the index."""


@dataclass(frozen=True, order=True)
class Meaning:
    """One thing that a name stands for.

    Attributes
    ----------
    nomenclature : str
        One of :data:`INDEXED`.
    rank : str
        ``species``, ``genus``, ``family`` or ``phylum``.
    name : str
        As filed: cleaned, in lower case.
    phylum : str
        GTDB phylum, without the letter of a clade; ``archaea`` for archaea.
    tier : str
        ``species``, ``genus``, ``family``; ``bacteria`` or ``archaea`` where
        the reference has nothing.
    taxon : str
        Set of reference species; empty where there are none.
    """

    nomenclature: str
    rank: str
    name: str
    phylum: str
    tier: str
    taxon: str


class NameIndex:
    """Meanings by nomenclature, rank and spelling.

    Parameters
    ----------
    meanings : iterable of Meaning

    Examples
    --------
    >>> index = NameIndex([Meaning("rdp", "genus", "blautia", "Bacillota", "genus", "g__Blautia")])
    >>> index.find("rdp", "genus", "blautia")[0].taxon
    'g__Blautia'
    """

    def __init__(self, meanings: Iterable[Meaning]) -> None:
        self._filed: dict[tuple[str, str, str], list[Meaning]] = {}
        for meaning in meanings:
            filed = (meaning.nomenclature, meaning.rank, meaning.name)
            self._filed.setdefault(filed, []).append(meaning)

    @classmethod
    def read(cls, path: Path | None = None) -> NameIndex:
        """Read ``names.tsv.gz``: by default the one that ships.

        Raises
        ------
        MissingFileError
            There is no such file.
        """
        path = path or paths.resource("knowledge", "names.tsv.gz")
        if not path.is_file():
            raise MissingFileError(
                "the name index of the knowledge base is missing",
                place=str(path),
                remedy="reinstall tryptome, or rebuild the knowledge base with maintain/Snakefile",
            )
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            rows = csv.reader(handle, delimiter="\t")
            next(rows)
            return cls([Meaning(*row) for row in rows])

    def __iter__(self) -> Iterator[Meaning]:
        return (meaning for found in self._filed.values() for meaning in found)

    def find(self, nomenclature: str, rank: str, name: str) -> list[Meaning]:
        """Meanings of a spelling; an empty list where it is not filed."""
        return self._filed.get((nomenclature, rank, name), [])

    def squeezed(self, rank: str, name: str) -> str:
        """Give the filed compound with the same letters and digits, or an empty string.

        Examples
        --------
        >>> NameIndex.read().squeezed("genus", "EscherichiaShigella")
        'escherichia-shigella'
        """
        return self._squeezed.get((rank, squeeze(name)), "")

    @cached_property
    def _squeezed(self) -> dict[tuple[str, str], str]:
        compounds = {(rank, name) for _, rank, name in self._filed if "-" in name}
        spellings = sorted(compounds, reverse=True)
        return {(rank, squeeze(name)): name for rank, name in spellings}

    @cached_property
    def phyla(self) -> dict[str, frozenset[str]]:
        """GTDB phyla that each phylum name covers, all nomenclatures together."""
        found: dict[str, set[str]] = {}
        for meaning in self:
            if meaning.rank == "phylum":
                found.setdefault(meaning.name, set()).add(meaning.phylum)
        return {name: frozenset(covered) for name, covered in found.items()}

    def near(self, name: str, limit: int = 5) -> list[str]:
        """Names of the reference that resemble a name, the nearest first."""
        filed = sorted({meaning.name for meaning in self if meaning.taxon})
        close = get_close_matches(key(name), filed, n=limit, cutoff=0.75)
        return [spelling[:1].upper() + spelling[1:] for spelling in close]
