"""The scale on which a quantity is compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

SHARE = "share:"
"""Prefix of the quantities that are shares of cells."""

BOUND = 1e-4
"""Shares are held between this bound and one minus it before the logarithm.

One cell in ten thousand is about what a sample of ten thousand reads can tell
from none; without a bound, a single share near 0 would decide a contrast.
"""

DERIVED = (
    "share:trp_auxotrophy",
    "cells_per_gram:",
    "cofactor:",
    "host_drive:",
    "faecal:",
    "mass:",
    "gut_contribution",
)
"""Starts of the names of quantities that are another one said differently
(auxotrophy is one minus synthesis, faecal metabolites are predicted from shares, the
mass balance is a scenario on them): one finding, tested once."""


def tested(quantities: Iterable[str]) -> list[str]:
    """Quantities that are findings of their own, in their order.

    Examples
    --------
    >>> tested(["share:trp_synthesis", "share:trp_auxotrophy", "precursor_balance"])
    ['share:trp_synthesis', 'precursor_balance']
    """
    return [name for name in dict.fromkeys(quantities) if not name.startswith(DERIVED)]


def scale_of(quantity: str, unit: str) -> str:
    """Name of the unit of a quantity's effect.

    Examples
    --------
    >>> scale_of("share:indole", "share of cells"), scale_of("precursor_balance", "log2 ratio")
    ('log2 odds ratio', 'log2 ratio')
    """
    return "log2 odds ratio" if quantity.startswith(SHARE) else unit


def to_scale(quantity: str, values: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Put values on the scale of comparison: shares as log2 odds, others as they are.

    Parameters
    ----------
    quantity : str
    values : ndarray of float
        Posterior means in the quantity's own unit; NaN stays NaN.

    Returns
    -------
    ndarray of float

    Examples
    --------
    >>> to_scale("share:indole", np.array([0.2, 0.5, 0.8]))
    array([-2.,  0.,  2.])
    """
    if not quantity.startswith(SHARE):
        return values
    held = np.clip(values, BOUND, 1 - BOUND)
    return np.log2(held / (1 - held))
