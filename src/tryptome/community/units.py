"""What is compared in a contrast: samples, mean compositions, or changes of persons.

Samples of a person are no independent witnesses, and scikit-bio's tests know of
no persons. So where persons repeat, their samples of a group are averaged first.
Where enough persons are in several groups, only they are compared, each with itself.
An interaction of two factors is a difference of changes: where persons have samples
at both levels of one factor, their change is a composition of its own in Aitchison's
geometry, and compared between the groups of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tryptome.community.asked import Asked, Factor, NoTestError, groups_of
from tryptome.community.subset import Codes, balanced
from tryptome.compare.selection import Flags
from tryptome.compare.units import ENOUGH
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import scipy.sparse

LEAST = 3
"""Fewest units a group."""

TWO = 2
"""Levels between which there is a change."""

SAMPLES = "samples"
MEANS = "one mean a person"
PAIRS = "one mean a person and group, compared within persons"
VALUES = "one mean a person and value, compared within persons"
CHANGES = "one change a person"
CHANGE_PAIRS = "one change a person and group, compared within persons"

NO_CHANGE = (
    "scikit-bio's tests of compositions take one factor; an interaction is tested where persons "
    "have samples at both of two levels, as the difference of their changes"
)
NOT_HELD = "samples of one person and group lie in several strata or blocks of the formula"
NOTHING_TO_EXCHANGE = "within strata and blocks the groups do not differ, so none can be exchanged"


@dataclass(frozen=True)
class Units:
    """Units of a contrast.

    Attributes
    ----------
    kind : str
        One of the words above.
    weights : sparse array, shape (units, samples)
        What makes units of samples: rows add up to 1, those of changes to 0.
    values : ndarray, shape (units,)
        Position of each unit's level, or its number.
    levels : tuple of str
        The reference first; none of a number.
    person : ndarray of int, shape (units,)
    exchange : ndarray of int, shape (units,)
        Within which labels are exchanged.
    whole : bool
        Whether each unit lies in one stratum and block.
    samples, persons : int
        That are used.
    left_out : int
        Samples of persons who are not compared.
    """

    kind: str
    weights: scipy.sparse.csr_array
    values: Array | Codes
    levels: tuple[str, ...]
    person: Codes
    exchange: Codes
    whole: bool
    samples: int
    persons: int
    left_out: int

    def __len__(self) -> int:
        return len(self.values)

    @property
    def paired(self) -> bool:
        """Whether each person is compared with itself."""
        return self.kind in {PAIRS, VALUES, CHANGE_PAIRS}

    @property
    def changes(self) -> bool:
        """Whether units are changes, which only Aitchison's geometry has."""
        return self.kind in {CHANGES, CHANGE_PAIRS}

    @property
    def free(self) -> bool:
        """Whether any label can be exchanged for any other."""
        return len(np.unique(self.exchange)) == 1

    @property
    def grouping(self) -> list[str]:
        """Level of each unit, under names in the order of the levels."""
        return [f"L{code:06d}" for code in self.values]

    @property
    def fewest(self) -> int:
        """Units of the smallest group; of a number, all persons."""
        if not self.levels:
            return self.persons
        return int(np.bincount(self.values.astype(np.intp), minlength=len(self.levels)).min())

    def spread(self, most: int) -> Units:
        """Units of fewer persons, of all groups alike, where there are more than so many units."""
        if len(self) <= most:
            return self
        persons, first, sizes = np.unique(self.person, return_index=True, return_counts=True)
        alike = self.paired or not self.levels
        group = np.zeros(len(persons)) if alike else self.values[first]
        rows = np.isin(self.person, persons[balanced(group.astype(np.intp), sizes, most)])
        return self.keep(rows)

    def keep(self, rows: Flags) -> Units:
        """Compare fewer units, and count the samples of the others."""
        weights = self.weights[np.flatnonzero(rows)]
        samples = int(weights.nnz)
        return replace(
            self,
            weights=weights,
            values=self.values[rows],
            person=self.person[rows],
            exchange=self.exchange[rows],
            samples=samples,
            persons=len(np.unique(self.person[rows])),
            left_out=self.left_out + self.samples - samples,
        )


def units(told: Asked) -> Units:
    """Arrange the samples of a contrast.

    Parameters
    ----------
    told : Asked

    Returns
    -------
    Units
        Within persons where :data:`~tryptome.compare.units.ENOUGH` of them are in every
        group; else the arrangement whose smallest group is larger.

    Raises
    ------
    NoTestError
        A group is too small, nothing can be exchanged, or an interaction is not one of changes.
    """
    ways = list(_ways(told)) if len(told.factors) == 1 else list(_of_changes(told))
    if not ways:
        raise NoTestError(NO_CHANGE)
    found = max(ways, key=lambda one: preference(one.fewest, one.paired))
    if found.fewest < LEAST:
        what = "samples" if found.kind == SAMPLES else "persons"
        raise NoTestError(f"a group has {found.fewest} of at least {LEAST} {what}")
    if not found.whole:
        raise NoTestError(NOT_HELD)
    blocks = len(np.unique(found.exchange))
    if blocks > 1 and blocks == len(np.unique(groups_of(found.exchange, found.values))):
        raise NoTestError(NOTHING_TO_EXCHANGE)
    return replace(found, left_out=len(told) - found.samples)


def preference(fewest: int, paired: bool) -> tuple[int, bool, int]:
    """How well an arrangement does: within persons where that has enough of them.

    Parameters
    ----------
    fewest : int
        Units of the smallest group.
    paired : bool
    """
    return min(fewest, ENOUGH), paired, fewest


def several(person: Codes, *columns: Array | Codes) -> Flags:
    """Whether each sample's person has samples that differ in some column."""
    cells = np.unique(np.column_stack([person, groups_of(*columns)]), axis=0)
    return np.asarray(np.isin(person, np.flatnonzero(np.bincount(cells[:, 0]) > 1)))


def _ways(told: Asked) -> Iterator[Units]:
    """Arrange samples of one factor: within persons, and between them."""
    (factor,) = told.factors
    if not told.selection.repeats:
        yield _arranged(told, factor, SAMPLES)
        return
    within = several(told.selection.person, factor.values)
    yield _arranged(told.keep(within), factor.keep(within), PAIRS if factor.levels else VALUES)
    yield _arranged(told.keep(~within), factor.keep(~within), MEANS)


def _of_changes(told: Asked) -> Iterator[Units]:
    """Arrange samples of two factors: changes over one, compared between levels of the other."""
    if not told.selection.repeats or any(not one.levels for one in told.factors):
        return
    for over, by in ((0, 1), (1, 0)):
        if len(told.factors[over].levels) == TWO:
            cell = groups_of(told.selection.person, told.factors[by].values)
            both = told.keep(several(cell, told.factors[over].values))
            change, group = both.factors[over], both.factors[by]
            within = several(both.selection.person, group.values)
            for rows, kind in ((within, CHANGE_PAIRS), (~within, CHANGES)):
                yield _arranged(both.keep(rows), group.keep(rows), kind, change.values[rows])


def _arranged(told: Asked, group: Factor, kind: str, side: Array | Codes | None = None) -> Units:
    """Make means of persons at each value, or their changes from one side to the other."""
    import scipy.sparse

    person = told.selection.person
    at = groups_of(person, group.values) if kind != SAMPLES else np.arange(len(told))
    first = np.unique(at, return_index=True)[1]
    part = at if side is None else groups_of(at, side)
    sign = 1 if side is None else np.where(side == 1, 1, -1)
    weights = scipy.sparse.csr_array(
        (sign / np.bincount(part)[part], (at, told.selection.rows)),
        shape=(len(first), told.everything),
    )
    found = Units(
        kind,
        weights,
        group.values[first],
        group.levels,
        person[first],
        told.held[first],
        len(np.unique(groups_of(at, told.held))) == len(first),
        samples=len(told),
        persons=told.selection.persons,
        left_out=0,
    )
    return (
        replace(found, exchange=groups_of(found.person, found.exchange)) if found.paired else found
    )
