"""Whether the metadata have what a contrast names: columns and levels, to the letter."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

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
    if subject_column is not None:
        _check_column(subject_column, metadata, place, "subject_column")
    for name, contrast in contrasts.items():
        for key, column, levels in _named(contrast):
            _check_column(column, metadata, place, f"contrasts.{name}.{key[0]}")
            for level in levels:
                _check_level(level, column, metadata, place, f"contrasts.{name}.{key[1]}")


def _named(
    contrast: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, str], str, list[str]]]:
    """Each column that a contrast names, its levels, and the keys that name them."""
    for key in ("reference", "level"):
        yield ("column", key), contrast["column"], [contrast[key]]
    interaction = contrast.get("interaction")
    if interaction is not None:
        for key in ("reference", "level"):
            keys = ("interaction.column", f"interaction.{key}")
            yield keys, interaction["column"], [interaction[key]]
    for column, levels in (contrast.get("where") or {}).items():
        yield ("where", "where"), column, [levels] if isinstance(levels, str) else list(levels)
    for column in contrast.get("adjust") or []:
        yield ("adjust", "adjust"), column, []


def _check_column(column: str, metadata: pd.DataFrame, place: str, key: str) -> None:
    if column not in metadata.columns:
        raise ContrastError(
            f"{key}: the metadata have no column {_show(column)}",
            place=place,
            remedy=_suggest(column, metadata.columns, "columns there"),
        )


def _check_level(level: str, column: str, metadata: pd.DataFrame, place: str, key: str) -> None:
    present = metadata[column].unique()
    if level not in present:
        raise ContrastError(
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
