"""What a user writes of evidence and genomes, checked row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from tryptome.errors import DuplicateIdError, FormatError, NameNotFoundError, ValueProblemError
from tryptome.extend.sheet import Row, read_rows
from tryptome.knowledge.base import Capability

OWN_GENOMES = "own_genomes"
"""Source id of what is called from a user's genomes."""

FORMATS = ("genbank", "eggnog", "kofamscan")
"""Kinds of annotated genomes that are read."""

PERCENT = 100.0
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
_WHICH = "name a species of the reference in `species`, or a whole lineage in `lineage`"


@dataclass(frozen=True)
class Organism:
    """Whom a row is about.

    Attributes
    ----------
    species, lineage : str
        As written; one of them is not empty.
    genome : str
        Name of the genome, where a lineage names no species; else empty.
    place : str
        File and line, for messages.
    """

    species: str
    lineage: str
    genome: str
    place: str


@dataclass(frozen=True)
class Claim:
    """Genomes of a species, and how many have a capability.

    Attributes
    ----------
    organism : Organism
    capability, source, citation : str
    genomes, positives : int
    """

    organism: Organism
    capability: str
    source: str
    genomes: int
    positives: int
    citation: str


@dataclass(frozen=True)
class Genome:
    """An annotated genome of a user.

    Attributes
    ----------
    name : str
    organism : Organism
    file : str
        As written: relative to the working directory, or absolute.
    format : str
        One of :data:`FORMATS`.
    completeness : float
        Share of the genome that is there, above 0 and up to 1.
    """

    name: str
    organism: Organism
    file: str
    format: str
    completeness: float


def read_evidence(
    path: Path, capabilities: Iterable[Capability], shipped: Iterable[str]
) -> list[Claim]:
    """Read a table of evidence: species, capability, source, genomes, positives, citation.

    Parameters
    ----------
    path : pathlib.Path
    capabilities : iterable of Capability
        Those that evidence can be given for.
    shipped : iterable of str
        Ids of the sources of the knowledge base, which a user's may not take.

    Raises
    ------
    InputError
        The table or a row of it is wrong; see the subclass and its message.
    NameNotFoundError
        A capability is unknown; the nearest one is suggested.
    """
    known = {capability.name: capability for capability in capabilities}
    columns = ("capability", "source", "genomes", "positives", "citation")
    rows = read_rows(path, columns, ("species", "lineage"))
    taken = {*shipped, OWN_GENOMES}
    claims = [_claim(row, known, taken) for row in rows]
    _require_distinct(
        [
            ((c.organism.species, c.organism.lineage, c.capability), c.organism.place)
            for c in claims
        ],
        "this species and capability have a row already",
        "keep one: counts of two sources are never added",
    )
    return claims


def read_genomes(path: Path) -> list[Genome]:
    """Read a sheet of genomes: genome, species or lineage, file, format, completeness.

    Raises
    ------
    InputError
        The sheet or a row of it is wrong; see the subclass and its message.
    """
    needed = ("genome", "file", "format", "completeness")
    genomes = [_genome(row) for row in read_rows(path, needed, ("species", "lineage"))]
    places = [genome.organism.place for genome in genomes]
    for what, values in (
        ("this genome", [genome.name for genome in genomes]),
        ("this file", [genome.file for genome in genomes]),
    ):
        pairs = zip(values, places, strict=True)
        _require_distinct(pairs, f"{what} has a row already", "give each genome one row")
    return genomes


def _claim(row: Row, known: Mapping[str, Capability], taken: set[str]) -> Claim:
    capability = _capability(row, known)
    source = row.needed("source", "name where the counts come from, for example `own_isolates`")
    if source in taken or not _ID.match(source):
        raise FormatError(
            f"{source[:100]!r} cannot be the name of a source of yours",
            place=row.place,
            remedy="use letters, digits, `_`, `.` and `-`, and none of " + ", ".join(sorted(taken)),
        )
    genomes, positives = _count(row, "genomes"), _count(row, "positives")
    if positives > genomes or genomes == 0:
        what = f"{positives} of {genomes} genomes cannot have the capability"
        mend = "`positives` counts those among `genomes`, which is at least 1"
        raise ValueProblemError(what, place=row.place, remedy=mend)
    citation = row.needed("citation", "say where the counts can be checked")
    return Claim(_organism(row, ""), capability, source, genomes, positives, citation)


def _capability(row: Row, known: Mapping[str, Capability]) -> str:
    name = row.needed("capability", f"use one of {', '.join(known)}")
    if name not in known:
        near = get_close_matches(name, known, n=1)
        raise NameNotFoundError(
            f"there is no capability named {name[:100]!r}",
            place=row.place,
            remedy=f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known)}",
        )
    other = known[name].derived_from
    if other:
        raise NameNotFoundError(
            f"`{name}` is one minus `{other}` and takes no evidence of its own",
            place=row.place,
            remedy=f"give the counts of `{other}`",
        )
    return name


def _count(row: Row, column: str) -> int:
    text = row.needed(column, "write a whole number")
    if not (text.isascii() and text.isdigit()) or len(text) > 9:  # noqa: PLR2004
        what = f"`{column}` is {text[:50]!r}, which is no count of genomes"
        raise ValueProblemError(what, place=row.place, remedy="write a whole number")
    return int(text)


def _genome(row: Row) -> Genome:
    name = row.needed("genome", "name the genome")
    kind = row.needed("format", f"use one of {', '.join(FORMATS)}").lower()
    if kind not in FORMATS:
        near = get_close_matches(kind, FORMATS, n=1, cutoff=0.4)
        mend = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(FORMATS)}"
        what = f"{kind[:100]!r} is no format of annotated genomes"
        raise FormatError(what, place=row.place, remedy=mend)
    file = row.needed("file", "name the file of the annotated genome")
    return Genome(name, _organism(row, name), file, kind, _completeness(row))


def _completeness(row: Row) -> float:
    mend = "write a share (0.93) or a percentage (93.1): 1 for a finished genome"
    text = row.needed("completeness", mend)
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    share = value / PERCENT if value > 1 else value
    if not 0 < share <= 1:
        what = f"`completeness` is {text[:50]!r}, which is no share of a genome"
        raise ValueProblemError(what, place=row.place, remedy=mend)
    return share


def _organism(row: Row, genome: str) -> Organism:
    if bool(row["species"]) == bool(row["lineage"]):
        both = "both `species` and `lineage`" if row["species"] else "no species"
        raise FormatError(f"the row names {both}", place=row.place, remedy=_WHICH)
    return Organism(row["species"], row["lineage"], genome, row.place)


def _require_distinct(pairs: Iterable[tuple[object, str]], what: str, remedy: str) -> None:
    seen: dict[object, str] = {}
    for key, place in pairs:
        if key in seen:
            earlier = seen[key].rpartition(", ")[2]
            raise DuplicateIdError(f"{what} ({earlier})", place=place, remedy=remedy)
        seen[key] = place
