"""The knowledge base as it ships: capabilities, sources, reference species and evidence.

Nothing about a capability is written in code: what it is, which roles of which
source define it and what it leaves open stand in ``capabilities.yaml``.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tryptome import paths
from tryptome.errors import FormatError, MissingFileError, NameNotFoundError
from tryptome.knowledge.names import NameIndex
from tryptome.tables import read_tsv

if TYPE_CHECKING:
    import pandas as pd

TABLES = (
    *("capabilities.yaml", "copy_number.tsv.gz", "evidence.tsv.gz", "further_rules.tsv"),
    *("hyperparameters.tsv", "literature.tsv", "names.tsv.gz", "sources.yaml", "species.tsv.gz"),
)
"""Files that results rest on."""

REINSTALL = "reinstall tryptome, or rebuild the knowledge base with maintain/Snakefile"


@dataclass(frozen=True)
class Capability:
    """Something that a genome can or cannot do.

    Attributes
    ----------
    name : str
        Stable id, for example ``tryptamine``.
    title : str
        Name for people.
    group : str
        ``tryptophan``, ``vitamins``, ``fermentation``, ``bile_acids`` or ``signals``.
    description : str
        What a genome that has the capability is taken to do.
    substrate, product : str
        What goes in and what comes out; empty where that would mislead.
    ec, ko : tuple of str
        EC and KEGG Orthology numbers of the defining enzymes, as far as verified.
    source : str or None
        Id of the source that the evidence comes from.
    rule : str or None
        Boolean expression over the functional roles of the source.
    derived_from : str or None
        Capability of which this one is the complement (one minus its share).
    caveat : str
        What the definition cannot tell.
    ko_rule : str or None
        Boolean expression over KO and EC numbers, for genomes that a user has annotated
        (:mod:`tryptome.extend.rules`); None where it could not be verified.
    """

    name: str
    title: str
    group: str
    description: str
    substrate: str
    product: str
    ec: tuple[str, ...]
    ko: tuple[str, ...]
    source: str | None
    rule: str | None
    derived_from: str | None
    caveat: str
    ko_rule: str | None = None

    @property
    def any_of(self) -> tuple[str, ...]:
        """Capabilities any of which is this one; empty where the rule is not such a union.

        Examples
        --------
        >>> load().capability("trp_diversion").any_of[:2]
        ('indole', 'tryptamine')
        >>> load().capability("tryptamine").any_of
        ()
        """
        prefix = "capability."
        terms = (self.rule or "").split(" or ")
        if not all(term.startswith(prefix) and " " not in term for term in terms):
            return ()
        return tuple(term.removeprefix(prefix) for term in terms)


@dataclass(frozen=True)
class Source:
    """Where evidence comes from, and on what terms.

    Attributes
    ----------
    name : str
        Stable id, for example ``mcseed``.
    title, citation, doi : str
        How to name and cite it (``doi`` empty where none was verified).
    licence : str
        Its terms as stated by its authors, or that none are stated.
    evidence : str
        ``curated genomes``, ``annotation`` or ``literature``.
    note : str
        Which version was read, and what to beware of.
    """

    name: str
    title: str
    citation: str
    doi: str
    licence: str
    evidence: str
    note: str


@dataclass(frozen=True)
class KnowledgeBase:
    """The tables under ``resources/knowledge/``, each read when first asked for.

    Attributes
    ----------
    folder : pathlib.Path
        Where the tables are.
    """

    folder: Path

    @cached_property
    def capabilities(self) -> tuple[Capability, ...]:
        """Every capability, in the order of the report."""
        path = self._existing("capabilities.yaml")
        return tuple(_record(Capability, entry, path) for entry in _entries(path))

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every source."""
        path = self._existing("sources.yaml")
        return tuple(_record(Source, entry, path) for entry in _entries(path))

    @cached_property
    def species(self) -> pd.DataFrame:
        """Reference species with their NCBI and GTDB lineages, one row a species."""
        return read_tsv(self._existing("species.tsv.gz"))

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Genomes and positive genomes by species, capability and source, never to be added.

        A species that a source does not cover has no row: unknown, not absent.
        """
        return self._counted("evidence.tsv.gz", ("genomes", "positives"))

    @cached_property
    def base_evidence(self) -> pd.DataFrame:
        """Rows of the evidence that posteriors rest on: each capability's base source.

        ``weight`` is how many genomes they are worth: here, all of them.

        Examples
        --------
        >>> rows = load().base_evidence
        >>> bool(rows.duplicated(["species", "capability"]).any())
        False
        """
        base = {capability.name: capability.source for capability in self.capabilities}
        rows = self.evidence
        rows = rows[rows["source"] == rows["capability"].map(base)].reset_index(drop=True)
        return rows.assign(weight=rows["genomes"].astype(float))

    @cached_property
    def further_rules(self) -> pd.DataFrame:
        """What a source beside the base counts as each capability.

        ``absence`` says whether its absences mean anything (``counts``) or only
        its presences do (``presence only``).
        """
        return read_tsv(self._existing("further_rules.tsv"))

    @cached_property
    def names(self) -> NameIndex:
        """What each name of each nomenclature stands for."""
        return NameIndex.read(self.folder / "names.tsv.gz")

    @cached_property
    def literature(self) -> pd.DataFrame:
        """Statements of experiments on taxa, one a row, each with where it was read."""
        return read_tsv(self._existing("literature.tsv"))

    @cached_property
    def copy_number(self) -> pd.DataFrame:
        """16S rRNA gene copies per genome by taxon: mean and standard deviation."""
        frame = read_tsv(self._existing("copy_number.tsv.gz"), numeric=("genomes", "mean", "sd"))
        return frame.astype({"genomes": int})

    @cached_property
    def hyperparameters(self) -> pd.DataFrame:
        """Fitted mean and concentration of each capability's hierarchical model."""
        return read_tsv(self._existing("hyperparameters.tsv"), numeric=("mean", "concentration"))

    @cached_property
    def version(self) -> str:
        """Version of the knowledge base."""
        return self._existing("VERSION").read_text(encoding="utf-8").strip()

    @cached_property
    def checksum(self) -> str:
        """SHA-256 (hexadecimal) over the names and the text of all that results rest on.

        Compressed tables count by their text, so that it does not depend on the
        version of the compression library.
        """
        digest = hashlib.sha256()
        for name in TABLES:
            content = self._existing(name).read_bytes()
            text = gzip.decompress(content) if name.endswith(".gz") else content
            digest.update(f"{name}\0{hashlib.sha256(text).hexdigest()}\n".encode())
        return digest.hexdigest()

    def capability(self, name: str) -> Capability:
        """Look a capability up.

        Parameters
        ----------
        name : str
            Its id.

        Raises
        ------
        NameNotFoundError
            There is no such capability.

        Examples
        --------
        >>> load().capability("indole").group
        'tryptophan'
        """
        return _named(self.capabilities, name, "capability")

    def source(self, name: str) -> Source:
        """Look a source up.

        Parameters
        ----------
        name : str
            Its id.

        Raises
        ------
        NameNotFoundError
            There is no such source.
        """
        return _named(self.sources, name, "source")

    def _existing(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise MissingFileError(
                "a table of the knowledge base is missing", place=str(path), remedy=REINSTALL
            )
        return path

    def _counted(self, name: str, counts: tuple[str, ...]) -> pd.DataFrame:
        return read_tsv(self._existing(name)).astype(dict.fromkeys(counts, int))


@cache
def load() -> KnowledgeBase:
    """Give the knowledge base that ships with tryptome.

    Returns
    -------
    KnowledgeBase
        The same object each time; its tables are read when first asked for.

    Examples
    --------
    >>> load().capabilities[0].name
    'trp_synthesis'
    """
    return KnowledgeBase(paths.resource("knowledge"))


def _entries(path: Path) -> list[Mapping[str, Any]]:
    import yaml

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise FormatError(f"not YAML ({error})", place=str(path), remedy=REINSTALL) from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise FormatError("not a list of entries", place=str(path), remedy=REINSTALL)
    return entries


Record = TypeVar("Record", Capability, Source)


def _named(records: Sequence[Record], name: str, kind: str) -> Record:
    """Find a record by its id, or say which id is near."""
    known = {record.name: record for record in records}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    raise NameNotFoundError(
        f"there is no {kind} named {name!r}",
        remedy=f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(known)}",
    )


def _record(kind: type[Record], entry: Mapping[str, Any], path: Path) -> Record:
    known = {field.name for field in fields(kind)}
    needed = {field.name for field in fields(kind) if field.default is MISSING}
    if not needed <= set(entry) <= known:
        wrong = ", ".join(sorted((needed - set(entry)) | (set(entry) - known)))
        raise FormatError(
            f"entry {entry.get('name')!r} lacks, or has unexpected, keys: {wrong}",
            place=str(path),
            remedy=REINSTALL,
        )
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    return kind(**values)
