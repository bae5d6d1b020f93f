r"""Share of cells with each capability, per sample, with closed-form uncertainty.

With reads :math:`x_i` of taxon *i*, cells per read :math:`r_i` and prevalence
:math:`\theta_i`, over the taxa that can be assessed for the capability and one
unseen read,

.. math::

    S = \sum_i q_i \theta_i, \qquad q_i = x_i r_i / \sum_k x_k r_k .

Three independent sources of uncertainty add to its variance, each to first
order: prevalence and strains (mean :math:`\mu_i`, variance :math:`v_i`),
sampling of reads (Dirichlet with :math:`N = \sum_i x_i`), and 16S copies
(log-normal with log-sd :math:`\sigma_i`):

.. math::

    \sum_i q_i^2 v_i, \qquad
    \frac{N}{N+1} \frac{\sum_i x_i r_i^2\,[(\mu_i - S)^2 + v_i]}{(\sum_k x_k r_k)^2}, \qquad
    \sum_i q_i^2 \sigma_i^2\,[(\mu_i - S)^2 + v_i].

A share, its sd and its quantiles are those of *S*: of the cells that can be
assessed. Beside them stands the share *T* of all bacterial cells. Those that cannot
be assessed are a share :math:`u = \sum_l u_l` of them, over their names *l*; each
name is taken as a bacterium of an unknown family (mean :math:`\mu_0`, variance
:math:`v_0`), so that

.. math::

    T = (1 - u)\, S + \sum_l u_l \theta_l, \qquad
    \mathrm{E}\,T = (1 - u)\, \mathrm{E}\,S + u \mu_0, \qquad
    \mathrm{Var}\,T = (1 - u)^2\, \mathrm{Var}\,S + \sum_l u_l^2\, v_0 .

Samples are compared by *S*: at a base rate, what nobody can name would decide how
they differ. Where few cells can be assessed, and those differ from most bacteria,
the two lie apart.

Quantiles are those of the few taxa that carry most of the variance by their own
distributions, and of all others together (:mod:`tryptome.estimate.leading`); those
about the median are rounded outward to :data:`RESOLUTION` near 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from tryptome.estimate.beta import bounded
from tryptome.estimate.community import Array, Community, scale_columns
from tryptome.estimate.leading import Leads, leading, quantiles_of
from tryptome.estimate.peak import fourth_cumulant
from tryptome.vocabulary import BACTERIUM

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

RESOLUTION = 1e-4
"""Shares under one cell in ten thousand are not told from none, nor the rest from all.

The strains in a sample often lack a rare capability altogether; a beta
distribution, which has no mass at 0 itself, would leave that out of every interval.
"""


@dataclass(frozen=True)
class Prevalence:
    """Posterior prevalence of each capability in each taxon, as arrays.

    Attributes
    ----------
    capabilities : tuple of str
    mean, variance : ndarray, shape (taxa, capabilities)
        Of the share of a sample's cells with that name; 0 where not assessable.
    assessable : ndarray of bool, shape (taxa, capabilities)
    prior_mean, prior_variance : ndarray, shape (capabilities,)
        Of a bacterium of an unknown family.
    unknown : tuple of str
        Why a capability cannot be assessed in any taxon; empty where it can.
    """

    capabilities: tuple[str, ...]
    mean: Array
    variance: Array
    assessable: npt.NDArray[np.bool_]
    prior_mean: Array
    prior_variance: Array
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, capabilities: pd.DataFrame, taxa: Sequence[str]) -> Prevalence:
        """Arrange ``capabilities.parquet`` as arrays for the taxa given."""
        names = tuple(capabilities["capability"].unique())
        rows = [*taxa, BACTERIUM]

        def array(column: str) -> npt.NDArray[np.float64]:
            wide = capabilities.pivot(index="taxon", columns="capability", values=column)
            return wide.loc[rows, list(names)].to_numpy(float)

        assessable = array("assessable") > 0
        mean = np.where(assessable, array("mean"), 0)
        variance = np.where(assessable, array("sample_sd") ** 2, 0)
        reason = capabilities[capabilities["taxon"] == BACTERIUM].set_index("capability")["reason"]
        return cls(
            names,
            mean[:-1],
            variance[:-1],
            assessable[:-1],
            mean[-1],
            variance[-1],
            tuple(reason[list(names)]),
        )


@dataclass(frozen=True)
class Moments:
    """Mean and variance of the share of cells with each capability, samples x capabilities.

    Attributes
    ----------
    mean, variance : ndarray
        Of the share of the cells that can be assessed. Null where a sample has no reads that
        can be.
    assessable_cells : ndarray
        Share of the bacterial cells that the value speaks for; 0 where there
        are none.
    cells : ndarray
        Assessable cell-equivalents, with the unseen read.
    """

    mean: Array
    variance: Array
    assessable_cells: Array
    cells: Array

    def rows(self, chosen: slice | npt.NDArray[np.intp]) -> Self:
        """Shares of some of the samples."""
        return self._part(chosen)

    def columns(self, chosen: Sequence[int]) -> Self:
        """Shares of some of the capabilities."""
        return self._part((slice(None), list(chosen)))

    def column(self, number: int) -> Self:
        """Shares of one capability, without an axis of capabilities."""
        return self._part((slice(None), number))

    def _part(self, at: Any) -> Self:
        return type(self)(*(getattr(self, field.name)[at] for field in fields(self)))


@dataclass(frozen=True)
class Shares(Moments):
    """Share of cells with each capability and what its quantiles need, samples x capabilities.

    Attributes
    ----------
    fourth : ndarray
        Fourth cumulant of prevalence and strains, of the cells that can be assessed.
    all_mean, all_variance, all_fourth : ndarray
        The same of the share of all bacterial cells, those that cannot be assessed
        taken as bacteria of unknown families.
    center, part : ndarray
        Mean share of the cells that can be assessed, and which part of what the share is
        of these cells are; of :attr:`of_all` they stay those of the assessable cells.
    scatter : ndarray, shape (samples, capabilities, 3)
        Sums of :math:`w_i` (:mod:`tryptome.estimate.leading`) times the second moment of the
        prevalence, its mean and 1.
    leads : Leads
        Taxa that carry most of the variance.
    """

    fourth: Array
    all_mean: Array
    all_variance: Array
    all_fourth: Array
    center: Array
    part: Array
    scatter: Array
    leads: Leads

    @property
    def noise(self) -> Array:
        """Variance of the assessable cells' share from the sampling of reads and the copies."""
        second, first, zeroth = np.moveaxis(self.scatter, -1, 0)
        found = second - 2 * self.center * first + self.center**2 * zeroth
        return np.asarray(np.maximum(found, 0))

    @property
    def of_all(self) -> Shares:
        """Those of all bacterial cells in the place of those that can be assessed."""
        return replace(
            self,
            mean=self.all_mean,
            variance=self.all_variance,
            fourth=self.all_fourth,
            part=self.assessable_cells,
        )

    def quantiles(self) -> Array:
        """Quantiles, rounded outward to :data:`RESOLUTION`.

        Returns
        -------
        ndarray, shape (samples, capabilities, quantiles)
        """
        return outward(quantiles_of([self], QUANTILES)[0])

    def both_quantiles(self) -> tuple[Array, Array]:
        """Quantiles, and those of :attr:`of_all`, as :meth:`quantiles` gives them."""
        own, of_all = self.both_at(QUANTILES)
        return outward(own), outward(of_all)

    def both_at(self, levels: Sequence[float]) -> tuple[Array, Array]:
        """Quantiles at any probabilities, and those of :attr:`of_all`."""
        own, of_all = quantiles_of([self, self.of_all], levels)
        return own, of_all

    def bounds(self) -> tuple[Array, Array]:
        """Share of all bacterial cells if none, and if all, that cannot be assessed had it."""
        low = self.mean * self.assessable_cells
        return low, low + (1 - self.assessable_cells)


Known = TypeVar("Known", bound=Moments)


def mask(shares: Known, least: float) -> Known:
    """Make null what speaks for too small a share of the bacterial cells."""
    low = shares.assessable_cells < least
    return replace(
        shares,
        mean=np.where(low, np.nan, shares.mean),
        variance=np.where(low, np.nan, shares.variance),
    )


def moments_of_cells(community: Community, prevalence: Prevalence) -> Moments:
    """Mean and variance of the share of cells with each capability, without what quantiles need.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
        For the community's taxa.
    """
    cells = community.cells
    unseen = community.unseen * community.unseen_per_read
    assessed = cells @ prevalence.assessable.astype(float)
    total = assessed + unseen
    bacterial = bacterial_cells(community)
    covered = np.divide(assessed, bacterial, out=np.zeros_like(assessed), where=bacterial > 0)
    covered = np.minimum(covered, 1)  # sums in another order may end above
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.asarray(cells @ prevalence.mean + unseen * prevalence.prior_mean) / total
        parts = variance_parts(community, prevalence, mean)
        variance = bounded(sum(parts.values(), np.zeros_like(mean)) / total**2, mean)
    mean, variance = (np.where(assessed == 0, np.nan, part) for part in (mean, variance))
    return Moments(mean, variance, covered, total)


def share_of_cells(community: Community, prevalence: Prevalence) -> Shares:
    """Estimate the share of cells with each capability.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
        For the community's taxa.

    Returns
    -------
    Shares
    """
    own = moments_of_cells(community, prevalence)
    covered, total = own.assessable_cells, own.cells
    bacterial = bacterial_cells(community)
    known, missing = fourth_cumulants(community, prevalence)
    with np.errstate(invalid="ignore", divide="ignore"):
        all_mean = covered * own.mean + (1 - covered) * prevalence.prior_mean
        names = missing_squares(community, prevalence) / bacterial**2 * prevalence.prior_variance
        all_variance = bounded(covered**2 * own.variance + names, all_mean)
        fourth = np.where(np.isnan(own.mean), np.nan, known / total**4)
        all_fourth = covered**4 * fourth + missing / bacterial**4
        scatter, leads = scattered(community, prevalence, total)
    return Shares(
        own.mean, own.variance, covered, total,
        fourth, all_mean, all_variance, all_fourth,
        own.mean, np.ones(total.shape), scatter, leads,
    )  # fmt: skip


def scattered(community: Community, prevalence: Prevalence, total: Array) -> tuple[Array, Leads]:
    """How far the sampling of reads and the copies scatter shares, and what leads them.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    total : ndarray, shape (samples, capabilities)
        Cells that can be assessed, with the unseen read.

    Returns
    -------
    scatter : ndarray, shape (samples, capabilities, 3)
    leads : Leads
    """
    seen = prevalence.assessable.astype(float)
    sampled = np.zeros(total.shape)
    if community.counts:
        reads = community.reads @ seen + community.unseen
        sampled = np.asarray(reads / (reads + 1))
    per_cell = scale_columns(community.cells, community.per_read)
    squares = scale_columns(community.cells.power(2), community.log_sd**2)
    prior = prevalence.prior_mean
    unseen = community.unseen * community.unseen_per_read**2
    moments = (
        (prevalence.mean**2 + prevalence.variance, prior**2 + prevalence.prior_variance),
        (prevalence.mean, prior),
        (seen, np.ones(len(prior))),
    )
    scatter = np.stack(
        [squares @ of + sampled * (per_cell @ of + unseen * other) for of, other in moments],
        axis=-1,
    )
    taxon, cells = leading(community.cells, prevalence.variance)
    whole, at = total[..., None], (taxon, np.arange(total.shape[1])[:, None])
    weight = cells**2 * community.log_sd[taxon] ** 2
    weight += sampled[..., None] * cells * community.per_read[taxon]
    leads = Leads(
        taxon, cells / whole, prevalence.mean[at], prevalence.variance[at], weight / whole**2
    )
    return scatter / whole**2, leads


def bacterial_cells(community: Community) -> Array:
    """Cell-equivalents of all reads that may be bacterial, samples x 1."""
    resolved = np.asarray(community.cells.sum(axis=1))
    total: Array = resolved + community.unresolved * community.unseen_per_read
    return total[:, None]


def variance_parts(community: Community, prevalence: Prevalence, mean: Array) -> dict[str, Array]:
    """Variance of the assessable cells' share by source, times their square.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    mean : ndarray, shape (samples, capabilities)
        The shares.

    Returns
    -------
    dict of str to ndarray, shape (samples, capabilities)
        ``prevalence`` (and strains), ``copy number``, and ``counts`` where the
        table holds counts.
    """
    unseen = community.unseen * community.unseen_per_read
    squares = scale_columns(community.reads.power(2), community.per_read**2)
    from_prevalence = np.asarray(squares @ prevalence.variance)
    from_prevalence += unseen**2 * prevalence.prior_variance
    copies = spread(scale_columns(squares, community.log_sd**2), prevalence, mean)
    parts = {"prevalence": from_prevalence, "copy number": copies}
    if community.counts:
        parts["counts"] = sampling(community, prevalence, mean)
    return parts


def missing_squares(community: Community, prevalence: Prevalence) -> Array:
    """Sum of the squared cells of each name that cannot be assessed, samples x capabilities."""
    squares = scale_columns(community.reads.power(2), community.per_read**2)
    named = np.asarray(squares @ (~prevalence.assessable).astype(float))
    return named + (community.unresolved_squares * community.unseen_per_read**2)[:, None]


def fourth_cumulants(community: Community, prevalence: Prevalence) -> tuple[Array, Array]:
    """Fourth cumulants of the cells with a capability, samples x capabilities.

    Those of prevalence and strains; reads and copies are taken as normal, which have none.

    Returns
    -------
    assessable, missing : ndarray
        Of the cells that can be assessed, and of those that cannot.
    """
    own = fourth_cumulant(prevalence.mean, prevalence.variance)
    prior = fourth_cumulant(prevalence.prior_mean, prevalence.prior_variance)
    cells = community.cells.power(4)
    unseen = community.unseen * community.unseen_per_read
    named = np.asarray(cells @ (~prevalence.assessable).astype(float))
    named += (community.unresolved_fourths * community.unseen_per_read**4)[:, None]
    return np.asarray(cells @ own + unseen**4 * prior), named * prior


def sampling(community: Community, prevalence: Prevalence, mean: Array) -> Array:
    """Variance from the sampling of reads, times the squared assessable cells."""
    weights = scale_columns(community.reads, community.per_read**2)
    total = community.reads @ prevalence.assessable.astype(float) + community.unseen
    prior = (prevalence.prior_mean - mean) ** 2 + prevalence.prior_variance
    scattered = spread(weights, prevalence, mean)
    scattered += community.unseen * community.unseen_per_read**2 * prior
    return np.asarray(scattered * total / (total + 1))


def spread(weights: Any, prevalence: Prevalence, mean: Array) -> Array:
    r"""Sum :math:`w_i [(\mu_i - S)^2 + v_i]` over assessable taxa.

    Parameters
    ----------
    weights : sparse array, shape (samples, taxa)
    prevalence : Prevalence
    mean : ndarray, shape (samples, capabilities)
        The shares *S*.

    Returns
    -------
    ndarray, shape (samples, capabilities)
    """
    second = weights @ (prevalence.mean**2 + prevalence.variance)
    first = weights @ prevalence.mean
    zeroth = weights @ prevalence.assessable.astype(float)
    return np.asarray(np.maximum(second - 2 * mean * first + mean**2 * zeroth, 0))


def outward(quantiles: Array) -> Array:
    """Round quantiles near 0 and 1 away from the median, which stays.

    Parameters
    ----------
    quantiles : ndarray, shape (..., 5)
        At :data:`QUANTILES`.

    Examples
    --------
    >>> outward(np.array([1e-30, 1e-9, 1e-6, 1e-5, 0.2])).tolist()
    [0.0, 0.0, 1e-06, 0.0001, 0.2]
    """
    low, median, high = quantiles[..., :2], quantiles[..., 2:3], quantiles[..., 3:]
    low = np.minimum(np.where(low < RESOLUTION, 0, low), 1 - RESOLUTION)
    high = np.maximum(np.where(high > 1 - RESOLUTION, 1, high), RESOLUTION)
    return np.concatenate([low, median, high], axis=-1)
