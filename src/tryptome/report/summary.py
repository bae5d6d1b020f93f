"""Mean of a group with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.groups import Codes

if TYPE_CHECKING:
    import pandas as pd

BAND = 0.9
"""Confidence level of a :class:`Band`, which is that of the quantiles of the result files."""


@dataclass(frozen=True)
class Summary:
    """A quantity in a group of samples.

    Attributes
    ----------
    mean : float
        Mean over persons of the means of their samples; NaN where no sample is
        assessable.
    lower, upper : float
        Interval of the mean, from both parts of its uncertainty; NaN likewise.
    between_lower, between_upper : float
        Interval from the differences between persons alone; NaN for a single
        person too.
    samples, persons : int
        Assessable samples, and the persons they are from.
    unassessable : int
        Samples that are not assessable.
    """

    mean: float
    lower: float
    upper: float
    between_lower: float
    between_upper: float
    samples: int
    persons: int
    unassessable: int


@dataclass(frozen=True)
class Band:
    """A quantity of the scenario in a group of samples, in its own unit.

    Attributes
    ----------
    mean, lower, upper : float
        Mean over persons, and its 90 % interval; NaN where no sample is assessable.
    samples : int
        Assessable samples.
    """

    mean: float
    lower: float
    upper: float
    samples: int


def weights(persons: Codes) -> npt.NDArray[np.float64]:
    """Weight of each sample such that every person counts once; they add up to 1.

    Examples
    --------
    >>> weights(np.array([7, 7, 3])).tolist()
    [0.25, 0.25, 0.5]
    """
    import pandas as pd

    code = pd.factorize(persons)[0]
    samples_of = np.bincount(code)
    return 1 / (len(samples_of) * samples_of[code])


def summarise(
    values: pd.DataFrame,
    persons: Codes,
    *,
    confidence: float,
    share: bool,
) -> Summary:
    r"""Average a quantity over the persons of a group.

    Parameters
    ----------
    values : pandas.DataFrame
        One row a sample: ``mean``, ``sd`` and ``assessable`` of a quantity.
    persons : sequence
        Person of each row.
    confidence : float
        Confidence level of the intervals.
    share : bool
        Whether the quantity lies between 0 and 1.

    Returns
    -------
    Summary

    Notes
    -----
    With :math:`n` persons, whose means have the standard deviation :math:`s`,
    and :math:`\bar\sigma` the mean of the samples' standard deviations, the
    interval is :math:`\bar m \pm \sqrt{t_{n-1}^2 s^2 / n + z^2 \bar\sigma^2}`.
    The second part does not shrink with :math:`n`: what a genus can do is as
    unsure in every sample that holds it, so the errors of samples are taken as
    wholly shared, which errs towards wide intervals. For a share, the ends are
    the quantiles of the beta distribution with that mean and with the standard
    deviation that a normal interval of this width has.
    """
    from scipy.special import ndtri

    known = values["assessable"].to_numpy(dtype=bool)
    who = persons[known]
    absent = int((~known).sum())
    if not who.size:
        nothing = math.nan
        return Summary(nothing, nothing, nothing, nothing, nothing, 0, 0, absent)
    weight = weights(who)
    means = values["mean"].to_numpy(dtype=float)[known]
    mean = float(weight @ means)
    shared = float(ndtri((1 + confidence) / 2) * (weight @ values["sd"].to_numpy(float)[known]))
    of_persons = means_of(means, who)
    between = _between(of_persons, confidence)
    lower, upper = _ends(
        mean, math.hypot(0.0 if math.isnan(between) else between, shared), confidence, share
    )
    inner = _ends(mean, between, confidence, share)
    return Summary(mean, lower, upper, *inner, len(who), len(of_persons), absent)


def band(values: pd.DataFrame, persons: Codes) -> Band:
    r"""Average a quantity of the scenario over the persons of a group.

    Parameters
    ----------
    values : pandas.DataFrame
        One row a sample: ``mean``, ``q05``, ``q95`` and ``assessable`` of a quantity.
    persons : sequence
        Person of each row.

    Returns
    -------
    Band

    Notes
    -----
    All samples share each draw of the priors, so their quantiles rise and fall together, and
    the mean of the quantiles is taken as the quantile :math:`Q` of the mean, whose distance is
    joined with the half width :math:`h` of the t interval between persons:
    :math:`\bar m \pm \sqrt{(\bar m - Q)^2 + h^2}`. The interval of a quantity none
    of whose quantiles is negative ends at 0.
    """
    known = values["assessable"].to_numpy(dtype=bool)
    who = persons[known]
    if not who.size:
        return Band(math.nan, math.nan, math.nan, 0)
    weight = weights(who)
    table = values.loc[known, ["mean", "q05", "q95"]].to_numpy(dtype=float)
    mean, low, high = (float(value) for value in weight @ table)
    between = _between(means_of(table[:, 0], who), BAND)
    spread = 0.0 if math.isnan(between) else between
    # Where a distribution is very skewed its mean lies beyond a quantile.
    lower, upper = (
        mean - math.hypot(max(0, mean - low), spread),
        math.hypot(max(0, high - mean), spread),
    )
    least = 0.0 if (table[:, 1] >= 0).all() else -math.inf
    return Band(mean, max(least, lower), mean + upper, len(who))


def _ends(mean: float, half: float, confidence: float, share: bool) -> tuple[float, float]:
    """Ends of an interval about a mean, within 0 and 1 for a share; NaN for a NaN width."""
    from scipy.special import betaincinv, ndtri

    if math.isnan(half):
        return half, half
    tail = (1 - confidence) / 2
    variance = (half / float(ndtri(1 - tail))) ** 2
    if not share:
        return mean - half, mean + half
    if not 0 < variance < mean * (1 - mean):
        # No beta distribution is so wide, or none so narrow.
        return max(0.0, mean - half), min(1.0, mean + half)
    size = mean * (1 - mean) / variance - 1
    lower, upper = betaincinv(mean * size, (1 - mean) * size, [tail, 1 - tail])
    # A skewed distribution's quantiles may leave its own mean out.
    return min(mean, float(lower)), max(mean, float(upper))


def means_of(values: npt.NDArray[np.float64], persons: Codes) -> npt.NDArray[np.float64]:
    """Mean of the values of each person, in the order in which they appear.

    Examples
    --------
    >>> means_of(np.array([1.0, 5.0, 2.0]), np.array([7, 3, 7])).tolist()
    [1.5, 5.0]
    """
    import pandas as pd

    code = pd.factorize(persons)[0]
    samples_of = np.bincount(code)
    starts = np.cumsum(samples_of) - samples_of
    ordered = values[np.argsort(code, kind="stable")]
    found = np.empty(len(samples_of))
    # Persons of as many samples together, so that each mean is rounded as one by itself is.
    for size in np.unique(samples_of):
        some = np.flatnonzero(samples_of == size)
        found[some] = ordered[starts[some, None] + np.arange(size)].mean(axis=1)
    return found


def _between(of_persons: npt.NDArray[np.float64], confidence: float) -> float:
    """Half width of the t interval of the mean over persons; NaN for one person."""
    from scipy.special import stdtrit

    n = len(of_persons)
    if n < 2:  # noqa: PLR2004 - a spread needs two persons
        return math.nan
    spread = np.std(of_persons, ddof=1)
    return float(stdtrit(n - 1, (1 + confidence) / 2) * spread / math.sqrt(n))
