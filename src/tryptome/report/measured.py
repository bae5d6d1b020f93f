"""The cohort's own measured metabolites against what was estimated, beside other cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.measured.correlation import BEYOND
from tryptome.report.accuracy import Accuracy
from tryptome.report.accuracy import measured as accuracies

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Row:
    """A quantity against a metabolite that the cohort's owner measured.

    Attributes
    ----------
    found : mapping
        A row of ``measured.tsv``; see ``docs/files.md``.
    elsewhere : Accuracy or None
        The same pooled over the cohorts of the validation, or in the one that measured
        it; None where none did.
    """

    found: dict[str, Any]
    elsewhere: Accuracy | None

    @property
    def agrees(self) -> bool | None:
        """Whether the interval here meets that elsewhere; None where one is missing."""
        lower, upper = self.found["spearman_lower"], self.found["spearman_upper"]
        if self.elsewhere is None or self.found["reason"]:
            return None
        return bool(lower <= self.elsewhere.upper and upper >= self.elsewhere.lower)


@dataclass(frozen=True)
class Measured:
    """What the section shows.

    Attributes
    ----------
    rows : list of Row
        In the order of the file, those without numbers among them.
    """

    rows: list[Row]

    @property
    def judged(self) -> int:
        """How many rows have numbers."""
        return sum(not row.found["reason"] for row in self.rows)

    @property
    def beyond(self) -> int:
        """How many quantities say more than diversity does."""
        return sum(row.found["verdict"] == BEYOND for row in self.rows)


def describe(table: pd.DataFrame | None) -> Measured | None:
    """Set what was measured beside what was found elsewhere.

    Parameters
    ----------
    table : DataFrame or None
        ``measured.tsv``; None where the cohort has no measured metabolites.

    Returns
    -------
    Measured or None
    """
    if table is None:
        return None
    last = [group[-1] for group in accuracies() if group[-1].measured]
    elsewhere = {(one.quantity, one.metabolite): one for one in last}
    found = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    return Measured(
        [Row(row, elsewhere.get((row["quantity"], row["metabolite"]))) for row in found]
    )
