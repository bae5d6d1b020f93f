"""The tables of contrasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tryptome.knowledge import Capability
from tryptome.report.results import BALANCE, Results, records
from tryptome.report.settings import Settings
from tryptome.report.strips import Scale, scale, strip
from tryptome.report.wording import (
    count,
    interval,
    missing,
    number,
    p_value,
    percent,
    percent_points,
    signed,
)

BALANCE_TITLE = "Precursor balance"


@dataclass(frozen=True)
class Row:
    """One quantity of one contrast.

    Attributes
    ----------
    contrast, title : str
        Name of the contrast, and for people.
    quantity, label : str
        Name of the quantity, and for people.
    values : mapping
        The row of ``contrasts.tsv``.
    cells : mapping of str to str
        Its numbers as shown, by column.
    strip : markupsafe.Markup
        Plot of the effect and its interval.
    """

    contrast: str
    title: str
    quantity: str
    label: str
    values: dict[str, Any]
    cells: dict[str, str]
    strip: Markup

    @property
    def estimable(self) -> bool:
        """Whether there is an effect."""
        return not missing(self.values["effect"])


@dataclass(frozen=True)
class Table:
    """One contrast.

    Attributes
    ----------
    title : str
        Name of the contrast for people.
    rows : tuple of Row
        The balance first, then the shares in the order of the knowledge base.
    """

    title: str
    rows: tuple[Row, ...]

    @property
    def alike(self) -> bool:
        """Whether samples, persons and model are the same in every row."""
        keys = ("samples", "persons", "model")
        return len({tuple(row.values[key] for key in keys) for row in self.rows}) == 1


def tables(
    results: Results, settings: Settings, capabilities: Sequence[Capability]
) -> dict[str, Table]:
    """Contrasts as shown, by name, in the order of the file.

    Parameters
    ----------
    results : Results
        The result files.
    settings : Settings
        Titles of the contrasts.
    capabilities : sequence of Capability
        What the shares are called.

    Returns
    -------
    dict of str to Table
    """
    labels = {BALANCE: BALANCE_TITLE} | {f"share:{c.name}": c.title for c in capabilities}
    order = {quantity: place for place, quantity in enumerate(labels)}
    found: dict[str, Table] = {}
    for name, block in results.contrasts.groupby("contrast", sort=False):
        on = scale([*block["lower"], *block["upper"]])
        shown = [_row(values, settings, labels, on) for values in records(block)]
        shown.sort(key=lambda row: order.get(row.quantity, len(order)))
        found[str(name)] = Table(settings.contrast_title(str(name)), tuple(shown))
    return found


def _row(values: dict[str, Any], settings: Settings, labels: dict[str, str], on: Scale) -> Row:
    quantity = str(values["quantity"])
    is_share = quantity.startswith("share:")
    level = percent if is_share else number
    cells = {
        "effect": signed(values["effect"]),
        "interval": interval(values["lower"], values["upper"]),
        "p": p_value(values["p"]),
        "q": p_value(values["q"]),
        "mean_reference": level(values["mean_reference"]),
        "mean_level": level(values["mean_level"]),
        "difference": percent_points(values["difference"])
        if is_share
        else signed(values["difference"]),
        "samples": count(values["samples"]),
        "persons": count(values["persons"]),
    }
    drawn = Markup("")
    if not missing(values["effect"]):
        drawn = strip(on, values["effect"], (values["lower"], values["upper"]))
    name = str(values["contrast"])
    return Row(
        contrast=name,
        title=settings.contrast_title(name),
        quantity=quantity,
        label=labels.get(quantity, quantity),
        values=values,
        cells=cells,
        strip=drawn,
    )
