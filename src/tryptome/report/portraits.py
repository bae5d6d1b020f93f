"""Each sample by itself: what its community can do, with intervals, and who does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tryptome.knowledge import Capability
from tryptome.report.contrasts import BALANCE_TITLE, SCENARIO_TITLES
from tryptome.report.kinds import kind_of
from tryptome.report.results import BALANCE, DIVERT, LISTED, MAKE, Results, records
from tryptome.report.wording import listed, missing, percent
from tryptome.vocabulary import REST

NAMED = 3
"""Taxa named for each side of the balance."""


@dataclass(frozen=True)
class Portrait:
    """One sample by itself.

    Attributes
    ----------
    sample, anchor : str
        Its id, and that of its place in the page, which holds nothing of the user's.
    rows : tuple of (str, str, str, str)
        Quantity, mean, 90 % interval, and that of all bacterial cells, empty where there is
        none; the reason in place of the first interval where not assessable.
    makers, diverters : str
        The taxa that carry most of each side; empty where none is known.
    """

    sample: str
    anchor: str
    rows: tuple[tuple[str, str, str, str], ...]
    makers: str
    diverters: str


def anchor(place: int) -> str:
    """Anchor of the sample at a position of the table."""
    return f"sample-{place + 1}"


def shown(results: Results, capabilities: Sequence[Capability]) -> dict[str, str]:
    """Name and title of the quantities that are told of each sample, in order."""
    named = {BALANCE: BALANCE_TITLE}
    named |= {f"share:{c.name}": c.title for c in capabilities if c.group == "tryptophan"}
    return named | {
        name: title for name, title in SCENARIO_TITLES.items() if name in results.quantity_names
    }


def portraits(results: Results, capabilities: Sequence[Capability]) -> list[Portrait]:
    """Describe the samples that the page lists.

    Parameters
    ----------
    results : Results
        The result files.
    capabilities : sequence of Capability
        What the shares are called: those of tryptophan are shown.

    Returns
    -------
    list of Portrait
        Of the first 1,000 samples, in the order of the table.
    """
    named = shown(results, capabilities)
    tables = {name: records(results.listed(name)) for name in named}
    carried = {side: _carriers(results, side) for side in (MAKE, DIVERT)}
    return [
        Portrait(
            sample=str(sample),
            anchor=anchor(place),
            rows=tuple(
                (title, *_words(name, tables[name][place])) for name, title in named.items()
            ),
            makers=carried[MAKE].get(str(sample), ""),
            diverters=carried[DIVERT].get(str(sample), ""),
        )
        for place, sample in enumerate(results.samples["sample"].head(LISTED))
    ]


def _words(quantity: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
    if missing(row["mean"]):
        return "not assessable", str(row["reason"]), ""
    kind = kind_of(quantity)
    of_all = "" if missing(row["all_q05"]) else kind.ends(row["all_q05"], row["all_q95"])
    return kind.value(row["mean"]), kind.ends(row["q05"], row["q95"]), of_all


def _carriers(results: Results, quantity: str) -> dict[str, str]:
    """The largest taxa of each sample, in words; none where contributions go by group."""
    if not results.per_sample:
        return {}
    table = results.contributions
    table = table.loc[(table["quantity"] == quantity) & (table["taxon"] != REST)]
    table = table.sort_values("mean", ascending=False, kind="stable")
    top = table.groupby("sample", sort=False).head(NAMED)
    return {
        str(sample): listed(
            [
                f"{results.taxon_label(str(row['taxon']))} ({percent(row['share'])})"
                for row in records(rows)
            ]
        )
        for sample, rows in top.groupby("sample", sort=False)
    }
