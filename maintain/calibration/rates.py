"""Rates of false positives: how sure they are, and whether they are what is stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

LEVEL = 0.05
LIMITS = (0.035, 0.065)
"""Share of false positives at 5 % that is taken for 5 %."""

COVERED = (0.93, 0.97)
"""Share of intervals of 95 % that is taken for 95 %."""

FULL = 300
"""Contrasts of a design from which on its rate has to be inside the limits as it is."""

FULL_COVERAGE = 75
"""Draws from which on coverage has to be inside its limits as it is."""

SLACK = 3
"""Standard errors by which a shorter run may be off: about 20 designs are judged, and
each has to miss 5 % by four of its errors or more."""


def rate(rows: pd.DataFrame, column: str) -> tuple[float, float]:
    """Share of p values at most 5 %, and its standard error over contrasts."""
    each = _each(rows, column)
    if each.empty:
        return np.nan, np.nan
    return float(each.mean()), float(each.std() / np.sqrt(len(each)))


def _each(rows: pd.DataFrame, column: str) -> pd.Series:
    """Share of p values at most 5 %, by contrast."""
    hits = (rows[column] <= LEVEL).where(rows[column].notna())
    return hits.astype(float).groupby(rows["contrast"]).mean().dropna()


def unsound(rows: pd.DataFrame) -> list[str]:
    """Designs whose false positives are outside :data:`LIMITS`, with rate and error.

    Of fewer than :data:`FULL` contrasts, those that are off by more than :data:`SLACK` errors.
    An error is taken for no less than contrasts of all designs scatter on average: a short run
    with no hit at all has no scatter of its own, and tells little.
    """
    found = []
    usual = _usual_sd(rows)
    for title, block in rows.groupby("design", sort=False):
        share, error = rate(block, "p")
        count = block["contrast"].nunique()
        slack = 0.0 if count >= FULL else SLACK * max(error, usual / np.sqrt(count))
        if not LIMITS[0] - slack <= share <= LIMITS[1] + slack:
            found.append(f"{title} ({shown(share, error)})")
    return found


def _usual_sd(rows: pd.DataFrame) -> float:
    """Standard deviation of a contrast's rate, over all designs together."""
    squares = [_each(block, "p").var() for _, block in rows.groupby("design")]
    return float(np.sqrt(np.nanmean(squares)))


def share_with_error(rows: pd.DataFrame, column: str) -> tuple[float, float]:
    """Mean of a column of shares, and its standard error over contrasts."""
    each = rows.groupby("contrast")[column].mean()
    return float(each.mean()), float(each.std() / np.sqrt(len(each)))


def uncovered(covered: Mapping[str, pd.DataFrame]) -> list[str]:
    """Cohorts whose intervals of both variances cover less or more than :data:`COVERED`."""
    found = []
    for title, rows in covered.items():
        share, error = share_with_error(rows, "both")
        count = rows["contrast"].nunique()
        slack = 0.0 if count >= FULL_COVERAGE else SLACK * max(error, np.sqrt(0.05 * 0.95 / count))
        if not COVERED[0] - slack <= share <= COVERED[1] + slack:
            found.append(f"intervals, {title} ({shown(share, error)})")
    return found


def together(rows: pd.DataFrame) -> pd.DataFrame:
    """All designs as one."""
    return rows.assign(contrast=rows["design"] + rows["contrast"].astype(str), design="all")


def shown(share: float, error: float) -> str:
    """A rate with its error; empty where there is none."""
    return "" if np.isnan(share) else f"{share:.1%} ± {error:.1%}"


def by_design(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Rows of each design, in their order."""
    for title, block in rows.groupby("design", sort=False):
        yield str(title), block
