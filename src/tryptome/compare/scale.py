"""The scale on which a quantity is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

SHARE = "share:"
"""Prefix of the quantities that are shares of cells."""

PER_GRAM = "cells_per_gram:"
"""Prefix of the quantities that are shares times the load that the metadata give."""

BALANCE = "precursor_balance"

BOUND = 1e-4
"""Shares are held between this bound and one minus it before the logarithm.

One cell in ten thousand is about what a sample of ten thousand reads can tell
from none; without a bound, a single share near 0 would decide a contrast.
"""

DERIVED = (
    "share:trp_auxotrophy",
    "cells_per_gram:trp_auxotrophy",
    "cofactor:",
    "host_drive:",
    "faecal:",
    "mass:",
    "gut_contribution",
)
"""Starts of the names of quantities that are another one said differently
(``docs/contrasts.md`` says of each which): one finding, tested once. A share times
the load is another finding than the share."""

DIVERTED = "mass:diverted"
AGAINST_MEDIAN = "gut_contribution:median"
SCENARIO = (DIVERTED, "mass:left", AGAINST_MEDIAN)
"""The quantities of the mass balance that are tested, in mg a day, as a family of their own:
a scenario is no further evidence, but its size is what people ask for."""

CAPABILITIES_FAMILY = "capabilities"
ABSOLUTE_FAMILY = "absolute"
SCENARIO_FAMILY = "scenario"


def tested(quantities: Iterable[str]) -> list[str]:
    """Quantities that are findings of their own, in their order.

    Examples
    --------
    >>> tested(["share:trp_synthesis", "share:trp_auxotrophy", "precursor_balance", "mass:left"])
    ['share:trp_synthesis', 'precursor_balance', 'mass:left']
    """
    return [
        name
        for name in dict.fromkeys(quantities)
        if name in SCENARIO or not name.startswith(DERIVED)
    ]


def family(quantity: str) -> str:
    """Name of the quantities among which a p value is adjusted.

    Examples
    --------
    >>> family("share:indole"), family("cells_per_gram:indole"), family("mass:left")
    ('capabilities', 'absolute', 'scenario')
    """
    if quantity in SCENARIO:
        return SCENARIO_FAMILY
    return ABSOLUTE_FAMILY if quantity.startswith(PER_GRAM) else CAPABILITIES_FAMILY


def without_repeats(means: Mapping[str, npt.NDArray[np.float64]]) -> dict[str, Any]:
    """Leave out a scenario quantity that is a later one, but for a constant.

    The contribution against the median community is what is left less a number
    that is the same for all, unless the metadata give each sample a diet of its own.

    Examples
    --------
    >>> left = np.array([60.0, 64.0, np.nan])
    >>> list(without_repeats({"mass:left": left, "gut_contribution:median": left - 61}))
    ['gut_contribution:median']
    """
    names = list(means)
    return {
        name: means[name]
        for at, name in enumerate(names)
        if name not in SCENARIO
        or not any(_repeats(means[name], means[later]) for later in names[at + 1 :])
    }


def _repeats(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> bool:
    known = ~np.isnan(one)
    if not known.any() or (known != ~np.isnan(other)).any():
        return False
    return bool(np.ptp((one - other)[known]) <= 1e-9 * np.abs(one[known]).max())


def scale_of(quantity: str, unit: str) -> str:
    """Name of the unit of a quantity's effect.

    Examples
    --------
    >>> scale_of("share:indole", "share of cells"), scale_of("precursor_balance", "log2 ratio")
    ('log2 odds ratio', 'log2 ratio')
    """
    if quantity.startswith(PER_GRAM):
        return "log2 ratio"
    return "log2 odds ratio" if quantity.startswith(SHARE) else unit


def to_scale(quantity: str, values: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Put values on the scale of comparison: shares as log2 odds, cells as log2.

    Parameters
    ----------
    quantity : str
    values : ndarray of float
        Posterior means in the quantity's own unit, cells per gram from :func:`held`; NaN
        stays NaN. Others than shares and cells are as they are.

    Returns
    -------
    ndarray of float

    Examples
    --------
    >>> to_scale("share:indole", np.array([0.2, 0.5, 0.8]))
    array([-2.,  0.,  2.])
    """
    if quantity.startswith(PER_GRAM):
        return np.log2(values)
    if not quantity.startswith(SHARE):
        return values
    held = np.clip(values, BOUND, 1 - BOUND)
    return np.log2(held / (1 - held))


def held(quantity: str, means: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Values of a quantity; of cells per gram those of a share of at least :data:`BOUND`.

    Parameters
    ----------
    quantity : str
    means : mapping of str to ndarray
        Posterior means by quantity, those of the share among them.

    Examples
    --------
    >>> means = {"share:indole": np.array([0.5, 1e-6]),
    ...          "cells_per_gram:indole": np.array([5e10, 1e5])}
    >>> held("cells_per_gram:indole", means)
    array([5.e+10, 1.e+07])
    """
    if not quantity.startswith(PER_GRAM):
        return means[quantity]
    share = means[SHARE + quantity.removeprefix(PER_GRAM)]
    return np.asarray(means[quantity] * np.maximum(BOUND / share, 1))
