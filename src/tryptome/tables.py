"""The project's tables on disk: TSV, Parquet and BIOM, with the same bytes each time."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from tryptome.atomic import whole
from tryptome.errors import OutputError
from tryptome.formulas import formula_in, is_formula

if TYPE_CHECKING:
    import biom
    import pandas as pd
    import pyarrow as pa

EPOCH = datetime(2020, 1, 1)
"""Creation date in every BIOM file, so that the same table gives the same bytes."""


def write_tsv(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table as TSV: UTF-8, LF, no index, missing values as empty fields.

    Floats are written with 10 significant digits. A field is quoted only where
    it holds a tab, a quote or a line end; where one holds a carriage return, all are.

    Raises
    ------
    OutputError
        A spreadsheet would run a field as a formula, or the file cannot be written.
    """
    _refuse_formulas(frame, path)
    with whole(path) as partial:
        frame.to_csv(
            partial,
            sep="\t",
            index=False,
            lineterminator="\n",
            float_format="%.10g",
            quoting=_quoting(frame),
            encoding="utf-8",
        )


def _refuse_formulas(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    found = formula_in(frame)
    if found is not None:
        raise _formula(*found, path)


def _formula(text: str, column: str, path: str | os.PathLike[str]) -> OutputError:
    return OutputError(
        f"a spreadsheet would run `{text[:80]}` as a formula",
        place=f"{path}, column `{column}`",
        remedy="change that text in the input or the configuration",
    )


@contextmanager
def text_parts(
    path: str | os.PathLike[str], separator: str = "\t"
) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write a table as delimited text part by part, whole or not at all.

    It is compressed where the name ends in ``.gz``, with no time in it. Fields are as
    in :func:`write_tsv`; where one holds a carriage return, all of its part are quoted.

    Yields
    ------
    callable
        Appends the rows of a table; the first gives the header.

    Raises
    ------
    OutputError
        A spreadsheet would run a field as a formula, or the file cannot be written.
    """
    with whole(path) as partial, ExitStack() as stack:
        handle: BinaryIO = stack.enter_context(partial.open("wb"))
        if str(path).endswith(".gz"):
            packed = gzip.GzipFile("", "wb", compresslevel=6, fileobj=handle, mtime=0)
            handle = cast("BinaryIO", stack.enter_context(packed))
        written: list[int] = []

        def append(frame: pd.DataFrame) -> None:
            _refuse_formulas(frame, path)
            text = frame.to_csv(
                sep=separator,
                index=False,
                header=not written,
                lineterminator="\n",
                float_format="%.10g",
                quoting=_quoting(frame),
            )
            handle.write(text.encode())
            written.append(len(frame))

        yield append


@contextmanager
def text_rows(
    path: str | os.PathLike[str], header: Sequence[str], separator: str = "\t"
) -> Iterator[Callable[[Sequence[str]], None]]:
    """Write a table with very many columns as delimited text row by row, whole or not at all.

    Fields are as in :func:`write_tsv`; pandas would take far longer for each column.

    Yields
    ------
    callable
        Appends a row of texts, of which the first may be any and the others are numbers.

    Raises
    ------
    OutputError
        A spreadsheet would run a field as a formula, or the file cannot be written.
    """
    for text in header:
        if is_formula(text):
            raise _formula(text, text, path)
    with whole(path) as partial, partial.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=separator, lineterminator="\n")
        writer.writerow(header)

        def append(row: Sequence[str]) -> None:
            if is_formula(row[0]):
                raise _formula(row[0], header[0], path)
            writer.writerow(row)

        yield append


def _quoting(frame: pd.DataFrame) -> Literal[0, 1]:
    """Quote all fields where one holds a carriage return, for which csv quotes none by itself."""
    returns = any(
        "\r" in field
        for _, column in frame.items()
        if column.dtype.kind not in "biuf"
        for field in column
        if isinstance(field, str)
    )
    return csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL


def read_tsv(
    path: str | os.PathLike[str],
    *,
    numeric: tuple[str, ...] = (),
    columns: Collection[str | None] | None = None,
) -> pd.DataFrame:
    """Read a TSV that :func:`write_tsv` wrote.

    Every column is text (empty fields stay empty strings), but those named in
    ``numeric`` become floats, with NaN for empty fields. Of ``columns``, where they
    are given, those that are there are read.
    """
    import pandas as pd

    frame = pd.read_csv(
        path,
        sep="\t",
        dtype=str,
        keep_default_na=False,
        encoding="utf-8",
        usecols=None if columns is None else lambda name: name in columns,
    )
    for column in numeric:
        filled = frame[column].mask(frame[column] == "")
        frame[column] = pd.to_numeric(filled).astype(float)
    return frame


def write_parquet(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table as Parquet (zstd), whole or not at all."""
    with whole(path) as partial:
        frame.to_parquet(partial, index=False, compression="zstd")


@contextmanager
def parquet_parts(path: str | os.PathLike[str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write a table as Parquet (zstd) part by part, whole or not at all.

    Yields
    ------
    callable
        Appends the rows of a table as a row group; all have the columns of the first.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with whole(path) as partial, ExitStack() as stack:
        writers: list[pq.ParquetWriter] = []

        def append(frame: pd.DataFrame) -> None:
            if not writers:
                schema = _schema(frame)
                writers.append(
                    stack.enter_context(pq.ParquetWriter(partial, schema, compression="zstd"))
                )
            part = pa.Table.from_pandas(frame, schema=writers[0].schema, preserve_index=False)
            writers[0].write_table(part)

        yield append


def _schema(frame: pd.DataFrame) -> pa.Schema:
    """Types of the columns; one that holds nothing yet is text."""
    import pyarrow as pa

    found = pa.Schema.from_pandas(frame, preserve_index=False)
    text = [
        pa.field(field.name, pa.string()) if pa.types.is_null(field.type) else field
        for field in found
    ]
    return pa.schema(text, metadata=found.metadata)


def read_parquet(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a Parquet table."""
    import pandas as pd

    return pd.read_parquet(path)


def write_biom(table: biom.Table, path: str | os.PathLike[str]) -> None:
    """Write a BIOM 2.1 table with a fixed creation date, whole or not at all."""
    import h5py

    with whole(path) as partial, h5py.File(partial, "w", track_order=False) as handle:
        table.to_hdf5(handle, generated_by="tryptome", creation_date=EPOCH)


def read_biom(path: str | os.PathLike[str]) -> biom.Table:
    """Read a BIOM 2.1 table that :func:`write_biom` wrote."""
    import biom
    import h5py

    with h5py.File(Path(path), "r") as handle:
        return biom.Table.from_hdf5(handle)
