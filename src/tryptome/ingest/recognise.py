"""Recognising the format of a table by its content, not by its name."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

from tryptome.errors import EmptyTableError, FormatError
from tryptome.ingest import (
    barplot,
    biom_hdf5,
    biom_json,
    bracken,
    delimited,
    kraken,
    long,
    metaphlan,
    mothur,
    qiime2,
)
from tryptome.ingest.abundances import Abundances, Hints
from tryptome.ingest.profiles import read_folder
from tryptome.ingest.source import existing, signature

READERS = (
    qiime2.READER,
    biom_hdf5.READER,
    biom_json.READER,
    mothur.READER,
    kraken.READER,
    bracken.READER,
    metaphlan.READER,
    long.READER,
    barplot.READER,
    delimited.READER,
)
"""Formats that are read, in the order in which they are tried."""

REFUSED = {
    b"\xd0\xcf\x11\xe0": (
        "the file is an old Excel workbook (.xls), or one with a password",
        "save it as .xlsx without a password, or the sheet as CSV",
    ),
    b"%PDF": ("the file is a PDF", "give the table that it was made from"),
    b"BZh": ("the file is packed by bzip2", "unpack it, or pack it by gzip"),
    b"\xfd7zXZ": ("the file is packed by xz", "unpack it, or pack it by gzip"),
    b"\x28\xb5\x2f\xfd": ("the file is packed by zstd", "unpack it, or pack it by gzip"),
    b"\x93NUMPY": ("the file is a NumPy array", "save the table as TSV"),
    b"\x80\x04": ("the file is a Python pickle, which is never loaded", "save the table as TSV"),
    b"RDX3": ("the file is R data", "write the table with R's `write.table` or as BIOM"),
}
"""First bytes of formats that are known and not read: what they are, and the way out."""


def read_table(path: str | Path, hints: Hints) -> Abundances:
    """Read an abundance table of any format that is recognised.

    Parameters
    ----------
    path : path-like
        A file, or a folder of files that hold one sample each.
    hints : Hints
        What helps to tell rows from columns.

    Raises
    ------
    MissingFileError, FormatError, EmptyTableError, ValueProblemError
        The file cannot be read as a table of abundances.
    """
    if Path(path).is_dir():
        return read_folder(Path(path), lambda file: read_table(file, hints))
    path = existing(path, "table")
    start = signature(path).removeprefix(codecs.BOM_UTF8)
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
