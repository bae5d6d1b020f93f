"""What the page shows, as compact JSON: taxa, posteriors, names, counts and conflicts."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from tryptome.annotate.posterior import prevalence
from tryptome.knowledge.base import KnowledgeBase
from tryptome.knowledge.conflicts import CONFLICTS, MIXED, conflicts
from tryptome.knowledge.names import INDEXED
from tryptome.knowledge.sets import RANKS, Groups
from tryptome.knowledge.statements import Statement, statements

PER_MILLE = 1000
LEVELS = ("species", "genus", "family", "root")


def collect(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Collect what the page shows.

    Parameters
    ----------
    knowledge : KnowledgeBase

    Returns
    -------
    dict
        ``capabilities``, ``sources``, ``nomenclatures``, ``ranks``, ``levels`` and ``reasons``:
        lists that the others number; ``species`` (name, genus, family), ``taxa`` (sets),
        ``posteriors`` (by taxon and capability: mean, 5 and 95 % in per mille and level, or the
        reason), ``names`` (spelling, nomenclature, rank, taxon), ``counts`` (by species:
        capability, source, positives, genomes, and so on), ``conflicts`` (capability, source,
        species) and ``statements`` (text, article, species).
    """
    meanings = sorted({m for m in knowledge.names if m.taxon and m.rank in RANKS})
    groups = Groups.of(knowledge.species)
    taxa = sorted({m.taxon for m in meanings} | set(groups.members))
    number = {taxon: i for i, taxon in enumerate(taxa)}
    capabilities = [c.name for c in knowledge.capabilities]
    sources = [s.name for s in knowledge.sources]
    posteriors, reasons = _posteriors(taxa, len(capabilities), knowledge)
    table = knowledge.species
    lineages = zip(table["species"], table["gtdb_genus"], table["gtdb_family"], strict=True)
    return {
        "capabilities": [
            {"title": c.title, "source": c.source or "", "derived_from": c.derived_from or ""}
            for c in knowledge.capabilities
        ],
        "sources": [{"name": source.name} for source in knowledge.sources],
        "nomenclatures": INDEXED,
        "ranks": RANKS,
        "levels": LEVELS,
        "reasons": reasons,
        "species": [list(lineage) for lineage in lineages],
        "taxa": taxa,
        "posteriors": posteriors,
        "names": [
            [m.name, INDEXED.index(m.nomenclature), RANKS.index(m.rank), number[m.taxon]]
            for m in meanings
        ],
        "counts": _counts(knowledge, capabilities, sources),
        "conflicts": _conflicts(knowledge, capabilities, sources),
        "statements": _statements(knowledge),
    }


def dump(content: dict[str, Any]) -> str:
    r"""Write as JSON that can stand inside a script element.

    Examples
    --------
    >>> dump({"a": "</script>"})
    '{"a":"\\u003c/script>"}'
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A tag inside a text must not end the element.
    return text.replace("<", "\\u003c")


def _posteriors(
    taxa: list[str], width: int, knowledge: KnowledgeBase
) -> tuple[list[list[Any]], list[str]]:
    frame = prevalence(taxa, knowledge)
    reasons = sorted(set(frame["reason"]) - {""})
    cells = [
        [*(round(value * PER_MILLE) for value in row[:3]), LEVELS.index(row[3])]
        if row[4]
        else reasons.index(row[5])
        for row in frame[["mean", "q05", "q95", "level", "assessable", "reason"]].itertuples(
            index=False, name=None
        )
    ]
    return [cells[at : at + width] for at in range(0, len(cells), width)], reasons


def _counts(
    knowledge: KnowledgeBase, capabilities: list[str], sources: list[str]
) -> list[list[int]]:
    """Counts of each species, in the order of the table of species."""
    rows: pd.DataFrame = knowledge.evidence
    found: dict[str, list[int]] = {name: [] for name in knowledge.species["species"]}
    columns = ["species", "capability", "source", "positives", "genomes"]
    for species, capability, source, positives, genomes in rows[columns].itertuples(
        index=False, name=None
    ):
        found[species] += [capabilities.index(capability), sources.index(source)]
        found[species] += [int(positives), int(genomes)]
    return list(found.values())


def _conflicts(
    knowledge: KnowledgeBase, capabilities: list[str], sources: list[str]
) -> list[list[Any]]:
    place = {name: number for number, name in enumerate(knowledge.species["species"])}
    return [
        [
            capabilities.index(opinion.capability),
            sources.index(opinion.source),
            [place[name] for name in opinion.conflicting],
        ]
        for opinion in conflicts(list(place), knowledge)
        if opinion.verdict in (CONFLICTS, MIXED) and opinion.conflicting
    ]


def _statements(knowledge: KnowledgeBase) -> list[list[Any]]:
    """What experiments say, each with the species that it concerns."""
    concerned: dict[Statement, list[int]] = {}
    for number, name in enumerate(knowledge.species["species"]):
        for statement in statements([name], knowledge):
            concerned.setdefault(statement, []).append(number)
    title = {c.name: c.title for c in knowledge.capabilities}
    return [
        [f"{title[s.capability]}, {s.direction} in {s.taxon}: {s.statement}", s.address, species]
        for s, species in sorted(
            concerned.items(), key=lambda item: (item[0].taxon, item[0].capability, item[0].address)
        )
    ]
