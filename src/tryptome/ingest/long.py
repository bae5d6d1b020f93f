"""Reading long tables, one row an abundance, as phyloseq's ``psmelt`` and its like write them."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tryptome.errors import DuplicateIdError, FormatError
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.cells import Cells
from tryptome.ingest.fields import DELIMITERS, Fields, fields
from tryptome.ingest.lineage import RANKS, join_ranks, rank_columns
from tryptome.ingest.numbers import number
from tryptome.ingest.words import (
    FEATURE_WORDS,
    INDEX_WORDS,
    LINEAGE_WORDS,
    SAMPLE_WORDS,
    is_rank,
    word,
)

ABUNDANCE_WORDS = frozenset(
    {"abundance", "count", "counts", "reads", "relabundance", "relative abundance", "rel abundance"}
    | {"value", "read count"}
)
MAX_COLUMNS = 200
"""Most columns of a long table; wide tables have more."""


def recognise(start: bytes) -> str | None:
    """Its header names one column of samples, one of features, and one of abundances."""
    lines = start.decode("utf-8", errors="replace").splitlines()
    first = next((line for line in lines if line.strip()), "")
    for delimiter in DELIMITERS:
        header = next(csv.reader([first], delimiter=delimiter), [])
        if _find(header) is not None:
            return "its header names columns of samples, of features and of abundances"
    return None


def read(path: Path, hints: Hints) -> Abundances:
    """Read a long table. Pairs of a feature and a sample that have no row are zero.

    Columns with one value a sample are taken as metadata.

    Raises
    ------
    DuplicateIdError
        A feature of a sample has more than one row.
    FormatError
        A feature has several lineages.
    ValueProblemError
        An abundance is no number.
    """
    with fields(path) as table:
        columns = _columns(table)
        melted = _Melted(columns)
        for line, row in table.rows:
            melted.add(row, f"{path}, line {line}")
        notes = tuple(table.notes)
    header = table.header
    return Abundances(
        cells=melted.cells(str(path)),
        features=list(melted.features),
        samples=list(melted.samples),
        lineages=list(melted.features.values()) if columns.lineage else None,
        place=str(path),
        format="long table",
        notes=(
            *notes,
            f"samples are in column `{header[columns.sample]}`, features in "
            f"`{header[columns.feature]}`, abundances in `{header[columns.abundance]}`",
            f"{len(melted.data)} rows; a feature and a sample without a row are zero",
        ),
        about_samples=melted.about_samples(header),
    )


READER = Reader("long table (as psmelt writes it)", recognise, read)


@dataclass(frozen=True)
class _Columns:
    """Which column is what, by position."""

    sample: int
    feature: int
    abundance: int
    lineage: list[int]
    prefixes: list[str]
    others: list[int]

    def lineage_of(self, row: Sequence[str]) -> str:
        given = [row[column] for column in self.lineage]
        return join_ranks(given, self.prefixes) if self.prefixes else "".join(given)


def _find(header: Sequence[str]) -> tuple[int, int, int] | None:
    """Columns of samples, features and abundances; None where one is missing or not alone."""
    if not 3 <= len(header) <= MAX_COLUMNS:  # noqa: PLR2004
        return None
    words = [word(name) for name in header]

    def first(names: Collection[str]) -> int | None:
        return next((column for column, name in enumerate(words) if name in names), None)

    features = (first(FEATURE_WORDS - LINEAGE_WORDS - set(RANKS)), first(LINEAGE_WORDS))
    feature = next((column for column in features if column is not None), first(["genus"]))
    sample, abundance = first(SAMPLE_WORDS), first(ABUNDANCE_WORDS)
    if sample is None or feature is None or abundance is None:
        return None
    return sample, feature, abundance


def _columns(table: Fields) -> _Columns:
    found = _find(table.header)
    if found is None:
        raise FormatError(
            "the header names no columns of samples, features and abundances",
            place=table.place,
            remedy="name them `Sample`, `OTU` and `Abundance`",
        )
    ranks = rank_columns(table.header) or _lone_rank(table.header, found)
    whole = [
        i for i, name in enumerate(table.header) if word(name) in LINEAGE_WORDS and i not in found
    ]
    lineage = whole[:1] or list(ranks)
    taken = {*found, *lineage}
    # The first column of an R export counts the rows.
    others = [
        i
        for i, name in enumerate(table.header)
        if i not in taken and i not in ranks and not (i == 0 and word(name) in INDEX_WORDS)
    ]
    return _Columns(*found, lineage, [] if whole else list(ranks.values()), others)


def _lone_rank(header: Sequence[str], taken: Collection[int]) -> dict[int, str]:
    """The one column that is named after a rank, beside those that are known."""
    return {
        i: RANKS[word(name)] for i, name in enumerate(header) if i not in taken and is_rank(name)
    }


@dataclass
class _Melted:
    """Rows, gathered by feature and by sample."""

    columns: _Columns
    features: dict[str, str] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    row_of: dict[str, int] = field(default_factory=dict)
    column_of: dict[str, int] = field(default_factory=dict)
    varying: set[int] = field(default_factory=set)
    rows: array[int] = field(default_factory=lambda: array("q"))
    indices: array[int] = field(default_factory=lambda: array("q"))
    data: array[float] = field(default_factory=lambda: array("d"))

    def add(self, row: Sequence[str], place: str) -> None:
        """Take one row in."""
        feature, sample = row[self.columns.feature], row[self.columns.sample]
        lineage = self.columns.lineage_of(row)
        if self.features.setdefault(feature, lineage) != lineage:
            raise FormatError(
                f"feature `{feature[:80]}` is `{lineage[:200]}` here and "
                f"`{self.features[feature][:200]}` above",
                place=place,
                remedy="give each feature one lineage",
            )
        about = [row[column] for column in self.columns.others]
        first = self.samples.setdefault(sample, about)
        if about != first:
            self.varying.update(i for i, cell in enumerate(about) if cell != first[i])
        self.rows.append(self.row_of.setdefault(feature, len(self.row_of)))
        self.indices.append(self.column_of.setdefault(sample, len(self.column_of)))
        self.data.append(number(row[self.columns.abundance], f"{place} (`{feature[:80]}`)"))

    def cells(self, place: str) -> Cells:
        """Features x samples."""
        import numpy as np
        from scipy.sparse import csr_matrix

        width = len(self.samples)
        keys = np.asarray(self.rows) * width + np.asarray(self.indices)
        _, first, times = np.unique(keys, return_index=True, return_counts=True)
        if (times > 1).any():
            row = int(first[np.argmax(times > 1)])
            names = (list(self.features)[self.rows[row]], list(self.samples)[self.indices[row]])
            raise DuplicateIdError(
                f"feature `{names[0][:80]}` of sample `{names[1][:80]}` has more than one row "
                f"(and {int((times > 1).sum()) - 1} more pairs)",
                place=place,
                remedy="keep one row for each feature and sample, or name features so that they "
                "differ",
            )
        matrix = csr_matrix(
            (np.asarray(self.data), (np.asarray(self.rows), np.asarray(self.indices))),
            shape=(len(self.features), width),
        )
        matrix.eliminate_zeros()
        return Cells.of(matrix)

    def about_samples(self, header: Sequence[str]) -> list[list[str]]:
        """Columns with one value a sample, that of the ids first."""
        kept = [i for i in range(len(self.columns.others)) if i not in self.varying]
        if not kept:
            return []
        names = [header[self.columns.sample], *(header[self.columns.others[i]] for i in kept)]
        rows = ([sample, *(cells[i] for i in kept)] for sample, cells in self.samples.items())
        return [names, *rows]
