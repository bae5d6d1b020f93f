"""The scenario beside figures of the literature that went into no prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.mass.scenario import QUANTITIES, RATIOS, Scenario
from tryptome.paths import resource

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.estimate.community import Array


def compare_with_literature(scenario: Scenario) -> pd.DataFrame:
    """Set a cohort's figures beside those of the literature.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    DataFrame
        ``scenario_checks.tsv`` of the output contract: ``figure``, ``quantity``,
        ``unit``, ``q05``, ``q50``, ``q95`` (each the median over the samples that can
        be assessed), ``literature_low``, ``literature_high``, ``agrees`` (whether the
        two ranges meet), ``reported``, ``conversion``, ``source``, ``note``.
    """
    import pandas as pd

    from tryptome.tables import read_tsv

    figures = read_tsv(resource("physiology", "literature_figures.tsv"))
    return pd.DataFrame([_row(figure, scenario) for _, figure in figures.iterrows()])


def _row(figure: pd.Series, scenario: Scenario) -> dict[str, object]:
    relative = figure["relative_to"]
    quantity = f"{figure['compares']}/{relative}" if relative else figure["compares"]
    low, middle, high = _interval(scenario, quantity)
    least, most = float(figure["compared_low"]), float(figure["compared_high"])
    agrees = "" if np.isnan(low) else str(bool(low <= most and least <= high)).lower()
    doi = f" doi:{figure['doi']}" if figure["doi"] else ""
    return {
        "figure": figure["figure"],
        "quantity": quantity,
        "unit": "%" if relative else "mg tryptophan/day",
        "q05": low,
        "q50": middle,
        "q95": high,
        "literature_low": least,
        "literature_high": most,
        "agrees": agrees,
        "reported": f"{figure['low']} to {figure['high']} {figure['unit']}",
        "conversion": figure["conversion"],
        "source": figure["citation"] + doi,
        "note": figure["note"],
    }


def _interval(scenario: Scenario, quantity: str) -> tuple[float, float, float]:
    """Median over the samples of the 5 %, 50 % and 95 % quantiles; NaN where there are none."""
    told, quantiles = _quantiles(scenario, quantity)
    if not told.any():
        return np.nan, np.nan, np.nan
    low, middle, high = np.median(quantiles[told][:, [0, 2, 4]], axis=0)
    return float(low), float(middle), float(high)


def _quantiles(scenario: Scenario, quantity: str) -> tuple[Array, Array]:
    block = scenario.block
    if quantity in RATIOS:
        told = block.reason[:, QUANTITIES.index("mass:diverted")] == ""
        return told, scenario.ratios[:, RATIOS.index(quantity)]
    at = QUANTITIES.index(quantity)
    return block.reason[:, at] == "", block.quantiles[:, at]
