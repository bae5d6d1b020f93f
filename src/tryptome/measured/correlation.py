"""Rank correlations with intervals that keep persons together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

DRAWS = 1000
LEVELS = (0.05, 0.95)
"""Of 90 % intervals."""

TINY = 1e-9
HELD = 0.999

BEYOND = "beyond diversity"
OPPOSITE = "opposite to what was expected"
NO_EVIDENCE = "no evidence beyond diversity"
ABOVE = "above zero, where no sign was expected"
BELOW = "below zero, where no sign was expected"
"""Verdicts."""


@dataclass(frozen=True)
class Correlation:
    """A rank correlation and its bootstrap draws."""

    value: float
    draws: Array

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % percentile interval."""
        low, high = np.nanquantile(self.draws, LEVELS)
        return float(low), float(high)


def person_weights(persons: npt.NDArray[np.object_], seed: int, draws: int = DRAWS) -> Array:
    """How often each sample occurs in each bootstrap draw of whole persons.

    Returns
    -------
    ndarray, shape (draws + 1, samples)
        The first row is one everywhere: the data as they are.
    """
    _, person = np.unique(persons.astype(str), return_inverse=True)
    many = int(person.max()) + 1
    rng = np.random.default_rng(seed)
    times = rng.multinomial(many, np.full(many, 1 / many), size=draws)
    return np.vstack([np.ones(len(person)), times[:, person]])


def weighted_ranks(values: Array, weights: Array) -> Array:
    """Mid-ranks of values of which each occurs so many times, draws x samples."""
    distinct, group = np.unique(values, return_inverse=True)
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange(len(distinct)))
    per_group = np.add.reduceat(weights[:, order], edges, axis=1)
    middle = np.cumsum(per_group, axis=1) - per_group / 2
    return np.asarray(middle[:, group])


def correlate(
    x: Array, y: Array, given: tuple[Array, ...], weights: Array
) -> tuple[Correlation, Correlation]:
    """Spearman correlation of x and y, and the partial one given other variables.

    Parameters
    ----------
    x, y : ndarray, shape (samples,)
    given : tuple of ndarray
        Those that do not vary are left out.
    weights : ndarray, shape (draws + 1, samples)
        Of :func:`person_weights`.
    """
    columns = [x, y, *(z for z in given if np.ptp(z) > 0)]
    ranked = np.stack([weighted_ranks(column, weights) for column in columns])
    total = weights.sum(axis=1)
    centred = ranked - ((ranked * weights).sum(axis=2) / total)[:, :, None]
    covariance = np.einsum("ids,ds,jds->dij", centred, weights, centred)
    spread = np.sqrt(np.einsum("dii->di", covariance)) + TINY
    correlation = covariance / spread[:, :, None] / spread[:, None, :]
    precision = np.linalg.inv(correlation + TINY * np.eye(len(columns)))
    partial = -precision[:, 0, 1] / np.sqrt(precision[:, 0, 0] * precision[:, 1, 1])
    simple = correlation[:, 0, 1]
    return (
        Correlation(float(simple[0]), simple[1:]),
        Correlation(float(partial[0]), partial[1:]),
    )


def pool(correlations: list[Correlation]) -> tuple[float, float, float]:
    """Pool correlations by a random-effects model (DerSimonian-Laird) on Fisher's z.

    Returns
    -------
    estimate, lower, upper : float
        Of the mean, with a 90 % interval; NaN where fewer than two are given.
    """
    from scipy.special import ndtri
    from statsmodels.stats.meta_analysis import combine_effects

    if len(correlations) < len(LEVELS):
        return float("nan"), float("nan"), float("nan")
    z = np.arctanh([held(c.value) for c in correlations])
    draws = [np.arctanh(np.clip(c.draws, -HELD, HELD)) for c in correlations]
    variance = np.array([np.nanvar(one) for one in draws])
    # statsmodels leaves a negative variance between cohorts as it is.
    between = max(0.0, float(combine_effects(z, variance, method_re="dl").tau2))
    weight = 1 / (variance + between)
    mean = float(z @ weight / weight.sum())
    half = float(ndtri(LEVELS[1]) / np.sqrt(weight.sum()))
    low, middle, high = np.tanh([mean - half, mean, mean + half])
    return float(middle), float(low), float(high)


def held(value: float) -> float:
    """Keep a correlation where Fisher's z is finite."""
    return float(np.clip(value, -HELD, HELD))


def verdict(lower: float, upper: float, expected: int = 1) -> str:
    """Say what the 90 % interval of the increment over diversity and depth means.

    Parameters
    ----------
    lower, upper : float
    expected : int
        Sign that biochemistry lets one expect; 0 where none was stated.

    Examples
    --------
    Of makers of a compound, of those that use it up, and where nothing is expected.

    >>> [verdict(-0.3, -0.1, expected) for expected in (1, -1, 0)] == [OPPOSITE, BEYOND, BELOW]
    True
    """
    if not (lower > 0 or upper < 0):
        return NO_EVIDENCE
    if not expected:
        return ABOVE if lower > 0 else BELOW
    return BEYOND if (lower > 0) == (expected > 0) else OPPOSITE
