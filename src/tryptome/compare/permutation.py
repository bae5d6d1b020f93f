"""Permutation tests of a contrast reduced to units.

Differences within persons have exchangeable signs where responses are
symmetric about no effect; units of different persons are exchangeable between
groups. So whole persons are permuted, never the samples of a person one by one:
that would test whether *no person* responds at all, and be wrong about an
average where persons respond differently. Covariates are held by permuting the
residuals of the model without the contrast (Freedman and Lane), and statistics
are divided by their robust standard error, so that groups may differ in variance.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from tryptome.compare.design import Array
from tryptome.compare.regression import Regression
from tryptome.compare.units import Units

DRAWS = 999
"""Random permutations, where not all can be tried."""

EXACT = 12
"""Most persons of whom all patterns of signs are tried (2,048, up to a mirror image)."""

TIE = 1e-9
"""Relative difference below which two statistics are the same."""


class Permutation:
    """The permutations of a contrast's units, made once and used for all quantities.

    Parameters
    ----------
    units : Units
    regression : Regression
        Of the units.
    seed : sequence of int
    """

    def __init__(self, units: Units, regression: Regression, seed: list[int]) -> None:
        self._regression = regression
        self._signs: Array | None = None
        self._orders: npt.NDArray[np.intp] | None = None
        count = len(units.target)
        rng = np.random.default_rng(seed)
        self.exact = units.flips and count <= EXACT
        if self.exact:
            self._signs = np.array([(1, *rest) for rest in product((1, -1), repeat=count - 1)])
        elif units.flips:
            self._signs = rng.choice((-1.0, 1.0), size=(DRAWS, count))
        else:
            self._orders = rng.permuted(np.tile(np.arange(count), (DRAWS, 1)), axis=1)

    @property
    def count(self) -> int:
        """Number of permutations, the data themselves among them."""
        return len(self._signs) if self.exact and self._signs is not None else DRAWS + 1

    def p(self, outcome: Array) -> float:
        """Two-sided p of the contrast.

        Parameters
        ----------
        outcome : ndarray, shape (units,)

        Returns
        -------
        float
            At least one over :attr:`count`: the data are a permutation of themselves.
        """
        free = self._regression.residuals(outcome)
        observed = abs(float(self._regression.t(free[None, :])[0]))
        moved = self._signs * free if self._signs is not None else free[self._orders]
        statistics = np.abs(self._regression.t(self._regression.residuals(moved)))
        extreme = int((statistics >= observed * (1 - TIE)).sum())
        if self.exact:
            return extreme / self.count
        return (extreme + 1) / self.count
