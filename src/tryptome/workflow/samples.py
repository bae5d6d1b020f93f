"""How many samples a cohort has, as far as its table tells before it is read.

A wrong number costs time, not results: shards beyond the last sample are empty.
"""

from __future__ import annotations

import gzip
import zlib
from io import BufferedIOBase
from pathlib import Path

from tryptome.config import Cohort
from tryptome.ingest.hdf5_arrays import MAGIC
from tryptome.ingest.profiles import files_of
from tryptome.ingest.source import GZIP
from tryptome.paths import locate

MOST = 50_000
"""Samples of a cohort that are one job of ``estimate``; one with more has shards."""

SHARDS = 2
"""Shards of such a cohort: with those that survey and join it is 12 jobs.

One job holds a million samples in 1.3 GiB; more shards save time alone, and are asked for.
"""

NO_TEXT = (b"PK", b"{")
"""Starts of archives, workbooks and JSON, whose samples are not counted."""

SEPARATORS = (b"\t", b",", b";")
HEAD = 5
"""Lines among which the header is."""


def shards_for(samples: int) -> int:
    """Shards of a cohort with so many samples.

    Examples
    --------
    >>> [shards_for(samples) for samples in (0, 50_000, 50_001, 1_000_000)]
    [1, 1, 2, 2]
    """
    return 1 if samples <= MOST else SHARDS


def samples_in(cohort: Cohort) -> int | None:
    """Samples of a cohort's table, about; None where it does not say or cannot be read."""
    table = locate(cohort.table)
    if table.is_dir():
        return len(files_of(table))
    try:
        with table.open("rb") as handle:
            start = handle.read(len(MAGIC))
        if start == MAGIC:
            return _of_hdf5(table)
        if start.startswith(NO_TEXT):
            return None
        with gzip.open(table) if start.startswith(GZIP) else table.open("rb") as text:
            return _of_text(text, by_rows=cohort.orientation == "samples_as_rows")
    except (OSError, EOFError, KeyError, ValueError, zlib.error):  # said by the stage that reads it
        return None


def _of_hdf5(path: Path) -> int:
    import h5py

    with h5py.File(path) as handle:
        _, samples = handle.attrs["shape"]
        return int(samples)


def _of_text(text: BufferedIOBase, *, by_rows: bool) -> int:
    """Lines, or the most separators in one of the first."""
    if by_rows:
        return sum(block.count(b"\n") for block in iter(lambda: text.read(2**20), b""))
    lines = [text.readline() for _ in range(HEAD)]
    return max(line.count(separator) for line in lines for separator in SEPARATORS)
