"""Recognising the format of a table by its content, not by its name."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

from tryptome.errors import EmptyTableError, FormatError
from tryptome.ingest import biom_hdf5, biom_json, delimited
from tryptome.ingest.abundances import Abundances, Hints
from tryptome.ingest.source import existing, head

READERS = (biom_hdf5.READER, biom_json.READER, delimited.READER)
"""Formats that are read, in the order in which they are tried."""

REFUSED = {
    b"PK\x03\x04": (
        "the file is a zip archive (an Excel workbook or a QIIME 2 artifact)",
        "save the sheet as CSV, or export the artifact with `qiime tools export`",
    ),
    b"\xd0\xcf\x11\xe0": ("the file is an old Excel workbook", "save the sheet as CSV"),
    b"label\tGroup\tnumOtus": (
        "the file is a mothur .shared table",
        "export it with mothur's `make.biom`, or remove the columns label and numOtus",
    ),
}
"""First bytes of formats that are known and not read: what they are, and the way out."""


def read_table(path: str | Path, hints: Hints) -> Abundances:
    """Read an abundance table of any format that is recognised.

    Parameters
    ----------
    path : path-like
    hints : Hints
        What helps to tell rows from columns.

    Raises
    ------
    MissingFileError, FormatError, EmptyTableError, ValueProblemError
        The file cannot be read as a table of abundances.
    """
    path = existing(path, "table")
    start = head(path).removeprefix(codecs.BOM_UTF8)
    if not start.strip():
        raise EmptyTableError("the file is empty", place=str(path), remedy="check the export")
    for magic, (what, remedy) in REFUSED.items():
        if start.startswith(magic):
            raise FormatError(what, place=str(path), remedy=remedy)
    # The last reader takes whatever is left.
    reader, reason = next(
        (reader, reason) for reader in READERS if (reason := reader.recognise(start)) is not None
    )
    table = reader.read(path, hints)
    return replace(table, notes=(f"recognised as {reader.name}: {reason}", *table.notes))
