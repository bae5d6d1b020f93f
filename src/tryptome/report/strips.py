"""Small interval plots that stand in the cells of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from tryptome.report.wording import missing

WIDTH = 132
HEIGHT = 16
MARGIN = 4


@dataclass(frozen=True)
class Scale:
    """A scale that all strips of a table share.

    Attributes
    ----------
    low, high : float
        Values at its ends.
    """

    low: float
    high: float

    def x(self, value: float) -> float:
        """Place of a value, in units of the strip; values beyond an end are put at it."""
        place = (value - self.low) / (self.high - self.low)
        return round(MARGIN + (WIDTH - 2 * MARGIN) * min(1.0, max(0.0, place)), 1)


def scale(values: Iterable[float | None]) -> Scale:
    """Scale that holds all values, and zero.

    Examples
    --------
    >>> scale([-0.5, 2.0, None])
    Scale(low=-0.5, high=2.0)
    >>> scale([])
    Scale(low=-1.0, high=1.0)
    """
    known = [0.0, *(float(v) for v in values if v is not None and not missing(v))]
    low, high = min(known), max(known)
    return Scale(low, high) if low < high else Scale(-1.0, 1.0)


def strip(
    on: Scale,
    middle: float,
    outer: tuple[float, float],
    inner: tuple[float, float] | None = None,
) -> Markup:
    """Draw an interval as inline SVG; the numbers stand beside it in the table.

    Parameters
    ----------
    on : Scale
        The table's scale.
    middle : float
        Where the dot is.
    outer : tuple of float
        Ends of the thin line.
    inner : tuple of float, optional
        Ends of the thick line.
    """
    y = HEIGHT // 2
    # Several of these stand on a page for each sample, so they are kept short.
    parts = [
        f'<path class="z" d="M{on.x(0)} 0V{HEIGHT}"/>',
        f'<path class="o" d="M{on.x(outer[0])} {y}H{on.x(outer[1])}"/>',
    ]
    if inner is not None:
        parts.append(f'<path class="i" d="M{on.x(inner[0])} {y}H{on.x(inner[1])}"/>')
    parts.append(f'<circle cx="{on.x(middle)}" cy="{y}" r="3"/>')
    # Only numbers have been put in: nothing here needs escaping.
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return Markup(f'<svg class="strip" {size} aria-hidden="true">{"".join(parts)}</svg>')
