"""Stage extend: from a user's tables and genomes to rows of the knowledge base.

A user's counts take the place of the base source's for the same species and
capability, and add species and capabilities that it lacks. Counts are never
added. Where both the table of evidence and the genomes speak, the table counts.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.annotate.literature import NAME as LITERATURE
from tryptome.errors import DuplicateIdError, MissingFileError
from tryptome.extend.annotations import check_annotation, read_annotation
from tryptome.extend.calls import Call, call, tally
from tryptome.extend.placement import Placer, additions
from tryptome.extend.tables import (
    OWN_GENOMES,
    Claim,
    Genome,
    Organism,
    read_evidence,
    read_genomes,
)
from tryptome.knowledge.base import load
from tryptome.paths import locate
from tryptome.tables import write_tsv

if TYPE_CHECKING:
    from tryptome.knowledge.base import KnowledgeBase

EVIDENCE = [
    "species", "capability", "source", "genomes", "positives", "weight", "counts", "citation",
]  # fmt: skip
CALLS = ["genome", "species", "capability", "has", "completeness", "reason"]

logger = logging.getLogger(__name__)


def write_species(species_out: str, *, organisms: Sequence[dict[str, str]]) -> None:
    """Write the species that a user adds to the reference.

    Parameters
    ----------
    species_out : str
        Table in the form of ``species.tsv.gz``; without rows where none is added.
    organisms : sequence of dict
        Fields of :class:`tryptome.extend.tables.Organism`, of every row with a lineage.

    Raises
    ------
    MismatchError
        A lineage belongs to no one genus or family of the reference.
    """
    import pandas as pd

    knowledge = load()
    places = Placer(knowledge).place(Organism(**fields) for fields in organisms)
    rows = additions(places, knowledge)
    write_tsv(pd.DataFrame(rows, columns=list(knowledge.species.columns)), species_out)
    logger.info("%d species added", len(rows))


def run(
    *, evidence_out: str, calls_out: str, evidence: str | None = None, genomes: str | None = None
) -> None:
    """Write a user's evidence in the form of the knowledge base.

    Parameters
    ----------
    evidence_out : str
        Species, capability, source, genomes, positives, weight (genomes that they are worth),
        counts (whether these are the counts used) and citation.
    calls_out : str
        One row a genome and capability, also where nothing can be called.
    evidence, genomes : str, optional
        The user's table of evidence, and sheet of genomes.

    Raises
    ------
    TryptomeError
        A table, a genome or a name in them is wrong; the message says where.
    """
    import pandas as pd

    knowledge = load()
    claims = read_claims(evidence, knowledge)
    sheet = read_genomes(Path(genomes)) if genomes else []
    organisms = _organisms(claims, sheet)
    places = [place.species for place in Placer(knowledge).place(organisms)]
    calls = _calls(sheet, places[len(claims) :], knowledge)
    rows = _claimed(claims, places) + _called(calls)
    order = {c.name: number for number, c in enumerate(knowledge.capabilities)}
    frame = pd.DataFrame(_counted(rows), columns=EVIDENCE)
    frame = frame.sort_values(
        ["species", "capability", "source"],
        key=lambda column: column.map(order) if column.name == "capability" else column,
        kind="stable",
    )
    write_tsv(frame, evidence_out)
    told = [
        [c.genome, c.species, c.capability, _word(c.has), c.completeness, c.reason] for c in calls
    ]
    write_tsv(pd.DataFrame(told, columns=CALLS), calls_out)


def check(evidence: str | None, genomes: str | None) -> None:
    """Check both tables and the names in them, and that the genomes are there and annotated.

    Raises
    ------
    TryptomeError
        The first problem.
    """
    knowledge = load()
    claims = read_claims(evidence, knowledge)
    sheet = read_genomes(Path(genomes)) if genomes else []
    organisms = _organisms(claims, sheet)
    places = Placer(knowledge).place(organisms)
    additions(places, knowledge)
    _claimed(claims, [place.species for place in places])
    for genome in sheet:
        if not locate(genome.file).is_file():
            raise MissingFileError(
                f"the file of the genome {genome.name!r} does not exist",
                place=f"{genome.organism.place}: {genome.file}",
                remedy="paths are relative to the working directory",
            )
        check_annotation(locate(genome.file), genome.format)


def read_claims(path: str | None, knowledge: KnowledgeBase) -> list[Claim]:
    """Read a user's table of evidence; without one there are no claims."""
    if path is None:
        return []
    shipped = [*(source.name for source in knowledge.sources), LITERATURE]
    return read_evidence(Path(path), knowledge.capabilities, shipped)


def organisms_with_lineage(
    evidence: str | None, genomes: str | None, knowledge: KnowledgeBase
) -> list[Organism]:
    """Organisms of both tables that may be new to the reference."""
    claims = read_claims(evidence, knowledge)
    sheet = read_genomes(Path(genomes)) if genomes else []
    return [organism for organism in _organisms(claims, sheet) if organism.lineage]


def _organisms(claims: Sequence[Claim], sheet: Sequence[Genome]) -> list[Organism]:
    return [*(claim.organism for claim in claims), *(genome.organism for genome in sheet)]


def _calls(sheet: Sequence[Genome], species: Sequence[str], knowledge: KnowledgeBase) -> list[Call]:
    calls = []
    for genome, name in zip(sheet, species, strict=True):
        annotation = read_annotation(locate(genome.file), genome.format)
        found = call(genome, name, annotation, knowledge.capabilities)
        named = sum(each.has is not None for each in found)
        logger.info("%s (%s): %d capabilities called", genome.name, name, named)
        calls += found
    return calls


def _claimed(claims: Sequence[Claim], species: Sequence[str]) -> list[dict[str, Any]]:
    seen: set[tuple[str, str]] = set()
    for claim, name in zip(claims, species, strict=False):
        if (name, claim.capability) in seen:
            raise DuplicateIdError(
                f"{name!r} has a row for `{claim.capability}` already, under another name",
                place=claim.organism.place,
                remedy="keep one: counts of two sources are never added",
            )
        seen.add((name, claim.capability))
    return [
        {
            "species": name,
            "capability": claim.capability,
            "source": claim.source,
            "genomes": claim.genomes,
            "positives": claim.positives,
            "weight": float(claim.genomes),
            "citation": claim.citation,
        }
        for claim, name in zip(claims, species, strict=False)
    ]


def _called(calls: Sequence[Call]) -> list[dict[str, Any]]:
    return [
        {**vars(each), "source": OWN_GENOMES, "citation": "genomes of this study"}
        for each in tally(calls)
    ]


def _counted(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of each row whether its counts are used: the first one of a species and capability."""
    seen: set[tuple[str, str]] = set()
    counted = []
    for row in rows:
        key = (row["species"], row["capability"])
        counted.append({**row, "counts": _word(key not in seen)})
        seen.add(key)
    return counted


def _word(value: bool | None) -> str:
    return "" if value is None else str(value).lower()
