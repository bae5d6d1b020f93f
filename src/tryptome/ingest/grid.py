"""Reading the numbers of a delimited table, row by row, sparsely."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tryptome.errors import ValueProblemError
from tryptome.ingest.cells import Cells
from tryptome.ingest.columns import Columns, is_number, tell_apart
from tryptome.ingest.fields import Fields, fields
from tryptome.ingest.lineage import join_ranks

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
    """

    cells: Cells
    rows: list[str]
    columns: list[str]
    corner: str
    lineages: list[str] | None
    place: str
    format: str
    notes: list[str]


def read_grid(path: Path, tell: Callable[[Fields], Columns] = tell_apart) -> Grid:
    """Read a delimited table.

    Parameters
    ----------
    path : pathlib.Path
    tell : callable
        Says which column is what.

    Raises
    ------
    FormatError, EmptyTableError
        It is no table.
    ValueProblemError
        A field is no number; line, row and column are named.
    """
    import numpy as np

    with fields(path) as table:
        columns = tell(table)
        rows: list[str] = []
        lineages: list[str] = []
        data, indices, indptr = array("d"), array("i"), array("q", [0])
        for line, row in table.rows:
            cells = _cells(row, columns.values)
            filled = [position for position, cell in enumerate(cells) if cell != ZERO]
            numbers = _numbers(cells, filled, (table, columns, line, row))
            if 0 in numbers:  # spelled otherwise, as 0.0
                filled = [place for place, number in zip(filled, numbers, strict=True) if number]
                numbers = [number for number in numbers if number]
            data.extend(numbers)
            indices.extend(filled)
            indptr.append(len(indices))
            rows.append(row[columns.ids])
            lineages.append(_lineage(row, columns))
    return Grid(
        cells=Cells(
            np.asarray(data),
            np.asarray(indices),
            np.asarray(indptr),
            (len(rows), len(columns.values)),
        ),
        rows=rows,
        columns=[table.header[column] for column in columns.values],
        corner=table.header[columns.ids],
        lineages=lineages if columns.lineage is not None or columns.ranks else None,
        place=str(path),
        format=table.format,
        notes=[*table.notes, *columns.notes],
    )


def _cells(row: list[str], columns: Sequence[int]) -> list[str]:
    """Fields of the columns; a slice where these lie side by side, since tables are wide."""
    first, last = columns[0], columns[-1]
    if last - first + 1 == len(columns):
        return row[first : last + 1]
    return [row[column] for column in columns]


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
        f"{table.place}, line {line} (`{row[columns.ids]}`), "
        f"column `{table.header[columns.values[position]]}`"
    )
    what = f"`{cell[:40]}` is not a number" if cell.strip() else "the field is empty"
    remedy = (
        "write 0 for a taxon that was looked for and not found; leave out what was not measured"
    )
    if "," in cell:
        remedy = "write numbers with a decimal point and without separators of thousands"
    return ValueProblemError(what, place=place, remedy=remedy)


def _lineage(row: Sequence[str], columns: Columns) -> str:
    if columns.lineage is not None:
        return row[columns.lineage]
    if columns.ranks:
        return join_ranks((row[column] for column in columns.ranks), columns.ranks.values())
    return ""
