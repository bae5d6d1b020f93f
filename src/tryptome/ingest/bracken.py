"""Reading Bracken's tables: reads estimated for the taxa of one rank, of one sample or combined."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tryptome.errors import FormatError
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.cells import Cells
from tryptome.ingest.clades import DEPTH
from tryptome.ingest.numbers import number
from tryptome.ingest.profiles import sample_name
from tryptome.ingest.source import text

HEADER = ("name", "taxonomy_id", "taxonomy_lvl")
ESTIMATE = "new_est_reads"
COMBINED = "_num"
"""Ending of a sample's column of reads in a combined table, beside one that ends in ``_frac``."""


def recognise(start: bytes) -> str | None:
    """Its header begins with `name`, `taxonomy_id`, `taxonomy_lvl`."""
    first = start.decode("utf-8", errors="replace").splitlines()[:1]
    if first and tuple(first[0].split("\t")[:3]) == HEADER:
        return "its first columns are name, taxonomy_id and taxonomy_lvl"
    return None


def read(path: Path, hints: Hints) -> Abundances:
    """Read a table of one sample, or one that was combined of several.

    Raises
    ------
    FormatError
        No column holds estimated reads, or a row has another number of fields than the header.
    ValueProblemError
        A field is no number.
    """
    with text(path) as handle:
        reader = csv.reader(handle, delimiter="\t", strict=True)
        header = next(reader)
        columns, samples, reason = _samples(header, path)
        ids, lineages, values = [], [], []
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            place = f"{path}, line {reader.line_num}"
            if len(row) != len(header):
                raise FormatError(
                    f"the row has {len(row)} fields, the header {len(header)}",
                    place=place,
                    remedy="check that the file is complete",
                )
            ids.append(row[1])
            lineages.append(_lineage(row[0], row[2]))
            values.append([number(row[column], f"{place} (`{row[0][:80]}`)") for column in columns])
    return Abundances(
        cells=_cells(values, len(samples)),
        features=ids,
        samples=samples,
        lineages=lineages,
        place=str(path),
        format="Bracken table",
        notes=(
            reason,
            "features are named by their taxonomy ids",
            "Bracken leaves out reads that reach no taxon of its rank: give its report "
            "(`-w`) to have them accounted for",
        ),
    )


READER = Reader("Bracken table", recognise, read)


def _samples(header: Sequence[str], path: Path) -> tuple[list[int], list[str], str]:
    """Columns of estimated reads, and their samples."""
    if ESTIMATE in header:
        name, reason = sample_name(path)
        return [header.index(ESTIMATE)], [name], reason
    columns = [i for i, name in enumerate(header) if i > 2 and name.endswith(COMBINED)]  # noqa: PLR2004
    if not columns:
        raise FormatError(
            "no column holds estimated reads",
            place=str(path),
            remedy=f"give Bracken's own table, with the column `{ESTIMATE}`",
        )
    samples = [header[column].removesuffix(COMBINED) for column in columns]
    return columns, samples, f"the {len(samples)} columns that end in `{COMBINED}` hold reads"


def _lineage(name: str, level: str) -> str:
    letter = level.lower()
    return f"{letter}__{name}" if letter in DEPTH else name


def _cells(values: list[list[float]], width: int) -> Cells:
    import numpy as np
    from scipy.sparse import csr_matrix

    return Cells.of(csr_matrix(np.array(values, dtype=float).reshape(-1, width)))
