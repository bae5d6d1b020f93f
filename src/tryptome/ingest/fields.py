"""The rows of a table of text or of a workbook: delimiter, header, comments and blank rows."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tryptome.errors import EmptyTableError, FormatError
from tryptome.ingest.directives import is_directive
from tryptome.ingest.source import MAX_LINE, head, signature, text
from tryptome.ingest.workbook import is_workbook, sheet

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", " ": "space"}
"""What may separate fields, and their names."""

USUAL = ("\t", ",", ";")
"""Those that are tried first, in that order; blanks also occur inside fields."""

QUOTE = '"'

WORKBOOK = ""
"""Stands for the delimiter where fields are the cells of a workbook."""

COMMENT = "#"
ID_NAMES = frozenset(
    {
        "id",
        *("sampleid", "sample id", "sample-id", "sample_name"),
        *("featureid", "feature id", "feature-id", "otuid", "otu id"),
    }
)
"""Names, in lower case and without ``#``, of a column of ids in files of QIIME."""

PEEK = 100
"""Rows by which the columns are told apart."""


@dataclass(frozen=True)
class Fields:
    """The rows of a delimited file.

    Attributes
    ----------
    header : list of str
        Names of the columns, as long as the rows.
    peek : list of list of str
        The first rows.
    rows : iterator of (int, list of str)
        Every row with its line number, as wide as the header.
    delimiter : str
    place : str
        The file, for messages.
    notes : list of str
        Grows while rows are read.
    directives : list of list of str
        Lines of QIIME 2 below the header, as wide as it; see :mod:`tryptome.ingest.directives`.
    """

    header: list[str]
    peek: list[list[str]]
    rows: Iterator[tuple[int, list[str]]]
    delimiter: str
    place: str
    notes: list[str]
    directives: list[list[str]]

    @property
    def format(self) -> str:
        """What the file is, in words."""
        if self.delimiter == WORKBOOK:
            return "Excel workbook"
        return f"text, {DELIMITERS[self.delimiter]}-separated"


@contextmanager
def fields(
    path: Path,
    *,
    has_header: bool = True,
    ragged: bool = False,
    comments: bool = False,
    delimiter: str = "auto",
) -> Iterator[Fields]:
    """Open a delimited text file, or the first sheet of a workbook.

    Parameters
    ----------
    path : pathlib.Path
    has_header : bool, default True
        Whether the first row names the columns; else they are numbered.
    ragged : bool, default False
        Whether a row may be shorter than the header (missing fields are empty).
    comments : bool, default False
        Whether a row that begins with ``#`` is a comment also below the header.
    delimiter : str, default "auto"
        A name out of `DELIMITERS`, or ``auto``.

    Raises
    ------
    EmptyTableError
        The file holds no rows.
    FormatError
        It is not text, a row has too many or too few fields, or quotes do not
        match (the last two while reading).
    """
    notes: list[str] = []
    with _records(path, notes, delimiter) as (records, found_delimiter):
        header, rest = _header(records, path, notes)
        found, rest = _directives(rest)
        rest = _without_comments(rest, notes, alone=not comments)
        if not has_header:
            rest, header = itertools.chain([(1, header)], rest), _numbered(len(header))
        first = list(itertools.islice(rest, PEEK))
        if not first:
            raise _no_rows(path, found_delimiter)
        header = _with_row_names(header, [row for _, row in first], notes)
        shape = _Shape(len(header), ragged, str(path))
        fitted = list(shape.fit_all(first))
        yield Fields(
            header=header,
            peek=[row for _, row in fitted],
            rows=itertools.chain(fitted, shape.fit_all(rest)),
            delimiter=found_delimiter,
            place=str(path),
            notes=notes,
            directives=[shape.fit(line, row) for line, row in found],
        )


def _numbered(width: int) -> list[str]:
    return [f"column {number}" for number in range(1, width + 1)]


def _no_rows(path: Path, delimiter: str) -> EmptyTableError:
    what, remedy = "the file has a header and no rows", "check the export"
    if delimiter == WORKBOOK:
        what, remedy = (
            "the first sheet has a header and no rows",
            "put the table on the first sheet",
        )
    return EmptyTableError(what, place=str(path), remedy=remedy)


def _without_comments(
    records: Iterator[tuple[int, list[str]]], notes: list[str], *, alone: bool
) -> Iterator[tuple[int, list[str]]]:
    """Leave comments out; with `alone`, only those that are the one field of their row."""
    comments = 0
    for line, row in records:
        if is_comment(row) and not is_directive(row) and not (alone and len(row) > 1):
            comments += 1
        else:
            yield line, row
    if comments:
        notes.append(f"{comments} lines below the header begin with `#`: comments")


@contextmanager
def _records(
    path: Path, notes: list[str], configured: str
) -> Iterator[tuple[Iterator[tuple[int, list[str]]], str]]:
    """Rows that hold anything, with their line numbers, and the delimiter."""
    if is_workbook(signature(path)):
        with sheet(path, notes) as rows:
            yield rows, WORKBOOK
        return
    named = {name: delimiter for delimiter, name in DELIMITERS.items()}
    delimiter = named.get(configured) or find_delimiter(path)
    with text(path) as handle:
        yield _rows(handle, delimiter), delimiter


def find_delimiter(path: Path) -> str:
    """Find the delimiter that splits the first rows into the same number of fields.

    Raises
    ------
    EmptyTableError
        There are no rows.
    FormatError
        None splits them into more than one field.
    """
    # The last line of the head may be cut, unless it is the whole file.
    lines = head(path).decode("utf-8-sig", errors="replace").splitlines()
    lines = [line for line in (lines[:-1] or lines) if line.strip()]
    told = [line for line in lines if not line.lstrip().startswith(COMMENT)] or lines
    lines = told[:20]
    best = max(USUAL, key=lambda delimiter: _agreement(lines, delimiter))
    if not _agreement(lines, best) and _is_spaced(lines):
        return " "
    if not lines:
        raise EmptyTableError("the file is empty", place=str(path), remedy="check the export")
    if not _agreement(lines, best) and _names_ids(lines):
        return "\t"  # a list of ids, and nothing else
    if not _agreement(lines, best):
        raise FormatError(
            "the file is no table: no tab, comma or semicolon splits its rows into columns",
            place=str(path),
            remedy="give BIOM, TSV or CSV, with one row a feature or a sample",
        )
    return best


def _is_spaced(lines: Sequence[str]) -> bool:
    """Tell whether blanks separate fields, as in R's write.table: as many in each row."""
    try:
        header, *rows = csv.reader(lines, delimiter=" ")
    except (csv.Error, ValueError):
        return False
    width = len(rows[0]) if rows else 0
    return (
        width > 1
        and len(header) in (width, width - 1)
        and all(len(row) == width for row in rows)
        and (all(row[-1][:1].isdigit() for row in rows) or all(map(_is_quoted, lines)))
    )


def _is_quoted(line: str) -> bool:
    """Tell whether the first field is quoted, as R quotes names of rows and columns."""
    return line.startswith('"')


def _agreement(lines: Sequence[str], delimiter: str) -> float:
    """Share of the lines that have the commonest number of fields, if that is above one.

    A header that lacks the name of the first column, one field short, agrees too.
    """
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return 0.0
    several = [width for width in widths if width > 1]
    common = max(several, key=several.count, default=0)
    return sum(abs(width - common) <= 1 for width in several) / max(len(lines), 1)


def _rows(handle: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, with their line numbers.

    A line without quotes is a row, and is split as it is: that takes half the
    time of the csv module, which reads all others.
    """
    number = spent = 0

    def lines() -> Iterator[str]:
        nonlocal number, spent
        for line in handle:
            number += 1
            spent += len(line)
            # Quotes can hold line ends, so that a row may have any number of lines.
            if spent > MAX_LINE:
                raise csv.Error(f"a row has more than {MAX_LINE // 2**20} million characters")
            yield line

    source = lines()
    for line in source:
        if QUOTE in line or len(line) > csv.field_size_limit():
            whole = itertools.chain([line], source)
            row = next(csv.reader(whole, delimiter=delimiter, strict=True))
        else:
            row = line.rstrip("\r\n").split(delimiter)
        spent = 0
        if any(field.strip() for field in row):
            yield number, row


def _header(
    records: Iterator[tuple[int, list[str]]], path: Path, notes: list[str]
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Take the header: the first row that is no comment, or one that begins with ``#``.

    Of leading rows that begin with ``#``, the one that names a column of ids is the header;
    else the last with several fields, unless the row behind them names such a column.
    """
    header: list[str] = []
    found = False
    for line, row in records:
        if not is_comment(row):
            if header and (found or not _names_ids(row)):
                return header, itertools.chain([(line, row)], records)
            return row, records
        if is_directive(row):
            if header:
                return header, itertools.chain([(line, row)], records)
            raise FormatError(
                f"the directive `{row[0][:40]}` stands above the header",
                place=f"{path}, line {line}",
                remedy="move it right below the header",
            )
        if not found and sum(bool(field.strip()) for field in row) > 1:
            header, found = row, _names_ids(row)
        else:
            notes.append(f"line {line} is a comment")
    if header:
        return header, records
    raise EmptyTableError("the file is empty", place=str(path), remedy="check the export")


def is_comment(row: Sequence[str]) -> bool:
    """Tell whether a row begins with ``#``."""
    return row[0].lstrip().startswith(COMMENT)


def _names_ids(row: Sequence[str]) -> bool:
    """Tell whether a header's first field is one of QIIME's names for ids."""
    return row[0].strip().lstrip(COMMENT).lower() in ID_NAMES


def _directives(
    records: Iterator[tuple[int, list[str]]],
) -> tuple[list[tuple[int, list[str]]], Iterator[tuple[int, list[str]]]]:
    """Take the directives of QIIME 2 that stand right below the header."""
    found: list[tuple[int, list[str]]] = []
    for line, row in records:
        if not is_directive(row):
            return found, itertools.chain([(line, row)], records)
        found.append((line, row))
    return found, records


def _with_row_names(
    header: list[str], rows: Sequence[Sequence[str]], notes: list[str]
) -> list[str]:
    """Name the first column where the header leaves it out, as R's write.table does."""
    if _names_ids(header):
        return header
    longer = all(len(row) == len(header) + 1 for row in rows)
    if longer and any(row[-1].strip() for row in rows):
        notes.append("the header does not name the first column; it is taken as the ids")
        return ["", *header]
    return header


@dataclass(frozen=True)
class _Shape:
    """Makes rows as wide as the header, or refuses them."""

    width: int
    ragged: bool
    place: str

    def fit_all(self, records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        return ((line, self.fit(line, row)) for line, row in records)

    def fit(self, line: int, row: list[str]) -> list[str]:
        if len(row) == self.width:
            return row
        if len(row) > self.width and not any(field.strip() for field in row[self.width :]):
            return row[: self.width]
        if len(row) < self.width and self.ragged:
            return row + [""] * (self.width - len(row))
        raise FormatError(
            f"the row has {len(row)} fields, the header {self.width}",
            place=f"{self.place}, line {line}",
            remedy="check delimiters and quotes of that line, and that the file is complete",
        )
