"""Custom content for MultiQC: a row in its table of all cohorts, and two sections a cohort.

MultiQC writes what it is given into its page as it stands, and takes names of
samples for names of files, of which it cuts off folders and endings. So every sign
of an id but letters, digits and hyphens is written as an HTML entity: the page
shows the id as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.report.figures.accounting import SHADES
from tryptome.report.results import TIER_LABELS
from tryptome.resolved import median_resolved

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.values import Values

MOST_SAMPLES = 200
"""Samples in the bars of a cohort; of more, evenly spread ones are shown."""

BALANCE = "precursor_balance"
HEADLINES = {
    BALANCE: "Makers of tryptophan against diverters",
    "share:trp_synthesis": "Cells that can make tryptophan",
    "share:trp_diversion": "Cells that can divert tryptophan",
    "share:butyrate": "Cells that can make butyrate",
    "mass:diverted": "Tryptophan diverted (a scenario)",
    "mass:left": "Tryptophan left for the mucosa (a scenario)",
    "gut_contribution:inert": "Gut contribution (a scenario)",
}
"""Quantities that are looked at first, in this order, and what they are."""

Content = dict[str, Any]


def contents(cohort: str, accounting: pd.DataFrame, values: Values) -> Mapping[str, Content]:
    """Describe a cohort to MultiQC.

    Parameters
    ----------
    cohort : str
        Name of the cohort.
    accounting : DataFrame
        ``sample``, then the share of its reads in each tier.
    values : Values

    Returns
    -------
    dict
        Content by the beginning of the file's name: ``general``, ``tiers``, ``quantities``.
    """
    return {
        "general": general(cohort, accounting, values),
        "tiers": tiers(cohort, accounting),
        "quantities": headlines(cohort, values),
    }


def render(content: Content) -> str:
    """Write content as JSON."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def entities(text: str) -> str:
    """Write every sign but letters, digits and hyphens as an HTML entity.

    Examples
    --------
    >>> entities("S-1"), entities("a/b.gz"), entities("<b>")
    ('S-1', 'a&#47;b&#46;gz', '&#60;b&#62;')
    """
    return re.sub(r"[^A-Za-z0-9-]", lambda sign: f"&#{ord(sign[0])};", text)


def general(cohort: str, accounting: pd.DataFrame, values: Values) -> Content:
    """Row of the cohort in the general statistics."""
    balance = _column(values, BALANCE)
    row = {
        "samples": len(values.samples),
        "resolved": _known(100 * median_resolved(accounting)),
        "assessable": int(np.isfinite(balance).sum()),
        "balance": _known(_median(balance)),
    }
    return {
        "id": "tryptome_general",
        "plot_type": "generalstats",
        "pconfig": {
            "samples": {"title": "Samples", "format": "{:,.0f}", "scale": "Blues"},
            "resolved": {
                "title": "Resolved",
                "description": "Reads resolved to reference genomes, median over samples",
                **{"suffix": "%", "min": 0, "max": 100, "scale": "Greens"},
            },
            "assessable": {
                "title": "Assessable",
                "description": "Samples whose balance can be assessed",
                **{"format": "{:,.0f}", "scale": "Blues"},
            },
            "balance": {
                "title": "Balance",
                "description": "Precursor balance (log2), median over samples: "
                "makers of tryptophan against diverters",
                **{"format": "{:+.2f}", "scale": "RdBu"},
            },
        },
        "data": {cohort: {key: value for key, value in row.items() if value is not None}},
    }


def tiers(cohort: str, accounting: pd.DataFrame) -> Content:
    """Bars: in which tier the reads of each sample end."""
    chosen = accounting.iloc[_spread(len(accounting), MOST_SAMPLES)]
    columns = list(accounting.columns[1:])
    data = {
        entities(str(row["sample"])): {
            tier: 100 * float(row[tier]) for tier in columns if np.isfinite(row[tier])
        }
        for _, row in chosen.iterrows()
    }
    shown = "" if len(chosen) == len(accounting) else f"; {len(chosen)} of {len(accounting)} shown"
    return {
        **_section(cohort, "tiers", "where the reads end"),
        "description": f"Share of each sample's reads by how far its names are known{shown}.",
        "plot_type": "bargraph",
        "categories": {
            tier: {"name": TIER_LABELS[tier], "color": color}
            for tier, color in SHADES.items()
            if tier in columns
        },
        "pconfig": {
            "id": f"tryptome_tiers_{cohort}_plot",
            "title": f"tryptome: {cohort}: where the reads end",
            **{"ylab": "% of reads", "ymax": 100, "cpswitch": False, "tt_decimals": 1},
        },
        "data": {name: row for name, row in data.items() if row},
    }


def headlines(cohort: str, values: Values) -> Content:
    """Table of the quantities that are looked at first."""
    units = dict(zip(values.quantities, values.units, strict=True))
    rows = {}
    for name, title in HEADLINES.items():
        known = _column(values, name)
        known = known[np.isfinite(known)]
        if known.size:
            low, middle, high = np.quantile(known, (0.05, 0.5, 0.95))
            rows[entities(name)] = {
                "what": title,
                "unit": units[name],
                "median": float(middle),
                **{"q05": float(low), "q95": float(high), "samples": int(known.size)},
            }
    spread = "of the samples' posterior means"
    return {
        **_section(cohort, "quantities", "what the communities do"),
        "description": "Spread over the samples that can be assessed. For research only.",
        "plot_type": "table",
        "pconfig": {
            "id": f"tryptome_quantities_{cohort}_table",
            "title": f"tryptome: {cohort}: what the communities do",
            "col1_header": "Quantity",
            "sort_rows": False,
        },
        # Without a scale, since rows differ in their unit.
        "headers": {
            "what": {"title": "What", "scale": False},
            "unit": {"title": "Unit", "scale": False},
            **{
                key: {
                    **{"title": title, "description": f"{title} {spread}"},
                    **{"format": "{:.3g}", "scale": False},
                }
                for key, title in (("median", "Median"), ("q05", "5 %"), ("q95", "95 %"))
            },
            "samples": {"title": "Samples", "format": "{:,.0f}", "scale": False},
        },
        "data": rows,
    }


def _section(cohort: str, what: str, title: str) -> Content:
    return {
        "id": f"tryptome_{what}_{cohort}",
        "section_name": f"{cohort}: {title}",
        "parent_id": "tryptome",
        "parent_name": "tryptome",
        "parent_description": "tells what gut communities do to tryptophan. For research only.",
    }


def _column(values: Values, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if name not in values.quantities:
        return np.empty(0)
    return values.mean[:, values.quantities.index(name)]


def _median(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _spread(size: int, most: int) -> list[int]:
    """Evenly spread positions.

    Examples
    --------
    >>> _spread(3, 5), _spread(10, 5)
    ([0, 1, 2], [0, 2, 4, 6, 8])
    """
    if size <= most:
        return list(range(size))
    return [at * size // most for at in range(most)]
