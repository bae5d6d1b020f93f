"""Telling the columns of a delimited table apart: ids, abundances, lineages, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tryptome.errors import FormatError, ValueProblemError
from tryptome.ingest.abundances import Hints
from tryptome.ingest.decimals import COMMA, POINT, decimal_of, is_number, with_point
from tryptome.ingest.fields import Fields
from tryptome.ingest.lineage import MOST, is_lineage, is_opaque, rank_columns, share
from tryptome.ingest.matching import nearest
from tryptome.ingest.numbers import is_written_number, no_number
from tryptome.ingest.values import listed
from tryptome.ingest.words import (
    BESIDE_WORDS,
    FEATURE_WORDS,
    ID_WORDS,
    INDEX_WORDS,
    LINEAGE_WORDS,
    SAMPLE_WORDS,
    TEXT_WORDS,
    UNNAMED_WORDS,
    is_rank,
    word,
)


@dataclass
class Columns:
    """Which column is what, by position.

    Attributes
    ----------
    ids : int or None
        None where the lineages are the ids.
    values : list of int
    lineage : int or None
        Column of lineages.
    ranks : dict of int to str
        Columns with one rank each, and their prefixes.
    about : list of int
        Columns about the samples, where these are the rows.
    decimal : str
    notes : list of str
    """

    ids: int | None
    values: list[int] = field(default_factory=list)
    lineage: int | None = None
    ranks: dict[int, str] = field(default_factory=dict)
    about: list[int] = field(default_factory=list)
    decimal: str = POINT
    notes: list[str] = field(default_factory=list)

    @property
    def taken(self) -> set[int]:
        """Columns that are known to hold no abundances."""
        return {*self.ranks, *self.about} | {i for i in (self.ids, self.lineage) if i is not None}


def tell_apart(table: Fields, hints: Hints) -> Columns:
    """Tell the columns apart by their names and their first rows.

    Raises
    ------
    FormatError
        No column holds ids, or none holds abundances, or one has no name, or a column that the
        configuration names is missing.
    ValueProblemError
        A column holds text that is no lineage.
    """
    _check_header(table)
    cells = list(zip(*table.peek, strict=True))
    decimal = POINT
    if table.delimiter != ",":
        decimal = decimal_of((c for column in cells for c in column), hints.decimal, table.place)
    elif hints.decimal == COMMA:
        decimal = COMMA
    if decimal == COMMA:
        cells = [tuple(map(with_point, column)) for column in cells]
    texts = [i for i in range(len(cells)) if _is_text(cells[i])]
    found = _ids(table, cells, texts, hints.id_column)
    found.decimal = decimal
    if decimal == COMMA:
        found.notes.append("numbers have a decimal comma")
    _find_lineages(found, texts, table, cells, hints.lineage_column)
    _find_about_samples(found, table.header)
    _find_values(found, texts, table, cells)
    return found


def _check_header(table: Fields) -> None:
    """Refuse a table whose first row is one of its rows: its values would pass for names."""
    first, *others = table.header
    if not others or not all(map(is_number, others)):
        return
    repeat = len(set(others)) < len(others)
    if is_lineage(first) or (repeat and is_opaque(first)):
        raise FormatError(
            f"the first row is no header: it holds `{first[:80]}` and numbers",
            place=table.place,
            remedy="give the table a first row with the names of its columns",
        )


def _named(table: Fields, name: str, key: str) -> int:
    """Position of a column that the configuration names."""
    if name in table.header:
        return table.header.index(name)
    near = nearest(name, [other for other in table.header if other.strip()])
    raise FormatError(
        f"`{key}: {name[:80]}` is no column of the table (columns: {listed(table.header)})",
        place=table.place,
        remedy=f"did you mean `{near[:80]}`?" if near else f"set `{key}` to one of its columns",
    )


def _ids(
    table: Fields,
    cells: Sequence[Sequence[str]],
    texts: Sequence[int],
    configured: str | None,
) -> Columns:
    """Find the column of ids: as configured, the first, or another where that holds none."""
    if configured is not None:
        return Columns(ids=_named(table, configured, "id_column"))
    words = [word(name) for name in table.header]
    if words[0] in INDEX_WORDS and len(cells) > 2 and _counts_rows(cells[0]):  # noqa: PLR2004
        named = words[1] in (FEATURE_WORDS | SAMPLE_WORDS) - LINEAGE_WORDS
        if named or (words[1] not in LINEAGE_WORDS and 1 in texts):
            note = f"the first column only numbers the rows; ids are in `{table.header[1]}`"
            return Columns(ids=1, notes=[note])
    if words[0] in LINEAGE_WORDS or (is_rank(words[0]) and len(rank_columns(table.header)) > 1):
        return _ids_behind_lineages(table, words)
    unnamed = words[0] not in INDEX_WORDS | FEATURE_WORDS | SAMPLE_WORDS
    if unnamed and all(map(is_number, cells[0])) and len(set(cells[0])) < len(cells[0]):
        raise FormatError(
            f"the table has no column of ids: the first one, `{table.header[0]}`, holds numbers "
            "that repeat",
            place=table.place,
            remedy="add a first column with the ids of the rows",
        )
    return Columns(ids=0)


def _ids_behind_lineages(table: Fields, words: Sequence[str]) -> Columns:
    """Find a column that is named as ids of features are; else the lineages are the ids."""
    named = next((column for column, name in enumerate(words) if name in ID_WORDS), None)
    if named is not None:
        return Columns(ids=named, notes=[f"ids are in column `{table.header[named]}`"])
    if words[0] in LINEAGE_WORDS:
        return Columns(ids=0)
    return Columns(ids=None, notes=["no column holds ids: the lineages name the features"])


def _find_lineages(
    found: Columns,
    texts: Sequence[int],
    table: Fields,
    cells: Sequence[Sequence[str]],
    configured: str | None,
) -> None:
    """Find the column of lineages, or else the columns of ranks, among columns of text."""
    header = table.header
    others = [i for i in texts if i != found.ids]
    if configured is not None:
        found.lineage = _named(table, configured, "lineage_column")
    elif any(word(header[i]) in LINEAGE_WORDS for i in others):
        found.lineage = [i for i in others if word(header[i]) in LINEAGE_WORDS][-1]
    else:
        unranked = (i for i in others if not is_rank(header[i]))
        written = [i for i in unranked if share(cells[i], is_lineage) > MOST]
        found.lineage = written[-1] if written else None
    ranks = rank_columns(header)
    # Of a rank that no feature of a table reaches, all fields are empty.
    ranks = {i: r for i, r in ranks.items() if i in others or not any(map(str.strip, cells[i]))}
    if found.lineage is not None:
        found.notes.append(f"lineages are in column `{header[found.lineage]}`")
    elif len(ranks) > 1:
        found.ranks = ranks
        names = ", ".join(header[i] for i in ranks)
        found.notes.append(f"lineages are written from the columns {names}")


def _find_about_samples(found: Columns, header: Sequence[str]) -> None:
    """Where columns are lineages, the others say something of the samples, which are the rows."""
    rest = [i for i in range(len(header)) if i not in found.taken]
    if not any(is_lineage(header[i]) for i in rest):
        return
    found.about = [
        i
        for i in rest
        if header[i].strip() and not is_lineage(header[i]) and word(header[i]) not in UNNAMED_WORDS
    ]


def _find_values(
    found: Columns, texts: Sequence[int], table: Fields, cells: Sequence[Sequence[str]]
) -> None:
    """Find the columns of abundances among the others, and say which are left out."""
    beside = found.lineage is not None or bool(found.ranks)
    taken = found.taken
    for column, name in enumerate(table.header):
        if column in taken or (found.ids is not None and column < found.ids):
            continue
        known = (BESIDE_WORDS | TEXT_WORDS) if beside else TEXT_WORDS
        if word(name) in ("", "unnamed: 0") and _ignorable(cells[column]):
            found.notes.append(f"column {column + 1} has no name and no abundances; left out")
        elif word(name) in known and (beside or column in texts):
            found.notes.append(f"column `{name}` is not a sample and was left out")
        elif column in texts and beside and not any(map(is_number, cells[column])):
            found.notes.append(f"column `{name}` holds text beside lineages and was left out")
        elif column in texts:
            raise _text_column(table, column)
        elif not name.strip():
            raise FormatError(
                f"column {column + 1} has no name",
                place=table.place,
                remedy="name it, or remove it; nothing but comments may stand above the header",
            )
        else:
            found.values.append(column)
    if not found.values:
        raise FormatError(
            "the table has no column of abundances",
            place=table.place,
            remedy="check the delimiter, and that this is the abundance table",
        )


def _is_text(cells: Sequence[str]) -> bool:
    """Tell whether most of a column's fields are text (one stray word is an error in place)."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(not is_number(cell) for cell in filled) * 2 > max(len(filled), 1)


def _counts_rows(cells: Sequence[str]) -> bool:
    """Tell whether a column is 0, 1, 2 … or 1, 2, 3 …"""
    return any(list(cells) == [str(i + start) for i in range(len(cells))] for start in (0, 1))


def _ignorable(cells: Sequence[str]) -> bool:
    return _counts_rows(cells) or not any(cell.strip() for cell in cells)


def _text_column(table: Fields, column: int) -> ValueProblemError:
    cells = [row[column] for row in table.peek]
    text = next(cell for cell in cells if cell.strip() and not is_number(cell))
    place = f"{table.place}, column `{table.header[column]}`"
    if is_written_number(text) or any(map(is_number, cells)):
        return no_number(text, place)
    return ValueProblemError(
        f"the column holds text (`{text[:40]}`), not abundances",
        place=place,
        remedy="move it to the metadata; if it holds lineages, name it `taxonomy`, or set "
        "`lineage_column`",
    )
