"""What a name stands for: rules from genomes that carry it to reference species.

Genus
    In GTDB the reference species of that genus. In another nomenclature
    (a) every reference species that itself carries the name, in its own NCBI
    lineage or in that of a genome of the species, (b) all reference species of
    each GTDB genus most of whose named genomes carry the name, and (c) those
    that both GTDB and NCBI put in the genus of this very name, or one of them
    and no genome of theirs carries another one. A GTDB genus counts for (a) and (b) only where
    at least :data:`ENOUGH` genomes of the genus, and most of them, carry the
    name, or where its family is that of at least :data:`SHARE` of the genomes
    that carry the name and has no other genus of the nomenclature by its name.
    So the 16S hit of one odd genome adds no foreign genus.
Fallback
    Where no reference species is left, or the genera that have any hold less
    than :data:`REPRESENTED` of the genomes that carry the name: the GTDB
    families of those genomes that the reference has, where they hold most of
    the genomes; else nothing but the domain.
Family
    The GTDB families that hold at least :data:`SHARE` of the genomes that carry
    the name, or :data:`MINOR` of them if most of their named genomes carry it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from names_build.crosswalk import clade
from tryptome.knowledge.sets import Groups

SHARE = 0.2
REPRESENTED = 0.25
MINOR = 0.1
MOST = 0.5
ENOUGH = 3
_STRAIN = re.compile(r"^[A-Z]{2,}[A-Z0-9-]*\d$")


@dataclass(frozen=True)
class Reference:
    """Reference species beside the genomes that tell their other names.

    Attributes
    ----------
    groups : Groups
        Genus and family of each reference species.
    species : DataFrame
        ``species.tsv.gz``.
    genomes : DataFrame
        Names of genomes (:func:`crosswalk.read`).
    linked : DataFrame
        ``species`` and ``genome`` (row of ``genomes``), where the genome is of
        the species by its GTDB or its NCBI name.
    """

    groups: Groups
    species: pd.DataFrame
    genomes: pd.DataFrame
    linked: pd.DataFrame

    @classmethod
    def of(cls, species: pd.DataFrame, genomes: pd.DataFrame) -> Reference:
        """Link reference species to genomes by species name."""
        pairs = []
        for ours, nomenclature in (("gtdb_species", "gtdb"), ("species", "ncbi")):
            theirs = genomes[nomenclature, "species"]
            rows = pd.DataFrame({"name": theirs[theirs != ""]}).rename_axis("genome").reset_index()
            both = species[["species"]].assign(name=species[ours]).merge(rows, on="name")
            pairs.append(both[["species", "genome"]])
        linked = pd.concat(pairs).drop_duplicates().sort_values(["species", "genome"])
        return cls(Groups.of(species), species, genomes, linked)

    @cached_property
    def family_of_genus(self) -> dict[str, str]:
        """Family of every GTDB genus of the genomes."""
        genomes = self.genomes
        return dict(zip(genomes["gtdb", "genus"], genomes["gtdb", "family"], strict=True))

    def species_of_genera(self, genera: Iterable[str]) -> set[str]:
        """Reference species of GTDB genera."""
        members = self.groups.members
        return {name for genus in genera for name in members.get(f"g__{genus}", ())}

    def families(self, genomes: pd.DataFrame, at_least: float = SHARE) -> list[str]:
        """Families of the reference that hold a share of some genomes, if together most of them."""
        counts = _counts(genomes, "family")
        known = {name: n for name, n in counts.items() if f"f__{name}" in self.groups.members}
        held = {name: n for name, n in known.items() if n >= at_least * len(genomes)}
        return sorted(held) if sum(held.values()) >= MOST * len(genomes) else []


@dataclass(frozen=True)
class Meaning:
    """Reference species of a name, and the families to fall back on where it has none."""

    species: set[str]
    families: list[str]


def genera(reference: Reference, nomenclature: str) -> dict[str, Meaning]:
    """Meanings of the genus names of a nomenclature."""
    if nomenclature == "gtdb":
        return _gtdb_genera(reference)
    genomes = reference.genomes
    named = genomes[genomes[nomenclature, "genus"] != ""]
    sizes = _counts(named, "genus")
    vocabulary = set(named[nomenclature, "genus"])
    carried = _carried(reference, nomenclature)
    namesakes = _namesakes(reference, nomenclature, carried)
    meanings = {}
    for name, carriers in _by_name(named, nomenclature, "genus"):
        agreed = _agreeing(reference, carriers, sizes, vocabulary - {name})
        most = {genus for genus, count in agreed.items() if count > MOST * sizes[genus]}
        found = reference.species_of_genera(most)
        found |= {s for s in carried.get(name, ()) if reference.groups.genus_of[s] in agreed}
        if not _represented(reference, carriers, found):
            found = set()
        families_ = reference.families(carriers)
        meanings[name] = Meaning(found | namesakes.pop(name, set()), families_)
    if nomenclature == "ncbi":
        meanings |= {name: Meaning(held, []) for name, held in namesakes.items()}
    return meanings


def families(reference: Reference, nomenclature: str) -> dict[str, list[str]]:
    """Families of the reference that each family name of a nomenclature stands for."""
    genomes = reference.genomes
    named = genomes[genomes[nomenclature, "family"] != ""]
    sizes = _counts(named, "family")
    found: dict[str, set[str]] = {}
    for name, carriers in _by_name(named, nomenclature, "family"):
        counts = _counts(carriers, "family")
        least = {f: MINOR if n > MOST * sizes[f] else SHARE for f, n in counts.items()}
        found[name] = {f for f, n in counts.items() if n >= least[f] * len(carriers)}
    if nomenclature == "ncbi":
        for name, held in _stated_families(reference.species).items():
            found[name] = found.get(name, set()) | held
    if nomenclature == "gtdb":
        found |= {name: {name} for name in reference.species["gtdb_family"]}
    known = reference.groups.members
    return {name: sorted(f for f in held if f"f__{f}" in known) for name, held in found.items()}


def species(reference: Reference) -> dict[tuple[str, str], set[str]]:
    """Reference species by nomenclature and species name: their own, and those of their genomes."""
    found: dict[tuple[str, str], set[str]] = {}
    names = reference.species.rename(columns={"species": "ncbi", "gtdb_species": "gtdb"})
    for nomenclature in ("ncbi", "gtdb"):
        for ours, name in zip(names["ncbi"], names[nomenclature], strict=True):
            found.setdefault((nomenclature, name), set()).add(ours)
        theirs = reference.genomes[nomenclature, "species"].loc[reference.linked["genome"]]
        for ours, name in zip(reference.linked["species"], theirs, strict=True):
            found.setdefault((nomenclature, name), set()).add(ours)
    for (nomenclature, name), held in list(found.items()):
        bare = " ".join(clade(word) for word in name.split())
        if nomenclature == "gtdb" and bare != name:
            found.setdefault((nomenclature, bare), set()).update(held)
    return {(nomenclature, name): held for (nomenclature, name), held in found.items() if name}


def strains(reference: Reference) -> dict[str, set[str]]:
    """Reference species by the strain that they are named after.

    GTDB names a genus without a valid name after a strain or genome in it
    (``KLE1615``); the reference has some of those strains under their NCBI
    names (``Clostridiales bacterium KLE1615``).
    """
    found: dict[str, set[str]] = {}
    for name in reference.species["species"]:
        strain = name.split()[-1].replace(":", "-")
        if _STRAIN.match(strain):
            found.setdefault(strain, set()).add(name)
    return found


def _gtdb_genera(reference: Reference) -> dict[str, Meaning]:
    genomes = reference.genomes
    ours = {name: reference.species_of_genera([name]) for name in reference.species["gtdb_genus"]}
    meanings = {name: Meaning(held, []) for name, held in ours.items()}
    for name, carriers in _by_name(genomes, "gtdb", "genus"):
        meanings[name] = Meaning(ours.get(name, set()), reference.families(carriers))
    for strain, held in strains(reference).items():
        if not meanings.get(strain, Meaning(set(), [])).species:
            fallback = sorted({reference.groups.family_of[s] for s in held})
            meanings[strain] = Meaning(held, fallback)
    return meanings


def _namesakes(
    reference: Reference, nomenclature: str, carried: dict[str, set[str]]
) -> dict[str, set[str]]:
    """Reference species by the genus of their own lineages; see (a) and (c) above."""
    table = reference.species
    found: dict[str, set[str]] = {}
    if nomenclature == "ncbi":
        found = {genus: set(held) for genus, held in carried.items()}
    other = {s: name for name, held in sorted(carried.items()) for s in held}
    lineages = zip(table["species"], table["ncbi_genus"], table["gtdb_genus"], strict=True)
    for ours, ncbi, gtdb in lineages:
        for genus in {ncbi} if nomenclature == "ncbi" else {ncbi, gtdb}:
            agreed = nomenclature == "ncbi" or ncbi == gtdb or other.get(ours, genus) == genus
            if genus and agreed:
                found.setdefault(genus, set()).add(ours)
    return found


def _carried(reference: Reference, nomenclature: str) -> dict[str, set[str]]:
    """Reference species by the genus names that their genomes carry."""
    labels = reference.genomes[nomenclature, "genus"].loc[reference.linked["genome"]]
    found: dict[str, set[str]] = {}
    for ours, name in zip(reference.linked["species"], labels, strict=True):
        if name:
            found.setdefault(name, set()).add(ours)
    return found


def _agreeing(
    reference: Reference, carriers: pd.DataFrame, sizes: Counter[str], others: set[str]
) -> dict[str, int]:
    """GTDB genera that agree with a name, with the genomes that carry it."""
    of_families = _counts(carriers, "family")
    agreed = {}
    for genus, count in _counts(carriers, "genus").items():
        family = reference.family_of_genus[genus]
        named = clade(genus)
        foreign = named in others and reference.family_of_genus.get(named) == family
        sure = count >= ENOUGH and count > MOST * sizes[genus]
        if sure or (of_families[family] >= SHARE * len(carriers) and not foreign):
            agreed[genus] = count
    return agreed


def _represented(reference: Reference, carriers: pd.DataFrame, found: set[str]) -> bool:
    """Whether the genera of the species found hold enough of the genomes with the name."""
    held = {reference.groups.genus_of[name] for name in found}
    return bool(carriers["gtdb", "genus"].isin(held).mean() >= REPRESENTED)


def _stated_families(species: pd.DataFrame) -> dict[str, set[str]]:
    """GTDB families of the reference species of each NCBI family, as far as many are there."""
    pairs = Counter(zip(species["ncbi_family"], species["gtdb_family"], strict=True))
    sizes = Counter(species["ncbi_family"].tolist())
    found: dict[str, set[str]] = {}
    for (name, family), count in pairs.items():
        if name and count >= SHARE * sizes[name]:
            found.setdefault(name, set()).add(family)
    return found


def _counts(genomes: pd.DataFrame, rank: str) -> Counter[str]:
    """Genomes by GTDB name."""
    return Counter(genomes["gtdb", rank].tolist())


def _by_name(
    genomes: pd.DataFrame, nomenclature: str, rank: str
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Genomes that carry each name, sorted by name."""
    for name, rows in sorted(genomes.groupby((nomenclature, rank)).indices.items()):
        yield str(name), genomes.iloc[rows]
