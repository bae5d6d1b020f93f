"""Reading the rows of an Excel workbook (.xlsx) as text; formulas are never evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from tryptome.errors import EmptyTableError, FormatError, TryptomeError
from tryptome.ingest.archive import ZIP, archive, first_name
from tryptome.ingest.source import seekable
from tryptome.ingest.values import listed

Rows = dict[int, list[str]]
"""Fields of the rows of a sheet, by their numbers."""

PARTS = ("[Content_Types].xml", "_rels/", "docProps/", "xl/")
"""How the name of the first file of a workbook begins."""

MAX_CELLS = 5_000_000
"""Most cells of a sheet, empty ones among others included."""

MAX_SIZE = 2**28
"""Most bytes that a workbook may unpack to; openpyxl needs several times that."""

MAX_ROWS = 2**20
"""Most rows of a sheet, as in Excel."""


def is_workbook(start: bytes) -> bool:
    """Tell whether a file is an Excel workbook, by the name of the first file of its archive."""
    return start.startswith(ZIP) and first_name(start).startswith(PARTS)


@contextmanager
def sheet(path: Path, notes: list[str]) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Open the first sheet of a workbook that is not empty.

    Numbers are written as Python writes them, dates as ISO 8601, and a formula's
    cell as the result that the workbook stores of it.

    Parameters
    ----------
    path : pathlib.Path
    notes : list of str
        Grows by what a user should know.

    Yields
    ------
    iterator of (int, list of str)
        Rows that hold anything, with their numbers, of equal width.

    Raises
    ------
    EmptyTableError
        No sheet holds anything.
    FormatError
        It is damaged, unsafe or too large, or a formula has no stored result.
    """
    with seekable(path) as stream:
        with archive(stream, str(path)) as opened:
            # Only checked: openpyxl opens it by itself.
            if sum(member.file_size for member in opened.infolist()) > MAX_SIZE:
                raise FormatError(
                    f"the workbook unpacks to more than {MAX_SIZE // 2**20} MiB",
                    place=str(path),
                    remedy="save the sheet as CSV, or give the table as BIOM",
                )
        try:
            rows = _first_filled(stream, path, notes)
        except TryptomeError:
            raise
        except Exception as error:  # openpyxl promises no kinds of errors for broken files
            raise FormatError(
                f"the Excel workbook is damaged ({type(error).__name__})",
                place=str(path),
                remedy="save it again, or save the sheet as CSV",
            ) from error
        width = max(map(len, rows.values()))
        yield ((line, row + [""] * (width - len(row))) for line, row in rows.items())


@dataclass
class _Sheet:
    """A sheet that has been read.

    Attributes
    ----------
    rows : dict of int to list of str
        Rows that hold anything.
    formulas : list of (int, int)
        Row and column of each cell that holds one.
    dates : int
        Cells that hold a date.
    """

    rows: Rows = field(default_factory=dict)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    dates: int = 0


def _first_filled(stream: BinaryIO, path: Path, notes: list[str]) -> Rows:
    """Rows of the first sheet that holds anything."""
    book = _load(stream, formulas=True)
    names = [one.title for one in book.worksheets]
    for name in names:
        found = _rows(book[name], path)
        if found.formulas:
            results = _rows(_load(stream, formulas=False)[name], path)
            _check_results(results.rows, found.formulas, f"{path}, sheet `{name}`")
            notes.append(
                f"{len(found.formulas)} cells hold formulas: their stored results are read"
            )
            found = results
        if found.rows:
            notes.append(f"read from the sheet `{name}` of an Excel workbook")
            others = [other for other in names if other != name]
            if others:
                notes.append(f"other sheets are not read: {listed(others)}")
            if found.dates:
                notes.append(f"{found.dates} cells are dates for Excel; written as 2020-01-31")
            return found.rows
    raise EmptyTableError(
        "no sheet of the workbook holds anything", place=str(path), remedy="check the export"
    )


def _load(stream: BinaryIO, *, formulas: bool) -> Any:
    """Open a workbook, with its formulas as they are written or with their stored results."""
    import openpyxl

    return openpyxl.load_workbook(stream, read_only=True, keep_links=False, data_only=not formulas)


def _rows(sheet: Any, path: Path) -> _Sheet:
    found = _Sheet()
    cells = 0
    sheet.reset_dimensions()  # What the file declares of its size is not believed.
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells += len(row)
        if number > MAX_ROWS or cells > MAX_CELLS:
            raise FormatError(
                f"the sheet has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells",
                place=f"{path}, sheet `{sheet.title}`",
                remedy="save it as CSV, or give the table as BIOM",
            )
        found.formulas += [(number, i) for i, cell in enumerate(row) if cell.data_type == "f"]
        found.dates += sum(cell.data_type == "d" for cell in row)
        texts = [_text(cell.value) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        if any(text.strip() for text in texts):
            found.rows[number] = texts
    return found


def _check_results(rows: Rows, formulas: list[tuple[int, int]], place: str) -> None:
    from openpyxl.utils import get_column_letter

    for number, column in formulas:
        if not "".join(rows.get(number, [])[column : column + 1]):
            raise FormatError(
                "the cell holds a formula without a stored result",
                place=f"{place}, cell {get_column_letter(column + 1)}{number}",
                remedy="open and save the workbook in Excel, or paste the values",
            )


def _text(value: Any) -> str:
    """Write the value of a cell as text.

    Examples
    --------
    >>> [_text(value) for value in (None, "007", 12, 12.0, 0.1, True)]
    ['', '007', '12', '12', '0.1', 'TRUE']
    >>> _text(datetime(2020, 1, 5)), _text(datetime(2020, 1, 5, 6, 30))
    ('2020-01-05', '2020-01-05 06:30:00')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
