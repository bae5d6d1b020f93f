"""Small tables that a user writes: TSV with a header, told apart by line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from tryptome.errors import EmptyTableError, FormatError, MissingFileError
from tryptome.formulas import is_formula

LONGEST = 10_000
"""Characters of a field beyond which a file is no table of this kind."""


@dataclass(frozen=True)
class Row:
    """One row, and where it stands.

    Attributes
    ----------
    place : str
        File and line, for messages.
    fields : dict of str to str
        Text by column, without blanks around it; empty where a column is not there.
    """

    place: str
    fields: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.fields[column]

    def needed(self, column: str, remedy: str) -> str:
        """Text of a column that may not be empty.

        Raises
        ------
        FormatError
            It is empty.
        """
        if not self[column]:
            raise FormatError(f"`{column}` is empty", place=self.place, remedy=remedy)
        return self[column]


def read_rows(path: Path, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[Row]:
    """Read a table.

    Parameters
    ----------
    path : pathlib.Path
        TSV, UTF-8; blank lines and lines that start with ``#`` are passed over.
    needed, optional : tuple of str
        Columns that the header must, and may, name.

    Raises
    ------
    MissingFileError
        The file cannot be read.
    FormatError
        A column is missing, unknown or there twice, a row has another number of
        fields, or a spreadsheet would run a field as a formula.
    EmptyTableError
        There is no row.
    """
    lines = [
        (number, line)
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        raise EmptyTableError("the table is empty", place=str(path), remedy="add a header and rows")
    header = [name.strip() for name in _split(lines[0][1])]
    _check_header(header, needed, optional, f"{path}, line {lines[0][0]}")
    rows = [_row(line, header, f"{path}, line {number}", optional) for number, line in lines[1:]]
    if not rows:
        raise EmptyTableError("the table has no rows", place=str(path), remedy="add a row")
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        told = str(error.strerror).lower() if isinstance(error, OSError) else "not UTF-8 text"
        raise MissingFileError(
            f"cannot read the table ({told})",
            place=str(path),
            remedy="check the path and save the table as text separated by tabs",
        ) from error


def _split(line: str) -> list[str]:
    return next(csv.reader([line], delimiter="\t"), [])


def _check_header(
    header: list[str], needed: tuple[str, ...], optional: tuple[str, ...], place: str
) -> None:
    known = (*needed, *optional)
    for name in header:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            mend = f"did you mean `{near[0]}`?" if near else f"use {', '.join(known)}"
            raise FormatError(f"unknown column {name[:100]!r}", place=place, remedy=mend)
    missing = [name for name in needed if name not in header]
    if missing:
        raise FormatError(
            f"the column `{missing[0]}` is missing",
            place=place,
            remedy=f"the header names {', '.join(needed)}, separated by tabs",
        )
    if len(set(header)) < len(header):
        raise FormatError("a column is named twice", place=place, remedy="name each column once")


def _row(line: str, header: list[str], place: str, optional: tuple[str, ...]) -> Row:
    values = _split(line)
    if len(values) != len(header) or any(len(value) > LONGEST for value in values):
        raise FormatError(
            f"the row has {len(values)} fields and the header {len(header)}"
            if len(values) != len(header)
            else f"a field has more than {LONGEST:,} characters",
            place=place,
            remedy="separate fields by exactly one tab",
        )
    formulas = [value for value in values if is_formula(value.strip())]
    if formulas:
        raise FormatError(
            f"a spreadsheet would run {formulas[0][:80]!r} as a formula",
            place=place,
            remedy="write it as plain text",
        )
    named = dict(zip(header, (value.strip() for value in values), strict=True))
    return Row(place, dict.fromkeys(optional, "") | named)
