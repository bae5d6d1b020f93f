"""The scenario beside figures of the literature that went into no prior."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.mass.scenario import QUANTITIES, RATIOS, Scenario
from tryptome.paths import resource

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.estimate.community import Array


INTERVAL = (0, 2, 4)
"""Quantiles that are compared, by their places: 5 %, 50 % and 95 %."""


def intervals(scenario: Scenario) -> dict[str, Array]:
    """Quantiles of what the literature has figures of, in the samples that can be assessed.

    Parameters
    ----------
    scenario : Scenario
        Of any samples of a cohort.

    Returns
    -------
    dict of str to ndarray, shape (samples, 3)
        By quantity.
    """
    asked = dict.fromkeys(_quantity(figure) for _, figure in _figures().iterrows())
    found = {name: _quantiles(scenario, name) for name in asked}
    return {name: values[told][:, INTERVAL] for name, (told, values) in found.items()}


def compare_with_literature(found: Mapping[str, Array]) -> pd.DataFrame:
    """Set a cohort's figures beside those of the literature.

    Parameters
    ----------
    found : mapping of str to ndarray, shape (samples, 3)
        From :func:`intervals`, over all samples.

    Returns
    -------
    DataFrame
        ``scenario_checks.tsv`` of the output contract: ``figure``, ``quantity``,
        ``unit``, ``q05``, ``q50``, ``q95`` (each the median over the samples that can
        be assessed), ``literature_low``, ``literature_high``, ``agrees`` (whether the
        two ranges meet), ``reported``, ``conversion``, ``source``, ``note``.
    """
    import pandas as pd

    return pd.DataFrame([_row(figure, found) for _, figure in _figures().iterrows()])


@cache
def _figures() -> pd.DataFrame:
    from tryptome.tables import read_tsv

    return read_tsv(resource("physiology", "literature_figures.tsv"))


def _quantity(figure: pd.Series) -> str:
    relative = figure["relative_to"]
    return f"{figure['compares']}/{relative}" if relative else str(figure["compares"])


def _row(figure: pd.Series, found: Mapping[str, Array]) -> dict[str, object]:
    quantity = _quantity(figure)
    low, middle, high = _median(found[quantity])
    least, most = float(figure["compared_low"]), float(figure["compared_high"])
    agrees = "" if np.isnan(low) else str(bool(low <= most and least <= high)).lower()
    doi = f" doi:{figure['doi']}" if figure["doi"] else ""
    return {
        "figure": figure["figure"],
        "quantity": quantity,
        "unit": RATIOS.get(quantity, "mg tryptophan/day"),
        "q05": low,
        "q50": middle,
        "q95": high,
        "literature_low": least,
        "literature_high": most,
        "agrees": agrees,
        "reported": f"{ranged(figure['low'], figure['high'])} {figure['unit']}",
        "conversion": figure["conversion"],
        "source": figure["citation"] + doi,
        "note": figure["note"],
    }


def ranged(low: str, high: str) -> str:
    """Two ends in words, or the one number that both are.

    Examples
    --------
    >>> ranged("5", "20"), ranged("5", "5")
    ('5 to 20', '5')
    """
    return low if low == high else f"{low} to {high}"


def _median(values: Array) -> tuple[float, float, float]:
    """Median over the samples of each quantile; NaN where there are none."""
    if not len(values):
        return np.nan, np.nan, np.nan
    low, middle, high = np.median(values, axis=0)
    return float(low), float(middle), float(high)


def _quantiles(scenario: Scenario, quantity: str) -> tuple[Array, Array]:
    block = scenario.block
    if quantity in RATIOS:
        told = block.reason[:, QUANTITIES.index("mass:diverted")] == ""
        return told, scenario.ratios[:, list(RATIOS).index(quantity)]
    at = QUANTITIES.index(quantity)
    return block.reason[:, at] == "", block.own.quantiles[:, at]
