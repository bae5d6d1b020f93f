"""Which findings have no drivers, and whether drivers are of a difference like the effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tryptome.compare.finding import Finding
from tryptome.compare.scale import PER_GRAM, SCENARIO

if TYPE_CHECKING:
    import pandas as pd

OF_SCENARIO = "a scenario in mg a day is no sum over taxa; see the shares that it is made of"

OF_CELLS = "the load is of no taxon; see the share"


def why_undriven(quantity: str, finding: Finding) -> str:
    """Why a finding has no drivers; empty where it has.

    Parameters
    ----------
    quantity : str
    finding : Finding
    """
    if finding.estimate is None:
        return f"not estimable: {finding.reason}"
    if quantity in SCENARIO:
        return OF_SCENARIO
    return OF_CELLS if quantity.startswith(PER_GRAM) else ""


def undriven(contrast: str, found: Mapping[str, Sequence[Finding]]) -> pd.DataFrame:
    """Rows of ``drivers.tsv`` that say why a finding has no drivers.

    Parameters
    ----------
    contrast : str
    found : mapping
        Findings on each quantity, one a term.

    Returns
    -------
    pandas.DataFrame
        ``contrast``, ``quantity``, ``term``, ``reason``; one row a finding.
    """
    import pandas as pd

    rows = [
        {"contrast": contrast, "quantity": quantity, "term": one.term, "reason": why}
        for quantity, findings in found.items()
        for one in findings
        if (why := why_undriven(quantity, one))
    ]
    return pd.DataFrame(rows, columns=["contrast", "quantity", "term", "reason"])


def agrees_sign(difference: float, finding: Finding) -> str:
    """Whether the difference that drivers are parts of has the sign of the tested effect.

    Parameters
    ----------
    difference : float
    finding : Finding

    Returns
    -------
    str
        ``true`` or ``false``; the difference is in the quantity's own unit and not adjusted,
        the effect is both on the scale of comparison and adjusted.
    """
    effect = 0.0 if finding.estimate is None else finding.estimate.effect
    return "false" if difference * effect < 0 else "true"
