r"""Fit the coefficients of a metabolite on cohorts that measure it.

The rank of the metabolite is linear in the ranks of the features. Over training
cohorts *c* with :math:`P_c` persons, weighed by :math:`\sqrt{P_c}` and each person
once,

.. math::

    \min_\beta \sum_c \sqrt{P_c}\, \overline{(y - X\beta)^2}_c
    + \lambda \lVert \beta - \beta_0 \rVert^2

with signs held where the biochemistry is known. :math:`\beta_0` is zero, or the
slope of the untrained share alone. The coefficients are a weighted mean over the
:data:`CANDIDATES`: three sets of features, three penalties, both pulls. What each
weighs is for :mod:`tryptome.estimate.faecal.nested` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.faecal.features import FAMILY, SHANNON, SHARE
from tryptome.estimate.faecal.metabolites import BY_NAME, Metabolite

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

FEATURE_SETS = ("shares", "families", "shares and families")
"""Shares of all capabilities and Shannon; the own share, Shannon and families; all of these."""

PENALTIES = (1.0, 3.0, 10.0)
"""On coefficients, beside a mean squared rank of one."""

PULLS = ("zero", "share")
"""Towards what: zero, or the slope of the untrained share alone."""

CANDIDATES = tuple(product(FEATURE_SETS, PENALTIES, PULLS))
"""Features, penalty and pull of each fit."""

LEAST_COHORTS = 2
"""Cohorts that a metabolite's own coefficients need."""

COMMON_IN = 3
"""Training cohorts in which a family must be common to be a feature."""


@dataclass(frozen=True)
class Training:
    """A cohort to fit on.

    Attributes
    ----------
    name : str
    names : tuple of str
        Of the features; the same in all cohorts.
    x : ndarray, shape (samples, features)
        Ranks within the cohort.
    common : frozenset of str
        Features of families that are common in the cohort.
    measured : dict of str to ndarray, shape (samples,)
        Ranks of each metabolite, scaled alike; NaN where a sample has none.
    persons : ndarray of str objects, shape (samples,)
    """

    name: str
    names: tuple[str, ...]
    x: Array
    common: frozenset[str]
    measured: dict[str, Array]
    persons: np.ndarray[tuple[int], np.dtype[np.object_]]


@dataclass(frozen=True)
class Moments:
    """Weighted mean products of features with each other and with the metabolite."""

    xx: Array
    xy: Array


def moments(cohorts: Sequence[Training], metabolite: str) -> Moments:
    """Add up the cohorts' moments, each person weighing the same within a cohort."""
    parts = [_moments(cohort, metabolite) for cohort in cohorts]
    weight = sum(part[2] for part in parts)
    xx = sum((part[0] * part[2] for part in parts), np.zeros_like(parts[0][0]))
    xy = sum((part[1] * part[2] for part in parts), np.zeros_like(parts[0][1]))
    return Moments(xx / weight, xy / weight)


def _moments(cohort: Training, metabolite: str) -> tuple[Array, Array, float]:
    y = cohort.measured[metabolite]
    known = ~np.isnan(y)
    x, y = cohort.x[known], y[known]
    _, person, times = np.unique(cohort.persons[known], return_inverse=True, return_counts=True)
    weight = 1 / times[person] / len(times)
    weighted = x * weight[:, None]
    return weighted.T @ x, weighted.T @ y, float(np.sqrt(len(times)))


def fit(cohorts: Sequence[Training], metabolite: str, weights: Array) -> Array:
    """Fit the coefficients of a metabolite.

    Parameters
    ----------
    cohorts : sequence of Training
        Those that do not measure the metabolite only say which families are common.
    metabolite : str
    weights : ndarray, shape (candidates,)
        Of each of :data:`CANDIDATES`.

    Returns
    -------
    ndarray, shape (features,)
        The score ``x @ coefficients`` has variance one over the training samples.
        Where fewer than two cohorts measure the metabolite it is untrained: its
        capability's share, and as much of its substrate's score.
    """
    measuring = [cohort for cohort in cohorts if metabolite in cohort.measured]
    if len(measuring) < LEAST_COHORTS:
        return _untrained(cohorts, BY_NAME[metabolite], weights)
    means = moments(measuring, metabolite)
    return of_unit_variance(weights @ _solved(cohorts, means, metabolite), means.xx)


def candidates(cohorts: Sequence[Training], metabolite: str) -> Array:
    """Coefficients by each of :data:`CANDIDATES`, candidates x features."""
    measuring = [cohort for cohort in cohorts if metabolite in cohort.measured]
    return _solved(cohorts, moments(measuring, metabolite), metabolite)


def _solved(cohorts: Sequence[Training], means: Moments, metabolite: str) -> Array:
    spec = BY_NAME[metabolite]
    names = cohorts[0].names
    own = names.index(SHARE + spec.capability)
    slope = max(0.0, float(means.xy[own] / means.xx[own, own]))
    sign = signs(names, spec)
    columns = dict(zip(FEATURE_SETS, _feature_sets(cohorts, own), strict=True))
    centre = {"zero": 0.0, "share": slope}
    each = [
        of_unit_variance(_solve(means, columns[chosen], penalty, own, centre[pull], sign), means.xx)
        for chosen, penalty, pull in CANDIDATES
    ]
    return np.array(each)


def _untrained(cohorts: Sequence[Training], spec: Metabolite, weights: Array) -> Array:
    share = np.zeros(len(cohorts[0].names))
    share[cohorts[0].names.index(SHARE + spec.capability)] = 1
    if spec.substrate:
        share = share + fit(cohorts, spec.substrate, weights)
    stacked = np.concatenate([cohort.x for cohort in cohorts])
    return of_unit_variance(share, stacked.T @ stacked / len(stacked))


def signs(names: Sequence[str], spec: Metabolite) -> Array:
    """1 where a coefficient may not be negative, -1 where not positive, else 0."""
    makes = {SHARE + spec.capability}
    uses = {SHARE + name for name in spec.consumers}
    return np.array([float(name in makes) - float(name in uses) for name in names])


def _feature_sets(cohorts: Sequence[Training], own: int) -> tuple[list[int], ...]:
    names = cohorts[0].names
    shares = [n for n, name in enumerate(names) if name.startswith(SHARE) or name == SHANNON]
    needed = min(COMMON_IN, len(cohorts))
    families = [
        n
        for n, name in enumerate(names)
        if name.startswith(FAMILY) and sum(name in c.common for c in cohorts) >= needed
    ]
    return (
        shares,
        [own, names.index(SHANNON), *families],
        [*shares, *families],
    )


def _solve(
    means: Moments, columns: list[int], penalty: float, own: int, pull: float, sign: Array
) -> Array:
    centre = np.zeros(len(sign))
    centre[own] = pull
    left = means.xx[np.ix_(columns, columns)] + penalty * np.eye(len(columns))
    right = means.xy[columns] + penalty * centre[columns]
    out = np.zeros(len(sign))
    out[columns] = signed_solution(left, right, sign[columns])
    return out


def signed_solution(left: Array, right: Array, sign: Array) -> Array:
    """Minimise ``x @ left @ x / 2 - right @ x`` with ``sign * x`` not negative."""
    from scipy.optimize import lsq_linear

    found = np.linalg.solve(left, right)
    wrong = found * sign < 0
    if not wrong.any():
        return np.asarray(found)
    # Most often what is of the wrong sign is zero at the optimum; the gradient tells.
    kept = np.flatnonzero(~wrong)
    found = np.zeros(len(right))
    found[kept] = np.linalg.solve(left[np.ix_(kept, kept)], right[kept])
    gradient = (left @ found - right)[wrong] * sign[wrong]
    if (found * sign >= 0).all() and (gradient >= 0).all():
        return found
    root = np.linalg.cholesky(left)
    lower, upper = np.where(sign > 0, 0, -np.inf), np.where(sign < 0, 0, np.inf)
    out: Array = lsq_linear(root.T, np.linalg.solve(root, right), (lower, upper)).x
    return out


def of_unit_variance(coefficients: Array, xx: Array) -> Array:
    """Scale coefficients so that the score has variance one under these moments."""
    spread = float(coefficients @ xx @ coefficients)
    return coefficients / np.sqrt(spread) if spread > 0 else coefficients


def correlation(score: Array, rank: Array) -> float:
    """Correlation of a score with the normal score of scaled ranks, where these are known."""
    from scipy.special import ndtri

    from tryptome.estimate.faecal.ranks import SCALE

    known = ~np.isnan(rank)
    if score[known].std() == 0:
        return 0.0
    return float(np.corrcoef(score[known], ndtri(rank[known] / SCALE + 0.5))[0, 1])
