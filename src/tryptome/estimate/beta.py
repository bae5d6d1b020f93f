"""The beta distribution with a mean and a variance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

TINY = 1e-12
"""Least that a mean is from 0 and 1, and least variance."""


def bounded(variance: Array, mean: Array) -> Array:
    """Variance that a beta distribution of that mean can have."""
    limit = mean * (1 - mean) * (1 - 1e-6)
    return np.asarray(np.clip(variance, TINY, np.maximum(limit, TINY)))


def beta_quantiles(mean: Array, variance: Array, levels: Sequence[float]) -> Array:
    """Quantiles of the beta distribution with a mean and a variance.

    Parameters
    ----------
    mean, variance : ndarray
    levels : sequence of float
        Probabilities.

    Returns
    -------
    ndarray
        Shape of ``mean`` with one axis more, for the levels; null where the
        mean is.
    """
    from scipy.special import betaincinv

    bounded = np.clip(mean, TINY, 1 - TINY)
    concentration = bounded * (1 - bounded) / variance - 1
    a, b = bounded * concentration, (1 - bounded) * concentration
    return np.stack([np.asarray(betaincinv(a, b, level)) for level in levels], axis=-1)
