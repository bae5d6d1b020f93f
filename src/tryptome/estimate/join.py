"""Joining the files of a cohort's shards to the bytes that one job would have written.

No table is ever loaded: text is copied, the others pass in the parts in which they were
written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tryptome.atomic import whole
from tryptome.biom_parts import biom_parts
from tryptome.biom_slices import sliced
from tryptome.estimate.slices import parts


def join(
    files: Sequence[Path], path: str | os.PathLike[str], taxa: Sequence[str], samples: Sequence[str]
) -> None:
    """Join files of shards, in their order, into one that is whole or not there.

    Parameters
    ----------
    files : sequence of Path
    path : path-like
        Its suffix tells the format: ``.biom``, ``.parquet`` or ``.tsv``.
    taxa, samples : sequence of str
        Ids of a BIOM table.

    Raises
    ------
    OutputError
        The file cannot be written.
    ValueError
        The tables do not hold all the samples.
    """
    suffix = Path(path).suffix
    if suffix == ".biom":
        _join_biom(files, path, taxa, samples)
    elif suffix == ".parquet":
        _join_parquet(files, path)
    else:
        _join_text(files, path)


def _join_text(files: Sequence[Path], path: str | os.PathLike[str]) -> None:
    with whole(path) as partial, partial.open("wb") as joined:
        for number, file in enumerate(files):
            with file.open("rb") as handle:
                if number:
                    handle.readline()  # the header
                shutil.copyfileobj(handle, joined)


def _join_parquet(files: Sequence[Path], path: str | os.PathLike[str]) -> None:
    import pyarrow.parquet as pq

    schema = pq.read_schema(files[0])
    with whole(path) as partial, pq.ParquetWriter(partial, schema, compression="zstd") as writer:
        for file in files:
            with pq.ParquetFile(file) as source:
                for group in range(source.num_row_groups):
                    writer.write_table(source.read_row_group(group).combine_chunks())


def _join_biom(
    files: Sequence[Path],
    path: str | os.PathLike[str],
    taxa: Sequence[str],
    samples: Sequence[str],
) -> None:
    with biom_parts(path, taxa, samples, "sample", "Taxon table") as append:
        for file in files:
            with sliced(file) as source:
                for _, rows in source.in_parts(parts(source.shape[1])):
                    append(rows)
