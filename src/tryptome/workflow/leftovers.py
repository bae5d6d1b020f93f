"""What a run that was killed leaves behind although its results are whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tryptome.paths import cohort_dir

LAST = "scenario_checks.tsv"
"""What the joining of shards writes at its end."""


def clear_shards(folder: str | os.PathLike[str]) -> None:
    """Remove the shards of cohorts whose estimates are joined.

    Snakemake removes them as soon as they are joined, but not in a run after one that was
    killed at that moment.

    Parameters
    ----------
    folder : path-like
        Where ``results`` are.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> estimates = [folder / cohort_dir(name, "estimate") for name in ("joined", "not_yet")]
    >>> for estimate in estimates:
    ...     (estimate / "shards" / "0").mkdir(parents=True)
    >>> (estimates[0] / LAST).touch()
    >>> clear_shards(folder)
    >>> [(estimate / "shards").exists() for estimate in estimates]
    [False, True]
    """
    for shards in sorted(Path(folder).glob(str(cohort_dir("*", "estimate") / "shards"))):
        if (shards.parent / LAST).exists():
            shutil.rmtree(shards)
