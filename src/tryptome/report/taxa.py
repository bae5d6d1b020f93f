"""The taxa that carry a quantity, and those that carry a difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.estimate.carried import EVERYTHING
from tryptome.groups import Codes, Grouping
from tryptome.report.results import Results, records
from tryptome.report.summary import weights
from tryptome.vocabulary import REST

if TYPE_CHECKING:
    import pandas as pd

MOST = 8
"""Most taxa named per quantity."""


@dataclass(frozen=True)
class Carrier:
    """A taxon's part in a quantity.

    Attributes
    ----------
    taxon, label : str
        Taxon as resolved, and for people; ``rest`` for all others together.
    prevalence : float
        How likely a genome of the taxon is to have the capability; NaN for ``rest``.
    species, genomes : str
        Species and genomes behind that: those that have it, of all.
    parts : tuple of float or None
        Part in each column; ``None`` where the column has no value.
    lower, upper : float
        Interval of the part in a difference; NaN where there is none.
    without : float
        The difference with the taxon left out; NaN likewise.
    agrees_sign : bool
        Whether the difference has the sign of the tested effect.
    """

    taxon: str
    label: str
    prevalence: float
    species: str
    genomes: str
    parts: tuple[float | None, ...]
    lower: float = math.nan
    upper: float = math.nan
    without: float = math.nan
    agrees_sign: bool = True


def carriers(results: Results, quantity: str, grouping: Grouping, persons: Codes) -> list[Carrier]:
    """Taxa that carry a share, over all samples (first part) and in each group.

    Parameters
    ----------
    results : Results
        The result files.
    quantity : str
        A share.
    grouping : Grouping
        The groups.
    persons : ndarray of int
        Person of each sample; every person counts once.

    Returns
    -------
    list of Carrier
        The eight largest over all samples, and ``rest``; the parts of a column
        add up to the mean share of that column. In a sample, a taxon counts
        where it is among those that carry 95 % of it; else it is in ``rest``.
        Where contributions go by group, that holds of groups instead.
    """
    if results.per_sample:
        parts, known = _over_samples(results, quantity, grouping, persons)
    else:
        parts, known = _of_groups(results, quantity, grouping)
    if parts.empty:
        return []
    named = parts.drop(index=REST, errors="ignore")
    order = named[0].sort_values(ascending=False, kind="stable").index
    top = named.loc[order].head(MOST)
    rows = [(str(taxon), row) for taxon, row in top.iterrows()]
    rows.append((REST, parts.sum() - top.sum()))
    return [
        _carrier(
            results, taxon, quantity, [float(row[c]) if known[c] else None for c in parts.columns]
        )
        for taxon, row in rows
    ]


def _over_samples(
    results: Results, quantity: str, grouping: Grouping, persons: Codes
) -> tuple[pd.DataFrame, pd.Series]:
    """Part of each taxon (row) in each column, and which columns have any value."""
    everything = np.arange(len(results.samples))
    blocks = [everything, *(g.positions for g in grouping.groups if not grouping.single)]
    weight = _weights(results, quantity, blocks, persons)
    table = results.contributions.loc[results.contributions["quantity"] == quantity]
    weighted = weight.reindex(table["sample"]).fillna(0.0).mul(table["mean"].to_numpy(), axis=0)
    parts = weighted.groupby(table["taxon"].to_numpy(), sort=True).sum()
    return parts, weight.notna().any()


def _of_groups(
    results: Results, quantity: str, grouping: Grouping
) -> tuple[pd.DataFrame, pd.Series]:
    """Likewise, where the file holds means of groups; it names a taxon in each that has it."""
    import pandas as pd

    table = results.contributions.loc[results.contributions["quantity"] == quantity]
    shown = [EVERYTHING, *(group.label for group in grouping.groups if not grouping.single)]
    wide = table.pivot(index="taxon", columns="group", values="mean").reindex(columns=shown)
    known = wide.notna().any()
    # Positions for names: two groups may look alike.
    places = pd.RangeIndex(len(shown))
    return wide.fillna(0.0).set_axis(places, axis=1), known.set_axis(places)


def drivers(results: Results, contrast: str, quantity: str) -> list[Carrier]:
    """Taxa whose parts in a difference are the largest, of either sign.

    Parameters
    ----------
    results : Results
        The result files.
    contrast : str
        Name of a contrast.
    quantity : str
        A share.

    Returns
    -------
    list of Carrier
        At most eight, and ``rest``; they add up to the difference. Empty where
        there is none. Of a contrast of several terms, those of its first.
    """
    table = results.drivers
    table = table.loc[(table["contrast"] == contrast) & (table["quantity"] == quantity)]
    table = table.dropna(subset=["part"])
    if table.empty:
        return []
    table = table.loc[table["term"] == table["term"].iloc[0]]
    named = table.loc[table["taxon"] != REST]
    order = named["part"].abs().sort_values(ascending=False, kind="stable").index
    top = named.loc[order].head(MOST)
    rest = float(table["part"].sum() - top["part"].sum())
    found = [
        replace(
            _carrier(results, str(row["taxon"]), quantity, [row["part"]]),
            lower=row["lower"],
            upper=row["upper"],
            without=row["difference_without"],
            agrees_sign=row["agrees_sign"] == "true",
        )
        for row in records(top)
    ]
    return [*found, _carrier(results, REST, quantity, [rest])]


def _weights(
    results: Results, quantity: str, blocks: Sequence[Codes], persons: Codes
) -> pd.DataFrame:
    """Weight of each assessable sample in each block (NaN outside of it)."""
    import pandas as pd

    known = results.quantity(quantity)["assessable"].to_numpy(dtype=bool)
    names = results.samples["sample"].to_numpy()
    columns = {}
    for place, block in enumerate(blocks):
        inside = block[known[block]]
        columns[place] = pd.Series(weights(persons[inside]), index=names[inside], dtype=float)
    return pd.DataFrame(columns)


def _carrier(results: Results, taxon: str, quantity: str, parts: Sequence[float | None]) -> Carrier:
    known = results.evidence.get((taxon, quantity.removeprefix("share:")))
    return Carrier(
        taxon=taxon,
        label=results.taxon_label(taxon),
        prevalence=math.nan if known is None else float(known["mean"]),
        species=having(known, "positive_species", "species"),
        genomes=having(known, "positives", "genomes"),
        parts=tuple(parts),
    )


def having(known: Mapping[str, Any] | None, positive: str, everything: str) -> str:
    """Say how many of a taxon's species or genomes have the capability, of all.

    Parameters
    ----------
    known : mapping or None
        The row of ``capabilities.parquet``; empty where there is none.
    positive, everything : str
        Columns of the two numbers.

    Examples
    --------
    >>> having({"positives": 18.0, "genomes": 1450.0}, "positives", "genomes")
    '18 of 1,450'
    """
    return "" if known is None else f"{known[positive]:,.0f} of {known[everything]:,.0f}"
