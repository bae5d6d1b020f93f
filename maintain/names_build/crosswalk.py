"""Genomes that carry their names in several nomenclatures at once.

The metadata of PICRUSt2's reference genomes give, for each, its GTDB and NCBI
lineages and those of the closest 16S sequences in SILVA and Greengenes. The
latter two name a sequence, not the genome, and are wrong now and then.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tryptome.knowledge.spelling import says_nothing

COLUMNS = {
    "gtdb": "gtdb_taxonomy",
    "ncbi": "ncbi_taxonomy",
    "silva": "ssu_silva_taxonomy",
    "greengenes": "ssu_gg_taxonomy",
}
RANKS = ("phylum", "family", "genus", "species")
_LETTERS = {"phylum": "p__", "family": "f__", "genus": "g__", "species": "s__"}
_PLACES = {"phylum": 1, "family": 4, "genus": 5}


def read(path: Path) -> pd.DataFrame:
    """Read the genomes and their names.

    Parameters
    ----------
    path : pathlib.Path
        PICRUSt2's table of genomes.

    Returns
    -------
    DataFrame
        One row a genome; columns ``(nomenclature, rank)``, empty where a
        nomenclature has no name at a rank, or one that says nothing.
    """
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    names = {}
    for nomenclature, column in COLUMNS.items():
        split = _silva if nomenclature == "silva" else _prefixed
        parsed = {lineage: split(lineage) for lineage in raw[column].unique()}
        for rank in RANKS:
            at = {lineage: found[rank] for lineage, found in parsed.items()}
            names[nomenclature, rank] = raw[column].map(at)
    return pd.DataFrame(names)


def _prefixed(lineage: str) -> dict[str, str]:
    fields = {part[:3]: part[3:] for part in lineage.split(";")}
    return {rank: _named(fields.get(letter, "")) for rank, letter in _LETTERS.items()}


def _silva(lineage: str) -> dict[str, str]:
    """Ranks by place; the last field names the sequence's organism."""
    fields = lineage.split(";")
    ranks = fields[:-1]
    if len(ranks) > max(_PLACES.values()) + 1:  # eukaryotes, whose ranks are others
        ranks = []
    found = {rank: _named(ranks[i]) if i < len(ranks) else "" for rank, i in _PLACES.items()}
    return found | {"species": ""}


def _named(name: str) -> str:
    return "" if says_nothing(name) else name


def clade(name: str) -> str:
    """Name of a GTDB phylum without the letter of its clade.

    Examples
    --------
    >>> clade("Bacillota_A")
    'Bacillota'
    """
    stem, _, letter = name.rpartition("_")
    return stem if stem and letter.isupper() and len(letter) <= 2 else name  # noqa: PLR2004
