"""What each capability rests on: definition, source, taxa of this cohort, literature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.estimate.carried import EVERYTHING
from tryptome.knowledge import Capability, KnowledgeBase
from tryptome.knowledge.statements import Statement
from tryptome.report.results import Results, records
from tryptome.report.taxa import having
from tryptome.report.wording import percent, percent_interval
from tryptome.vocabulary import REST

if TYPE_CHECKING:
    import pandas as pd

MOST = 8
"""Most taxa shown for a capability; all are in ``capabilities.parquet``."""


@dataclass(frozen=True)
class Taxon:
    """What is taken of one taxon.

    Attributes
    ----------
    label : str
        For people.
    prevalence, interval : str
        How likely a cell of it is to have the capability, with the 90 % interval.
    species, genomes : str
        Those that have it, of all.
    level : str
        Rank of the closest evidence.
    """

    label: str
    prevalence: str
    interval: str
    species: str
    genomes: str
    level: str


@dataclass(frozen=True)
class Evidence:
    """What one capability rests on.

    Attributes
    ----------
    capability : Capability
        What it is.
    source : str
        Title of the source of genomes that says it; empty where none does.
    taxa : tuple of Taxon
        Those that carry most of it in this cohort, the largest first.
    others : int
        Assessable taxa of this cohort that are not among them.
    statements : tuple of Statement
        What articles say of taxa in the knowledge base.
    """

    capability: Capability
    source: str
    taxa: tuple[Taxon, ...]
    others: int
    statements: tuple[Statement, ...]


def collect(
    results: Results, knowledge: KnowledgeBase, capabilities: Sequence[Capability]
) -> list[Evidence]:
    """Collect the evidence of each capability.

    Parameters
    ----------
    results : Results
        The result files.
    knowledge : KnowledgeBase
        Sources and literature.
    capabilities : sequence of Capability
        Those that are shown, in order.

    Returns
    -------
    list of Evidence
    """
    carried = _carried(results.contributions)
    annotated = results.capabilities.groupby("capability", sort=False)
    known = {str(name): rows for name, rows in annotated}
    said = _statements(knowledge)
    return [
        _evidence(results, knowledge, capability, carried, known, said)
        for capability in capabilities
    ]


def _carried(contributions: pd.DataFrame) -> dict[str, list[str]]:
    """Taxa of each quantity by what they carry over all samples, the largest first."""
    named = contributions.loc[contributions["taxon"] != REST]
    if "group" in named:
        named = named.loc[named["group"] == EVERYTHING]
    totals = named.groupby(["quantity", "taxon"], sort=True)["mean"].sum().reset_index()
    totals = totals.sort_values("mean", ascending=False, kind="stable")
    return {str(name): list(rows["taxon"]) for name, rows in totals.groupby("quantity")}


def _statements(knowledge: KnowledgeBase) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for row in records(knowledge.literature):
        found.setdefault(str(row["capability"]), []).append(Statement(**row))
    return found


def _evidence(
    results: Results,
    knowledge: KnowledgeBase,
    capability: Capability,
    carried: Mapping[str, Sequence[str]],
    known: Mapping[str, pd.DataFrame],
    said: Mapping[str, Sequence[Statement]],
) -> Evidence:
    name = capability.derived_from or capability.name
    order = carried.get(f"share:{capability.name}", [])[:MOST]
    rows = [results.evidence.get((taxon, capability.name)) for taxon in order]
    taxa = [_taxon(results, row) for row in rows if row is not None and row["assessable"]]
    table = known.get(capability.name)
    assessable = 0 if table is None else int(table["assessable"].sum())
    source = knowledge.capability(name).source
    return Evidence(
        capability=capability,
        source=knowledge.source(source).title if source else "",
        taxa=tuple(taxa),
        others=assessable - len(taxa),
        statements=tuple(said.get(name, ())),
    )


def _taxon(results: Results, row: Mapping[str, Any]) -> Taxon:
    return Taxon(
        label=results.taxon_label(str(row["taxon"])),
        prevalence=percent(row["mean"]),
        interval=percent_interval(row["q05"], row["q95"]),
        species=having(row, "positive_species", "species"),
        genomes=having(row, "positives", "genomes"),
        level=str(row["level"] or "prior"),
    )
