"""Random-effects meta-analysis: REML, with the correction of Hartung and Knapp.

Own code for want of a library: the one in statsmodels has no REML, lets a
variance between cohorts be negative, and ignores the confidence level asked for.
The prediction interval is that of Partlett and Riley, Stat Med 36:301 (2017),
doi:10.1002/sim.7140, as the README of R's pimeta on CRAN cites it. Tests hold all
of it against R's metafor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LEAST_FOR_PREDICTION = 3
"""Cohorts without which nothing can be said of a further one: its interval has k - 2 degrees."""

NO_SCATTER = 1e-9
"""Hartung and Knapp's factor that is none: their interval would have no width."""

GRID = 60
"""Values of the variance at which the restricted likelihood is looked at for its maximum."""


@dataclass(frozen=True)
class Pooled:
    """A pooled effect; what cannot be told is None.

    Attributes
    ----------
    cohorts : int
        Number of cohorts, k.
    effect, se : float
        Mean of the distribution of effects, and its Hartung-Knapp standard error (the plain
        one where effects are all the same).
    lower, upper : float
        Hartung-Knapp interval, with k - 1 degrees of freedom.
    p : float
        Of no effect, two-sided.
    plain_se : float
        Standard error without the correction, the variances taken as known.
    tau2 : float
        Variance of effects between cohorts (REML), in the square of their unit.
    tau2_lower, tau2_upper : float
        Its interval, by the profile of Q.
    i2 : float
        Part of the variance of a typical cohort's effect that is between cohorts, 0 to 1.
    q, q_p : float
        Cochran's Q, and p of no variance between cohorts.
    predicted_lower, predicted_upper : float or None
        Interval for the effect in a further cohort.
    weights : tuple of float
        Of the cohorts in the mean; they add up to 1.
    """

    cohorts: int
    effect: float
    se: float
    lower: float
    upper: float
    p: float
    plain_se: float
    tau2: float
    tau2_lower: float
    tau2_upper: float
    i2: float
    q: float
    q_p: float
    predicted_lower: float | None
    predicted_upper: float | None
    weights: tuple[float, ...]


def pool(effects: Array, errors: Array, confidence: float = 0.95) -> Pooled:
    """Pool the effects of cohorts.

    Parameters
    ----------
    effects : ndarray, shape (k,)
        Effect in each cohort, all on one scale; k is at least 2.
    errors : ndarray, shape (k,)
        Standard errors, above 0.
    confidence : float
        Level of all intervals.

    Returns
    -------
    Pooled

    Raises
    ------
    ValueError
        Fewer than two cohorts, or a standard error that is not above 0.

    Examples
    --------
    >>> found = pool(np.array([0.0, 1.0, 2.0]), np.array([0.1, 0.1, 0.1]))
    >>> round(found.effect, 6), round(found.tau2, 6)
    (1.0, 0.99)
    """
    from scipy.special import stdtr, stdtrit

    k = len(effects)
    if k < 2 or not np.all(errors > 0):  # noqa: PLR2004
        raise ValueError("needs two effects, and standard errors above 0")
    variances = np.square(errors)
    tau2 = reml(effects, variances)
    weights = 1 / (variances + tau2)
    mean = float(np.average(effects, weights=weights))
    plain = float(weights.sum() ** -0.5)
    se = float(np.sqrt(_q(effects, variances, tau2) / (k - 1))) * plain
    if se <= NO_SCATTER * plain:
        # Effects that are all the same say nothing of their error; the cohorts' errors do.
        se = plain
    half = float(stdtrit(k - 1, (1 + confidence) / 2)) * se
    q = _q(effects, variances, 0.0)
    ahead = _predicted(mean, tau2 + se**2, k, confidence)
    low, high = tau2_interval(effects, variances, confidence)
    return Pooled(
        cohorts=k,
        effect=mean,
        se=se,
        lower=mean - half,
        upper=mean + half,
        p=float(2 * stdtr(k - 1, -abs(mean) / se)),
        plain_se=plain,
        tau2=tau2,
        tau2_lower=low,
        tau2_upper=high,
        i2=tau2 / (tau2 + _typical(variances)),
        q=q,
        q_p=_chi2_above(q, k - 1),
        predicted_lower=ahead[0],
        predicted_upper=ahead[1],
        weights=tuple(float(w) for w in weights / weights.sum()),
    )


def reml(effects: Array, variances: Array) -> float:
    """Variance between cohorts that maximises the restricted likelihood, at least 0.

    Parameters
    ----------
    effects, variances : ndarray, shape (k,)
        Effects and their sampling variances.
    """
    # The likelihood may have more than one peak, so it is looked at before it is climbed.
    top = float(np.ptp(effects)) ** 2 + float(variances.max())
    grid = np.concatenate([[0.0], np.geomspace(1e-8 * top, top, GRID)])
    best = int(np.argmax(_log_likelihood(effects, variances, grid)))

    def slope(tau2: float) -> float:
        return _slope(effects, variances, tau2)

    left, right = grid[max(best - 1, 0)], grid[min(best + 1, GRID)]
    if slope(left) <= 0:
        return 0.0
    return _root(slope, float(left), float(right))


def tau2_interval(effects: Array, variances: Array, confidence: float) -> tuple[float, float]:
    """Interval of the variance between cohorts: where Q is a plausible chi-squared value.

    Parameters
    ----------
    effects, variances : ndarray, shape (k,)
        Effects and their sampling variances.
    confidence : float
        Its level.

    Returns
    -------
    tuple of float
        Both ends; 0 where even no variance is too much.
    """
    from scipy.special import chdtri

    tail = (1 - confidence) / 2
    ends = []
    for above in (tail, 1 - tail):
        wanted = float(chdtri(len(effects) - 1, above))

        def excess(tau2: float, wanted: float = wanted) -> float:
            return _q(effects, variances, tau2) - wanted

        high = float(variances.max())
        while excess(high) > 0:
            high *= 4
        ends.append(_root(excess, 0.0, high) if excess(0.0) > 0 else 0.0)
    return ends[0], ends[1]


def _q(effects: Array, variances: Array, tau2: float) -> float:
    """Weighted squares about the weighted mean, the variance between cohorts given."""
    weights = 1 / (variances + tau2)
    mean = np.average(effects, weights=weights)
    return float(weights @ np.square(effects - mean))


def _log_likelihood(effects: Array, variances: Array, tau2: Array) -> Array:
    """Twice the restricted log-likelihood at each variance, but for a constant."""
    weights = 1 / (variances + tau2[:, None])
    totals = weights.sum(axis=1)
    means = weights @ effects / totals
    squares = (weights * np.square(effects - means[:, None])).sum(axis=1)
    heights: Array = np.log(weights).sum(axis=1) - np.log(totals) - squares
    return heights


def _slope(effects: Array, variances: Array, tau2: float) -> float:
    """Twice the derivative of the restricted log-likelihood."""
    weights = 1 / (variances + tau2)
    mean = np.average(effects, weights=weights)
    squares = np.square(weights)
    trace = weights.sum() - squares.sum() / weights.sum()
    return float(squares @ np.square(effects - mean) - trace)


def _typical(variances: Array) -> float:
    """Sampling variance of a typical cohort (Higgins and Thompson)."""
    weights = 1 / variances
    total = weights.sum()
    return float((len(variances) - 1) * total / (total**2 - np.square(weights).sum()))


def _predicted(
    mean: float, variance: float, k: int, confidence: float
) -> tuple[float | None, float | None]:
    from scipy.special import stdtrit

    if k < LEAST_FOR_PREDICTION:
        return None, None
    half = float(stdtrit(k - 2, (1 + confidence) / 2)) * variance**0.5
    return mean - half, mean + half


def _chi2_above(value: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, value))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    # A peak in the last cell of the grid lies between its ends, unless it is the very top.
    if function(high) > 0:
        return high
    return float(brentq(function, low, high, xtol=1e-14, rtol=1e-12))
