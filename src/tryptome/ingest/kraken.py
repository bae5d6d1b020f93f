"""Reading reports of Kraken 1, Kraken 2 and Bracken: one sample, a clade a row, indented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tryptome.errors import FormatError
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.cells import Cells
from tryptome.ingest.clades import DEPTH, NO_PARENT, Clades, at_rank, written
from tryptome.ingest.profiles import sample_name
from tryptome.ingest.source import text

_ROW = re.compile(
    r"\s*(?P<percent>\d+(?:\.\d+)?)\t(?P<clade>\d+)\t(?P<own>\d+)\t(?:\d+\t\d+\t)?"
    r"(?P<rank>[A-Z]\d*|-)\t(?P<taxid>\d+)\t(?P<indent> *)(?P<name>\S.*)",
    re.ASCII,
)
"""Percentage, reads of the clade, reads of the taxon, (two counts of minimizers), rank, taxonomy
id, and the name behind two blanks a level."""


MAX_DEPTH = 200
"""Most clades around a clade; lineages of NCBI have some 40."""


def recognise(start: bytes) -> str | None:
    """A report has no header: its first row is told by the kinds of its six or eight fields."""
    first = start.decode("utf-8", errors="replace").lstrip("\r\n").splitlines()[:1]
    if first and _ROW.fullmatch(first[0]):
        return "its first row is a percentage, reads, a rank code, a taxonomy id and a name"
    return None


def read(path: Path, hints: Hints) -> Abundances:
    """Read a report.

    The taxonomy id is the id of a feature, since names are not unique.

    Raises
    ------
    FormatError
        A row is no row of a report, or no row has the rank that was configured.
    """
    chosen = at_rank(_clades(path), hints.rank, str(path))
    sample, reason = sample_name(path)
    return Abundances(
        cells=Cells.of(chosen.values),
        features=chosen.ids,
        samples=[sample],
        lineages=chosen.lineages,
        place=str(path),
        format="Kraken report",
        notes=(reason, "features are named by their taxonomy ids", *chosen.notes),
        accounts=chosen.accounts,
    )


READER = Reader("Kraken report (Kraken 1, Kraken 2 or Bracken)", recognise, read)


def _clades(path: Path) -> Clades:
    """Rows of a report, each inside the closest row above that is indented less."""
    import numpy as np
    from scipy.sparse import csr_matrix

    found = Clades([], [], [], [], csr_matrix((0, 1)))
    reads: list[float] = []
    above: list[tuple[int, int, list[tuple[str, str]]]] = []
    for row in _rows(path):
        indent, letter = len(row["indent"]), _letter(row["rank"])
        name = row["name"].rstrip()
        while above and above[-1][0] >= indent:
            above.pop()
        if len(above) > MAX_DEPTH:
            raise FormatError(
                f"clades are nested more than {MAX_DEPTH} deep",
                place=str(path),
                remedy="give the report as Kraken or Bracken wrote it (`--report`)",
            )
        parent, steps = (above[-1][1], above[-1][2]) if above else (NO_PARENT, [])
        steps = [*steps, (letter, name)] if letter else steps
        above.append((indent, len(reads), steps))
        found.ids.append(row["taxid"])
        found.lineages.append(written(steps) or name)
        found.ranks.append(letter)
        found.parents.append(parent)
        reads.append(float(row["clade"]))
    return replace(found, values=csr_matrix(np.reshape(reads, (-1, 1))))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with text(path) as handle:
        for number, line in enumerate(handle, start=1):
            if not line.strip():
                continue
            found = _ROW.fullmatch(line.rstrip("\r\n"))
            if found is None:
                raise FormatError(
                    "the line is no row of a Kraken report",
                    place=f"{path}, line {number}",
                    remedy="give the report as Kraken or Bracken wrote it (`--report`)",
                )
            yield found.groupdict()


def _letter(code: str) -> str:
    """Letter of a standard rank; empty for codes between ranks (``S1``, ``R``, ``-``)."""
    letter = code.lower()
    return letter if letter in DEPTH else ""
