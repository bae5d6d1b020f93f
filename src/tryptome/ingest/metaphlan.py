"""Reading clades joined by ``|``: MetaPhlAn profiles and Kraken reports in MetaPhlAn's style."""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.errors import EmptyTableError, FormatError
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.cells import Cells
from tryptome.ingest.joined import are_nested, is_clade, one_rank
from tryptome.ingest.numbers import number
from tryptome.ingest.profiles import sample_name
from tryptome.ingest.source import head, text

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_WITHOUT_NAME = frozenset({"unknown", "unclassified", "unassigned"})
"""Rows of reads that belong to no clade, in lower case."""

_MARK = re.compile(
    r"\W{0,2}mpa_v|\W{0,2}clade_name\W|#Classification\t|#?\S*\tMetaphlan\d?_Analysis",
    re.IGNORECASE,
)
"""How files of MetaPhlAn and of KrakenTools begin."""

WHOLE = 100.5
"""Most percent that a sample of MetaPhlAn adds up to, with its rounding."""

_BESIDE = frozenset(
    {
        "ncbi_tax_id",
        "clade_taxid",
        "additional_species",
        "coverage",
        "estimated_number_of_reads_from_the_clade",
    }
)
"""Columns of a profile beside its abundances."""

_ABUNDANCE = "relative_abundance"
_ANALYSIS = re.compile(r"metaphlan\d?_analysis", re.IGNORECASE)


def recognise(start: bytes) -> str | None:
    """Its first lines name MetaPhlAn, or clades follow the clades that they belong to."""
    lines = start.decode("utf-8", errors="replace").splitlines()
    if any(_MARK.match(line) for line in lines[:10]):
        return "its first lines are those of a MetaPhlAn profile or of KrakenTools"
    names = [re.split(r"[\t,]", line, maxsplit=1)[0].strip('"') for line in lines[:-1]]
    if are_nested(names):
        return "its rows are clades, joined by `|`, that follow the clades they belong to"
    return None


def read(path: Path, hints: Hints) -> Abundances:
    """Read a profile of one sample, or a merged table.

    Raises
    ------
    FormatError
        It has no rows of clades, or no row has the rank that was configured.
    ValueProblemError
        A field is no number.
    """
    rows, values, layout, leading = _read(path)
    chosen = one_rank(rows, values, hints.rank, str(path))
    cells = Cells.of(chosen.values)
    return Abundances(
        cells=cells,
        features=chosen.ids,
        samples=layout.samples,
        lineages=chosen.lineages,
        place=str(path),
        format="profile of clades",
        declared="relative" if _is_relative(leading, cells) else "",
        notes=(*layout.notes, *chosen.notes),
        accounts=chosen.accounts,
    )


def _read(path: Path) -> tuple[list[str], csr_matrix, _Layout, list[list[str]]]:
    """Names of the rows, their abundances, what the columns are, and the lines before the rows."""
    import numpy as np
    from scipy.sparse import csr_matrix

    rows, data = [], array("d")
    with text(path) as handle:
        reader = csv.reader(handle, delimiter=_delimiter(path), strict=True)
        numbered = ((reader.line_num, row) for row in reader if any(map(str.strip, row)))
        leading, first = _leading(numbered)
        layout = _layout(leading, first, path)
        for line, row in _chain(first, numbered):
            if row[0].startswith("#"):
                continue
            if not row[0]:
                raise FormatError(
                    "the row names no clade",
                    place=f"{path}, line {line}",
                    remedy="name it, or call it UNCLASSIFIED",
                )
            rows.append(row[0])
            data.extend(layout.numbers(row, f"{path}, line {line}"))
    if not rows:
        raise EmptyTableError("the profile has no rows", place=str(path), remedy="check the export")
    return rows, csr_matrix(np.frombuffer(data).reshape(len(rows), -1)), layout, leading


READER = Reader("profile of clades (MetaPhlAn, or Kraken in its style)", recognise, read)


@dataclass(frozen=True)
class _Layout:
    """Which columns hold the abundances of which samples."""

    columns: list[int]
    samples: list[str]
    notes: list[str]

    def numbers(self, row: Sequence[str], place: str) -> Iterator[float]:
        for column, sample in zip(self.columns, self.samples, strict=True):
            cell = row[column] if column < len(row) else ""
            yield number(cell, f"{place} (`{row[0][:80]}`), sample `{sample[:80]}`")


def _delimiter(path: Path) -> str:
    """Tab, or comma where a spreadsheet wrote the file; semicolons may join clades."""
    first = head(path).decode("utf-8", errors="replace")
    return "," if "\t" not in first else "\t"


def _is_row(name: str) -> bool:
    return is_clade(name) or name.strip().lower() in _WITHOUT_NAME


def _leading(
    numbered: Iterator[tuple[int, list[str]]],
) -> tuple[list[list[str]], tuple[int, list[str]] | None]:
    """Lines before the first row of a clade, and that row."""
    leading: list[list[str]] = []
    for line, row in numbered:
        if _is_row(row[0]):
            return leading, (line, row)
        leading.append(row)
    return leading, None


def _chain(
    first: tuple[int, list[str]] | None, rest: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    if first is not None:
        yield first
    yield from rest


def _layout(
    leading: Sequence[list[str]], first: tuple[int, list[str]] | None, path: Path
) -> _Layout:
    """Columns of abundances by the header, which a single profile may lack."""
    named = [row for row in leading if sum(bool(cell.strip()) for cell in row) > 1]
    analyses = [row for row in named if _ANALYSIS.fullmatch(row[1].strip())]
    headers = [row for row in named if row not in analyses]
    width = len(first[1]) if first is not None else 0
    header = headers[-1] if headers else None
    if header is None or _ABUNDANCE in header:
        column = header.index(_ABUNDANCE) if header and _ABUNDANCE in header else 1
        sample, reason = _single(analyses, path)
        if header is None and width > 2:  # noqa: PLR2004
            raise FormatError(
                f"{width - 1} columns have no names",
                place=str(path),
                remedy="give the table a first row with the names of the samples",
            )
        return _Layout([column], [sample], [reason])
    columns = [
        i
        for i, name in enumerate(header)
        if i and name.strip() and name.strip().lower() not in _BESIDE
    ]
    return _Layout(columns, [header[i] for i in columns], [])


def _single(analyses: Sequence[list[str]], path: Path) -> tuple[str, str]:
    """Name of the only sample: in the line of the analysis, or the file's name."""
    for row in analyses:
        name = row[0].removeprefix("#").strip()
        if name and name.lower() != "sampleid":
            return name, f"the file holds one sample, which it names `{name[:80]}`"
    return sample_name(path)


def _is_relative(leading: Sequence[list[str]], cells: Cells) -> bool:
    """MetaPhlAn writes percentages, which may all be whole numbers in a small table."""
    marked = any(re.match(r"#?mpa_v|#?clade_name$|#?SampleID$", row[0], re.I) for row in leading)
    return marked and float(cells.column_sums().max(initial=0)) <= WHOLE
