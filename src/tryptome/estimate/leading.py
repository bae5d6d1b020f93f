r"""Quantiles of a share: the few taxa that lead it by their own distributions, the rest as one.

A share sums over taxa, :math:`S = \sum_i q_i \theta_i`. Mostly one to three of them carry
nearly all of its variance, each close to a yes or a no, and the sum has two or three peaks that
no beta distribution has. So the :data:`LEADS` taxa of largest :math:`q_i^2 v_i` keep their own
beta distributions; all others together are one beta distribution with their mean and variance,
a little more peaked (:mod:`tryptome.estimate.peak`). The sampling of reads and the 16S copies
add a normal error, whose variance hangs on what the leading taxa have:

.. math:: \sum_i w_i (\theta_i - S)^2, \qquad
    w_i = q_i^2 \sigma_i^2 + \frac{N}{N+1} \frac{x_i r_i^2}{(\sum_k x_k r_k)^2} .

Where one taxon has most of the cells, and has the capability for nearly sure, they say
little; where by chance it lacks it, much.

The quantiles are those of :data:`POINTS` equally likely points of that sum, at the places of
a Halton sequence: the same for every sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.estimate.beta import beta_quantiles, bounded
from tryptome.estimate.beta_table import quantiles_read_off
from tryptome.estimate.peak import beyond_beta, fourth_cumulant, peaked

if TYPE_CHECKING:
    import scipy.sparse

    from tryptome.estimate.community import Array
    from tryptome.estimate.shares import Shares

Index = npt.NDArray[np.intp]

LEADS = 3
"""Taxa of each share that keep their own distribution."""

POINTS = 128
"""Points of each share's distribution."""

NODES = (0.01, 0.06, 0.25, 0.5, 0.75, 0.94, 0.99)
"""Probabilities at which the rest is read off; between them its quantiles are interpolated."""

BASES = (2, 3, 5, 7)
"""Bases of the Halton sequence in the parts after the first."""

ROOM = 1e-9
"""Least share of the cells that is left to others."""

LEAST = 1e-6
"""Least share of these that is not told from none, nor the rest from all."""


@dataclass(frozen=True)
class Leads:
    """The taxa that carry most of the variance of each share.

    Attributes
    ----------
    taxon : ndarray of int, shape (samples, capabilities, LEADS)
    cells : ndarray, shape (samples, capabilities, LEADS)
        Their share of the cells that can be assessed; 0 where there are fewer taxa whose
        prevalence is unsure.
    mean, variance : ndarray, shape (samples, capabilities, LEADS)
        Of their prevalence.
    scatter : ndarray, shape (samples, capabilities, LEADS)
        Their :math:`w_i`.
    """

    taxon: Index
    cells: Array
    mean: Array
    variance: Array
    scatter: Array

    def __getitem__(self, at: Any) -> Leads:
        """Those of some samples, or of some capabilities of each."""
        return Leads(*(getattr(self, field.name)[at] for field in fields(self)))


def leading(cells: scipy.sparse.csr_array, variance: Array) -> tuple[Index, Array]:
    """Taxa that carry most of the variance of each share.

    Parameters
    ----------
    cells : sparse array, shape (samples, taxa)
    variance : ndarray, shape (taxa, capabilities)
        Of the prevalence; 0 where not assessable.

    Returns
    -------
    taxon : ndarray of int, shape (samples, capabilities, LEADS)
    cells : ndarray, shape (samples, capabilities, LEADS)
        Its cells; 0 where there are fewer taxa whose prevalence is unsure.
    """
    shape = (cells.shape[0], variance.shape[1], LEADS)
    taxon, amount = np.zeros(shape, dtype=np.intp), np.zeros(shape)
    held = np.flatnonzero(np.diff(cells.indptr))
    if not len(held):
        return taxon, amount
    starts, squares = cells.indptr[held], cells.data**2
    counts = np.diff(np.append(starts, len(squares)))
    for column in range(shape[1]):
        part = squares * variance[cells.indices, column]
        for rank in range(LEADS):
            most = np.maximum.reduceat(part, starts)
            at = np.flatnonzero(part == np.repeat(most, counts))
            at = at[np.searchsorted(at, starts)]  # of equals the first
            taxon[held, column, rank] = cells.indices[at]
            amount[held, column, rank] = np.where(most > 0, cells.data[at], 0)
            part[at] = -1
    return taxon, amount


def quantiles_of(kinds: Sequence[Shares], levels: Sequence[float]) -> list[Array]:
    """Quantiles of shares of the same assessable cells.

    Parameters
    ----------
    kinds : sequence of Shares
        Shares, and where asked for their ``of_all``: what is in the assessable cells is
        worked out once for both.
    levels : sequence of float
        Probabilities.

    Returns
    -------
    list of ndarray, each shape (samples, capabilities, levels)
        In order, between 0 and 1; null where the mean is.
    """
    places = np.asarray(levels) * POINTS - 0.5
    below = np.clip(np.floor(places).astype(np.intp), 0, POINTS - 2)
    found = [np.empty((*one.mean.shape, len(levels))) for one in kinds]
    for column in range(kinds[0].mean.shape[1]):  # one at a time: points of all take much memory
        assessable = _assessable(kinds[0].column(column))
        for into, kind in zip(found, kinds, strict=True):
            points = _points(kind.column(column), assessable)
            low, high = points[:, below], points[:, below + 1]
            into[:, column] = np.clip(low + (high - low) * (places - below), low, high)
    return found


def _points(one: Shares, assessable: Array) -> Array:
    """Sorted points of the distribution of the shares of one capability, samples x points."""
    points = one.part[:, None] * assessable + _others(one)[:, _orders()[-2]]
    return np.clip(np.sort(points, axis=-1), 0, 1)


def _assessable(one: Shares) -> Array:
    """Points of what leading taxa make of the assessable cells, with the error; not sorted."""
    leads, orders = one.leads, _orders()
    own, place = _own(leads)
    thetas = [own[place[:, rank]][:, orders[rank]] for rank in range(LEADS)]
    led = sum(leads.cells[:, rank, None] * theta for rank, theta in enumerate(thetas))
    about = one.center - (leads.cells * leads.mean).sum(axis=-1)
    error = np.sqrt(_scatter(one, thetas, led + about[:, None])) * _normal()[orders[-1]]
    return np.asarray(led + error)


def _scatter(one: Shares, thetas: Sequence[Array], share: Array) -> Array:
    """Variance of reads and copies at points of what the leading taxa have, samples x points."""
    leads = one.leads
    moments = np.stack([leads.mean**2 + leads.variance, leads.mean, np.ones(leads.mean.shape)])
    others = one.scatter.T - (leads.scatter * moments).sum(axis=-1)
    second, first, zeroth = others[..., None]
    found = second - 2 * share * first + share**2 * zeroth
    for rank, theta in enumerate(thetas):
        found += leads.scatter[:, rank, None] * (theta - share) ** 2
    return np.asarray(np.maximum(found, 0))


def _others(one: Shares) -> Array:
    """Points of what all taxa that do not lead make together, samples x points."""
    leads = one.leads
    weight = leads.cells * one.part[:, None]
    room = np.maximum(1 - weight.sum(axis=-1), ROOM)
    mean = np.clip((one.mean - (weight * leads.mean).sum(axis=-1)) / room, LEAST, 1 - LEAST)
    left = one.variance - one.part**2 * one.noise - (weight**2 * leads.variance).sum(axis=-1)
    variance = bounded(left / room**2, mean)
    led = (weight**4 * fourth_cumulant(leads.mean, leads.variance)).sum(axis=-1)
    peak = beyond_beta((one.fourth - led) / room**4, mean, variance)
    smooth = quantiles_read_off(mean, variance, NODES) @ _between()
    return np.asarray(room[:, None] * peaked(smooth, variance, peak, _levels()))


def _own(leads: Leads) -> tuple[Array, Index]:
    """Points of the prevalence of each leading taxon, each worked out once.

    Returns
    -------
    points : ndarray, shape (different taxa, points)
    place : ndarray of int, shape (samples, LEADS)
        Where those of each are.
    """
    _, first, place = np.unique(leads.taxon, return_index=True, return_inverse=True)
    moments = leads.mean.ravel()[first].tolist(), leads.variance.ravel()[first].tolist()
    found = np.array([_points_of(*one) for one in zip(*moments, strict=True)])
    return found.reshape(-1, POINTS), place.reshape(leads.taxon.shape)


@lru_cache(maxsize=2**16)
def _points_of(mean: float, variance: float) -> Array:
    """Points of the prevalence of one taxon, kept: it leads in sample after sample."""
    center = np.array(mean)
    return beta_quantiles(center, bounded(np.array(variance), center), _levels())


@cache
def _levels() -> tuple[float, ...]:
    """Probabilities of the points."""
    return tuple(((np.arange(POINTS) + 0.5) / POINTS).tolist())


@cache
def _normal() -> Array:
    """Normal quantiles at the points."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.array(_levels())))


@cache
def _between() -> Array:
    """Weights of the nodes at each point: linear in the normal quantile, flat beyond the last."""
    from scipy.special import ndtri

    at = ndtri(np.array(NODES))
    return np.array([np.interp(_normal(), at, node) for node in np.eye(len(NODES))])


@cache
def _orders() -> tuple[Index, ...]:
    """Orders in which the points of each part meet: ranks of radical inverses (Halton)."""
    numbers = np.arange(1, POINTS + 1)
    others = [np.argsort(np.argsort(_inverse(numbers, base))) for base in BASES]
    return (numbers - 1, *others)


def _inverse(numbers: Index, base: int) -> Array:
    """Radical inverse: the digits of a number behind the point, the last first.

    Examples
    --------
    >>> _inverse(np.array([1, 2, 3, 4]), 2).tolist()
    [0.5, 0.25, 0.75, 0.125]
    """
    found, step, left = np.zeros(len(numbers)), 1.0, numbers.copy()
    while left.any():
        step /= base
        found += step * (left % base)
        left //= base
    return found
