"""How much text input files hold, as far as it can be told without reading them."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

UNPACKED = 5
"""Bytes of text that a byte of a table in HDF5 stands for, and of a file that tells no more."""

HEAD = 2**16
"""Packed bytes that are unpacked to see how dense they are: the zeros of a sparse table are
packed to a hundredth."""

DENSEST = 1032
"""Bytes that a byte of gzip holds at most."""

GZIP = 16 + zlib.MAX_WBITS

DAMAGED = (OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, ValueError)
"""What a file raises that is not what its name says; the last two are of odd archives."""


def megabytes(paths: list[Path]) -> float:
    """Size of input files as text; those that are not there (yet, or here) count nothing.

    Examples
    --------
    >>> megabytes([Path("there/is/no/such.tsv")])
    0.0
    """
    return sum(text_bytes(path) for path in paths if path.is_file()) / 1e6


def text_bytes(path: Path) -> float:
    """Bytes of text that a file stands for."""
    size = path.stat().st_size
    try:
        if path.suffix == ".gz":
            return _of_gzip(path, size) * _as_text(path.stem)
        if path.suffix in {".qza", ".xlsx", ".zip"}:
            return _of_archive(path)
    except DAMAGED:  # said by the stage that reads it
        return float(size * UNPACKED)
    return float(size * _as_text(path.name))


def _as_text(name: str) -> int:
    return UNPACKED if name.endswith(".biom") else 1


def _of_gzip(path: Path, size: int) -> float:
    """Bytes within: by its beginning, and as its end says, which many parts or 4 GiB belie."""
    with path.open("rb") as handle:
        packed = handle.read(HEAD)
        handle.seek(max(size - 4, 0))
        stated = int.from_bytes(handle.read(4), "little")
    opened = zlib.decompressobj(GZIP)
    found = len(opened.decompress(packed))
    taken = len(packed) - len(opened.unused_data)
    if not found:
        return 0.0
    return max(found * size / taken, min(stated, DENSEST * size))


def _of_archive(path: Path) -> float:
    with zipfile.ZipFile(path) as archive:
        return float(sum(one.file_size * _as_text(one.filename) for one in archive.infolist()))
