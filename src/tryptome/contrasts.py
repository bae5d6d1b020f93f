"""Whether the metadata have what a contrast names: columns and levels, to the letter."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tryptome.compare.formula import read_formula
from tryptome.errors import ContrastError

if TYPE_CHECKING:
    import pandas as pd

LISTED = 12
"""Most names that a message lists."""

LONGEST = 80
"""Most characters of a name that a message shows."""


def check_contrasts(
    contrasts: Mapping[str, Mapping[str, Any]],
    metadata: pd.DataFrame,
    *,
    subject_column: str | None = None,
    place: str = "configuration",
    shared: Collection[str] = (),
) -> None:
    """Raise for the first contrast on a column or level that the metadata do not have.

    Names and levels are compared to the letter, blanks at either end included.

    Parameters
    ----------
    contrasts : mapping
        Fields of :class:`tryptome.config.model.Contrast` under the name of each contrast.
    metadata : pandas.DataFrame
        One row a sample, columns as in the metadata, all text.
    subject_column : str, optional
        Column that tells persons apart.
    place : str
        What the message names as the place of the mistake.
    shared : collection of str
        Contrasts that other cohorts have too: a level of theirs that no sample here has is no
        mistake, and they cannot be estimated here.

    Raises
    ------
    ContrastError
        With the nearest names that there are.

    Examples
    --------
    >>> import pandas as pd
    >>> metadata = pd.DataFrame({"diet": ["plant", "animal "]})
    >>> diet = {"column": "diet", "reference": "plant", "level": "animal"}
    >>> check_contrasts({"c": diet}, metadata)
    Traceback (most recent call last):
        ...
    tryptome.errors.ContrastError: configuration: contrasts.c.level: no sample has 'animal' in the \
column 'diet'
      To mend it: did you mean 'animal '? levels there: 'animal ', 'plant' [T300]
    """
    for error in contrast_errors(contrasts, metadata, subject_column=subject_column, place=place):
        if error.level is None or error.contrast not in shared:
            raise error


def levels_present(
    contrasts: Mapping[str, Mapping[str, Any]], metadata: pd.DataFrame
) -> set[tuple[str, str]]:
    """Levels that contrasts name and samples have, with the contrast's name.

    Parameters
    ----------
    contrasts, metadata
        As in :func:`check_contrasts`.
    """
    return {
        (name, level)
        for name, contrast in contrasts.items()
        for _, column, levels in _named(contrast)
        if column in metadata.columns
        for level in levels
        if level in metadata[column].unique()
    }


def contrast_errors(
    contrasts: Mapping[str, Mapping[str, Any]],
    metadata: pd.DataFrame,
    *,
    subject_column: str | None = None,
    groups: Iterable[str] = (),
    place: str = "configuration",
) -> Iterator[ContrastError]:
    """Find every column and level that the metadata do not have.

    Parameters
    ----------
    contrasts, metadata, subject_column, place
        As in :func:`check_contrasts`.
    groups : iterable of str
        Columns by which the report groups samples.

    Yields
    ------
    ContrastError
        One a column or level, each once.
    """
    seen: set[str] = set()
    for error in _all_errors(contrasts, metadata, subject_column, groups, place):
        if error.what not in seen:
            seen.add(error.what)
            yield error


def _all_errors(
    contrasts: Mapping[str, Mapping[str, Any]],
    metadata: pd.DataFrame,
    subject_column: str | None,
    groups: Iterable[str],
    place: str,
) -> Iterator[ContrastError]:
    if subject_column is not None:
        yield from _column_error(subject_column, metadata, place, "subject_column")
    for column in groups:
        yield from _column_error(column, metadata, place, "groups")
    for name, contrast in contrasts.items():
        for key, column, levels in _named(contrast):
            missing = list(_column_error(column, metadata, place, f"contrasts.{name}.{key[0]}"))
            yield from missing
            for level in () if missing else levels:
                for error in _level_error(
                    level, column, metadata, place, f"contrasts.{name}.{key[1]}"
                ):
                    error.contrast, error.level = name, level
                    yield error


def _named(
    contrast: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, str], str, list[str]]]:
    """Each column that a contrast names, its levels, and the keys that name them."""
    if contrast.get("formula"):
        yield from _named_by_formula(contrast)
        return
    for key in ("reference", "level"):
        yield ("column", key), contrast["column"], [contrast[key]]
    interaction = contrast.get("interaction")
    if interaction is not None:
        for key in ("reference", "level"):
            keys = ("interaction.column", f"interaction.{key}")
            yield keys, interaction["column"], [interaction[key]]
    yield from _restricted(contrast)
    for column in contrast.get("adjust") or []:
        yield ("adjust", "adjust"), column, []


def _named_by_formula(
    contrast: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, str], str, list[str]]]:
    formula = read_formula(contrast["formula"])
    for column in [*formula.columns, *formula.groups]:
        yield ("formula", "formula"), column, []
    for key in ("strata", "weights"):
        if contrast.get(key):
            yield (key, key), contrast[key], []
    if contrast.get("reference"):
        yield ("column", "reference"), contrast["column"], [contrast["reference"]]
    for column, levels in (contrast.get("order") or {}).items():
        yield ("order", "order"), column, list(levels)
    yield from _restricted(contrast)


def _restricted(
    contrast: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, str], str, list[str]]]:
    for column, levels in (contrast.get("where") or {}).items():
        yield ("where", "where"), column, [levels] if isinstance(levels, str) else list(levels)


def _column_error(
    column: str, metadata: pd.DataFrame, place: str, key: str
) -> Iterator[ContrastError]:
    if column not in metadata.columns:
        yield ContrastError(
            f"{key}: the metadata have no column {_show(column)}",
            place=place,
            remedy=_suggest(column, metadata.columns[1:], "columns there"),
        )


def _level_error(
    level: str, column: str, metadata: pd.DataFrame, place: str, key: str
) -> Iterator[ContrastError]:
    present = metadata[column].unique()
    if level not in present:
        yield ContrastError(
            f"{key}: no sample has {_show(level)} in the column {_show(column)}",
            place=place,
            remedy=_suggest(level, present, "levels there"),
        )


def _suggest(name: str, present: Iterable[str], heading: str) -> str:
    names = sorted(str(one) for one in present if str(one))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {_show(near[0])}? " if near else ""
    listed = ", ".join(_show(one) for one in names[:LISTED])
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{hint}{heading}: {listed or 'none'}{more}"


def _show(name: str) -> str:
    """Quote a name, so that blanks at its ends and control characters can be seen."""
    return repr(name if len(name) <= LONGEST else f"{name[:LONGEST]}…")
