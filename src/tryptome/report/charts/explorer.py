"""What the explorer of the samples holds: where every sample and every group's mean is drawn.

The words of a sample's numbers stand once in the page, in its own section; the explorer reads
them there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.groups import Grouping
from tryptome.knowledge import Capability
from tryptome.report.charts import specs
from tryptome.report.figures.style import IN_THE_DARK, spread
from tryptome.report.kinds import LOG_RATIO, MASS, Kind, kind_of
from tryptome.report.portraits import shown
from tryptome.report.results import BALANCE, DIVERT, LISTED, MAKE, Results
from tryptome.report.summary import Summary
from tryptome.report.wording import confidence, drawable, missing, shortened, visible

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 4
"""Significant digits of the places of points: more than a screen can show."""

LABEL_WIDTH = 38
ID_SHOWN = 80
MEAN_AT = 0.98
"""Where the mean of a group is drawn: below its samples, which are spread from 0 to 0.6."""


def describe(
    results: Results,
    capabilities: Sequence[Capability],
    grouping: Grouping,
    means: Callable[[str], Sequence[Summary]],
    level: float,
) -> dict[str, Any]:
    """Gather what the explorer shows, as it stands in the page in JSON.

    Parameters
    ----------
    results : Results
        The result files.
    capabilities : sequence of Capability
        What the shares are called.
    grouping : Grouping
        Group of each sample.
    means : callable
        Gives the summaries of a quantity, one a group.
    level : float
        Confidence level of the intervals of the means.

    Returns
    -------
    dict
        ``samples`` (the first 1,000, in the order of the table), ``groups``, ``quantities``
        (those that are told of each sample, in that order),
        ``first`` (names of the quantities shown at first, along and up), the two charts, and
        what each colour becomes in the dark.
    """
    labels = _different([drawable(group.label, LABEL_WIDTH) for group in grouping.groups])
    families = [drawable(group.family, LABEL_WIDTH) for group in grouping.groups]
    quantities = {
        name: _entry(title, kind_of(name), results.listed(name), partial(means, name))
        for name, title in shown(results, capabilities).items()
    }
    return {
        "samples": [
            shortened(visible(str(sample)), ID_SHOWN)
            for sample in results.samples["sample"].head(LISTED)
        ],
        "groups": labels,
        "group": _group_of(grouping, min(LISTED, len(results.samples))),
        "spread": _spread(grouping, min(LISTED, len(results.samples))),
        "quantities": quantities,
        "first": {"strip": BALANCE, "x": DIVERT, "y": MAKE},
        "level": confidence(level),
        "strip": specs.strip(labels, families),
        "scatter": specs.scatter(labels, families),
        "dark": IN_THE_DARK,
    }


def _entry(
    title: str, kind: Kind, rows: pd.DataFrame, summaries: Callable[[], Sequence[Summary]]
) -> dict[str, Any]:
    return {
        "title": title,
        "unit": kind.unit,
        "format": kind.format,
        "zero": kind is LOG_RATIO,
        "mean": [_place(value) for value in rows["mean"]],
        "low": [_place(value) for value in rows["q05"]],
        "high": [_place(value) for value in rows["q95"]],
        # Of the scenario the page gives medians of groups, and no means.
        "means": [] if kind is MASS else _means(kind, summaries()),
    }


def _means(kind: Kind, summaries: Sequence[Summary]) -> list[dict[str, Any]]:
    return [
        {"group": place, "x": _place(s.mean), "low": _place(s.lower), "high": _place(s.upper)}
        | {"words": f"{kind.value(s.mean)} ({kind.ends(s.lower, s.upper)})"}
        for place, s in enumerate(summaries)
        if s.samples
    ]


def _place(value: float | None) -> float | None:
    return None if value is None or missing(value) else float(f"{value:.{DIGITS}g}")


def _group_of(grouping: Grouping, samples: int) -> list[int]:
    return [int(number) for number in grouping.numbers()[:samples]]


def _spread(grouping: Grouping, samples: int) -> list[float]:
    """How far down its row each sample is drawn, so that samples of a group lie apart."""
    shown = np.empty(samples)
    for group in grouping.groups:
        own = group.positions[group.positions < samples]
        shown[own] = spread(len(own))
    return [round(0.6 * float(place), 3) for place in shown]


def _different(labels: Sequence[str]) -> list[str]:
    """Labels made different by a number, where they were cut to the same.

    Examples
    --------
    >>> _different(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found
