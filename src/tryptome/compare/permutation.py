"""Permutation tests of a contrast reduced to units.

Differences within persons have exchangeable signs where responses are
symmetric about no effect; units of different persons are exchangeable between
groups, inside a stratum or block where there are such. So whole persons are permuted,
never the samples of a person one by one: that would test whether *no person*
responds at all, and be wrong about an average where persons respond differently.
Covariates are held by permuting the residuals of the model without the contrast
(Freedman and Lane), and statistics are divided by their robust standard error, so that
groups may differ in variance. Where there are few arrangements, all are tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import comb, prod
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tryptome.compare.design import Array
from tryptome.compare.regression import Regression
from tryptome.compare.selection import Codes

DRAWS = 999
"""Random permutations, where not all can be tried."""

EXACT = 12
"""Most persons of whom all patterns of signs are tried (2,048, up to a mirror image)."""

MOST_ARRANGEMENTS = 5_000
"""Most ways to deal units out to groups of which all are tried."""

SMALL = 10
"""Units in the smallest group, or differences within persons, under which the permutation's p is
the one that is adjusted: with fewer the model leans on normality."""

FEW_LEVELS = 6
"""Most values of a regressor that are groups of units; one with more is a scale."""

AT_ONCE = 2**21
"""Numbers of arranged units that are held at a time; orders beyond are drawn anew each time."""

TIE = 1e-9
"""Relative difference below which two statistics are the same."""


@dataclass(frozen=True)
class Draws:
    """Random orders of units inside strata: what they are drawn from."""

    strata: Codes
    seed: Sequence[int]

    def parts(self) -> Iterator[npt.NDArray[np.intp]]:
        """Draw them, one a row, as many at a time as may be held."""
        rng = np.random.default_rng(self.seed)
        places = [np.flatnonzero(self.strata == stratum) for stratum in np.unique(self.strata)]
        for start, stop in _ranges(DRAWS, len(self.strata)):
            orders = np.tile(np.arange(len(self.strata)), (stop - start, 1))
            for at in places:
                orders[:, at] = rng.permuted(orders[:, at], axis=1)
            yield orders


def _ranges(rows: int, width: int) -> Iterator[tuple[int, int]]:
    """Ranges of rows of which no more numbers are held than :data:`AT_ONCE`."""
    step = max(AT_ONCE // max(width, 1), 1)
    return ((start, min(start + step, rows)) for start in range(0, rows, step))


@dataclass(frozen=True)
class Arrangements:
    """Signs or orders of units, made once and used for all quantities.

    Attributes
    ----------
    signs : ndarray of int8, shape (arrangements, units), or None
    all_orders : ndarray of int, shape (arrangements, units), or None
    drawn : Draws or None
        Orders to draw at random when they are first needed: they are large, and many
        analyses never look at them.
    exact : bool
        Whether these are all; the data are then among them.
    small : bool
        Whether groups are so small that the permutation's p is preferred.
    mirrored : bool
        Whether each order of all has a mirror image, the groups exchanged, that is as extreme.
    """

    signs: npt.NDArray[np.int8] | None
    all_orders: npt.NDArray[np.intp] | None
    drawn: Draws | None
    exact: bool
    small: bool
    mirrored: bool = False

    @property
    def least(self) -> float:
        """Smallest p that there can be."""
        return (2 if self.mirrored else 1) / self.count

    @property
    def count(self) -> int:
        """Number of arrangements, the data themselves among them."""
        if not self.exact:
            return DRAWS + 1
        every = self.all_orders if self.signs is None else self.signs
        assert every is not None
        return len(every)

    def moves(self, values: Sequence[Array]) -> Iterator[list[Array]]:
        """Arrange several values of units in every way, one a row, some ways at a time."""
        if self.signs is not None:
            for start, stop in _ranges(*self.signs.shape):
                yield [self.signs[start:stop] * one for one in values]
        else:
            for orders in self._orders:
                yield [one[orders] for one in values]

    @property
    def _orders(self) -> Iterable[npt.NDArray[np.intp]]:
        """Orders of the units, each shape (some arrangements, units)."""
        if self.all_orders is not None:
            return [self.all_orders]
        assert self.drawn is not None
        return self._held if len(self.drawn.strata) * DRAWS <= AT_ONCE else self.drawn.parts()

    @cached_property
    def _held(self) -> list[npt.NDArray[np.intp]]:
        assert self.drawn is not None
        return list(self.drawn.parts())

    @classmethod
    def of_signs(cls, count: int, seed: Sequence[int]) -> Arrangements:
        """Signs of differences: all of them up to a mirror image, or random ones."""
        exact = count <= EXACT
        if exact:
            signs = np.array([(1, *rest) for rest in product((1, -1), repeat=count - 1)])
        else:
            signs = np.random.default_rng(seed).choice((-1, 1), size=(DRAWS, count))
        return cls(signs.astype(np.int8), None, None, exact, count < SMALL)

    @classmethod
    def of_orders(
        cls, target: Array, strata: Codes | None, *, plain: bool, seed: Sequence[int]
    ) -> Arrangements:
        """Orders of units between groups.

        Parameters
        ----------
        target : ndarray, shape (units, k)
            Regressors of the contrast.
        strata : ndarray of int or None
            Units are exchanged inside a stratum only.
        plain : bool
            Whether nothing but the strata is adjusted for: only then are two
            orders that leave the groups as they are the same.
        seed : sequence of int
        """
        labels = np.unique(target, axis=0, return_inverse=True)[1].reshape(-1)
        sizes = np.bincount(labels)
        scale = len(sizes) > FEW_LEVELS
        small = len(target) < 2 * SMALL if scale else sizes.min() < SMALL
        inside = np.zeros(len(target), dtype=int) if strata is None else strata
        if plain and _arrangements(labels, inside) <= MOST_ARRANGEMENTS:
            orders = np.array(list(_all_orders(labels, inside)), dtype=np.intp)
            return cls(None, orders, None, True, bool(small), _mirrored(labels, inside))
        return cls(None, None, Draws(inside, seed), False, bool(small))


def _arrangements(labels: Codes, strata: Codes) -> int:
    """In how many ways units can be dealt out to groups inside strata."""
    ways = 1
    for stratum in np.unique(strata):
        sizes = list(Counter(labels[strata == stratum].tolist()).values())
        ways *= prod(comb(sum(sizes[: at + 1]), size) for at, size in enumerate(sizes))
    return ways


def _mirrored(labels: Codes, strata: Codes) -> bool:
    """Whether two groups are of one size in every stratum."""
    if labels.max() != 1:
        return False
    halves = [labels[strata == stratum].mean() for stratum in np.unique(strata)]
    return set(halves) == {0.5}


def _all_orders(labels: Codes, strata: Codes) -> Iterator[Codes]:
    """One order for each way to deal units out to groups inside strata."""
    places = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    every = [list(_deals(tuple(labels[place].tolist()))) for place in places]
    for chosen in product(*every):
        order = np.arange(len(labels))
        for place, deal in zip(places, chosen, strict=True):
            to = np.argsort(labels[place], kind="stable")
            order[place[to]] = place[np.argsort(deal, kind="stable")]
        yield order


def _deals(labels: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Distinct arrangements of labels.

    Examples
    --------
    >>> list(_deals((0, 1, 0)))
    [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
    """
    if not labels:
        yield ()
    for first in sorted(set(labels)):
        left = list(labels)
        left.remove(first)
        for rest in _deals(tuple(left)):
            yield (first, *rest)


class Matrix(Protocol):
    """What an outcome can be multiplied by: an array, sparse or not, or a product of some."""

    def __matmul__(self, outcome: Array, /) -> Any:
        """Multiply the values of samples."""


@dataclass(frozen=True)
class Trial:
    """One statistic of a permutation test.

    Attributes
    ----------
    weights : matrix, shape (units, samples)
        What turns values of samples into values of units.
    regression : Regression
        Of the units.
    null : Regression
        The same without the contrast: what is permuted are its residuals.
    """

    weights: Matrix
    regression: Regression
    null: Regression

    @classmethod
    def of(cls, weights: Matrix, regression: Regression) -> Trial:
        """Test of the regression's own target."""
        return cls(weights, regression, regression)


@dataclass(frozen=True)
class Permutation:
    """A permutation test of one statistic, or of several at once by the sum of their squares.

    Attributes
    ----------
    trials : sequence of Trial
    arrangements : Arrangements
    """

    trials: Sequence[Trial]
    arrangements: Arrangements

    def p(self, outcome: Array) -> float:
        """Two-sided p.

        Parameters
        ----------
        outcome : ndarray, shape (samples,)

        Returns
        -------
        float
            At least one over the number of arrangements: the data are one themselves.
        """
        free = [trial.null.residuals(trial.weights @ outcome) for trial in self.trials]
        observed = float(self._statistics([values[None, :] for values in free])[0])
        extreme = sum(
            int((self._statistics(moved) >= observed * (1 - TIE)).sum())
            for moved in self.arrangements.moves(free)
        )
        if self.arrangements.exact:
            return extreme / self.arrangements.count
        return (extreme + 1) / self.arrangements.count

    def _statistics(self, values: Sequence[Array]) -> Array:
        """Sum of the squares of all trials, for each row of their values."""
        pairs = zip(self.trials, values, strict=True)
        return np.asarray(sum(self._squares(trial, moved) for trial, moved in pairs))

    @staticmethod
    def _squares(trial: Trial, values: Array) -> Array:
        squares = trial.regression.t(values) ** 2
        # No effect over no spread: as extreme as can be, which is the careful side.
        return np.asarray(np.nan_to_num(squares, nan=np.inf, posinf=np.inf))
