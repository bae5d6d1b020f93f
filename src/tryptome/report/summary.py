"""Mean of a group with its interval."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.report.groups import Person

if TYPE_CHECKING:
    import pandas as pd


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
    bounds: tuple[float, float] = (-math.inf, math.inf),
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
    bounds : tuple of float
        Least and largest value that the quantity can have, at which intervals are cut.

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
    wholly shared, which errs towards wide intervals.
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
    half = math.hypot(0.0 if math.isnan(between) else between, shared)
    low, high = bounds

    def within(value: float) -> float:
        return value if math.isnan(value) else max(low, min(high, value))

    return Summary(
        mean=mean,
        lower=within(mean - half),
        upper=within(mean + half),
        between_lower=within(mean - between),
        between_upper=within(mean + between),
        samples=len(who),
        persons=len(set(who)),
        unassessable=absent,
    )


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
