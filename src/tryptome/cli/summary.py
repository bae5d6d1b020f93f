"""What a run found, a row a cohort: as a table for people, and as values for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tryptome.paths import cohort_dir
from tryptome.resolved import median_resolved
from tryptome.tables import read_tsv
from tryptome.vocabulary import RESOLVED

BALANCE = "precursor_balance"
LEVEL = 0.05
COLUMNS = ("cohort", "samples", "resolved", "assessable", "balance", "contrasts", "q < 0.05")


@dataclass(frozen=True)
class Summary:
    """A cohort in a few numbers.

    Attributes
    ----------
    samples : int
    resolved : float or None
        Share of reads resolved to reference genomes, median over samples.
    assessable : int
        Samples whose precursor balance can be assessed.
    balance : float or None
        Precursor balance (log2 ratio), median over those samples.
    contrasts : int
    findings : int
        Differences of a quantity with q under 0.05, over all contrasts.
    report : str
        Path of the report.
    """

    samples: int
    resolved: float | None
    assessable: int
    balance: float | None
    contrasts: int
    findings: int
    report: str


def summarise(directory: Path, cohort: str) -> Summary | None:
    """Summarise the results of a cohort; None where they are not all there."""
    estimate = directory / cohort_dir(cohort, "estimate")
    contrasts = directory / cohort_dir(cohort, "compare") / "contrasts.tsv"
    report = directory / cohort_dir(cohort, "report") / "report.html"
    files = (estimate / "quantities.parquet", estimate / "accounting.tsv", contrasts, report)
    if not all(path.is_file() for path in files):
        return None
    import pandas as pd

    balance = pd.read_parquet(
        files[0], columns=["mean", "assessable"], filters=[("quantity", "==", BALANCE)]
    )
    tiers = read_tsv(files[1], numeric=RESOLVED)
    tested = read_tsv(contrasts, numeric=("q",))
    return Summary(
        samples=len(tiers),
        resolved=_known(median_resolved(tiers)),
        assessable=int(balance["assessable"].sum()),
        balance=_known(balance["mean"].median()),
        contrasts=tested["contrast"].nunique(),
        findings=int((tested["q"] < LEVEL).sum()),
        report=str(report),
    )


def _known(value: float) -> float | None:
    return float(value) if value == value else None  # noqa: PLR0124 - NaN


def table(summaries: Mapping[str, Summary]) -> str:
    """Table of the cohorts, a line each; empty where there are none.

    Examples
    --------
    >>> print(table({"demo": Summary(12, 0.955, 11, -0.3, 2, 4, "report.html")}))
    cohort  samples  resolved  assessable  balance  contrasts  q < 0.05
    demo         12    95.5 %          11    -0.30          2         4
    """
    if not summaries:
        return ""
    rows = [COLUMNS, *(_cells(name, one) for name, one in summaries.items())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _cells(name: str, one: Summary) -> tuple[str, ...]:
    return (
        name,
        f"{one.samples:,}",
        "–" if one.resolved is None else f"{100 * one.resolved:.1f} %",
        f"{one.assessable:,}",
        "–" if one.balance is None else f"{one.balance:+.2f}",
        f"{one.contrasts}",
        f"{one.findings}",
    )


def as_json(summaries: Mapping[str, Summary]) -> dict[str, Any]:
    """Values of the table, by cohort."""
    return {name: asdict(one) for name, one in summaries.items()}
