"""Compressed tables with the same bytes each time, and their checksums."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from tryptome.atomic import whole
from tryptome.tables import write_tsv


def write_tsv_gz(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as gzipped TSV, without the name and time that gzip would add."""
    text = frame.to_csv(sep="\t", index=False, lineterminator="\n", float_format="%.10g")
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as handle:
        handle.write(text.encode("utf-8"))
    with whole(path) as partial:
        partial.write_bytes(packed.getvalue())


def write_checksums(tables: Iterable[Path], path: Path) -> None:
    """List the SHA-256 and the size of each table.

    The digest is of the uncompressed text, which does not depend on the
    version of the compression library.
    """
    rows = []
    for table in sorted(tables):
        content = table.read_bytes()
        text = gzip.decompress(content) if table.suffix == ".gz" else content
        rows.append((table.name, hashlib.sha256(text).hexdigest(), len(text)))
    write_tsv(pd.DataFrame(rows, columns=["file", "sha256", "bytes"]), path)
