"""Digests of the files that a report rests on, and of the report."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.checksum import sha256

if TYPE_CHECKING:
    import pandas as pd


def manifest(files: Iterable[Path], folder: Path, knowledge: str) -> pd.DataFrame:
    """List files with their digests.

    Parameters
    ----------
    files : iterable of pathlib.Path
        Files to list.
    folder : pathlib.Path
        Folder of the cohort, to which their paths are given.
    knowledge : str
        Version and checksum of the knowledge base that they rest on.

    Returns
    -------
    pandas.DataFrame
        ``file`` (with ``/``), ``sha256`` (hexadecimal), ``bytes`` and ``knowledge``
        (the same in every row), sorted by file.
    """
    import pandas as pd

    rows = [
        {
            "file": Path(os.path.relpath(path, folder)).as_posix(),
            "sha256": sha256(path),
            "bytes": path.stat().st_size,
            "knowledge": knowledge,
        }
        for path in files
    ]
    table = pd.DataFrame(rows, columns=["file", "sha256", "bytes", "knowledge"])
    return table.sort_values("file", ignore_index=True)
