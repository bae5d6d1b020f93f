"""QIIME 2's rules for metadata: lines that say which columns are numeric and what is missing.

A file with such a line is QIIME 2 metadata, in which blanks around a field do not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tryptome.errors import FormatError, ValueProblemError
from tryptome.ingest.values import listed

PREFIX = "#q2:"
TYPES = "#q2:types"
MISSING = "#q2:missing"

CATEGORICAL, NUMERIC = "categorical", "numeric"

INSDC = frozenset(
    {"not applicable", "missing", "not collected", "not provided", "restricted access"}
)
"""Terms that stand for a missing value under the scheme ``INSDC:missing``."""

SCHEMES: dict[str, frozenset[str]] = {
    "blank": frozenset(),
    "no-missing": frozenset(),
    "INSDC:missing": INSDC,
}
"""Schemes of missing values, and the terms of each beside the empty field."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def is_directive(row: Sequence[str]) -> bool:
    """Tell whether a row is one of QIIME 2's directives."""
    return row[0].strip().lower().startswith(PREFIX)


def apply(
    directives: Sequence[Sequence[str]],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    place: str,
) -> tuple[list[str], list[list[str]], dict[str, str], list[str]]:
    """Read metadata by their directives.

    Parameters
    ----------
    directives : sequence of rows
        As wide as the header.
    header : sequence of str
    rows : sequence of rows
    place : str
        The file, for messages.

    Returns
    -------
    header, rows
        Without blanks around fields; empty where a value is missing by the directives.
    types : dict of str to str
        Columns whose type is given: ``categorical`` or ``numeric``.
    notes : list of str

    Raises
    ------
    FormatError
        A directive is unknown, is given twice, or names a type or scheme that there is not.
    ValueProblemError
        A column that is said to be numeric holds text, or one without missing values an empty
        field.
    """
    said = _by_name(directives, place)
    names = [name.strip() for name in header]
    kept = [[field.strip() for field in row] for row in rows]
    types = dict(_types(names, said.get(TYPES, []), place))
    emptied = 0
    for column, name in enumerate(names):
        scheme = said[MISSING][column].strip() if column and MISSING in said else ""
        emptied += _empty_missing(kept, column, scheme or "blank", f"{place}, column `{name}`")
        if types.get(name) == NUMERIC:
            _check_numeric(kept, column, f"{place}, column `{name}`")
    return names, kept, types, _notes(types, emptied)


def _notes(types: Mapping[str, str], emptied: int) -> list[str]:
    """Say what the directives declared and left out."""
    notes = []
    for kind in (CATEGORICAL, NUMERIC):
        told = [name for name in types if types[name] == kind]
        if told:
            notes.append(f"metadata: {kind}, as the line `{TYPES}` says: {listed(told)}")
    if emptied:
        notes.append(f"metadata: {emptied} values are missing by the line `{MISSING}`")
    return notes


def _by_name(directives: Sequence[Sequence[str]], place: str) -> dict[str, Sequence[str]]:
    said: dict[str, Sequence[str]] = {}
    for row in directives:
        name = row[0].strip().lower()
        if name not in (TYPES, MISSING) or name in said:
            raise FormatError(
                f"the directive `{row[0][:40]}` is {'given twice' if name in said else 'unknown'}",
                place=place,
                remedy=f"keep one line `{TYPES}` and one line `{MISSING}` at most",
            )
        said[name] = row
    return said


def _types(names: Sequence[str], row: Sequence[str], place: str) -> list[tuple[str, str]]:
    given = [
        (name, kind.strip().lower())
        for name, kind in list(zip(names, row, strict=False))[1:]
        if kind.strip()
    ]
    for name, kind in given:
        if kind not in (CATEGORICAL, NUMERIC):
            raise FormatError(
                f"`{kind[:40]}` is no type of a column",
                place=f"{place}, line `{TYPES}`, column `{name}`",
                remedy=f"write `{CATEGORICAL}` or `{NUMERIC}`, or leave it empty",
            )
    return given


def _empty_missing(rows: Sequence[list[str]], column: int, scheme: str, place: str) -> int:
    """Empty the fields of a column that are missing by a scheme; give their number."""
    if scheme not in SCHEMES:
        raise FormatError(
            f"`{scheme[:40]}` is no scheme of missing values",
            place=place,
            remedy=f"write one of {', '.join(f'`{one}`' for one in SCHEMES)}",
        )
    missing = [row for row in rows if row[column] in SCHEMES[scheme]]
    for row in missing:
        row[column] = ""
    if scheme == "no-missing" and not all(row[column] for row in rows):
        raise ValueProblemError(
            "the column has an empty field, and the file says that nothing is missing in it",
            place=place,
            remedy=f"fill it, or change the line `{MISSING}`",
        )
    return len(missing)


def _check_numeric(rows: Sequence[Sequence[str]], column: int, place: str) -> None:
    for row in rows:
        if row[column] and not _NUMBER.fullmatch(row[column]):
            raise ValueProblemError(
                f"the file says that the column is numeric, yet it holds `{row[column][:40]}`",
                place=f"{place}, row `{row[0][:80]}`",
                remedy=f"correct the value, or write `{CATEGORICAL}` in the line `{TYPES}`",
            )
