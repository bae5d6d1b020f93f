"""Where things are: the files that ship with tryptome, and those a run writes.

The workflow, its scripts, profiles and resources are found beside ``src/`` in
a checkout, and under ``tryptome/share/`` in an installed wheel. Their relative
positions are the same in both.
"""

from __future__ import annotations

from pathlib import Path

from tryptome.errors import MissingFileError

SHIPPED = "tryptome:"
"""Prefix of a path, in a configuration, to a file that ships with tryptome."""

STAGES = (
    "ingest",
    "resolve",
    "annotate",
    "estimate",
    "compare",
    "community",
    "sensitivity",
    "export",
    "report",
)
"""The stages of one cohort, in the order in which data flow."""

POOLED = Path("results", "pooled", "report.html")
"""Page of all cohorts together, relative to the working directory."""

INDEX = Path("results", "index.html")
"""Page that leads to the reports of all cohorts, relative to the working directory."""


def share() -> Path:
    """Folder that holds the Snakefile, ``workflow/``, ``scripts/`` and ``resources/``.

    Returns
    -------
    pathlib.Path
        Absolute path.

    Raises
    ------
    MissingFileError
        Neither a checkout nor an installed wheel surrounds this file.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "share", package.parent.parent):
        if (candidate / "workflow" / "Snakefile").is_file():
            return candidate
    raise MissingFileError(
        "the workflow that belongs to this library is missing",
        place=str(package),
        remedy="reinstall tryptome",
    )


def resource(*parts: str) -> Path:
    """Path of a file under ``resources/``, for example ``resource("demo", "table.biom")``."""
    return share().joinpath("resources", *parts)


def locate(path: str) -> Path:
    """Resolve a path as written in a configuration.

    Parameters
    ----------
    path : str
        A path relative to the working directory, an absolute path, or
        ``tryptome:demo/table.biom`` for a file that ships with tryptome.

    Returns
    -------
    pathlib.Path
        The path to open; it need not exist.

    Examples
    --------
    >>> str(locate("data/table.biom"))
    'data/table.biom'
    >>> locate("tryptome:demo/table.biom").parts[-2:]
    ('demo', 'table.biom')
    """
    if path.startswith(SHIPPED):
        return resource(*Path(path.removeprefix(SHIPPED)).parts)
    return Path(path).expanduser()


def cohort_dir(cohort: str, stage: str) -> Path:
    """Folder that ``stage`` writes for ``cohort``, relative to the working directory.

    Examples
    --------
    >>> cohort_dir("demo", "estimate").as_posix()
    'results/cohorts/demo/estimate'
    """
    return Path("results", "cohorts", cohort, stage)
