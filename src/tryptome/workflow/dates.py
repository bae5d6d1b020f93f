"""Files dated in the future, as a clock that was wrong leaves them.

Snakemake fails a job whose output is older than its input. Every job that reads a file of
the future would fail, until the clock has come that far.
"""

from __future__ import annotations

import os
import shlex
import time
from datetime import datetime
from pathlib import Path

from tryptome.config import Config
from tryptome.errors import InputError
from tryptome.paths import locate
from tryptome.workflow.inputs import input_files

SKEW = 10
"""Seconds by which a file server's clock may be ahead of this machine's."""


def refuse_future(config: Config) -> None:
    """Refuse inputs dated in the future, before any job.

    Raises
    ------
    InputError
        With the first of them.

    Notes
    -----
    They belong to the user, and are not touched.
    """
    now = time.time()
    for path in input_files(config).values():
        place = Path(locate(path))
        written = place.stat().st_mtime if place.is_file() else 0
        if written > now + SKEW:
            raise InputError(
                f"the file is dated in the future ({_day(written)}; this machine's clock says "
                f"{_day(now)}), so that no result could be newer",
                place=str(path),
                remedy=f"set the clock right, or date the file anew: touch {shlex.quote(path)}",
            )


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat(" ", "minutes")


def redate(results: Path) -> int:
    """Date the results of the future now, all alike.

    Parameters
    ----------
    results : pathlib.Path
        Folder with what earlier runs wrote.

    Returns
    -------
    int
        Number of files and folders that were.

    Examples
    --------
    >>> redate(Path("there/is/none"))
    0
    """
    now = time.time()
    ahead = [path for path in results.rglob("*") if path.lstat().st_mtime > now]
    for path in ahead:
        os.utime(path, (now, now), follow_symlinks=False)
    return len(ahead)
