"""Former names of species, by the taxids under which sources list them.

Names of species outlive their change of genus: tables go on saying
*Lactobacillus reuteri*. Sources of the knowledge base are of different years,
so that one taxid stands under an old name in one and under today's in NCBI's
taxonomy. Only changes that keep the epithet are taken, but for the ending that follows
the genus' gender: another epithet may be another species.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from tryptome.resolve.species import same_epithet

_BINOMIAL = r"^(\[?[A-Z][a-z]+\]? [a-z][a-z-]{2,})(?: |$)"
_PUBSEED = r"^(?P<name>.*) \((?P<taxid>\d+)\.\d+\)\s*$"


def read(rrndb: Path, agora2: Path) -> pd.DataFrame:
    """Names of organisms as two sources list them.

    Parameters
    ----------
    rrndb : pathlib.Path
        Table of rrnDB.
    agora2 : pathlib.Path
        Workbook of AGORA2's strains.

    Returns
    -------
    DataFrame
        ``name`` and ``taxid``.
    """
    records = pd.read_csv(rrndb, sep="\t", dtype=str, keep_default_na=False)
    strains = pd.read_excel(agora2, dtype=str, keep_default_na=False)
    found = [
        records[[column, "NCBI tax id"]].set_axis(["name", "taxid"], axis=1)
        for column in ("Data source organism name", "NCBI scientific name")
    ]
    found.append(strains[["Species", "NCBI Taxonomy ID"]].set_axis(["name", "taxid"], axis=1))
    found.append(strains["PubSeedID"].str.extract(_PUBSEED).fillna(""))
    return pd.concat(found, ignore_index=True)


def names(listed: pd.DataFrame, lineages: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Find former names of species.

    Parameters
    ----------
    listed : DataFrame
        ``name`` and ``taxid``.
    lineages : DataFrame
        ``taxid`` and ``species``: today's names.

    Yields
    ------
    former, now : str
        Sorted; none that names a species today, and none of two species.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["Lactobacillus reuteri SD2112"], "taxid": ["491077"]})
    >>> today = pd.DataFrame({"taxid": ["491077"], "species": ["Limosilactobacillus reuteri"]})
    >>> list(names(table, today))
    [('Lactobacillus reuteri', 'Limosilactobacillus reuteri')]
    """
    today = dict(zip(lineages["taxid"], lineages["species"], strict=True))
    current = set(lineages["species"])
    found: dict[str, set[str]] = {}
    binomials = listed["name"].str.extract(_BINOMIAL)[0].fillna("")
    for former, taxid in zip(binomials, listed["taxid"], strict=True):
        if former and former not in current and today.get(taxid):
            found.setdefault(former, set()).add(today[taxid])
    for former, held in sorted(found.items()):
        if len(held) == 1 and same_epithet(former, *held):
            yield former, min(held)
