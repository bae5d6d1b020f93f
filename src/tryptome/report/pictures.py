"""The figures of a report: which there are, drawn, written and embedded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tryptome.report import accounting, sensitivity
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
from tryptome.report.figures.style import Picture, data_uri, save
from tryptome.report.results import BALANCE, DIVERT, MAKE
from tryptome.report.taxa import Carrier
from tryptome.vocabulary import REST

PIXELS_PER_INCH = 96


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
    """

    name: str
    alt: str
    caption: str
    uri: str
    width: int
    height: int


def draw(content: Content) -> list[Picture]:
    """Draw every figure that the results give reason for.

    Parameters
    ----------
    content : Content
        What the page shows.
    """
    level = content.settings.confidence
    drawn = [
        balance.draw(
            content.results.quantity(BALANCE), content.grouping, content.of_groups(BALANCE), level
        ),
        sides.draw(
            content.results.quantity(MAKE), content.results.quantity(DIVERT), content.grouping
        ),
        accounting_figure.draw(accounting.bars(content.results, content.grouping)),
    ]
    if content.capabilities:
        summaries = {c.name: content.of_groups(f"share:{c.name}") for c in content.capabilities}
        drawn.append(capabilities.draw(content.capabilities, summaries, content.grouping, level))
    if content.pathway:
        drawn.append(pathway.draw(content.pathway))
    carriers = [_panel(title, rows) for title, rows in content.carriers]
    if any(panel.labels for panel in carriers):
        drawn.append(_carriers(carriers))
    drivers = content.drivers
    if drivers:
        drawn.append(_drivers(drivers))
    curves = sensitivity.curves(content.results, content.settings)
    if curves:
        drawn.append(specifications.draw(curves, 1 - level))
    axes = content.results.ordination
    if axes is not None and not axes.empty:
        drawn.append(
            ordination.draw(axes, list(content.results.samples["sample"]), content.grouping)
        )
    return drawn


def write(drawn: Sequence[Picture], folder: Path) -> dict[str, Embedded]:
    """Write the figures, and give them as the page embeds them, by name."""
    embedded = {}
    for picture in drawn:
        save(picture, folder)
        width, height = (round(PIXELS_PER_INCH * inches) for inches in picture.size)
        uri = data_uri((folder / f"{picture.name}.svg").read_text(encoding="utf-8"))
        embedded[picture.name] = Embedded(
            picture.name, picture.alt, picture.caption, uri, width, height
        )
    return embedded


def _panel(title: str, rows: Sequence[Carrier]) -> taxa_figure.Panel:
    named = [row for row in rows if row.taxon != REST]
    parts = tuple(row.parts[0] or 0.0 for row in named)
    return taxa_figure.Panel(title, tuple(row.label for row in named), parts)


def _carriers(panels: Sequence[taxa_figure.Panel]) -> Picture:
    return taxa_figure.draw(
        [taxa_figure.Row("", tuple(panels))],
        name="taxa",
        what="% of assessable cells",
        caption="The taxa that carry the two sides of the balance, mean over persons.",
        signed=False,
    )


def _drivers(drivers: Drivers) -> Picture:
    """Draw one row a contrast, one column a side of the balance."""
    found = {(title, side): rows for title, side, rows in drivers}
    rows = [
        taxa_figure.Row(
            title, tuple(_panel(side, found.get((title, side), [])) for _, side in SIDES)
        )
        for title in dict.fromkeys(title for title, _, _ in drivers)
    ]
    return taxa_figure.draw(
        rows,
        name="drivers",
        what="percentage points",
        caption=(
            "The taxa with the largest parts in the difference of each contrast, in percentage "
            "points of cells, to either side."
        ),
        signed=True,
    )
