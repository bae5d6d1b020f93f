"""Reading the numbers of a delimited table, row by row, sparsely."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tryptome.errors import ValueProblemError
from tryptome.ingest.cells import Cells
from tryptome.ingest.columns import Columns
from tryptome.ingest.decimals import COMMA, is_number, with_point
from tryptome.ingest.fields import Fields, fields
from tryptome.ingest.lineage import join_ranks
from tryptome.ingest.numbers import no_number
from tryptome.ingest.totals import leave_out_totals

ZERO = "0"


@dataclass(frozen=True)
class Grid:
    """A delimited table before it is known which side the samples are on.

    Attributes
    ----------
    cells : Cells
        Rows x columns, as in the file.
    rows, columns : list of str
        Ids, as in the file.
    corner : str
        Name of the column of ids.
    lineages : list of str or None
        One a row, where the file has columns for them.
    place, format : str
    notes : list of str
    about : list of list of str
        What columns say of the rows, where these are samples: names of the columns, that of the
        ids first, then one row a sample. Empty where none does.
    """

    cells: Cells
    rows: list[str]
    columns: list[str]
    corner: str
    lineages: list[str] | None
    place: str
    format: str
    notes: list[str]
    about: list[list[str]]


def read_grid(path: Path, tell: Callable[[Fields], Columns], delimiter: str = "auto") -> Grid:
    """Read a delimited table.

    Parameters
    ----------
    path : pathlib.Path
    tell : callable
        Says which column is what.
    delimiter : str
        As configured; see :data:`tryptome.ingest.fields.DELIMITERS`.

    Raises
    ------
    FormatError, EmptyTableError
        It is no table.
    ValueProblemError
        A field is no number; line, row and column are named.
    """
    with fields(path, delimiter=delimiter) as table:
        columns = tell(table)
        about: list[list[str]] = []
        cells, rows, lineages = _rows(table, columns, about)
    return Grid(
        cells=cells,
        rows=rows,
        columns=[table.header[column] for column in columns.values],
        corner="" if columns.ids is None else table.header[columns.ids],
        lineages=lineages if columns.lineage is not None or columns.ranks else None,
        place=str(path),
        format=table.format,
        notes=[*table.notes, *columns.notes],
        about=[_about(table.header, columns), *about] if columns.about else [],
    )


def _rows(
    table: Fields, columns: Columns, about: list[list[str]]
) -> tuple[Cells, list[str], list[str]]:
    """Abundances of the rows, their ids and their lineages; `about` takes what describes them."""
    import numpy as np

    rows: list[str] = []
    lineages: list[str] = []
    data, indices, indptr = array("d"), array("i"), array("q", [0])
    zero = ZERO
    for line, row in table.rows:
        cells = _cells(row, columns)
        filled = [position for position, cell in enumerate(cells) if cell != zero]
        numbers = _numbers(cells, filled, (table, columns, line, row))
        if 0 in numbers:  # spelled otherwise, as 0.0, and so likely in the rows that follow
            zero = cells[filled[numbers.index(0)]]
            filled = [place for place, number in zip(filled, numbers, strict=True) if number]
            numbers = [number for number in numbers if number]
        data.extend(numbers)
        indices.extend(filled)
        indptr.append(len(indices))
        lineages.append(_lineage(row, columns))
        rows.append(lineages[-1] if columns.ids is None else row[columns.ids])
        if columns.about:
            about.append(_about(row, columns))
    shape = (len(rows), len(columns.values))
    return Cells(np.asarray(data), np.asarray(indices), np.asarray(indptr), shape), rows, lineages


def without_totals(grid: Grid) -> Grid:
    """Leave out rows and columns that add up the others."""
    left = leave_out_totals(grid.cells, grid.rows, grid.columns)
    if left is None:
        return grid
    return replace(
        grid,
        cells=left.cells,
        rows=[grid.rows[row] for row in left.rows],
        columns=[grid.columns[column] for column in left.columns],
        lineages=grid.lineages and [grid.lineages[row] for row in left.rows],
        notes=[*grid.notes, *left.notes],
        about=grid.about and [grid.about[0], *(grid.about[row + 1] for row in left.rows)],
    )


def _about(row: Sequence[str], columns: Columns) -> list[str]:
    return [row[column] for column in (columns.ids or 0, *columns.about)]


def _cells(row: list[str], columns: Columns) -> list[str]:
    """Fields of the columns; a slice where these lie side by side, since tables are wide."""
    first, last = columns.values[0], columns.values[-1]
    if last - first + 1 == len(columns.values):
        cells = row[first : last + 1]
    else:
        cells = [row[column] for column in columns.values]
    return cells if columns.decimal != COMMA else [with_point(cell) for cell in cells]


def _numbers(
    cells: list[str], filled: list[int], where: tuple[Fields, Columns, int, list[str]]
) -> list[float]:
    texts = [cells[position] for position in filled]
    together = "".join(texts)
    if together.isascii() and "_" not in together:
        try:
            return list(map(float, texts))
        except ValueError:
            pass
    position = next(p for p in filled if not is_number(cells[p]))
    raise _no_number(cells[position], position, where)


def _no_number(
    cell: str, position: int, where: tuple[Fields, Columns, int, list[str]]
) -> ValueProblemError:
    table, columns, line, row = where
    place = (
        f"{table.place}, line {line} (`{row[columns.ids or 0][:80]}`), "
        f"column `{table.header[columns.values[position]]}`"
    )
    return no_number(cell, place)


def _lineage(row: Sequence[str], columns: Columns) -> str:
    if columns.lineage is not None:
        return row[columns.lineage]
    if columns.ranks:
        return join_ranks((row[column] for column in columns.ranks), columns.ranks.values())
    return ""
