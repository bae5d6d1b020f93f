"""Reading QIIME 2's taxa barplot exports (level-N.csv): taxa as columns, then the metadata."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tryptome.errors import FormatError
from tryptome.ingest.abundances import SAMPLES_AS_ROWS, Abundances, Hints, Reader
from tryptome.ingest.columns import Columns
from tryptome.ingest.fields import Fields
from tryptome.ingest.grid import read_grid
from tryptome.ingest.lineage import MOST, is_lineage, share

CORNER = b"index,"

NAMELESS = frozenset({"unassigned", "unclassified", "unknown", "other", "no blast hit"})
"""Names, in lower case, of taxa that are no lineages."""


def recognise(start: bytes) -> str | None:
    """The first column is named ``index``, and most others before the metadata are lineages."""
    first = start.split(b"\n", 1)[0].decode("utf-8", errors="replace")
    if not start.removeprefix(b'"').replace(b'"', b"", 1).startswith(CORNER):
        return None
    try:
        header = next(csv.reader([first]), [""])
    except csv.Error:
        return None
    taxa = header[1 : _first_behind(header)]
    if share(taxa, _is_taxon) <= MOST:
        return None
    return "the first column is `index`, and the next are lineages"


def read(path: Path, hints: Hints) -> Abundances:
    """Read the taxa of a barplot export; columns behind them are metadata.

    Raises
    ------
    FormatError, EmptyTableError, ValueProblemError
        See :func:`tryptome.ingest.grid.read_grid`.
    """
    header: list[str] = []
    grid = read_grid(path, lambda table: _columns(table, header))
    behind = header[len(grid.columns) + 1 :]
    notes = [*grid.notes, "samples are rows: they always are in such an export"]
    if behind:
        shown = ", ".join(f"`{name[:80]}`" for name in behind)
        notes.append(f"columns behind the last taxon are metadata, not abundances: {shown}")
    return Abundances(
        cells=grid.cells.transposed(),
        features=grid.columns,
        samples=grid.rows,
        lineages=None,
        place=grid.place,
        format=f"QIIME 2 taxa barplot export, {grid.format}",
        orientation=SAMPLES_AS_ROWS,
        about_samples=grid.about,
        notes=tuple(notes),
    )


READER = Reader("QIIME 2 taxa barplot export", recognise, read)


def _columns(table: Fields, header: list[str]) -> Columns:
    header += table.header
    end = _first_behind(header)
    if end == 1:
        raise FormatError(
            "the table has no column of a taxon",
            place=table.place,
            remedy="export the CSV from the taxa barplot again",
        )
    return Columns(ids=0, values=list(range(1, end)), about=list(range(end, len(header))))


def _first_behind(header: Sequence[str]) -> int:
    """Position of the first column behind the last taxon."""
    taxa = [position for position, name in enumerate(header) if _is_taxon(name)]
    return taxa[-1] + 1 if taxa else 1


def _is_taxon(name: str) -> bool:
    return is_lineage(name) or name.strip().lower() in NAMELESS
