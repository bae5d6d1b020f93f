"""Counts, per reference species and capability, of genomes that have the capability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from knowledge_build.rules import evaluate
from tryptome.knowledge import Capability

CAPABILITY = "capability."
COLUMNS = ["species", "capability", "source", "genomes", "positives"]


def call(
    capabilities: Iterable[Capability], roles: Mapping[str, pd.DataFrame]
) -> dict[str, pd.Series]:
    """Decide for each genome of a capability's source whether it has the capability.

    A rule may refer to a capability of another source. It then counts where the
    very same genome is in both sources; elsewhere it shows nothing, and the
    rule's other alternatives decide.

    Parameters
    ----------
    capabilities : iterable of Capability
        In any order.
    roles : mapping
        For each source id, genomes x roles (bool).

    Returns
    -------
    dict
        For each capability that has a rule, booleans by genome id.
    """
    defined = {capability.name: capability for capability in capabilities}

    @cache
    def called(name: str) -> pd.Series:
        capability = defined[name]
        if capability.source is None or capability.rule is None:
            raise ValueError(f"a rule refers to {name}, which has no rule of its own")
        table = roles[capability.source]

        def values(of: str) -> pd.Series:
            if of.startswith(CAPABILITY):
                other = called(of.removeprefix(CAPABILITY))
                return other.reindex(table.index, fill_value=False)
            return table[of]

        return evaluate(capability.rule, values)

    return {name: called(name) for name, capability in defined.items() if capability.rule}


def count(
    capabilities: Iterable[Capability],
    calls: Mapping[str, pd.Series],
    species: Mapping[str, pd.Series],
) -> pd.DataFrame:
    """Count genomes and positive genomes by species and capability.

    Parameters
    ----------
    capabilities : iterable of Capability
        In report order.
    calls : mapping
        For each capability, booleans by genome id.
    species : mapping
        For each source id, the reference species by genome id, without the
        genomes that are left out.

    Returns
    -------
    pandas.DataFrame
        Sorted by species, then in report order. A species without a genome in
        the source has no row.
    """
    tables = []
    for capability in capabilities:
        if capability.name not in calls or capability.source is None:
            continue
        of = species[capability.source]
        has = calls[capability.name][of.index]
        table = has.groupby(of).agg(["size", "sum"]).rename_axis("species").reset_index()
        table.columns = pd.Index(["species", "genomes", "positives"])
        tables.append(table.assign(capability=capability.name, source=capability.source))
    frame: pd.DataFrame = pd.concat(tables, ignore_index=True)[COLUMNS]
    return frame.sort_values("species", kind="stable", ignore_index=True)
