r"""Quantiles of very many beta distributions, read off a table.

The inverse of the incomplete beta function takes about a microsecond, and a hundred thousand
samples ask for it forty million times. So quantiles are interpolated: with mean :math:`m`, and
:math:`r` the variance as a part of the :math:`m (1 - m)` of a yes or no, the table holds

.. math:: u_p(m, r) = (Q_p - m) / \sqrt{r\, m (1 - m)}

at equal steps of the log odds of *m* and *r*, between which a cubic spline goes. Beyond
:data:`WIDEST` the distribution piles up at 0 and 1, no table is fine enough, and each is worked
out. Quantiles are then within :data:`ERROR` of the exact ones, which a test holds them to: a
fifth of what shares are told apart by (:data:`tryptome.estimate.shares.RESOLUTION`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.beta import beta_quantiles

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

ERROR = 2e-5
"""Most that a quantile is off."""

WIDEST = 0.4
"""Part of the variance of a yes or no up to which the table holds."""

MEANS = (-13.9, 13.9, 96)
"""Log odds of the first and the last mean of the table, and how many there are."""

RATIOS = (-10.0, 0.2, 64)
"""The same of the variance's part. Narrower distributions have the form of the narrowest."""


def quantiles_read_off(mean: Array, variance: Array, levels: Sequence[float]) -> Array:
    """Quantiles of beta distributions as of :func:`tryptome.estimate.beta.beta_quantiles`.

    Parameters
    ----------
    mean, variance : ndarray
        Means at least a millionth from 0 and 1; null ones have null quantiles.
    levels : sequence of float
        Probabilities, always the same few: each has a table.

    Returns
    -------
    ndarray
        Shape of ``mean`` with one axis more, for the levels; within :data:`ERROR`.

    Examples
    --------
    >>> uniform = np.array([0.5]), np.array([1 / 12])
    >>> quantiles_read_off(*uniform, (0.1, 0.5, 0.9)).round(4).tolist()
    [[0.1, 0.5, 0.9]]
    """
    from scipy.ndimage import map_coordinates

    ratio = variance / (mean * (1 - mean))
    narrow = ratio < WIDEST
    found = np.empty((*mean.shape, len(levels)))
    found[~narrow] = beta_quantiles(mean[~narrow], variance[~narrow], levels)
    center, sd = mean[narrow], np.sqrt(variance[narrow])
    at = np.stack([_place(center, *MEANS), _place(ratio[narrow], *RATIOS)])
    for level, spline in enumerate(_splines(tuple(levels))):
        read = map_coordinates(spline, at, order=3, mode="nearest", prefilter=False)
        found[narrow, level] = np.clip(center + sd * read, 0, 1)
    return found


def _place(part: Array, first: float, last: float, count: int) -> Array:
    """Place in the table of a number between 0 and 1, by its log odds."""
    odds = np.log(part / (1 - part))
    return np.asarray((np.clip(odds, first, last) - first) / (last - first) * (count - 1))


@cache
def _splines(levels: tuple[float, ...]) -> list[Array]:
    """Spline coefficients of the table of each level, means x ratios."""
    from scipy.ndimage import spline_filter
    from scipy.special import expit

    mean, ratio = (expit(np.linspace(*ends)) for ends in (MEANS, RATIOS))
    means, variances = np.broadcast_arrays(mean[:, None], np.outer(mean * (1 - mean), ratio))
    exact = beta_quantiles(means, variances, levels)
    forms = (exact - means[..., None]) / np.sqrt(variances)[..., None]
    return [np.asarray(spline_filter(form, mode="nearest")) for form in np.moveaxis(forms, -1, 0)]
