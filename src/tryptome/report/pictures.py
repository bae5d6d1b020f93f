"""The figures of a report: which there are, drawn, written and embedded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tryptome.report import sensitivity
from tryptome.report.content import SIDES, Content, Drivers
from tryptome.report.figures import accounting as accounting_figure
from tryptome.report.figures import (
    balance,
    capabilities,
    ordination,
    pathway,
    sides,
    specifications,
)
from tryptome.report.figures import taxa as taxa_figure
from tryptome.report.figures.style import (
    DOUBLE,
    SINGLE,
    SINGLE_FOLDER,
    Layout,
    Picture,
    TooTallError,
    data_uri,
    save,
)
from tryptome.report.results import BALANCE, DIVERT, MAKE
from tryptome.report.taxa import Carrier
from tryptome.vocabulary import REST

PIXELS_PER_INCH = 96

SIDE_CURVES = {MAKE: "specifications-synthesis", DIVERT: "specifications-diversion"}
"""Figures of the specification curves of the two sides of the balance."""


@dataclass(frozen=True)
class Embedded:
    """A figure as it stands in the page.

    Attributes
    ----------
    name, alt, caption : str
        As of the picture.
    uri : str
        The SVG as a data URI.
    width, height : int
        Size in CSS pixels.
    single : bool
        Whether a file of its name is there for one column.
    """

    name: str
    alt: str
    caption: str
    uri: str
    width: int
    height: int
    single: bool = False


Drawer = Callable[[Layout], Picture]


def draw(content: Content) -> list[Picture]:
    """Draw every figure that the results give reason for, for two columns of a journal.

    Parameters
    ----------
    content : Content
        What the page shows.
    """
    drawn = [drawer(DOUBLE) for drawer in _drawers(content)]
    if content.pathway:
        drawn.append(pathway.draw(content.pathway))
    drivers = content.drivers
    if drivers:
        drawn.append(_drivers("drivers", _driver_rows(drivers), DOUBLE))
    return drawn


def draw_single(content: Content) -> Iterator[Picture]:
    """Draw for one column what can be read there, and fits on a page.

    The drivers come as a figure a contrast; the map of the pathway does not come, since its
    labels need two columns.

    Parameters
    ----------
    content : Content
        What the page shows.
    """
    drawers = _drawers(content)
    for place, row in enumerate(_driver_rows(content.drivers), 1):
        drawers.append(partial(_drivers, f"drivers-{place}", [row]))
    return fitting(drawers, SINGLE)


def fitting(drawers: Iterable[Drawer], layout: Layout) -> Iterator[Picture]:
    """Draw what fits on a page.

    Parameters
    ----------
    drawers : iterable of callable
        What draws each figure.
    layout : Layout
        What they are drawn for.
    """
    for drawer in drawers:
        try:
            yield drawer(layout)
        except TooTallError:
            continue


def write(drawn: Sequence[Picture], folder: Path) -> dict[str, Embedded]:
    """Write the figures, and give them as the page embeds them, by name.

    Those for one column are there before, so that the page can lead to them.
    """
    embedded = {}
    for picture in drawn:
        save(picture, folder)
        width, height = (round(PIXELS_PER_INCH * inches) for inches in picture.size)
        uri = data_uri((folder / f"{picture.name}.svg").read_text(encoding="utf-8"))
        single = (folder / SINGLE_FOLDER / f"{picture.name}.pdf").is_file()
        embedded[picture.name] = Embedded(
            picture.name, picture.alt, picture.caption, uri, width, height, single
        )
    return embedded


def write_single(drawn: Iterable[Picture], folder: Path) -> None:
    """Write the figures for one column, into a folder within that of the others."""
    single = folder / SINGLE_FOLDER
    for picture in drawn:
        single.mkdir(exist_ok=True)
        save(picture, single)


def _drawers(content: Content) -> list[Drawer]:
    """Give what draws each figure that comes in both widths."""
    level = content.settings.confidence
    results, grouping = content.results, content.grouping
    drawers: list[Drawer] = [
        partial(
            balance.draw, results.quantity(BALANCE), grouping, content.of_groups(BALANCE), level
        ),
        partial(sides.draw, results.quantity(MAKE), results.quantity(DIVERT), grouping),
        partial(accounting_figure.draw, content.bars),
    ]
    if content.capabilities:
        summaries = {c.name: content.of_groups(f"share:{c.name}") for c in content.capabilities}
        drawers.append(partial(capabilities.draw, content.capabilities, summaries, grouping, level))
    carriers = [_panel(title, rows) for title, rows in content.carriers]
    if any(panel.labels for panel in carriers):
        drawers.append(partial(_carriers, carriers))
    drawers += _curves(content)
    axes = results.ordination
    if axes is not None and not axes.empty:
        drawers.append(partial(ordination.draw, axes, results.samples["sample"], grouping))
    return drawers


def _curves(content: Content) -> Iterator[Drawer]:
    """Specification curves of the balance and, as it hangs on them, of its two sides."""
    names = {BALANCE: "specifications", **SIDE_CURVES}
    whats = {BALANCE: "the balance", **{side: title.lower() for side, title in SIDES}}
    for quantity, name in names.items():
        curves = sensitivity.curves(content.results, content.settings, quantity)
        if curves:
            significant = 1 - content.settings.confidence
            yield partial(specifications.draw, curves, significant, name=name, what=whats[quantity])


def _panel(title: str, rows: Sequence[Carrier]) -> taxa_figure.Panel:
    named = [row for row in rows if row.taxon != REST]
    parts = tuple(row.parts[0] or 0.0 for row in named)
    return taxa_figure.Panel(title, tuple(row.label for row in named), parts)


def _carriers(panels: Sequence[taxa_figure.Panel], layout: Layout) -> Picture:
    return taxa_figure.draw(
        [taxa_figure.Row("", tuple(panels))],
        name="taxa",
        what="% of assessable cells",
        caption="The taxa that carry the two sides of the balance, mean over persons.",
        signed=False,
        layout=layout,
    )


def _driver_rows(drivers: Drivers) -> list[taxa_figure.Row]:
    """Give one row a contrast, with a panel a side of the balance."""
    found = {(title, side): rows for title, side, rows in drivers}
    return [
        taxa_figure.Row(
            title, tuple(_panel(side, found.get((title, side), [])) for _, side in SIDES)
        )
        for title in dict.fromkeys(title for title, _, _ in drivers)
    ]


def _drivers(name: str, rows: Sequence[taxa_figure.Row], layout: Layout) -> Picture:
    return taxa_figure.draw(
        rows,
        name=name,
        what="percentage points",
        caption=(
            "The taxa with the largest parts in the plain, unadjusted difference of each contrast, "
            "in percentage points of cells, to either side."
        ),
        signed=True,
        layout=layout,
    )
