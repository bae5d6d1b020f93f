"""Group means in a quantity's own unit, as weights of samples."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.selection import Codes, Flags, Selection
from tryptome.compare.units import person_means


@dataclass(frozen=True)
class GroupWeights:
    """Weights of samples whose sum of products with a quantity is a group's mean.

    The mean of a group is the mean over its persons of each person's mean. Where
    the contrast is an interaction, a "group" is a difference: ``level`` that
    between the contrast's levels at the interaction's level, ``reference`` that
    at the interaction's reference. Not adjusted for covariates, but for an
    interaction by formula.

    Attributes
    ----------
    reference, level : ndarray, shape (samples,)
    of_groups : bool
        Whether the two are means; else only their difference is meant: the change per
        unit of a number, or an interaction by the model's weights.
    """

    reference: Array
    level: Array
    of_groups: bool = True

    @classmethod
    def of(cls, selection: Selection) -> GroupWeights:
        """Weigh the samples of a contrast."""
        cells = {
            levels: _cell(selection, levels)
            for levels in product((False, True), repeat=len(selection.factors))
        }
        if len(selection.factors) == 1:
            return cls(cells[(False,)], cells[(True,)])
        return cls(
            cells[(True, False)] - cells[(False, False)],
            cells[(True, True)] - cells[(False, True)],
        )

    @classmethod
    def of_levels(cls, selection: Selection, codes: Codes, level: int) -> GroupWeights:
        """Weigh the samples of one level of a category against those of its first."""
        one, other = (
            _mean(selection, np.asarray(codes == which, dtype=bool)) for which in (0, level)
        )
        return cls(one, other)

    @classmethod
    def of_slope(cls, numbers: Array, unit: float) -> GroupWeights:
        """Weights whose sum of products is the change per unit of a number."""
        free = numbers - numbers.mean()
        return cls(np.zeros(len(free)), free / (free @ free) / unit, of_groups=False)

    @classmethod
    def of_model(cls, weights: Array) -> GroupWeights:
        """Weights that a model gives the samples, where no means are compared."""
        return cls(np.zeros(len(weights)), weights, of_groups=False)

    @property
    def difference(self) -> Array:
        """Weights of the difference of the two."""
        return self.level - self.reference


def _cell(selection: Selection, levels: tuple[bool, ...]) -> Array:
    """Weights of the mean of person means in one cell of the design."""
    inside: Flags = np.ones(len(selection), dtype=bool)
    for factor, level in zip(selection.factors, levels, strict=True):
        inside &= factor == level
    return _mean(selection, inside)


def _mean(selection: Selection, inside: Flags) -> Array:
    """Weights of the mean of person means of some samples."""
    means = person_means(selection.person, inside, selection.persons)
    present = np.count_nonzero(np.diff(means.indptr))
    return np.asarray(means.sum(axis=0) / present)
