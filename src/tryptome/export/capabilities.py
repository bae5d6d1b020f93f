"""Cell-equivalents with each capability, sample by sample: a table without unknown values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tryptome.biom_parts import biom_parts
from tryptome.values import Values

if TYPE_CHECKING:
    import os

    import numpy.typing as npt
    import pandas as pd

    from tryptome.biom_slices import SlicedTable

    Flags = npt.NDArray[np.bool_]


ENTRIES = 2**20
"""Cells above zero that are read at a time: 13 MB, of about 7,000 samples."""


def count_capabilities(
    composition: SlicedTable,
    prevalence: pd.DataFrame,
    shares: Values,
    path: str | os.PathLike[str],
) -> pd.DataFrame:
    """Write the cells with each capability where all that is shown is known.

    Parameters
    ----------
    composition : SlicedTable
        Taxa x samples, cell-equivalents; samples in the order of the shares.
    prevalence : DataFrame
        ``taxon``, ``capability``, ``mean`` and ``assessable`` of each pair.
    shares : Values
        Shares of cells, by capability.
    path : path-like
        BIOM table to write, capabilities x samples in the order of the estimates:
        cell-equivalents (reads divided by 16S copies) of assessable taxa that have each
        capability.

    Returns
    -------
    DataFrame
        What could not go into it: ``axis`` (``capability`` or ``sample``), ``id`` and ``reason``.
    """
    import pandas as pd
    from scipy.sparse import csr_array

    kept, columns = complete_part(shares.reason.T == 0)
    samples, capabilities = shares.samples, np.array(shares.quantities)
    names = [name for name, stays in zip(samples, columns, strict=True) if stays]
    with biom_parts(path, capabilities[kept].tolist(), names, "sample", "Function table") as append:
        for part, cells in _cells(composition, prevalence, shares):
            append(csr_array(cells[columns[part]][:, kept]))
    gone = [
        (axis, str(names[at]), _commonest(reasons[at], shares.words))
        for axis, names, stays, reasons in (
            ("capability", capabilities, kept, shares.reason.T),
            ("sample", samples, columns, shares.reason),
        )
        for at in np.flatnonzero(~stays)
    ]
    return pd.DataFrame(gone, columns=["axis", "id", "reason"])


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
) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
    """Samples x capabilities: cells of each taxon times its prevalence, some samples at a time."""
    if tuple(composition.samples) != shares.samples:
        raise ValueError("the composition has other samples than the estimates, or another order")
    assessable = prevalence[prevalence["assessable"]]
    having = assessable.pivot(index="capability", columns="taxon", values="mean")
    quantities = list(shares.quantities)
    having = having.reindex(index=quantities, columns=composition.features).fillna(0.0)
    each = having.to_numpy(float).T
    for start, stop in composition.slices("sample", ENTRIES):
        yield slice(start, stop), composition.of_samples(start, stop) @ each


def _commonest(reasons: npt.NDArray[np.int16], words: Sequence[str]) -> str:
    """Reason that most of the unknown values give; the first of them among equals."""
    found: Counter[str] = Counter(words[reason] for reason in reasons if reason)
    return min((-count, word) for word, count in found.items())[1]
