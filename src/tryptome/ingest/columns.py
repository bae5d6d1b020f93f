"""Telling the columns of a delimited table apart: ids, abundances, lineages, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tryptome.errors import FormatError, ValueProblemError
from tryptome.ingest.fields import Fields
from tryptome.ingest.lineage import COLUMN_NAMES, MOST, is_lineage, rank_columns, share

FEATURE_WORDS = frozenset(
    {
        *COLUMN_NAMES,
        "otu id",
        "otuid",
        "otu",
        "otu_id",
        "asv",
        "asv id",
        "asv_id",
        "asvid",
        "feature",
        "feature id",
        "featureid",
        "feature-id",
        "feature_id",
        "genus",
        "species",
        "name",
        "clade_name",
        "id",
    }
)
SAMPLE_WORDS = frozenset(
    {
        "sample",
        "sample id",
        "sampleid",
        "sample-id",
        "sample_id",
        "sample name",
        "sample_name",
        "samplename",
        "samples",
        "group",
    }
)
INDEX_WORDS = frozenset(
    {"", "index", "unnamed: 0", "x", "rownames", "row.names", "row", "no", "nr"}
)
IGNORED_WORDS = frozenset({"confidence", "consensus", "size", "numotus"})
"""Columns of numbers beside lineages that are no samples."""


@dataclass
class Columns:
    """Which column is what, by position.

    Attributes
    ----------
    ids : int
    values : list of int
    lineage : int or None
        Column of lineages.
    ranks : dict of int to str
        Columns with one rank each, and their prefixes.
    notes : list of str
    """

    ids: int
    values: list[int] = field(default_factory=list)
    lineage: int | None = None
    ranks: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def word(name: str) -> str:
    """Name of a column as words are compared: lower case, no ``#``."""
    return name.strip().lstrip("#").strip().lower()


def tell_apart(table: Fields) -> Columns:
    """Tell the columns apart by their names and their first rows.

    Raises
    ------
    FormatError
        No column holds ids, or none holds abundances, or one has no name.
    ValueProblemError
        A column holds text that is no lineage.
    """
    cells = list(zip(*table.peek, strict=True))
    found = _ids(table, cells)
    texts = [i for i in range(len(cells)) if i > found.ids and _is_text(cells[i])]
    _find_lineages(found, texts, table.header, cells)
    beside = found.lineage is not None or bool(found.ranks)
    for column in range(found.ids + 1, len(cells)):
        name = table.header[column]
        if column == found.lineage or column in found.ranks:
            continue
        if beside and word(name) in IGNORED_WORDS:
            found.notes.append(f"column `{name}` is not a sample and was left out")
        elif word(name) in ("", "unnamed: 0") and _ignorable(cells[column]):
            found.notes.append(f"column {column + 1} has no name and no abundances; left out")
        elif column in texts:
            raise _text_column(table, column)
        elif not name.strip():
            raise FormatError(
                f"column {column + 1} has no name",
                place=table.place,
                remedy="name it, or remove it",
            )
        else:
            found.values.append(column)
    if not found.values:
        raise FormatError(
            "the table has no column of abundances",
            place=table.place,
            remedy="check the delimiter, and that this is the abundance table",
        )
    return found


def _ids(table: Fields, cells: Sequence[Sequence[str]]) -> Columns:
    """Find the column of ids: the first, or the second where the first only counts rows."""
    first = word(table.header[0])
    second = word(table.header[1]) if len(cells) > 1 else ""
    if first in INDEX_WORDS and len(cells) > 2 and _counts_rows(cells[0]):  # noqa: PLR2004
        named = second in (FEATURE_WORDS | SAMPLE_WORDS) - COLUMN_NAMES
        if named or (second not in COLUMN_NAMES and _is_text(cells[1])):
            note = f"the first column only numbers the rows; ids are in `{table.header[1]}`"
            return Columns(ids=1, notes=[note])
    unnamed = first not in INDEX_WORDS | FEATURE_WORDS | SAMPLE_WORDS
    if unnamed and all(map(is_number, cells[0])) and len(set(cells[0])) < len(cells[0]):
        raise FormatError(
            f"the table has no column of ids: the first one, `{table.header[0]}`, holds numbers "
            "that repeat",
            place=table.place,
            remedy="add a first column with the ids of the rows",
        )
    return Columns(ids=0)


def _find_lineages(
    found: Columns, texts: Sequence[int], header: Sequence[str], cells: Sequence[Sequence[str]]
) -> None:
    """Find the column of lineages, or else the columns of ranks, among columns of text."""
    named = [i for i in texts if word(header[i]) in COLUMN_NAMES]
    written = [i for i in texts if share(cells[i], is_lineage) > MOST]
    if named or written:
        found.lineage = (named or written)[-1]
        found.notes.append(f"lineages are in column `{header[found.lineage]}`")
        return
    found.ranks = {i: prefix for i, prefix in rank_columns(header).items() if i in texts}
    if found.ranks:
        names = ", ".join(header[i] for i in found.ranks)
        found.notes.append(f"lineages are written from the columns {names}")


def is_number(cell: str) -> bool:
    """Tell whether a field is a number; spelled in ASCII, without ``_``.

    Examples
    --------
    >>> [is_number(cell) for cell in ("12", "1e-3", "1_000", "0x10", "１２", "NA", "")]
    [True, True, False, False, False, False, False]
    """
    if not cell.isascii() or "_" in cell:
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


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
    return ValueProblemError(
        f"the column holds text (`{table.peek[0][column][:40]}`), not abundances",
        place=f"{table.place}, column `{table.header[column]}`",
        remedy="move it to the metadata; if it holds lineages, name it `taxonomy`",
    )
