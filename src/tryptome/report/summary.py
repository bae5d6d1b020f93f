"""Mean of a group with its interval."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.groups import Person

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


def weights(persons: Sequence[Person]) -> list[float]:
    """Weight of each sample such that every person counts once; they add up to 1.

    Examples
    --------
    >>> weights([("person", "a"), ("person", "a"), ("person", "b")])
    [0.25, 0.25, 0.5]
    """
    samples_of = Counter(persons)
    return [1 / (len(samples_of) * samples_of[person]) for person in persons]


def summarise(
    values: pd.DataFrame,
    persons: Sequence[Person],
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
    import numpy as np
    from scipy.special import ndtri

    known = values["assessable"].to_numpy(dtype=bool)
    who = [person for person, yes in zip(persons, known, strict=True) if yes]
    absent = int((~known).sum())
    if not who:
        nothing = math.nan
        return Summary(nothing, nothing, nothing, nothing, nothing, 0, 0, absent)
    weight = np.array(weights(who))
    means = values["mean"].to_numpy(dtype=float)[known]
    mean = float(weight @ means)
    shared = float(ndtri((1 + confidence) / 2) * (weight @ values["sd"].to_numpy(float)[known]))
    between = _between(means, who, confidence)
    lower, upper = _ends(
        mean, math.hypot(0.0 if math.isnan(between) else between, shared), confidence, share
    )
    inner = _ends(mean, between, confidence, share)
    return Summary(mean, lower, upper, *inner, len(who), len(set(who)), absent)


def band(values: pd.DataFrame, persons: Sequence[Person]) -> Band:
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
    import numpy as np

    known = values["assessable"].to_numpy(dtype=bool)
    who = [person for person, yes in zip(persons, known, strict=True) if yes]
    if not who:
        return Band(math.nan, math.nan, math.nan, 0)
    weight = np.array(weights(who))
    table = values.loc[known, ["mean", "q05", "q95"]].to_numpy(dtype=float)
    mean, low, high = (float(value) for value in weight @ table)
    between = _between(list(table[:, 0]), who, BAND)
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


def _between(means: Sequence[float], persons: Sequence[Person], confidence: float) -> float:
    """Half width of the t interval of the mean over persons; NaN for one person."""
    import numpy as np
    from scipy.special import stdtrit

    of_person: dict[Person, list[float]] = {}
    for person, mean in zip(persons, means, strict=True):
        of_person.setdefault(person, []).append(mean)
    n = len(of_person)
    if n < 2:  # noqa: PLR2004 - a spread needs two persons
        return math.nan
    spread = np.std([np.mean(values) for values in of_person.values()], ddof=1)
    return float(stdtrit(n - 1, (1 + confidence) / 2) * spread / math.sqrt(n))
