"""Rows and columns that add up the others: no samples and no features, and left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.ingest.cells import Cells
from tryptome.ingest.words import TOTAL_WORDS, word

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ROUNDING = 1e-6
"""Most that a sum may differ from what it adds up, as a share of it."""


@dataclass(frozen=True)
class WithoutTotals:
    """A table, and which of its rows and columns are left."""

    cells: Cells
    rows: list[int]
    columns: list[int]
    notes: list[str]


def leave_out_totals(
    cells: Cells, rows: Sequence[str], columns: Sequence[str]
) -> WithoutTotals | None:
    """Leave out rows and columns that are named a total and are one.

    Parameters
    ----------
    cells : Cells
        Rows x columns.
    rows, columns : sequence of str
        Their ids.

    Returns
    -------
    WithoutTotals or None
        None where no row or column is named a total, as in nearly all tables.
    """
    totals_in_rows, totals_in_columns = _named(rows), _named(columns)
    if not totals_in_rows and not totals_in_columns:
        return None
    notes: list[str] = []
    matrix = cells.matrix()
    kept_columns = _without(matrix.T.tocsr(), columns, totals_in_columns, "column", notes)
    matrix = matrix[:, kept_columns]
    kept_rows = _without(matrix, rows, totals_in_rows, "row", notes)
    return WithoutTotals(Cells.of(matrix[kept_rows].tocsr()), kept_rows, kept_columns, notes)


def _named(ids: Sequence[str]) -> list[int]:
    return [i for i, name in enumerate(ids) if word(name) in TOTAL_WORDS]


def _without(
    matrix: csr_matrix, names: Sequence[str], named: Sequence[int], kind: str, notes: list[str]
) -> list[int]:
    """Positions of all lines of a matrix but the totals."""
    import numpy as np

    sums = np.asarray(matrix.sum(axis=0)).ravel()
    left = list(range(matrix.shape[0]))
    for line in named:
        own = matrix[line].toarray().ravel()
        if len(left) > 1 and own.any() and np.allclose(own, sums - own, rtol=ROUNDING):
            notes.append(f"{kind} `{names[line]}` adds up the others and was left out")
            left.remove(line)
            sums = sums - own
        else:
            notes.append(f"{kind} `{names[line]}` does not add up the others and was kept")
    return left
