"""Cell-equivalents with each capability, sample by sample: a table without unknown values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tryptome.values import Values

if TYPE_CHECKING:
    import biom
    import numpy.typing as npt
    import pandas as pd

    from tryptome.biom_slices import SlicedTable

    Flags = npt.NDArray[np.bool_]


ENTRIES = 2**20
"""Cells above zero that are read at a time: 13 MB, of about 7,000 samples."""


@dataclass(frozen=True)
class Exported:
    """Capabilities x samples, and what could not go into it.

    Attributes
    ----------
    table : biom.Table
        Cell-equivalents (reads divided by 16S copies) of assessable taxa that have
        each capability.
    left_out : DataFrame
        ``axis`` (``capability`` or ``sample``), ``id`` and ``reason``.
    """

    table: biom.Table
    left_out: pd.DataFrame


def count_capabilities(
    composition: SlicedTable, prevalence: pd.DataFrame, shares: Values
) -> Exported:
    """Count the cells with each capability where all that is shown is known.

    Parameters
    ----------
    composition : SlicedTable
        Taxa x samples, cell-equivalents.
    prevalence : DataFrame
        ``taxon``, ``capability``, ``mean`` and ``assessable`` of each pair.
    shares : Values
        Shares of cells, by capability.

    Returns
    -------
    Exported
        Capabilities and samples in the order of the estimates.
    """
    import biom
    import pandas as pd

    kept, columns = complete_part(shares.reason.T == 0)
    samples, capabilities = np.array(shares.samples), np.array(shares.quantities)
    cells = _cells(composition, prevalence, shares)[np.ix_(kept, columns)]
    gone = [
        (axis, str(names[at]), _commonest(reasons[at], shares.words))
        for axis, names, stays, reasons in (
            ("capability", capabilities, kept, shares.reason.T),
            ("sample", samples, columns, shares.reason),
        )
        for at in np.flatnonzero(~stays)
    ]
    table = biom.Table(
        cells, capabilities[kept].tolist(), samples[columns].tolist(), type="Function table"
    )
    return Exported(table, pd.DataFrame(gone, columns=["axis", "id", "reason"]))


def complete_part(known: Flags) -> tuple[Flags, Flags]:
    """Rows and columns that remain when every value among them is to be known.

    The tables that other programs read cannot say *not assessable*, and what is
    unknown must not become zero. So the rows or the columns with the greatest part
    of unknown values are left out, again and again.

    Parameters
    ----------
    known : ndarray of bool, shape (rows, columns)

    Returns
    -------
    rows, columns : ndarray of bool

    Examples
    --------
    >>> rows, columns = complete_part(np.array([[True, False], [True, True], [True, True]]))
    >>> rows.tolist(), columns.tolist()
    ([False, True, True], [True, True])
    """
    rows, columns = (np.ones(size, dtype=bool) for size in known.shape)
    while True:
        unknown = ~known & rows[:, None] & columns
        by_row = unknown.sum(axis=1) / max(columns.sum(), 1)
        by_column = unknown.sum(axis=0) / max(rows.sum(), 1)
        worst = max(by_row.max(initial=0), by_column.max(initial=0))
        if worst == 0:
            return rows, columns
        rows &= by_row < worst
        if by_row.max(initial=0) < worst:
            columns &= by_column < worst


def _cells(
    composition: SlicedTable, prevalence: pd.DataFrame, shares: Values
) -> npt.NDArray[np.float64]:
    """Capabilities x samples: cells of each taxon times its prevalence, added up."""
    assessable = prevalence[prevalence["assessable"]]
    having = assessable.pivot(index="capability", columns="taxon", values="mean")
    quantities = list(shares.quantities)
    having = having.reindex(index=quantities, columns=composition.features).fillna(0.0)
    place = {name: at for at, name in enumerate(composition.samples)}
    order = [place[name] for name in shares.samples]
    each = having.to_numpy(float).T
    parts = [composition.of_samples(*ends) @ each for ends in composition.slices("sample", ENTRIES)]
    return np.concatenate(parts)[order].T


def _commonest(reasons: npt.NDArray[np.int32], words: Sequence[str]) -> str:
    """Reason that most of the unknown values give; the first of them among equals."""
    found: Counter[str] = Counter(words[reason] for reason in reasons if reason)
    return min((-count, word) for word, count in found.items())[1]
