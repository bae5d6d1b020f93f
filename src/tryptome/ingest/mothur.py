"""Reading mothur's ``.shared`` and ``.relabund`` tables: a sample a row, for several labels."""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

from tryptome.errors import EmptyTableError, FormatError
from tryptome.ingest.abundances import SAMPLES_AS_ROWS, Abundances, Hints, Reader
from tryptome.ingest.cells import Cells
from tryptome.ingest.numbers import number
from tryptome.ingest.source import text

HEADER = ("label", "group", "numotus")
"""Names, in lower case, of the three columns before the OTUs."""

USUAL = "0.03"
"""Label used unasked where there are several: the distance at which OTUs are usually drawn."""


def recognise(start: bytes) -> str | None:
    """Its header begins with `label`, `Group`, `numOtus`."""
    first = start.decode("utf-8", errors="replace").splitlines()[:1]
    if first and _is_header(first[0].replace('"', "").split("\t", 3)):
        return "its first columns are label, Group and numOtus"
    return None


def read(path: Path, hints: Hints) -> Abundances:
    """Read the samples of one label.

    Raises
    ------
    FormatError
        No row has the label that was configured, or a row has another number of fields than its
        header.
    ValueProblemError
        A field is no number.
    """
    labels = _labels(path)
    if not labels:
        raise EmptyTableError("the table has no samples", place=str(path), remedy="check the file")
    label, note = _choose(labels, hints.label, path)
    with text(path) as handle:
        samples, otus, cells = _read_label(_rows(handle, path), label, path)
    return Abundances(
        cells=cells.transposed(),
        features=otus,
        samples=samples,
        lineages=None,
        place=str(path),
        format="mothur table",
        orientation=SAMPLES_AS_ROWS,
        notes=(note,),
        accounts={"label": {"used": label, "others": [n for n in labels if n != label]}},
    )


READER = Reader("mothur table (.shared or .relabund)", recognise, read)


def _labels(path: Path) -> list[str]:
    """Labels of the rows, in the order of the file."""
    with text(path) as handle:
        fields = (line.split("\t", 1) for line in handle if line.strip())
        found = dict.fromkeys(row[0].strip('"') for row in fields if len(row) > 1)
    return [name for name in found if name.strip().lower() != HEADER[0]]


def _is_header(row: Sequence[str]) -> bool:
    return tuple(name.strip().lower() for name in row[:3]) == HEADER


def _rows(handle: Iterator[str], path: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    """Rows with their line numbers and the header above; each label may have one of its own."""
    reader = csv.reader(handle, delimiter="\t", strict=True)
    header: list[str] = []
    for row in reader:
        if _is_header(row):
            header = row
        elif any(cell.strip() for cell in row):
            if len(row) <= len(HEADER):
                raise FormatError(
                    "the row has no abundances",
                    place=f"{path}, line {reader.line_num}",
                    remedy="check that the file is complete",
                )
            yield reader.line_num, header, row


def _choose(labels: list[str], configured: str | None, path: Path) -> tuple[str, str]:
    """Label to use, and why."""
    if configured is not None:
        if configured not in labels:
            raise FormatError(
                f"no row has the label `{configured[:40]}`",
                place=str(path),
                remedy=f"set `label` to one of: {', '.join(name[:40] for name in labels[:20])}",
            )
        return configured, f"the label `{configured}` is used, as configured"
    if len(labels) == 1:
        return labels[0], f"the only label is `{labels[0][:40]}`"
    label = USUAL if USUAL in labels else labels[0]
    others = ", ".join(f"`{name[:40]}`" for name in labels[:20] if name != label)
    return label, f"of several labels, `{label}` is used; set `label` for another: {others}"


def _read_label(
    rows: Iterator[tuple[int, list[str], list[str]]], label: str, path: Path
) -> tuple[list[str], list[str], Cells]:
    """Samples, OTUs, and samples x OTUs with zeros left out."""
    import numpy as np

    samples: list[str] = []
    otus: list[str] = []
    data, indices, indptr = array("d"), array("i"), array("q", [0])
    for line, header, row in rows:
        if row[0] != label:
            continue
        place = f"{path}, line {line}"
        otus = otus or _otus(header, row[2], place)
        values = _values(row, len(otus), place)
        filled = [column for column, cell in enumerate(values) if cell != "0"]
        named = f"{place} (`{row[1][:80]}`), column "
        data.extend(number(values[column], f"{named}`{otus[column][:80]}`") for column in filled)
        indices.extend(filled)
        indptr.append(len(indices))
        samples.append(row[1])
    cells = Cells(
        np.frombuffer(data, dtype=float),
        np.frombuffer(indices, dtype=np.int32),
        np.frombuffer(indptr, dtype=np.int64),
        (len(samples), len(otus)),
    )
    return samples, otus, cells


def _otus(header: Sequence[str], size: str, place: str) -> list[str]:
    """Names of the OTUs: as many as the rows of a label say that it has."""
    names = [name for name in header[3:] if name.strip()]
    # Python turns no more than some thousands of digits into a number.
    counted = int(size) if re.fullmatch("[0-9]{1,9}", size) else 0
    if 0 < counted <= len(names):
        return names[:counted]
    raise FormatError(
        f"numOtus is `{size[:40]}`, the header names {len(names)} OTUs",
        place=place,
        remedy="write the table again with mothur's `make.shared`",
    )


def _values(row: Sequence[str], size: int, place: str) -> Sequence[str]:
    """Abundances of a row. mothur ends rows with a tab, and pads labels that have fewer OTUs."""
    values, rest = row[3 : size + 3], row[size + 3 :]
    if len(values) == size and row[2] == str(size) and not any(map(str.strip, rest)):
        return values
    raise FormatError(
        f"the row has {len(row) - 3} abundances and says {row[2][:20]}; {size} OTUs are named",
        place=place,
        remedy="check that the file is complete, or write it again with `make.shared`",
    )
