r"""Variance components by REML, for independent random effects of any groupings.

With :math:`V(\theta) = I + \sum_k \theta_k^2 Z_k Z_k'` in units of the residual variance,
the profiled criterion is minimised over :math:`\theta \ge 0` with its gradient,

.. math::

    (n - p) \log\, r' V^{-1} r + \log |V| + \log |X' V^{-1} X| ,

as in lme4 (Bates et al. 2015, J. Stat. Softw., doi:10.18637/jss.v067.i01), whose figures a
test holds. Without what crosses them, *V* falls into blocks of samples that random effects join:
persons. Blocks of one size are worked on together. A grouping that crosses persons (a batch) has
few levels and enters by Woodbury's identity: with *D* the blocks and *Z* its design, in units
of its variance, :math:`V^{-1} = D^{-1} - W W'`, :math:`W = D^{-1} Z L^{-T}`,
:math:`L L' = I + Z' D^{-1} Z`, :math:`|V| = |D| |L|^2`. Own code because statsmodels takes
0.4 s for 500 samples where this takes 0.01 s, and a table of contrasts needs hundreds of fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.selection import Codes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

START = 0.7
"""First guess of each standard deviation, in residual ones."""

LARGE = 64
"""Samples in a block from which its inverse is made out of its Cholesky factor, twice as fast;
and more of which no grouping may join, but crosses."""

TINY = 1e-30
"""Sum of squares that is none: the fixed effects say all."""


@dataclass(frozen=True)
class RandomEffect:
    """Independent effects of the levels of a grouping, with one variance.

    Attributes
    ----------
    group : ndarray of int, shape (samples,)
    values : ndarray, shape (samples,)
        By which a sample's group moves it: ones for an intercept, a regressor for a slope.
    """

    group: Codes
    values: Array

    @cached_property
    def matrix(self) -> Array:
        """Design of the effect, samples x groups."""
        return np.asarray(self.values[:, None] * (self.group[:, None] == np.unique(self.group)))

    @cached_property
    def summing(self) -> csr_array:
        """The same, groups x samples, sparse."""
        from scipy.sparse import csr_array

        at = (self.group, np.arange(len(self.group)))
        return csr_array((self.values, at))


@dataclass(frozen=True)
class Components:
    """Fitted variances.

    Attributes
    ----------
    ratios : ndarray, shape (effects,)
        Variance of each random effect over the residual's.
    residual : float
        Residual variance, in the outcome's squared unit.
    fixed : ndarray, shape (parameters,)
    """

    ratios: Array
    residual: float
    fixed: Array


@dataclass(frozen=True)
class Inverse:
    """Inverse of the covariance of the samples, in units of the residual variance.

    Attributes
    ----------
    blocks : list of ndarray of int
        As of :func:`blocks`.
    within : list of ndarray, shape (blocks of one size, size, size)
        Inverse within blocks.
    crossed : ndarray, shape (samples, levels)
        *W*: its square is what crossing groupings take from that.
    logdet : float
        Log determinant of the covariance.
    """

    blocks: list[Codes]
    within: list[Array]
    crossed: Array
    logdet: float

    @classmethod
    def of(cls, blocks: list[Codes], within: list[Array], logdet: float, crossing: Array) -> Self:
        """Add crossing effects, ``crossing`` their design times their sd, to blocks."""
        from scipy.linalg import solve_triangular

        plain = cls(blocks, within, np.zeros((len(crossing), 0)), logdet)
        if not crossing.shape[1]:
            return plain
        leaned = plain.solve(crossing)
        half = np.linalg.cholesky(np.eye(crossing.shape[1]) + crossing.T @ leaned)
        crossed = solve_triangular(half, leaned.T, lower=True).T
        return cls(blocks, within, crossed, logdet + 2 * float(np.log(half.diagonal()).sum()))

    def solve(self, columns: Array) -> Array:
        """Multiply columns, samples x k, by the inverse."""
        found = np.empty_like(columns)
        for members, inverse in zip(self.blocks, self.within, strict=True):
            found[members] = inverse @ columns[members]
        return np.asarray(found - self.crossed @ (self.crossed.T @ columns))

    @property
    def sparse(self) -> csr_array:
        """The inverse within blocks alone, samples x samples."""
        from scipy.sparse import csr_array

        pairs = list(zip(self.blocks, self.within, strict=True))
        rows, columns = (
            np.concatenate(
                [np.broadcast_to(members[at], within.shape).ravel() for members, within in pairs]
            )
            for at in (np.s_[:, :, None], np.s_[:, None, :])
        )
        size = len(self.crossed)
        values = np.concatenate([within.ravel() for within in self.within])
        return csr_array((values, (rows, columns)), shape=(size, size))


class Reml:
    """REML of one outcome after another under one design.

    Parameters
    ----------
    fixed : ndarray, shape (samples, parameters)
    effects : sequence of RandomEffect

    Attributes
    ----------
    blocks : list of ndarray of int
        Sets of samples that random effects join, but for those that cross.
    """

    def __init__(self, fixed: Array, effects: Sequence[RandomEffect]) -> None:
        self.fixed = fixed
        self.effects = tuple(effects)
        self._crossing = _crossing([effect.group for effect in effects])
        joining = [one.group for at, one in enumerate(effects) if at not in self._crossing]
        self.blocks = blocks(joining)
        self._kinship = [_kinship(effects, members) for members in self.blocks]

    def fit(self, outcome: Array) -> Components:
        """Estimate the variances.

        Parameters
        ----------
        outcome : ndarray, shape (samples,)

        Returns
        -------
        Components
        """
        from scipy.optimize import Bounds, minimize

        spread = float(outcome.std()) or 1.0
        scaled = outcome / spread

        def objective(theta: Array) -> tuple[float, Array]:
            return self._criterion(theta, scaled)[:2]

        best = minimize(
            objective,
            np.full(len(self.effects), START),
            jac=True,
            method="L-BFGS-B",
            bounds=Bounds(0, np.inf),
        )
        ratios = np.asarray(best.x) ** 2
        _, _, residual, fixed = self._criterion(np.sqrt(ratios), scaled)
        return Components(ratios, residual * spread**2, fixed * spread)

    def inverse(self, ratios: Array) -> Inverse:
        """Inverse of the covariance of the samples, in units of the residual variance.

        Parameters
        ----------
        ratios : ndarray, shape (effects,)
            Variance of each random effect over the residual's.
        """
        inside = np.array(ratios, dtype=float)
        inside[self._crossing] = 0
        within, logdet = [], 0.0
        for kin in self._kinship:
            one, part = _inverse(np.eye(kin.shape[-1]) + np.tensordot(inside, kin, axes=1))
            within.append(one)
            logdet += part
        scaled = [self.effects[at].matrix * np.sqrt(ratios[at]) for at in self._crossing]
        crossing = np.column_stack([np.zeros((len(self.fixed), 0)), *scaled])
        return Inverse.of(self.blocks, within, logdet, crossing)

    def _criterion(self, theta: Array, outcome: Array) -> tuple[float, Array, float, Array]:
        """Criterion, its gradient, residual variance and fixed effects."""
        both = np.column_stack([self.fixed, outcome])
        count, parameters = self.fixed.shape
        inverse = self.inverse(theta**2)
        solved = inverse.solve(both)
        cross = both.T @ solved
        joint = np.linalg.inv(cross[:-1, :-1])
        fixed = joint @ cross[:-1, -1]
        rss = max(float(cross[-1, -1] - cross[:-1, -1] @ fixed), TINY)
        value = (count - parameters) * np.log(rss) + inverse.logdet
        value -= float(np.linalg.slogdet(joint)[1])
        leaned = solved[:, :-1]
        free = solved[:, -1] - leaned @ fixed
        factors = np.column_stack([inverse.crossed, np.sqrt((count - parameters) / rss) * free])
        # The slope is that of the inverse within blocks, less what these and fixed effects take.
        slopes = np.zeros(len(theta))
        for at, one in enumerate(self.effects):
            moved, sums = one.summing @ factors, one.summing @ leaned
            slopes[at] = -np.sum(moved**2) - np.sum(sums @ joint * sums)
        for within, kin in zip(inverse.within, self._kinship, strict=True):
            slopes += kin.reshape(len(kin), -1) @ within.ravel()
        return float(value), 2 * theta * slopes, rss / (count - parameters), fixed


def blocks(groups: Sequence[Codes]) -> list[Codes]:
    """Sets of samples that groupings join, those of one size together.

    Parameters
    ----------
    groups : sequence of ndarray of int, each shape (samples,)

    Returns
    -------
    list of ndarray of int, shape (sets of one size, size)
        By rising size.

    Examples
    --------
    >>> [one.tolist() for one in blocks([np.array([0, 1, 0, 2, 2])])]
    [[[1]], [[0, 2], [3, 4]]]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    samples = len(groups[0])
    left, right, nodes = [], [], samples
    for group in groups:
        left.append(np.arange(samples))
        right.append(nodes + group)
        nodes += int(group.max()) + 1
    edges = (np.ones(samples * len(groups)), (np.concatenate(left), np.concatenate(right)))
    label = connected_components(coo_array(edges, shape=(nodes, nodes)), directed=False)[1][
        :samples
    ]
    order = np.argsort(label, kind="stable")
    _, starts, sizes = np.unique(label[order], return_index=True, return_counts=True)
    return [
        np.array([order[at : at + size] for at in starts[sizes == size]])
        for size in np.unique(sizes)
    ]


def _crossing(groups: Sequence[Codes]) -> list[int]:
    """Positions of groupings that cross the finest one and would join large sets of samples.

    Examples
    --------
    >>> person, batch = np.repeat(np.arange(100), 3), np.tile(np.arange(3), 100)
    >>> _crossing([batch, person, person])
    [0]
    """
    order = sorted(range(len(groups)), key=lambda at: -int(groups[at].max()))
    joining, found = [groups[order[0]]], []
    for at in order[1:]:
        joined, alone = blocks([*joining, groups[at]]), blocks(joining)
        # Sizes rise, and the same sets stay the same however large.
        if joined[-1].shape[1] > max(LARGE, alone[-1].shape[1]):
            found.append(at)
        else:
            joining.append(groups[at])
    return sorted(found)


def _inverse(covariance: Array) -> tuple[Array, float]:
    """Inverses of the blocks of one size, and the sum of their log determinants."""
    from scipy.linalg.lapack import dpotrf, dpotri

    if covariance.shape[-1] < LARGE:
        half = np.linalg.cholesky(covariance).diagonal(axis1=1, axis2=2)
        return np.asarray(np.linalg.inv(covariance)), 2 * float(np.log(half).sum())
    inverses, logdet = np.empty_like(covariance), 0.0
    for at, one in enumerate(covariance):
        half, failed = dpotrf(one, lower=1)
        if failed:
            raise np.linalg.LinAlgError("not positive definite")
        logdet += 2 * float(np.log(half.diagonal()).sum())
        lower = np.tril(dpotri(half, lower=1)[0])
        inverses[at] = lower + np.tril(lower, -1).T
    return inverses, logdet


def _kinship(effects: Sequence[RandomEffect], members: Codes) -> Array:
    """Covariance that each random effect of variance one gives the samples of blocks.

    Returns
    -------
    ndarray, shape (effects, blocks, size, size)
    """
    found = []
    for effect in effects:
        group, values = effect.group[members], effect.values[members]
        same = group[:, :, None] == group[:, None, :]
        found.append(same * values[:, :, None] * values[:, None, :])
    return np.array(found)
