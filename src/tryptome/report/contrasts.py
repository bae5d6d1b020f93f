"""The tables of contrasts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tryptome.knowledge import Capability
from tryptome.report.further import CAPABILITIES, PER_GRAM
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
    scientific,
    signed,
)

BALANCE_TITLE = "Precursor balance"

PERMUTED = "; p by "
"""What stands in a model's name before the permutations that its p value is from."""

SCENARIO_TITLES = {
    "mass:diverted": "Scenario: tryptophan diverted, mg/day",
    "mass:left": "Scenario: tryptophan left, mg/day",
    "gut_contribution:median": "Scenario: gut contribution, mg/day",
}

PER_GRAM_TITLES = {
    f"{PER_GRAM}{name}": f"Cells per gram: {title[0].lower()}{title[1:]}"
    for name, title in CAPABILITIES.items()
}
"""Of cells per gram those that the page shows; all are in the file."""

FORMS: dict[str, tuple[Callable[[float | None], str], Callable[[float | None], str]]] = {
    "share": (percent_points, percent),
    PER_GRAM.rstrip(":"): (scientific, scientific),
}
"""How a change and a level are written, by the start of a quantity's name; others are numbers."""


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
    of_changes : bool
        Whether it compares changes, so that the two means are changes too.
    rows : tuple of Row
        The balance first, then the shares in the order of the knowledge base.
    """

    title: str
    of_changes: bool
    rows: tuple[Row, ...]

    @property
    def sizes(self) -> list[tuple[str, str]]:
        """Samples and persons of the rows; one pair where they are all alike."""
        return sorted({(row.cells["samples"], row.cells["persons"]) for row in self.rows})

    @property
    def of_cells(self) -> bool:
        """Whether cells per gram are among the rows."""
        return any(row.quantity.startswith(PER_GRAM) for row in self.rows)

    @property
    def joint(self) -> bool:
        """Whether all terms of its category are also tested at once."""
        return any(not missing(row.values.get("p_joint")) for row in self.rows)

    @property
    def models(self) -> dict[str, str]:
        """Mark of each model that the rows rest on."""
        names = dict.fromkeys(str(row.values["model"]) for row in self.rows if row.estimable)
        return {name: chr(ord("a") + place) for place, name in enumerate(names)}

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Mark and words of each model; what two models share is said once."""
        words: list[tuple[str, str]] = []
        said: set[str] = set()
        for name, mark in self.models.items():
            model, apart, how = name.partition(PERMUTED)
            words.append((mark, f"the same, p by {how}" if apart and model in said else name))
            said.add(model)
        return words


def tables(
    results: Results,
    settings: Settings,
    capabilities: Sequence[Capability],
    undecided: Collection[str] = (),
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
    undecided : collection of str
        Quantities that nothing can tell, which the page lists once and not in each contrast.

    Returns
    -------
    dict of str to Table
    """
    labels = {BALANCE: BALANCE_TITLE} | {f"share:{c.name}": c.title for c in capabilities}
    labels |= PER_GRAM_TITLES | SCENARIO_TITLES
    order = {quantity: place for place, quantity in enumerate(labels)}
    found: dict[str, Table] = {}
    quantities = results.contrasts["quantity"]
    in_file_alone = quantities.str.startswith(PER_GRAM) & ~quantities.isin(list(PER_GRAM_TITLES))
    told = results.contrasts[~quantities.isin(list(undecided)) & ~in_file_alone]
    for name, block in told.groupby("contrast", sort=False):
        of_changes = settings.contrasts.get(str(name), {}).get("interaction") is not None
        # A scenario is in mg a day, which is no unit of the others: each has a scale of its own.
        inside = block["quantity"].isin(list(SCENARIO_TITLES))
        scales = {
            apart: scale([*rows["lower"], *rows["upper"]]) for apart, rows in block.groupby(inside)
        }
        shown = [
            _row(
                values, settings, labels, scales[values["quantity"] in SCENARIO_TITLES], of_changes
            )
            for values in records(block)
        ]
        shown.sort(key=lambda row: order.get(row.quantity, len(order)))
        found[str(name)] = Table(settings.contrast_heading(str(name)), of_changes, tuple(shown))
    return found


def _row(
    values: dict[str, Any],
    settings: Settings,
    labels: dict[str, str],
    on: Scale,
    of_changes: bool,
) -> Row:
    quantity = str(values["quantity"])
    change, level = FORMS.get(quantity.partition(":")[0], (signed, number))
    level = change if of_changes else level
    cells = {
        "effect": signed(values["effect"]),
        "interval": interval(values["lower"], values["upper"]),
        "p": p_value(values["p"]),
        "q": p_value(values["q"]),
        "p_permutation": p_value(values.get("p_permutation")),
        "p_joint": p_value(values.get("p_joint")),
        "q_joint": p_value(values.get("q_joint")),
        "mean_reference": level(values["mean_reference"]),
        "mean_level": level(values["mean_level"]),
        "difference": change(values["difference"]),
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
