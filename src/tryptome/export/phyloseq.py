"""CSVs that R's phyloseq takes as they are: reads by taxon, names by rank, facts by sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.biom_parts import Turned
from tryptome.errors import InputError
from tryptome.estimate.community import Positions, sum_features
from tryptome.vocabulary import TIERS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from tryptome.biom_slices import SlicedTable
    from tryptome.knowledge.base import KnowledgeBase
    from tryptome.values import Values

RANKS = ("phylum", "class", "order", "family", "genus", "species")
CELLS = 2**21
"""Most reads above zero that are held at a time."""

OWN = "tryptome:"
"""Prefix of the columns that are added to the metadata."""

KINGDOM = {"bacteria": "Bacteria", "archaea": "Archaea", "eukaryota": "Eukaryota"}


def unresolved(tier: str) -> str:
    """Row of the reads of a tier that stand for no taxon.

    Examples
    --------
    >>> unresolved("archaea")
    'unresolved:archaea'
    """
    return f"unresolved:{tier}"


def rows_of(resolution: pd.DataFrame) -> list[str]:
    """Taxa, sorted, and behind them the tiers of the features that stand for none."""
    without = set(resolution.loc[resolution["taxon"] == "", "tier"])
    return [
        *sorted(set(resolution["taxon"]) - {""}),
        *(unresolved(tier) for tier in TIERS if tier in without),
    ]


def reads_by_taxon(
    table: SlicedTable, resolution: pd.DataFrame, folder: Path
) -> Iterator[list[str]]:
    """Add up the reads of the features of each taxon; no read is left out.

    Parameters
    ----------
    table : SlicedTable
        Features x samples, as read.
    resolution : DataFrame
        ``feature``, ``tier`` and ``taxon`` of each feature.
    folder : path
        For a file without a name, in which sums wait where they are many.

    Yields
    ------
    list of str
        A row, in the order of :func:`rows_of`: the taxon, then its reads in each sample.
        Whole numbers where the table holds such.
    """
    order = rows_of(resolution)
    place = _places(resolution, table.features, order)
    with Turned(len(order), folder) as turned:
        whole = True
        for ends in table.slices("sample", CELLS):
            sums = sum_features(table.of_samples(*ends), place, len(order))
            whole &= bool(np.all(sums.data == np.round(sums.data)))
            turned.append(sums)
        written = "%d" if whole else "%.10g"
        rows = iter(order)
        for reads in turned.parts(CELLS):
            for start, stop in pairwise(reads.indptr.tolist()):
                row = [next(rows), *["0"] * len(table.samples)]
                pairs = zip(reads.indices[start:stop], reads.data[start:stop], strict=True)
                for at, number in pairs:
                    row[at + 1] = written % number
                yield row


def _places(resolution: pd.DataFrame, features: list[str], rows: list[str]) -> Positions:
    """Row to which each feature is added."""
    found = resolution.set_index("feature").loc[features]
    names = found["taxon"].where(found["taxon"] != "", found["tier"].map(unresolved))
    return np.array(names.map({name: at for at, name in enumerate(rows)}), dtype=np.intp)


def names_by_rank(taxa: pd.DataFrame, rows: list[str], knowledge: KnowledgeBase) -> pd.DataFrame:
    """Give the ranks of each taxon, as far as all its species agree.

    Parameters
    ----------
    taxa : DataFrame
        ``taxa.tsv`` of the stage ``resolve``.
    rows : list of str
        As :func:`rows_of` gives them.
    knowledge : KnowledgeBase

    Returns
    -------
    DataFrame
        ``taxon``, ``Kingdom`` … ``Species`` (GTDB; empty where they differ or are finer
        than the taxon's tier), ``Label``, ``Tier``.
    """
    import pandas as pd

    species = knowledge.species.set_index("species", drop=False)
    found = {row.taxon: _ranks(row, species) for row in taxa.itertuples(index=False)}
    for tier in TIERS:
        name = unresolved(tier)
        found[name] = {"Kingdom": KINGDOM.get(tier, ""), "Label": name, "Tier": tier}
    columns = ["Kingdom", *map(str.capitalize, RANKS), "Label", "Tier"]
    filled = [[found[name].get(column, "") for column in columns] for name in rows]
    frame = pd.DataFrame(filled, columns=columns)
    frame.insert(0, "taxon", rows)
    return frame


def _ranks(row: Any, species: pd.DataFrame) -> dict[str, str]:
    members = species.loc[row.members.split(";")]
    tier: str = row.tier
    ranks = {"Kingdom": "Bacteria", "Label": row.label, "Tier": tier}
    for rank in RANKS[: RANKS.index(tier) + 1]:
        column = "species" if rank == "species" else f"gtdb_{rank}"
        different = set(members[column])
        ranks[rank.capitalize()] = different.pop() if len(different) == 1 else ""
    return ranks


def facts_by_sample(
    samples: pd.DataFrame, accounting: pd.DataFrame, depth: pd.DataFrame, values: Iterable[Values]
) -> Iterator[pd.DataFrame]:
    """Put the means of all quantities and the accounting beside the metadata.

    Parameters
    ----------
    samples, accounting, depth : DataFrame
        ``samples.tsv``, ``accounting.tsv`` and ``depth.tsv``.
    values : iterable of Values
        Some samples after others, in the order of the metadata.

    Yields
    ------
    DataFrame
        Rows of some samples.

    Raises
    ------
    InputError
        The metadata have a column of a name that is added here.
    """
    import pandas as pd

    beside = [depth.set_index("sample"), accounting.set_index("sample").add_prefix("tier:")]
    start = 0
    for part in values:
        names = list(part.samples)
        facts = samples.iloc[start : start + len(names)]
        if list(facts["sample"]) != names:
            raise ValueError("the metadata have other samples than the estimates, or another order")
        start += len(names)
        known = [frame.loc[names] for frame in beside]
        own = pd.concat([*known, part.frame()], axis=1).add_prefix(OWN)
        twice = sorted(set(own.columns) & set(samples.columns))
        if twice:
            raise InputError(
                f"the metadata have a column `{twice[0]}`, which is the name of a result",
                place="metadata",
                remedy="rename that column",
            )
        yield pd.concat([facts, own.set_axis(facts.index)], axis=1)
