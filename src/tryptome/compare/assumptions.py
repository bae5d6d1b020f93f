"""Whether the residuals are as a model assumes, in words for the table."""

from __future__ import annotations

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.permutation import Arrangements
from tryptome.compare.regression import Regression

LEAST = 8
"""Fewest units of which residuals are looked at."""

CLEARLY = 0.001
"""p under which an assumption is said not to hold: with hundreds of tests, some are under 0.01."""

ALPHA = 0.05


def notes(regression: Regression, units: Array, arrangements: Arrangements) -> str:
    """Say which assumptions do not hold.

    Parameters
    ----------
    regression : Regression
        Of the units.
    units : ndarray, shape (units,)
        Their values.
    arrangements : Arrangements

    Returns
    -------
    str
        Sentences joined by ``; ``, empty where there is nothing to say.
    """
    said = []
    if arrangements.exact and arrangements.least > ALPHA:
        least = f"{arrangements.least:.2g}"
        said.append(f"{arrangements.count} permutations: p cannot be under {least}")
    if len(units) >= LEAST:
        said += _residuals(regression, units)
    return "; ".join(said)


def _residuals(regression: Regression, units: Array) -> list[str]:
    """Normality by Shapiro and Wilk; equal spread by Breusch, Pagan and Koenker."""
    from scipy.stats import shapiro
    from statsmodels.stats.diagnostic import het_breuschpagan

    free = regression.residuals(units)
    slope = regression.direction / (regression.direction @ regression.direction)
    residual = free - (free @ regression.direction) * slope
    if np.ptp(residual) <= 1e-12 * np.abs(units).max():
        return []
    said = []
    normal = float(shapiro(residual).pvalue)
    if normal < CLEARLY:
        said.append(f"residuals are not normal (Shapiro-Wilk p {normal:.1g})")
    if np.ptp(regression.target) > 0:
        exog = np.column_stack([np.ones(len(units)), regression.target])
        equal = float(het_breuschpagan(residual, exog)[1])
        if equal < CLEARLY:
            said.append(
                f"the spread differs along the contrast (Breusch-Pagan p {equal:.1g}), "
                "which the standard errors allow for"
            )
    return said
