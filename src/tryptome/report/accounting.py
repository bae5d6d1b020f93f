"""What became of everything that went in, and whether the cohort can be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.groups import EVERYTHING, Grouping
from tryptome.report.results import BALANCE, Results, records
from tryptome.report.wording import percent, plural
from tryptome.vocabulary import RESOLVED, TIERS

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMES = 15
MOST_SAMPLES = 50

ENOUGH_SAMPLES = 0.9
ENOUGH_CELLS = 0.8
LEAST = 0.5
"""Below this share of samples, or of cells, the cohort as a whole is not judged."""


@dataclass(frozen=True)
class Verdict:
    """Whether the cohort can be judged.

    Attributes
    ----------
    level : str
        ``good``, ``caution`` or ``bad``.
    text : str
        The verdict in words.
    reason : str
        The numbers that it follows from.
    """

    level: str
    text: str
    reason: str


@dataclass(frozen=True)
class Name:
    """A lineage that stands for no reference genome.

    Attributes
    ----------
    lineage : str
        As in the input, or the id of the feature where it has none.
    tier : str
        What it is taken for.
    features : int
        Features of this lineage.
    reads, share : float
        Its reads, and their share of all.
    """

    lineage: str
    tier: str
    features: int
    reads: float
    share: float


def judge(results: Results) -> Verdict:
    """Judge by how many samples are assessable, and how many of their cells.

    Parameters
    ----------
    results : Results
        The result files.

    Returns
    -------
    Verdict
        *Good* where at least 90 % of samples are assessable and, in the median
        of those, at least 80 % of the bacterial cells; *bad* where it is less
        than half of either; else *caution*.
    """
    balance = results.quantity(BALANCE)
    known = balance["assessable"].astype(bool)
    if not known.any():
        text = "This cohort cannot be judged."
        return Verdict("bad", text, f"None of {plural(len(known), 'sample')} is assessable.")
    samples = float(known.mean())
    cells = float(balance.loc[known, "assessable_cells"].median())
    reason = (
        f"{int(known.sum()):,} of {plural(len(known), 'sample')} ({percent(samples)}) "
        f"{'is' if known.sum() == 1 else 'are'} assessable; in the median of those, "
        f"{percent(cells)} of the bacterial cells can be assessed."
    )
    if samples < LEAST or cells < LEAST:
        return Verdict("bad", "This cohort as a whole cannot be judged.", reason)
    if samples < ENOUGH_SAMPLES or cells < ENOUGH_CELLS:
        return Verdict("caution", "This cohort can be judged with caution.", reason)
    return Verdict("good", "This cohort can be judged.", reason)


def bars(results: Results, grouping: Grouping) -> dict[str, dict[str, float]]:
    """Mean share of reads in each tier: of all samples, then of each group.

    Returns
    -------
    dict
        By label; empty for a group whose samples have no reads.
    """
    tiers = results.accounting.loc[:, list(TIERS)]
    found = {EVERYTHING: _means(tiers)}
    if not grouping.single:
        found |= {g.label: _means(tiers.iloc[g.positions]) for g in grouping.groups}
    return found


def resolved(shares: dict[str, float]) -> float | None:
    """Share of reads that stand for reference genomes; ``None`` where there are no reads."""
    return sum(shares[tier] for tier in RESOLVED) if shares else None


def unresolved_names(results: Results) -> list[Name]:
    """Lineages with the most reads that stand for no reference genome.

    Returns
    -------
    list of Name
        At most 15, those with the most reads first.
    """
    table = results.resolution.loc[~results.resolution["tier"].isin(RESOLVED)]
    lineage = table["lineage"].where(table["lineage"] != "", table["feature"])
    grouped = table.assign(lineage=lineage).groupby(["lineage", "tier"], sort=True)
    sums = grouped.agg(features=("feature", "size"), reads=("reads", "sum"), share=("share", "sum"))
    sums = sums.sort_values("reads", ascending=False, kind="stable").head(MOST_NAMES)
    return [
        Name(str(row["lineage"]), str(row["tier"]), row["features"], row["reads"], row["share"])
        for row in records(sums.reset_index())
    ]


def not_assessable(results: Results) -> list[tuple[str, str]]:
    """Sample and reason, for the first 50 samples whose balance is not assessable."""
    balance = results.quantity(BALANCE)
    gone = balance.loc[~balance["assessable"].astype(bool), "reason"]
    return [(str(sample), str(reason)) for sample, reason in gone.head(MOST_SAMPLES).items()]


def ledger_facts(results: Results) -> list[tuple[str, str]]:
    """What ingest says of the input, as pairs of a term and its value."""
    ledger = results.ledger
    facts = [
        ("Table", f"{ledger['format']}, {str(ledger['orientation']).replace('_', ' ')}"),
        ("Values", _values(results)),
        ("Samples", _in_and_out(ledger["samples_in"], ledger["samples_out"])),
        ("Features", _in_and_out(ledger["features_in"], ledger["features_out"])),
    ]
    lists: tuple[tuple[str, str], ...] = (("Samples without reads", "empty_samples"),)
    if ledger["sample_column"] is None:
        facts.append(("Metadata", "none"))
    else:
        lists += (
            ("Samples without metadata", "samples_without_metadata"),
            ("Metadata without samples", "metadata_without_samples"),
        )
    return facts + [(term, f"{len(ledger[key]):,}") for term, key in lists]


def _values(results: Results) -> str:
    if results.relative:
        return "relative abundances (intervals do not hold the uncertainty of sampling reads)"
    return "counts of reads"


def _in_and_out(before: Any, after: Any) -> str:
    return f"{int(before):,} in, {int(after):,} out"


def _means(tiers: pd.DataFrame) -> dict[str, float]:
    known = tiers.dropna()
    return {} if known.empty else {str(k): float(v) for k, v in known.mean().items()}
