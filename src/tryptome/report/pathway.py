"""The map of the pathway: from tryptophan to its fates, as wide as the flows are large.

Laid out by hand, in units of CSS pixels; drawn twice, as SVG in the page
(:mod:`tryptome.report.pathway_svg`) and as a figure (:mod:`tryptome.report.figures.pathway`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tryptome.report.scenario import ROUTES, TERMS, Scenario
from tryptome.report.summary import Band
from tryptome.report.wording import listed, magnitude, magnitude_interval, percent

WIDTH = 950
TOP = 44
BAR = 12
POOL = 240
"""Height of all that comes in."""

LEAST = 1.5
"""Least height of a flow, so that a small one is still seen."""

STEP = 21
"""From one route's label to the next."""

LINE = 17
"""From one line of a label to the next."""

GAP = 34
SOURCE_X, POOL_X, FATE_X, ROUTE_X = 178, 340, 510, 672

FATES = ("mass:diverted", "mass:biomass", "mass:left", "mass:excreted")
SOURCES = ("mass:reaching", "mass:released")

LABELS = {
    "mass:reaching": "From diet and body",
    "mass:released": "Released by bacteria",
    "mass:diverted": "Diverted by bacteria",
    "mass:biomass": "Taken into bacteria",
    "mass:left": "Left, for the mucosa to meet",
    "mass:excreted": "Carried out unchanged",
    **{f"mass:diverted:{route}": title for route, title in ROUTES.items()},
}

NOTES = {"mass:left": "Uptake, kynurenine and serotonin are not in here"}


@dataclass(frozen=True)
class Ribbon:
    """A flow between two bars.

    Attributes
    ----------
    quantity, kind : str
        What flows, and the fate that colours it.
    start, end : (float, float)
        Upper corners at the right of one bar and at the left of the next.
    height : float
        How tall it is at both.
    """

    quantity: str
    kind: str
    start: tuple[float, float]
    end: tuple[float, float]
    height: float

    @property
    def outline(self) -> list[tuple[float, float]]:
        """Corners and control points of its two cubic edges, clockwise from the first corner."""
        (x0, y0), (x1, y1) = self.start, self.end
        middle = (x0 + x1) / 2
        upper = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
        return upper + [(x, y + self.height) for x, y in reversed(upper)]


@dataclass(frozen=True)
class Bar:
    """Where a flow begins or ends, with its label.

    Attributes
    ----------
    quantity, kind : str
        As of a ribbon; of the pool, ``pool``.
    x, y, height : float
        Its upper left corner, and how tall it is.
    label, numbers, note : str
        What it is, its size with the interval, and what is said below.
    at : (float, float)
        Where the label stands: of its first line, the start (the end of labels to the left).
    left : bool
        Whether the label ends there, and does not start.
    """

    quantity: str
    kind: str
    x: float
    y: float
    height: float
    label: str
    numbers: str
    at: tuple[float, float]
    left: bool = False
    note: str = ""


@dataclass(frozen=True)
class Pathway:
    """The map.

    Attributes
    ----------
    bars : tuple of Bar
    ribbons : tuple of Ribbon
    height : float
        Height of the map; its width is :data:`WIDTH`.
    details : mapping of str to str
        By quantity, a sentence with its interval, for those who point at it.
    finding : str
        What the map shows, in words.
    """

    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]
    height: float
    details: Mapping[str, str]
    finding: str


def lay_out(scenario: Scenario, shares: Mapping[str, str]) -> Pathway | None:
    """Lay the map of all samples out.

    Parameters
    ----------
    scenario : Scenario
        The mass balance; of each term, the first column is drawn.
    shares : mapping of str to str
        By route, which cells have it, in words.

    Returns
    -------
    Pathway or None
        ``None`` where the mass balance cannot be assessed.
    """
    bands = {row.quantity: row.bands[0] for row in scenario.terms if row.bands[0].samples}
    if not set(FATES) | set(SOURCES) <= set(bands):
        return None
    incoming = sum(bands[name].mean for name in SOURCES)
    tall = {name: max(LEAST, POOL * band.mean / incoming) for name, band in bands.items()}
    routes = [name for name in TERMS if name.startswith("mass:diverted:") and name in bands]
    places = _places(tall, routes)
    height = places["mass:excreted"] + tall["mass:excreted"] + TOP
    pool_y = (height - POOL) / 2
    bars = [
        *_sources(bands, tall, pool_y),
        Bar("pool", "pool", POOL_X, pool_y, POOL, "In the colon", "", (POOL_X - 36, pool_y - 10)),
        *(_bar(name, FATE_X, places[name], tall[name], bands[name]) for name in FATES),
        *(_bar(name, ROUTE_X, places[name], tall[name], bands[name]) for name in routes),
    ]
    ribbons = [
        *_stacked(SOURCES, tall, (SOURCE_X, None), (POOL_X, pool_y), bars),
        *_stacked(FATES, tall, (POOL_X, pool_y), (FATE_X, None), bars),
        *_stacked(routes, tall, (FATE_X, places["mass:diverted"]), (ROUTE_X, None), bars),
    ]
    details = {name: _detail(name, bands[name], incoming, shares) for name in bands}
    return Pathway(tuple(bars), tuple(ribbons), height, details, _finding(bands, incoming))


def _places(tall: Mapping[str, float], routes: Sequence[str]) -> dict[str, float]:
    """Upper ends of the fates and routes: routes first, then the fates below each other."""
    places: dict[str, float] = {}
    below = float(TOP)
    for name in routes:
        places[name] = below
        below += max(tall[name] + STEP / 2, STEP)
    diverted = tall["mass:diverted"]
    places["mass:diverted"] = TOP + max(0.0, (below - TOP - diverted) / 2)
    below = max(below, places["mass:diverted"] + diverted)
    for name in FATES[1:]:
        places[name] = below + GAP / 2
        below = places[name] + tall[name] + GAP / 2
    return places


def _sources(bands: Mapping[str, Band], tall: Mapping[str, float], pool_y: float) -> list[Bar]:
    bars, below = [], pool_y
    for name in SOURCES:
        bars.append(_bar(name, SOURCE_X, below, tall[name], bands[name], left=True))
        below += tall[name] + GAP
    return bars


def _bar(name: str, x: float, y: float, height: float, band: Band, *, left: bool = False) -> Bar:
    middle = y + height / 2
    at = (x - 8, middle - 4) if left else (x + BAR + 8, middle + 4)
    if name == "mass:diverted":
        # Its flows go on to the right.
        at, left = (x + BAR, y - LINE - 12), True
    numbers = f"{magnitude(band.mean)} ({magnitude_interval(band.lower, band.upper)})"
    return Bar(
        name, name.split(":")[1], x, y, height, LABELS[name], numbers, at, left, NOTES.get(name, "")
    )


def _stacked(
    names: Sequence[str],
    tall: Mapping[str, float],
    start: tuple[float, float | None],
    end: tuple[float, float | None],
    bars: Sequence[Bar],
) -> list[Ribbon]:
    """Ribbons that lie upon each other at one end, and meet their own bars at the other."""
    own = {bar.quantity: bar.y for bar in bars}
    ribbons, along = [], 0.0
    for name in names:
        (x0, y0), (x1, y1) = start, end
        upper = own[name] if y0 is None else y0 + along
        lower = own[name] if y1 is None else y1 + along
        kind = name.split(":")[1]
        ribbons.append(Ribbon(name, kind, (x0 + BAR, upper), (x1, lower), tall[name]))
        along += tall[name]
    return ribbons


def _detail(name: str, band: Band, incoming: float, shares: Mapping[str, str]) -> str:
    told = (
        f"{TERMS[name] if name.count(':') == 1 else LABELS[name]}: {magnitude(band.mean)} mg/day "
        f"(90% interval {magnitude_interval(band.lower, band.upper)}), "
        f"{percent(band.mean / incoming)} of what comes in."
    )
    cells = shares.get(name.rpartition(":")[2]) if name.count(":") > 1 else None
    return f"{told} {cells}" if cells else told


def _finding(bands: Mapping[str, Band], incoming: float) -> str:
    fates = [
        f"{LABELS[name][0].lower()}{LABELS[name][1:]} {magnitude(bands[name].mean)} "
        f"({magnitude_interval(bands[name].lower, bands[name].upper)})"
        for name in FATES
    ]
    return (
        f"Of {magnitude(incoming)} mg of tryptophan that come into the colon in a day, with 90% "
        f"intervals: {listed(fates)}. A scenario, not a measurement."
    )
