"""Checking contrasts and groups against the metadata, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tryptome.errors import ContrastError
from tryptome.ingest.matching import nearest
from tryptome.ingest.values import listed

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.config import Contrast, Interaction


def check_contrasts(
    contrasts: Mapping[str, Contrast], samples: pd.DataFrame, place: str
) -> list[ContrastError]:
    """Check that every column and level that contrasts name is in the metadata.

    Parameters
    ----------
    contrasts : mapping of str to Contrast
    samples : pandas.DataFrame
        One row a sample; text, as ``samples.tsv`` holds it.
    place : str
        The metadata file, for messages.

    Returns
    -------
    list of ContrastError
        One a problem; empty where all is well.
    """
    return [
        ContrastError(what, place=f"contrast `{name}`, {place}", remedy=remedy)
        for name, contrast in contrasts.items()
        for what, remedy in _problems(contrast, samples)
    ]


def check_columns(columns: Iterable[str], samples: pd.DataFrame, place: str) -> list[ContrastError]:
    """Check that the columns of ``groups`` are in the metadata."""
    return [
        ContrastError(what, place=f"groups, {place}", remedy=remedy)
        for column in columns
        for what, remedy in _missing_column(column, samples)
    ]


Problem = tuple[str, str]


def _problems(contrast: Contrast, samples: pd.DataFrame) -> list[Problem]:
    problems: list[Problem] = []
    for column in contrast.adjust:
        problems += _missing_column(column, samples)
    for column, levels in contrast.where.items():
        wanted = [levels] if isinstance(levels, str) else levels
        problems += _missing_levels(column, wanted, samples)
    pairs: list[Contrast | Interaction] = [contrast]
    if contrast.interaction is not None:
        pairs.append(contrast.interaction)
    for pair in pairs:
        problems += _missing_levels(pair.column, (pair.reference, pair.level), samples)
        if pair.reference == pair.level:
            problems.append(("reference and level are the same", "name two levels"))
    return problems or _empty_groups(contrast, samples)


def _missing_column(column: str, samples: pd.DataFrame) -> list[Problem]:
    if column in samples.columns:
        return []
    names = list(samples.columns[1:])
    near = nearest(column, names)
    remedy = f"did you mean `{near}`?" if near else "name a column of the metadata"
    return [(f"`{column}` is no column of the metadata (columns: {listed(names)})", remedy)]


def _missing_levels(column: str, levels: Iterable[str], samples: pd.DataFrame) -> list[Problem]:
    missing = _missing_column(column, samples)
    if missing:
        return missing
    present = sorted(set(samples[column]) - {""})
    return [
        (
            f"`{column}` has no level `{level}` (levels: {listed(present)})",
            _level_remedy(level, present),
        )
        for level in levels
        if level not in present
    ]


def _level_remedy(level: str, present: list[str]) -> str:
    near = nearest(level, present)
    if not near:
        return "name a level that the column has"
    if near.strip() == level.strip():
        return f"did you mean {near!r}, with its blanks? (levels are compared exactly)"
    return f"did you mean `{near}`?"


def _empty_groups(contrast: Contrast, samples: pd.DataFrame) -> list[Problem]:
    """Check that both groups hold samples once ``where`` has left out the others."""
    kept = samples
    for column, levels in contrast.where.items():
        kept = kept[kept[column].isin([levels] if isinstance(levels, str) else levels)]
    empty = [
        level
        for level in (contrast.reference, contrast.level)
        if not (kept[contrast.column] == level).any()
    ]
    return [
        (f"no sample of level `{level}` is left under `where`", "widen `where`") for level in empty
    ]
