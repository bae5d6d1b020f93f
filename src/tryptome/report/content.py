"""What the page shows, gathered from the result files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tryptome import groups
from tryptome.knowledge import Capability, KnowledgeBase
from tryptome.report import (
    accounting,
    accuracy,
    answer,
    applicability,
    community,
    contrasts,
    evidence,
    further,
    measured,
    methods,
    pathway,
    pathway_svg,
    portraits,
    samples,
    scenario,
    sensitivity,
    taxa,
)
from tryptome.report.charts import explorer
from tryptome.report.results import BALANCE, DIVERT, LISTED, MAKE, TIER_LABELS, Results
from tryptome.report.settings import Settings
from tryptome.report.summary import Band, Summary, band, summarise
from tryptome.report.wording import amount, confidence, count, percent, percent_interval

SIDES = ((MAKE, "Making tryptophan"), (DIVERT, "Diverting tryptophan"))
"""The two shares that the balance compares."""

KINDS = {
    "tryptophan": "Tryptophan",
    "vitamins": "B vitamins",
    "fermentation": "Short-chain fatty acids",
    "bile_acids": "Bile acids",
    "signals": "Other signals",
}

MOST_CONTRASTS = 4
"""Most contrasts whose drivers are shown."""

Drivers = list[tuple[str, str, list[taxa.Carrier]]]
"""Title of a contrast, of a quantity, and the taxa that drive its difference."""


@dataclass(frozen=True)
class GroupRow:
    """A group in the table of the balance.

    Attributes
    ----------
    label : str
        Name of the group.
    balance, make, divert : Summary
        The balance and its two sides.
    total : bool
        Whether this is all samples together.
    """

    label: str
    balance: Summary
    make: Summary
    divert: Summary
    total: bool


@dataclass(frozen=True)
class CapabilityRow:
    """A capability in every column: all samples first, then each group.

    Attributes
    ----------
    capability : Capability
        What it is.
    summaries : tuple of Summary
        One a column.
    """

    capability: Capability
    summaries: tuple[Summary, ...]


class Content:
    """Everything between the result files and the page.

    Parameters
    ----------
    results : Results
        The result files.
    settings : Settings
        What the configuration says of the report.
    knowledge : KnowledgeBase
        What capabilities are called, and where evidence is from.
    """

    def __init__(self, results: Results, settings: Settings, knowledge: KnowledgeBase) -> None:
        self.results = results
        self.settings = settings
        self.knowledge = knowledge
        self._summaries: dict[str, tuple[Summary, ...]] = {}
        self.persons = groups.persons(results.samples, settings.subject_column)
        named = groups.named_persons(results.samples, settings.subject_column)
        self.named_persons = len(np.unique(self.persons[named]))
        self.grouping = groups.form(results.samples, settings.groups, settings.contrasts)
        known = set(results.quantity_names)
        defined = [c for c in knowledge.capabilities if f"share:{c.name}" in known]
        self.capabilities = [c for c in defined if c.source or c.derived_from]
        self.undecided = [c for c in defined if not (c.source or c.derived_from)]
        self.contrasts = contrasts.tables(
            results, settings, self.capabilities, {f"share:{c.name}" for c in self.undecided}
        )

    @property
    def knowledge_checksum(self) -> str:
        """Checksum of what the taxa were annotated with, a user's own evidence included."""
        carried = self.results.capabilities.attrs.get("knowledge_sha256")
        return str(carried or self.knowledge.checksum)

    @property
    def column_labels(self) -> list[str]:
        """Labels of the columns of tables that set groups side by side."""
        labels = [group.label for group in self.grouping.groups]
        return labels if self.grouping.single else [groups.EVERYTHING, *labels]

    @cached_property
    def blocks(self) -> list[groups.Codes]:
        """Positions of the samples of each column."""
        blocks = [group.positions for group in self.grouping.groups]
        return blocks if self.grouping.single else [np.arange(len(self.results.samples)), *blocks]

    def summaries(self, quantity: str) -> tuple[Summary, ...]:
        """Summary of a quantity in each column."""
        if quantity not in self._summaries:
            table = self.results.quantity(quantity)[["mean", "sd", "assessable"]]
            self._summaries[quantity] = tuple(
                summarise(
                    table.iloc[block],
                    self.persons[block],
                    confidence=self.settings.confidence,
                    share=quantity.startswith("share:"),
                )
                for block in self.blocks
            )
        return self._summaries[quantity]

    def of_groups(self, quantity: str) -> tuple[Summary, ...]:
        """Summary of a quantity in each group, without that of all samples."""
        columns = self.summaries(quantity)
        return columns if self.grouping.single else columns[1:]

    def bands(self, quantity: str) -> tuple[Band, ...]:
        """Band of a quantity of the scenario in each column."""
        table = self.results.quantity(quantity)[["mean", "q05", "q95", "assessable"]]
        return tuple(band(table.iloc[block], self.persons[block]) for block in self.blocks)

    def group_rows(self) -> list[GroupRow]:
        """Rows of the table of the balance, all samples last."""
        balance, make, divert = (self.summaries(quantity) for quantity in (BALANCE, MAKE, DIVERT))
        columns = zip(self.column_labels, balance, make, divert, strict=True)
        rows = [
            GroupRow(*column, total=not place and not self.grouping.single)
            for place, column in enumerate(columns)
        ]
        return rows if self.grouping.single else [*rows[1:], rows[0]]

    def capability_rows(self) -> list[tuple[str, list[CapabilityRow]]]:
        """Rows of the table of capabilities, by kind."""
        kinds: dict[str, list[CapabilityRow]] = {}
        for capability in self.capabilities:
            row = CapabilityRow(capability, self.summaries(f"share:{capability.name}"))
            kinds.setdefault(capability.group, []).append(row)
        return [(KINDS.get(kind, kind.replace("_", " ")), rows) for kind, rows in kinds.items()]

    @cached_property
    def carriers(self) -> list[tuple[str, list[taxa.Carrier]]]:
        """Taxa that carry the two sides of the balance."""
        return [
            (title, taxa.carriers(self.results, quantity, self.grouping, self.persons))
            for quantity, title in SIDES
        ]

    @cached_property
    def drivers(self) -> Drivers:
        """Drivers of the two sides of the balance, in shares of cells."""
        return self._drivers(SIDES)

    @property
    def balance_drivers(self) -> Drivers:
        """Drivers of the balance itself, in units of log2."""
        return self._drivers([(BALANCE, "The balance")])

    def _drivers(self, quantities: Sequence[tuple[str, str]]) -> Drivers:
        names = list(self.contrasts)[:MOST_CONTRASTS]
        found = [
            (self.settings.contrast_title(name), title, taxa.drivers(self.results, name, quantity))
            for name in names
            for quantity, title in quantities
        ]
        return [entry for entry in found if entry[2]]

    @property
    def undriven(self) -> list[tuple[str, str]]:
        """Contrasts of which the balance has no drivers, and why."""
        table = self.results.drivers
        told = table.loc[(table["quantity"] == BALANCE) & (table["reason"] != "")]
        reasons = dict(zip(told["contrast"], told["reason"], strict=True))
        shown = [name for name in list(self.contrasts)[:MOST_CONTRASTS] if name in reasons]
        return [(self.settings.contrast_title(name), reasons[name]) for name in shown]

    @cached_property
    def bars(self) -> dict[str, dict[str, float]]:
        """Mean share of reads in each tier, of all samples and of each group."""
        return accounting.bars(self.results, self.grouping)

    @cached_property
    def scenario(self) -> scenario.Scenario:
        """The mass balance and the gut contribution."""
        return scenario.describe(self.results, self.bands)

    @cached_property
    def further(self) -> further.Further | None:
        """What is estimated beside the balance."""
        return further.describe(self.results, self.bands, self.knowledge)

    @cached_property
    def pathway(self) -> pathway.Pathway | None:
        """Map of the mass balance over all samples; ``None`` where it cannot be assessed."""
        words = {}
        for route in scenario.ROUTES:
            share = self.summaries(f"share:{route}")[0]
            if share.samples:
                ends = percent_interval(share.lower, share.upper)
                words[route] = f"{percent(share.mean)} ({ends}) of the cells have the route."
        return pathway.lay_out(self.scenario, words)

    def facts(self) -> list[tuple[str, str]]:
        """Size of the cohort, for the head of the page."""
        reads = "Total abundance" if self.results.relative else "Reads"
        facts = [("Samples", count(len(self.results.samples)))]
        if self.named_persons:
            facts.append(("Persons", count(self.named_persons)))
        bar = self.bars[groups.EVERYTHING]
        return [
            *facts,
            ("Features", count(len(self.results.resolution))),
            (reads, amount(float(self.results.accounting["reads"].sum()))),
            ("Resolved by name", percent(accounting.resolved(bar))),
        ]

    def context(self, pictures: Mapping[str, Any]) -> dict[str, Any]:
        """Names that the template uses."""
        results, settings = self.results, self.settings
        overall = self.summaries(BALANCE)[0]
        return {
            "settings": settings,
            "level": confidence(settings.confidence),
            "facts": self.facts(),
            "answer": answer.word(results, settings, overall, self.carriers),
            "verdict": accounting.judge(results),
            "grouping": self.grouping,
            "named_persons": self.named_persons,
            "relative": results.relative,
            "pictures": pictures,
            "group_rows": self.group_rows(),
            "contrasts": self.contrasts,
            "column_labels": self.column_labels,
            "capability_rows": self.capability_rows(),
            "undecided": self.undecided,
            "carriers": self.carriers,
            "drivers": self.drivers,
            "balance_drivers": self.balance_drivers,
            "undriven": self.undriven,
            "more_drivers": max(0, len(self.contrasts) - MOST_CONTRASTS),
            "tiers": TIER_LABELS,
            "tier_rows": [(k, bar, accounting.resolved(bar)) for k, bar in self.bars.items()],
            "ledger": accounting.ledger_facts(results),
            "notes": list(results.ledger["notes"]),
            "unresolved": accounting.unresolved_names(results),
            "not_assessable": accounting.not_assessable(results),
            "unassessable": overall.unassessable,
            "enough_samples": accounting.ENOUGH_SAMPLES,
            "enough_cells": accounting.ENOUGH_CELLS,
            "accuracies": accuracy.measured(),
            "baselines": accuracy.BASELINES,
            "above_shuffled": accuracy.above_shuffled(),
            "applicability": applicability.describe(results),
            "measured": measured.describe(results.measured),
            "community": community.describe(results, settings, self.capabilities),
            "sensitivity": sensitivity.describe(results, settings, self.capabilities),
            "scenario": self.scenario,
            "further": self.further,
            "pathway": self.pathway,
            "pathway_map": pathway_svg.draw(self.pathway) if self.pathway else None,
            "explorer": explorer.describe(
                results, self.capabilities, self.grouping, self.of_groups, settings.confidence
            ),
            "sample_count": len(results.samples),
            "evidence": evidence.collect(
                results, self.knowledge, [*self.capabilities, *self.undecided]
            ),
            "taxa_of_samples": results.per_sample,
            "portraits": portraits.portraits(results, self.capabilities),
            "samples": samples.rows(results, self.grouping, settings.subject_column),
            "hidden_samples": max(0, len(results.samples) - LISTED),
            "scale": samples.balance_scale(results),
            "methods": methods.describe(results, settings, self.knowledge),
        }
