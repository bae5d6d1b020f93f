r"""The precursor balance: synthesis against diversion of tryptophan, on a log scale.

.. math::

    B = \log_2 \frac{S_{\mathrm{synthesis}} + \varepsilon}{S_{\mathrm{diversion}} + \varepsilon}

The two shares are moment-matched to log-normals (after adding
:math:`\varepsilon`) whose covariance comes from what they have in common: the
sampled reads and the 16S copies. The prevalences of the two capabilities are
independent given the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tryptome.estimate.community import Array, Community, scale_columns
from tryptome.estimate.shares import QUANTILES, Prevalence, Shares

NUMERATOR = "trp_synthesis"
DENOMINATOR = "trp_diversion"

EPSILON = 0.01
"""Share added to both sides, so that a share near zero does not decide the ratio."""


@dataclass(frozen=True)
class Balance:
    """The balance of each sample, in units of log2.

    Attributes
    ----------
    mean, sd : ndarray, shape (samples,)
    quantiles : ndarray, shape (samples, quantiles)
    assessable_cells : ndarray, shape (samples,)
    """

    mean: Array
    sd: Array
    quantiles: Array
    assessable_cells: Array


def precursor_balance(community: Community, prevalence: Prevalence, shares: Shares) -> Balance:
    """Estimate the precursor balance of each sample.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    shares : Shares

    Returns
    -------
    Balance
    """
    from scipy.special import ndtri

    pair = [prevalence.capabilities.index(name) for name in (NUMERATOR, DENOMINATOR)]
    level = shares.mean[:, pair] + EPSILON
    log_variance = np.log1p(shares.variance[:, pair] / level**2)
    covariance = _covariance(community, prevalence, shares, pair)
    log_covariance = np.log1p(covariance / level.prod(axis=1))
    center = np.log(level) - log_variance / 2
    mean = (center[:, 0] - center[:, 1]) / np.log(2)
    variance = np.maximum(log_variance.sum(axis=1) - 2 * log_covariance, 0)
    sd = np.sqrt(variance) / np.log(2)
    quantiles = mean[:, None] + sd[:, None] * ndtri(np.array(QUANTILES))
    return Balance(mean, sd, quantiles, shares.assessable_cells[:, pair].min(axis=1))


def _covariance(
    community: Community, prevalence: Prevalence, shares: Shares, pair: list[int]
) -> Array:
    """Covariance of two shares from the reads and the copies that they share."""
    one, two = (shares.mean[:, column] for column in pair)
    first, second = (prevalence.mean[:, column] for column in pair)
    both = prevalence.assessable[:, pair].all(axis=1).astype(float)
    loadings = np.column_stack([both * first * second, both * first, both * second, both])

    def crossed(reads: Any, factor: Array) -> Array:
        """Sum of ``w (mean_1 - S_1) (mean_2 - S_2)`` over the taxa, w = reads x factor."""
        product, f, s, mass = np.asarray(scale_columns(reads, factor) @ loadings).T
        return np.asarray(product - two * f - one * s + one * two * mass)

    covariance = crossed(community.reads.power(2), (community.per_read * community.log_sd) ** 2)
    if community.counts:
        total = np.asarray(community.reads @ both) + community.unseen
        prior = prevalence.prior_mean[pair]
        sampled = crossed(community.reads, community.per_read**2)
        sampled += (
            community.unseen * community.unseen_per_read**2 * (prior[0] - one) * (prior[1] - two)
        )
        covariance += sampled * total / (total + 1)
    return np.asarray(covariance / shares.cells[:, pair].prod(axis=1))
