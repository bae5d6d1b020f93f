"""Fewer samples of a large cohort: whole persons, of every group alike, evenly spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.groups import form, persons

if TYPE_CHECKING:
    import pandas as pd

Codes = npt.NDArray[np.intp]


def balanced(group: Codes, size: Codes, most: int) -> npt.NDArray[np.bool_]:
    """Keep persons of each group in turn, evenly spread over its order, as far as they fit.

    One with more samples than there is room for is passed over, so that the others still come.

    Parameters
    ----------
    group : ndarray of int, shape (persons,)
    size : ndarray of int, shape (persons,)
        Samples of each person.
    most : int
        Samples.

    Returns
    -------
    ndarray of bool, shape (persons,)

    Examples
    --------
    >>> group, size = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]), np.ones(10, dtype=int)
    >>> balanced(group, size, 4).astype(int).tolist()
    [1, 0, 0, 0, 1, 0, 0, 0, 1, 1]
    """
    turn = np.empty(len(group), dtype=int)
    for one in np.unique(group):
        inside = np.flatnonzero(group == one)
        turn[inside[np.argsort(_reversed(len(inside)))]] = np.arange(len(inside))
    kept = np.zeros(len(group), dtype=bool)
    for at in np.lexsort((group, turn)):
        kept[at] = size[at] <= most
        most -= size[at] if kept[at] else 0
    return kept


def _reversed(count: int) -> Codes:
    """Numbers with the bits reversed: those up to any bound are evenly spread.

    Examples
    --------
    >>> np.argsort(_reversed(8)).tolist()
    [0, 4, 2, 6, 1, 5, 3, 7]
    """
    numbers, bits = np.arange(count), max(count - 1, 1).bit_length()
    return np.asarray(sum(((numbers >> bit) & 1) << (bits - 1 - bit) for bit in range(bits)))


def subset(
    metadata: pd.DataFrame,
    contrasts: Mapping[str, Mapping[str, Any]],
    subject_column: str | None,
    known: npt.NDArray[np.bool_],
    most: int,
) -> Codes:
    """Positions of so many samples of a cohort, balanced over the groups of its contrasts.

    Parameters
    ----------
    metadata : pandas.DataFrame
        ``samples.tsv``.
    contrasts : mapping
        Fields of :class:`tryptome.config.model.Contrast`, by name.
    subject_column : str or None
    known : ndarray of bool, shape (samples,)
        Samples that can be taken.
    most : int
        Where no more are known, all of them are taken.
    """
    import pandas as pd

    some = np.flatnonzero(known)
    if len(some) <= most:
        return some
    columns = [column for one in contrasts.values() for column in _columns(one)]
    groups = form(metadata, columns, contrasts).numbers()
    person = pd.factorize(persons(metadata, subject_column)[some])[0]
    if np.bincount(person).max() > most:  # then persons cannot stay whole
        person = np.arange(len(some))
    # Persons of several groups are a group of their own.
    of_person = np.zeros((person.max() + 1, groups.max() + 1), dtype=bool)
    of_person[person, groups[some]] = True
    kinds = np.unique(of_person, axis=0, return_inverse=True)[1].reshape(-1)
    chosen: Codes = some[balanced(kinds, np.bincount(person), most)[person]]
    return chosen


def _columns(contrast: Mapping[str, Any]) -> list[str]:
    """Columns that a contrast splits the samples by."""
    further = contrast.get("interaction") or {}
    return [name for name in (contrast.get("column"), further.get("column")) if name]
