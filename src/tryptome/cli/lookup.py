"""``tryptome lookup``: what the knowledge base holds on a taxon."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tryptome.cli.quoting import printable, quoted
from tryptome.errors import NameNotFoundError
from tryptome.knowledge.names import NameIndex
from tryptome.knowledge.sets import SEPARATOR, Groups, tier
from tryptome.resolve.lineage import Lineage, parse
from tryptome.resolve.nomenclature import nomenclature_of
from tryptome.resolve.resolver import Resolution, Resolver

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.knowledge import KnowledgeBase

SHOWN_SPECIES = 12
SHOWN_CONFLICTS = 3


@dataclass(frozen=True)
class Entry:
    """What the knowledge base says of a name.

    Attributes
    ----------
    name : str
        As asked for.
    taxon, label, tier : str
        The set that it stands for; see docs/files.md.
    rank, rule, alternatives : str
        How the name was resolved; see :class:`tryptome.resolve.resolver.Resolution`.
    genomes : int
    species : list of str
    capabilities : list of dict
        Rows of :func:`tryptome.annotate.posterior.prevalence`, each with ``opinions``:
        what the other sources say (:func:`tryptome.knowledge.conflicts.conflicts`), and
        ``statements``: what experiments do (:mod:`tryptome.knowledge.statements`).
    """

    name: str
    taxon: str
    label: str
    tier: str
    rank: str
    rule: str
    alternatives: str
    genomes: int
    species: list[str]
    capabilities: list[dict[str, Any]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument(
        "name", metavar="NAME", help="a name or a whole lineage, in any nomenclature"
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of words")


def execute(options: argparse.Namespace) -> int:
    """Say what a name stands for, and what that can do.

    Returns
    -------
    int
        0.

    Raises
    ------
    NameNotFoundError
        The reference has nothing of this name.
    """
    from tryptome.knowledge import load

    entry = look_up(options.name, load())
    if options.json:
        print(json.dumps(asdict(entry), indent=1, ensure_ascii=False))
    else:
        print(_describe(entry))
    return 0


def look_up(name: str, knowledge: KnowledgeBase) -> Entry:
    """Find what a name stands for, and what is known of that.

    Parameters
    ----------
    name : str
        A name, a lineage, or a taxon as results write it.
    knowledge : KnowledgeBase

    Raises
    ------
    NameNotFoundError
        The reference has nothing of this name.
    """
    from tryptome.annotate.posterior import prevalence
    from tryptome.knowledge.conflicts import BASE, conflicts
    from tryptome.knowledge.statements import statements
    from tryptome.resolve.run import taxa

    groups = Groups.of(knowledge.species)
    index = knowledge.names
    found = _resolve(name, groups, index)
    if not found.taxon:
        raise _not_found(name, found, index)
    described = taxa([found.taxon], knowledge).iloc[0]
    species = sorted(groups.read(found.taxon))
    opinions = [asdict(o) for o in conflicts(species, knowledge) if o.verdict != BASE]
    told = [{**asdict(s), "address": s.address} for s in statements(species, knowledge)]
    return Entry(
        name=name,
        taxon=found.taxon,
        label=str(described["label"]),
        tier=found.tier,
        rank=found.rank,
        rule=found.rule,
        alternatives=found.alternatives,
        genomes=int(described["genomes"]),
        species=species,
        capabilities=[
            {
                **row,
                "opinions": [o for o in opinions if o["capability"] == row["capability"]],
                "statements": [s for s in told if s["capability"] == row["capability"]],
            }
            for row in _records(prevalence([found.taxon], knowledge))
        ],
    )


def _resolve(name: str, groups: Groups, index: NameIndex) -> Resolution:
    if all(part in groups.members for part in name.split(SEPARATOR)):
        return Resolution(tier(name), "exact", tier(name), name)
    lineage = parse(name)
    found = Resolver(index, groups, nomenclature_of([lineage], index)).resolve(lineage)
    if found.taxon or lineage.style != "bare":
        return found
    as_family = Lineage({"family": lineage.names.get("genus", "")}, "bare")
    family = Resolver(index, groups, "unknown").resolve(as_family)
    return family if family.taxon else found


def _not_found(name: str, found: Resolution, index: NameIndex) -> NameNotFoundError:
    shown = printable(name[:100])
    near = index.near(name)
    remedy = f"did you mean {' or '.join(map(quoted, near))}?" if near else "check the spelling"
    if found.tier in ("archaea", "eukaryota", "organelle"):
        remedy = f"the reference has bacteria only; this name is counted as `{found.tier}`"
    elif found.tier == "bacteria":
        remedy = "the name is known, but the reference has no genome of it or of its family"
    return NameNotFoundError(f"the reference has nothing of the name {shown!r}", remedy=remedy)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON objects, with null for missing values."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=6))
    return [{key: value for key, value in row.items() if key != "taxon"} for row in rows]


def _describe(entry: Entry) -> str:
    species = ", ".join(entry.species[:SHOWN_SPECIES])
    more = len(entry.species) - SHOWN_SPECIES
    lines = [
        printable(entry.name[:200]),
        f"  stands for   {entry.label}: {entry.taxon}",
        f"  found as     {entry.rank} ({entry.rule}), counted as {entry.tier}",
        f"  reference    {entry.genomes:,} genomes of {len(entry.species):,} species: "
        + species
        + (f" and {more:,} more" if more > 0 else ""),
    ]
    if entry.alternatives:
        lines.append(f"  elsewhere    {entry.alternatives}")
    lines += ["", f"  {'share of cells that have it':<26} {'mean':>6} {'5-95 %':>11} "
              f"{'positive genomes':>18}  source"]  # fmt: skip
    for row in entry.capabilities:
        lines += [_capability(row), *map(_opinion, row["opinions"])]
        lines += map(_statement, row["statements"])
    return "\n".join(lines)


def _capability(row: dict[str, Any]) -> str:
    if not row["assessable"]:
        return f"  {row['capability']:<26} not assessable: {row['reason']}"
    counts = f"{row['positives']} of {row['genomes']}"
    share = f"{row['mean']:6.2f} {row['q05']:6.2f}-{row['q95']:.2f}"
    return f"  {row['capability']:<26} {share} {counts:>18}  {row['source']}"


def _opinion(opinion: dict[str, Any]) -> str:
    counts = f"{opinion['positives']} of {opinion['genomes']}"
    line = f"    {opinion['source']:<43} {counts:>18}  {opinion['verdict']}"
    species = opinion["conflicting"]
    if not species:
        return line
    more = len(species) - SHOWN_CONFLICTS
    named = ", ".join(species[:SHOWN_CONFLICTS]) + (f" and {more:,} more" if more > 0 else "")
    return f"{line} on {named}"


def _statement(told: dict[str, Any]) -> str:
    return f"    experiment: {told['direction']} in {told['taxon']}, {told['address']}"
