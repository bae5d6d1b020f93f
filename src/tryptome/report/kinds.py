"""How the quantities that are told of each sample are worded and drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tryptome.report.results import BALANCE
from tryptome.report.wording import (
    interval,
    magnitude,
    magnitude_interval,
    number,
    percent,
    percent_interval,
)


@dataclass(frozen=True)
class Kind:
    """How quantities of one unit are worded and drawn.

    Attributes
    ----------
    unit : str
        Unit, for the axis.
    format : str
        Format of the axis, as d3 writes it.
    value, ends : callable
        Words of a value, and of an interval.
    """

    unit: str
    format: str
    value: Callable[[float | None], str]
    ends: Callable[[float | None, float | None], str]


LOG_RATIO = Kind("log₂ ratio", "", number, interval)
SHARE = Kind("share of cells", "%", percent, percent_interval)
MASS = Kind("mg/day", "", magnitude, magnitude_interval)


def kind_of(quantity: str) -> Kind:
    """Kind of the balance, of a share, or else of a quantity of the scenario.

    Examples
    --------
    >>> kind_of("share:indole").ends(0.1, 0.2), kind_of("mass:left").unit
    ('10 to 20%', 'mg/day')
    """
    if quantity == BALANCE:
        return LOG_RATIO
    return SHARE if quantity.startswith("share:") else MASS
