"""Reading sample metadata as text, exactly as it stands, and matching it to the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.errors import DuplicateIdError, FormatError, MismatchError
from tryptome.ingest import artifact, directives
from tryptome.ingest.fields import ID_NAMES, fields
from tryptome.ingest.matching import (
    EXACT,
    Rule,
    explain_mismatch,
    in_words,
    link,
    nearest,
    propose,
)
from tryptome.ingest.qiime2 import expect
from tryptome.ingest.source import existing
from tryptome.ingest.values import listed

if TYPE_CHECKING:
    pass

SAMPLE = "sample"
"""Name of the first column of ``samples.tsv``."""

MIN_SHARE = 0.5
"""Least share of the shorter side that must match, for a column to be taken unasked."""

MAX_CANDIDATES = 10
"""Most columns in which a rule is looked for by which ids would match."""


@dataclass(frozen=True)
class Metadata:
    """A metadata file.

    Attributes
    ----------
    columns : list of str
    rows : list of list of str
        As wide as `columns`; every field as in the file.
    place : str
    notes : tuple of str
    types : dict of str to str
        Columns that the file says are ``categorical`` or ``numeric``.
    """

    columns: list[str]
    rows: list[list[str]]
    place: str
    notes: tuple[str, ...]
    types: dict[str, str] = field(default_factory=dict)

    def values(self, column: str) -> list[str]:
        """Fields of a column, in the order of the file."""
        position = self.columns.index(column)
        return [row[position] for row in self.rows]


def read_metadata(path: str | Path) -> Metadata:
    """Read a metadata file, TSV or CSV; every field stays text.

    Raises
    ------
    MissingFileError, FormatError, EmptyTableError
        It cannot be read as a table.
    DuplicateIdError
        Two columns have the same name.
    """
    path = existing(path, "metadata file")
    expect(path, artifact.METADATA, "metadata")
    with fields(path, ragged=True, comments=True) as table:
        header, types = table.header, dict[str, str]()
        rows = [_no_directive(row, line, table.place) for line, row in table.rows]
        notes = [*table.notes]
    if table.directives:
        header, rows, types, more = directives.apply(table.directives, header, rows, str(path))
        notes += more
    return replace(described(header, rows, str(path)), notes=tuple(notes), types=types)


def described(header: Sequence[str], rows: Sequence[Sequence[str]], place: str) -> Metadata:
    """Take rows as metadata, without columns that have neither name nor content.

    Raises
    ------
    DuplicateIdError
        Two columns have the same name.
    """
    columns, kept = _columns(header, rows)
    stripped = Counter(name.strip() for name in columns)
    repeated = [name for name, times in stripped.items() if times > 1]
    if repeated:
        raise DuplicateIdError(
            f"columns have the same name: {listed(repeated)}",
            place=place,
            remedy="rename one of them",
        )
    return Metadata(columns, [[row[i] for i in kept] for row in rows], place, ())


def _no_directive(row: list[str], line: int, place: str) -> list[str]:
    if directives.is_directive(row):
        raise FormatError(
            f"the directive `{row[0][:40]}` stands among the rows",
            place=f"{place}, line {line}",
            remedy="move it right below the header",
        )
    return row


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[int]]:
    """Names of the columns, and which are kept: not those without name and content."""
    kept = [i for i, name in enumerate(header) if name.strip() or any(row[i] for row in rows)]
    return [header[i] if header[i].strip() else f"column {i + 1}" for i in kept], kept


def find_sample_column(
    metadata: Metadata,
    samples: Sequence[str],
    features: Sequence[str],
    configured: str | None,
    rule: Rule = EXACT,
) -> str:
    """Find the column with the sample ids: the one in which most samples are found.

    Parameters
    ----------
    metadata : Metadata
    samples, features : sequence of str
        Ids of the table.
    configured : str or None
        Column that the user named.
    rule : Rule
        What does not count where ids are compared, as configured.

    Raises
    ------
    MismatchError
        The column does not exist, or its values do not match the table.
    """
    if configured is not None and configured not in metadata.columns:
        raise no_column(configured, metadata.columns, metadata.place, "sample_column")
    candidates = metadata.columns if configured is None else [configured]
    _check_header(metadata, set(samples))
    wanted = {rule.key(name) for name in samples}
    matches = {
        name: len(wanted.intersection(map(rule.key, metadata.values(name)))) for name in candidates
    }
    best = max(candidates, key=matches.__getitem__)
    least = 1 if configured else max(1, MIN_SHARE * min(len(samples), len(metadata.rows)))
    if matches[best] >= least:
        return best
    raise _mismatch(metadata, samples, features, (best, matches[best]))


def _check_header(metadata: Metadata, samples: set[str]) -> None:
    """Refuse metadata whose first row is no header, or that have samples as columns."""
    found = {field for row in metadata.rows for field in row}
    in_header = [name for name in metadata.columns if name in samples and name not in found]
    if in_header:
        raise MismatchError(
            f"the first row holds sample ids ({listed(in_header)})",
            place=metadata.place,
            remedy="give the metadata one row a sample, and a first row with names of columns",
        )


def no_column(name: str, columns: Sequence[str], place: str, key: str) -> MismatchError:
    """Error for a column that the metadata do not have, with the nearest that they do."""
    near = nearest(name, columns)
    return MismatchError(
        f"`{key}: {name}` is no column of the metadata (columns: {listed(columns)})",
        place=place,
        remedy=f"did you mean `{near}`?" if near else f"set `{key}` to one of its columns",
    )


def _mismatch(
    metadata: Metadata, samples: Sequence[str], features: Sequence[str], best: tuple[str, int]
) -> MismatchError:
    """Say what does not match, and what would mend it."""
    column, found = best
    among = {
        name: len(set(features).intersection(metadata.values(name))) for name in metadata.columns
    }
    by = max(among, key=among.__getitem__)
    if among[by] > found:
        return MismatchError(
            f"{among[by]} features of the table, and {found} of its {len(samples)} samples, are "
            f"named in column `{by}`: the table looks transposed",
            place=metadata.place,
            remedy="set `orientation` the other way round, or transpose the table",
        )
    proposals = {name: propose(samples, metadata.values(name)) for name in _telling(metadata)}
    remedy = "set `sample_column` to the column with the sample ids, or correct the ids"
    if proposals and not found:
        column = max(proposals, key=lambda name: proposals[name][0])
    matches, rule = proposals.get(column, (0, EXACT))
    if matches > found:
        remedy = (
            f"{matches} of {len(samples)} would match by the column `{column}` if "
            f"{in_words(rule)}: add `{rule.setting()}` to the cohort, or change the ids on one side"
        )
    what = f"{found} of {len(samples)} samples are in the metadata: "
    theirs = explain_mismatch(samples, metadata.values(column), "the table", f"rows of `{column}`")
    return MismatchError(what + theirs, place=metadata.place, remedy=remedy)


def _telling(metadata: Metadata) -> list[str]:
    """First columns whose values mostly differ, as ids do."""
    rows = max(len(metadata.rows), 1)
    distinct = [name for name in metadata.columns if len(set(metadata.values(name))) * 2 > rows]
    return distinct[:MAX_CANDIDATES]


def align(metadata: Metadata, samples: Sequence[str], column: str, rule: Rule = EXACT) -> Metadata:
    """Give every sample of the table its row of the metadata; empty fields where there is none.

    Parameters
    ----------
    metadata : Metadata
    samples : sequence of str
        Ids of the table.
    column : str
        Column with the ids of the metadata.
    rule : Rule
        What does not count where ids are compared.

    Returns
    -------
    Metadata
        `sample`, then the columns as in the file; a row a sample, in the order of `samples`.

    Raises
    ------
    DuplicateIdError
        A sample of the table has more than one row.
    """
    ids = metadata.values(column)
    _check_ids(ids, column, metadata.place)
    linked = link(samples, ids, rule, f"{metadata.place}, column `{column}`")
    times = Counter(ids)
    repeated = [name for name in samples if times[linked.get(name, name)] > 1]
    if repeated:
        raise DuplicateIdError(
            f"samples with more than one row ({len(repeated)}): {listed(repeated)}",
            place=f"{metadata.place}, column `{column}`",
            remedy="keep one row a sample, or set `sample_column` to the column that tells them "
            "apart",
        )
    if column != SAMPLE and SAMPLE in metadata.columns and metadata.values(SAMPLE) != ids:
        raise FormatError(
            f"the sample ids are in `{column}`, but another column is named `{SAMPLE}`",
            place=metadata.place,
            remedy=f"rename the column `{SAMPLE}`",
        )
    kept = [i for i, name in enumerate(metadata.columns) if name != SAMPLE]
    row_of = dict(zip(ids, metadata.rows, strict=True))
    blank = [""] * len(metadata.columns)
    rows = [(name, row_of[linked[name]] if name in linked else blank) for name in samples]
    return replace(
        metadata,
        columns=[SAMPLE, *(metadata.columns[i] for i in kept)],
        rows=[[name, *(row[i] for i in kept)] for name, row in rows],
    )


def _check_ids(ids: Sequence[str], column: str, place: str) -> None:
    """Refuse ids that differ in blanks only, and rows without one in a column made for ids."""
    if column.strip().lstrip("#").lower() in ID_NAMES and not all(name.strip() for name in ids):
        row = next(number for number, name in enumerate(ids, start=1) if not name.strip())
        raise FormatError(
            f"row {row} has no id",
            place=f"{place}, column `{column}`",
            remedy="give it its id, or remove the row",
        )
    distinct = set(ids)
    stripped = Counter(name.strip() for name in distinct)
    alike = sorted(name for name in distinct if stripped[name.strip()] > 1)
    if alike:
        raise DuplicateIdError(
            f"ids differ in blanks around them only: {', '.join(map(repr, alike[:5]))}",
            place=f"{place}, column `{column}`",
            remedy="give each row an id of its own",
        )
