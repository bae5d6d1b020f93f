"""Rows of the name index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from names_build import crosswalk, meanings
from names_build.meanings import Meaning, Reference
from tryptome.knowledge.spelling import key

COLUMNS = ["nomenclature", "rank", "name", "phylum", "tier", "taxon"]
HERE = Path(__file__).resolve().parent
NAME_SHARE = 0.05
PHYLUM_SHARE = 0.2
Row = tuple[str, str, str, str, str, str]


def build(
    species: pd.DataFrame,
    genomes: pd.DataFrame,
    archaea: pd.DataFrame,
    former: Iterable[tuple[str, str]] = (),
) -> pd.DataFrame:
    """Make the name index.

    Parameters
    ----------
    species : DataFrame
        ``species.tsv.gz``.
    genomes, archaea : DataFrame
        Names of bacterial and archaeal genomes (:func:`crosswalk.read`).
    former : iterable of (str, str)
        Former and present names of species (:func:`names_build.former.names`).

    Returns
    -------
    DataFrame
        ``nomenclature``, ``rank``, ``name`` (as filed), ``phylum`` (GTDB phylum
        of what it stands for, without the letter of a clade, by which homonyms
        are told apart), ``tier`` and ``taxon``; sorted.
    """
    reference = Reference.of(species, genomes)
    home = _Home(reference)
    rows = [*_phyla(genomes), *_archaea(archaea), *_species(reference, home)]
    for nomenclature in crosswalk.COLUMNS:
        rows += _genera(meanings.genera(reference, nomenclature), nomenclature, home)
        rows += _families(reference, nomenclature, home)
    rows += _renamed(rows)
    rows += _former(rows, former)
    rows += _rdp(rows, home)
    return _table(rows)


class _Home:
    """Where names belong: groups of the reference and phyla of families and names."""

    def __init__(self, reference: Reference) -> None:
        self.groups = reference.groups
        genomes = reference.genomes
        phyla = [crosswalk.clade(name) for name in genomes["gtdb", "phylum"]]
        self.by_name = {
            (nomenclature, rank): _modal(genomes[nomenclature, rank], phyla)
            for nomenclature in crosswalk.COLUMNS
            for rank in ("genus", "family")
        }
        ours = reference.species
        stated = ours["gtdb_phylum"].where(ours["gtdb_phylum"] != "", ours["ncbi_phylum"])
        self.of_species = dict(zip(ours["species"], map(crosswalk.clade, stated), strict=True))

    def phyla(self, species: Iterable[str]) -> dict[str, set[str]]:
        """Group reference species by phylum."""
        found: dict[str, set[str]] = {}
        for name in species:
            found.setdefault(self.of_species[name], set()).add(name)
        return found


def _modal(names: pd.Series, phyla: list[str]) -> dict[str, str]:
    counts = pd.DataFrame({"name": names, "phylum": phyla}).value_counts(sort=False).reset_index()
    counts = counts.sort_values(["name", "count", "phylum"], ascending=[True, False, True])
    first = counts.drop_duplicates("name")
    return dict(zip(first["name"], first["phylum"], strict=True))


def _phyla(genomes: pd.DataFrame) -> Iterator[Row]:
    """Which GTDB phyla each phylum name covers, so that old and new names agree."""
    gtdb = [crosswalk.clade(name) for name in genomes["gtdb", "phylum"]]
    sizes = Counter(gtdb)
    for nomenclature in crosswalk.COLUMNS:
        names = [crosswalk.clade(name) for name in genomes[nomenclature, "phylum"]]
        carriers = Counter(names)
        for (name, phylum), count in sorted(Counter(zip(names, gtdb, strict=True)).items()):
            share = max(count / carriers[name] / NAME_SHARE, count / sizes[phylum] / PHYLUM_SHARE)
            if name and share >= 1:
                yield nomenclature, "phylum", key(name), phylum, "bacteria", ""


def _archaea(genomes: pd.DataFrame) -> Iterator[Row]:
    for nomenclature in crosswalk.COLUMNS:
        for rank in ("phylum", "family", "genus"):
            for name in genomes[nomenclature, rank].unique():
                if name:
                    yield nomenclature, rank, key(name), "archaea", "archaea", ""


def _species(reference: Reference, home: _Home) -> Iterator[Row]:
    for (nomenclature, name), held in meanings.species(reference).items():
        for phylum, members in home.phyla(held).items():
            taxon = home.groups.write(members, "species")
            yield nomenclature, "species", key(name), phylum, "species", taxon


def _genera(found: dict[str, Meaning], nomenclature: str, home: _Home) -> Iterator[Row]:
    for name, meaning in found.items():
        filed = nomenclature, "genus", key(name)
        for phylum, members in home.phyla(meaning.species).items():
            yield *filed, phylum, "genus", home.groups.write(members, "genus")
        if not meaning.species:
            phylum = home.by_name[nomenclature, "genus"].get(name, "")
            yield *filed, phylum, *_fallback(meaning.families)


def _families(reference: Reference, nomenclature: str, home: _Home) -> Iterator[Row]:
    for name, held in meanings.families(reference, nomenclature).items():
        phylum = home.by_name[nomenclature, "family"].get(name, "")
        yield nomenclature, "family", key(name), phylum, *_fallback(held)


def _fallback(families: list[str]) -> tuple[str, str]:
    taxon = "|".join(f"f__{name}" for name in families)
    return ("family", taxon) if taxon else ("bacteria", "")


def _renamed(rows: list[Row]) -> Iterator[Row]:
    """Names of earlier releases of which it was seen what they are called now."""
    for entry in _read("renamed.tsv"):
        for row in rows:
            if row[:3] == ("gtdb", entry["rank"], key(entry["now"])):
                yield entry["nomenclature"], entry["rank"], key(entry["name"]), *row[3:]


def _former(rows: list[Row], names: Iterable[tuple[str, str]]) -> list[Row]:
    """Former names of species, where nothing else goes by them."""
    filed = {row[:3]: row for row in rows}
    pairs = [(("ncbi", "species", key(old)), ("ncbi", "species", key(now))) for old, now in names]
    return [
        (*old, *filed[now][3:])
        for old, now in pairs
        if now in filed and old not in filed and ("gtdb", *old[1:]) not in filed
    ]


def _rdp(rows: list[Row], home: _Home) -> Iterator[Row]:
    """Names that only RDP has: other names within stated families."""
    by_name: dict[str, set[str]] = {}
    for _, rank, name, _, tier, taxon in rows:
        if rank == "genus" and tier == "genus":
            by_name.setdefault(name, set()).update(home.groups.read(taxon))
    for entry in _read("rdp.tsv"):
        known = [f for f in entry["families"].split(";") if f"f__{f}" in home.groups.members]
        inside = {s for f in known for s in home.groups.members[f"f__{f}"]}
        named = {s for name in entry["names"].split(";") for s in by_name.get(key(name), ())}
        filed = "rdp", entry["rank"], key(entry["name"])
        for phylum, members in home.phyla(named & inside).items():
            yield *filed, phylum, "genus", home.groups.write(members, "genus")
        if not named & inside:
            phyla = home.phyla(inside)
            yield *filed, min(phyla, default=""), *_fallback(sorted(known))


def _read(name: str) -> list[dict[str, str]]:
    table = pd.read_csv(HERE / name, sep="\t", dtype=str, keep_default_na=False)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _table(rows: list[Row]) -> pd.DataFrame:
    table = pd.DataFrame(sorted(set(rows)), columns=COLUMNS)
    return table[table["name"] != ""].reset_index(drop=True)
