"""Ordinary least squares with standard errors that hold for unequal variances.

Groups of samples often differ in variance and in size, so the classical
standard error is wrong in either direction. Used here are HC2 standard errors
with the degrees of freedom of Bell and McCaffrey, which Imbens and Kolesár
recommend for small samples ("Robust Standard Errors in Small Samples: Some
Practical Advice", NBER working paper 18478). For two groups the standard error
is that of Welch's t test; for differences within persons the test is the
paired t test.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tryptome.compare.design import Array, NotEstimableError

FULL = 1 - 1e-9
"""Leverage from which an observation is fitted by itself alone."""


@dataclass(frozen=True)
class Estimate:
    """Effect of a contrast on the scale of comparison.

    Attributes
    ----------
    effect, se, df : float
        Of a t statistic.
    model : str
        What was fitted, in words.
    weights : ndarray
        Of the samples: the effect is the sum of their products with the outcome.
    """

    effect: float
    se: float
    df: float
    model: str
    weights: Array


@dataclass(frozen=True)
class Regression:
    """Least squares of one outcome after another on the same regressors.

    Attributes
    ----------
    target : ndarray, shape (n,)
        Regressor whose coefficient is wanted.
    nuisance : ndarray, shape (n, k)
        Other regressors; k may be 0.
    """

    target: Array
    nuisance: Array

    @cached_property
    def basis(self) -> Array:
        """Orthonormal basis of the nuisance regressors."""
        return np.asarray(np.linalg.qr(self.nuisance)[0])

    @cached_property
    def direction(self) -> Array:
        """The target less what the nuisance regressors say of it, over its squared norm.

        Its inner product with an outcome is the effect.
        """
        left = self.target - self.basis @ (self.basis.T @ self.target)
        return np.asarray(left / (left @ left))

    @cached_property
    def squares(self) -> Array:
        """Weights of the squared residuals in the HC2 variance of the effect."""
        unit = self.direction / np.linalg.norm(self.direction)
        leverage = (self.basis**2).sum(axis=1) + unit**2
        alone = leverage > FULL
        if (alone & (np.abs(unit) > 1 - FULL)).any():
            raise NotEstimableError("a group holds one person or sample only")
        return np.asarray(self.direction**2 / np.where(alone, 1, 1 - leverage))

    @cached_property
    def df(self) -> float:
        """Degrees of freedom of Bell and McCaffrey.

        With ``h = q q'`` the projection on all regressors, the sum over all pairs of
        ``squares_i squares_j (1 - h)_ij ** 2``, without a matrix of samples by samples.
        """
        every = np.column_stack([self.basis, self.direction / np.linalg.norm(self.direction)])
        leverage = (every**2).sum(axis=1)
        between = every.T @ (every * self.squares[:, None])
        second = (self.squares**2) @ (1 - 2 * leverage) + (between**2).sum()
        return float((1 - leverage) @ self.squares) ** 2 / float(second)

    def residuals(self, outcomes: Array) -> Array:
        """Outcomes (last axis: observations) less all that the nuisance regressors fit."""
        return np.asarray(outcomes - (outcomes @ self.basis) @ self.basis.T)

    def t(self, outcomes: Array) -> Array:
        """Statistic of the effect, for each row of outcomes.

        In few passes: it is worked out for a thousand permutations of every outcome.
        """
        norm = float(np.linalg.norm(self.direction))
        every = np.column_stack([self.basis, self.direction / norm])
        coefficients = outcomes @ every
        residual = outcomes - coefficients @ every.T
        np.square(residual, out=residual)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(coefficients[:, -1] * norm / np.sqrt(residual @ self.squares))

    def fit(self, outcome: Array, model: str) -> Estimate:
        """Estimate the effect on one outcome.

        Raises
        ------
        NotEstimableError
            An observation is alone in its group.
        """
        free = self.residuals(outcome)
        effect = float(free @ self.direction)
        residual = free - effect * self.direction / (self.direction @ self.direction)
        se = float(np.sqrt((residual**2) @ self.squares))
        return Estimate(effect, se, self.df, model, self.direction)
