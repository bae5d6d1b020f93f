r"""The units of a contrast: what is exchangeable in its design.

Samples of a person are no independent witnesses. A contrast that varies within
persons is therefore reduced to one number a person, the difference between that
person's means; one that varies between persons, to each person's mean; and an
interaction to differences of differences, or to differences compared between
persons. The reduced data follow an ordinary linear model,

.. math::

    v = \beta g + Z \gamma + \varepsilon,

with the contrast as :math:`\beta`. Where persons do not repeat, the units are
the samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.compare.design import Array, NotEstimableError
from tryptome.compare.selection import Codes, Flags, Selection

if TYPE_CHECKING:
    import scipy.sparse

MIN_DF = 2
"""Fewest residual degrees of freedom with which anything is estimated."""

ENOUGH = 6
"""Fewest persons whose own differences are preferred over differences between
persons: with six, signs alone can reach p = 2/64."""

NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Units:
    """A contrast reduced to units.

    Attributes
    ----------
    within : tuple of int
        Factors that are differences within persons: of 0 (the contrast's
        column) and 1 (the interaction's).
    weights : sparse array, shape (units, samples)
        What turns values of samples into values of units.
    target : ndarray, shape (units,)
        Regressor of the contrast.
    nuisance : ndarray, shape (units, k)
        Other regressors.
    """

    within: tuple[int, ...]
    weights: scipy.sparse.csr_array
    target: Array
    nuisance: Array

    @property
    def flips(self) -> bool:
        """Whether the contrast is a mean of differences, whose signs are exchangeable."""
        return bool((self.target == 1).all())

    @property
    def df(self) -> int:
        """Units less parameters; negative where the contrast is not among them."""
        if len(self.target) == 0:
            return -1
        both = np.column_stack([self.nuisance, self.target])
        rank = int(np.linalg.matrix_rank(both))
        return len(self.target) - rank if rank == both.shape[1] else -1


def choose_units(selection: Selection, covariates: Array) -> Units:
    """Reduce a contrast to the units that its design offers.

    Parameters
    ----------
    selection : Selection
    covariates : ndarray, shape (samples, k)

    Returns
    -------
    Units
        As much within persons as at least :data:`ENOUGH` units allow; else the
        reduction that leaves most degrees of freedom.

    Raises
    ------
    NotEstimableError
        Too few units for the parameters.
    """
    best: Units | None = None
    for within in _subsets(len(selection.factors)) if selection.repeats else [()]:
        units = reduce(selection, covariates, within)
        if units.df >= MIN_DF and len(units.target) >= ENOUGH:
            return units
        if best is None or units.df > best.df:
            best = units
    if best is None or best.df < MIN_DF:
        what = "persons" if selection.repeats else "samples"
        raise NotEstimableError(
            f"too few {what} in the groups ({selection.persons} in all) for the parameters"
        )
    return best


def reduce(selection: Selection, covariates: Array, within: tuple[int, ...]) -> Units:
    """Reduce a contrast to differences within persons over some of its factors.

    A person counts who has samples at both levels of each factor in
    ``within`` and at one level only of each other factor.
    """
    between = tuple(f for f in range(len(selection.factors)) if f not in within)
    persons, weights = _differences(selection, within)
    one_place, levels = _levels(selection, between, persons)
    persons, weights = persons[one_place], weights[one_place]
    halves = levels[one_place] - 0.5
    products = [
        halves[:, list(chosen)].prod(axis=1) for chosen in reversed(list(_subsets(len(between))))
    ]
    reduced = weights @ covariates
    varies = np.abs(reduced).max(axis=0, initial=0) > NEGLIGIBLE
    return Units(
        within=within,
        weights=weights,
        target=products[-1],
        nuisance=np.column_stack([*products[:-1], reduced[:, varies]])
        if len(persons)
        else np.zeros((0, 0)),
    )


def _subsets(count: int) -> Iterator[tuple[int, ...]]:
    """Subsets of the factors, the largest first: (0, 1), (0,), (1,), ()."""
    for flags in product((True, False), repeat=count):
        yield tuple(factor for factor in range(count) if flags[factor])


def _differences(
    selection: Selection, within: tuple[int, ...]
) -> tuple[Codes, scipy.sparse.csr_array]:
    """Persons with samples in all cells of some factors, and weights of their difference."""
    import scipy.sparse

    count = selection.persons
    weights = scipy.sparse.csr_array((count, len(selection)))
    complete = np.ones(count, dtype=bool)
    for levels in product((False, True), repeat=len(within)):
        cell = np.ones(len(selection), dtype=bool)
        for factor, level in zip(within, levels, strict=True):
            cell &= selection.factors[factor] == level
        means = person_means(selection.person, cell, count)
        complete &= np.diff(means.indptr) > 0
        weights = weights + (-1) ** (len(within) - sum(levels)) * means
    return np.flatnonzero(complete), weights[complete]


def _levels(
    selection: Selection, between: tuple[int, ...], persons: Codes
) -> tuple[Flags, npt.NDArray[np.float64]]:
    """Whether each person has one level only of each factor, and the person's mean level."""
    everywhere = np.ones(len(selection), dtype=bool)
    means = person_means(selection.person, everywhere, selection.persons)[persons]
    flags = np.array([selection.factors[factor] for factor in between], dtype=float)
    levels = means @ flags.reshape(len(between), len(selection)).T
    levels[np.abs(levels) < NEGLIGIBLE] = 0
    levels[np.abs(levels - 1) < NEGLIGIBLE] = 1
    at_one = np.asarray(np.isin(levels, (0, 1)).all(axis=1), dtype=bool)
    return at_one, np.asarray(levels)


def person_means(person: Codes, chosen: Flags, persons: int) -> scipy.sparse.csr_array:
    """Weights that average the chosen samples of each person.

    Returns
    -------
    sparse array, shape (persons, samples)
        A row of zeros for a person with none.

    Examples
    --------
    >>> person_means(np.array([0, 0, 1]), np.array([True, True, False]), 2).toarray()
    array([[0.5, 0.5, 0. ],
           [0. , 0. , 0. ]])
    """
    import scipy.sparse

    at = np.flatnonzero(chosen)
    counts = np.bincount(person[at], minlength=persons)
    entries = (1 / counts[person[at]], (person[at], at))
    return scipy.sparse.csr_array(entries, shape=(persons, len(person)))
