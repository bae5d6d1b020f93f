"""From the names of a lineage to a set of reference species."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tryptome.knowledge.names import Meaning, NameIndex
from tryptome.knowledge.sets import Groups, tier
from tryptome.knowledge.spelling import compound, key, variants
from tryptome.resolve.lineage import Lineage
from tryptome.resolve.nomenclature import ORDER
from tryptome.resolve.species import SpeciesNames

Set = frozenset[str]

_ORGANELLES = frozenset(
    ["chloroplast", "chloroplasts", "mitochondria", "mitochondrion", "streptophyta"]
)
_GUESSED = frozenset(["number", "suffix"])
_OWN_IS_FINAL = "gtdb"
_ORGANELLE_RANKS = ("class", "order", "family", "genus")
SHOWN_ALTERNATIVES = 3


@dataclass(frozen=True)
class Resolution:
    """What became of a lineage.

    Attributes
    ----------
    rank : str
        Rank of the name that was used: ``species``, ``genus``, ``family``, or
        empty.
    rule : str
        How: ``exact``, ``bracket``, ``coded``, ``number``, ``suffix``,
        ``compound``, ``squeezed``, ``epithet`` (spelling of the name used),
        ``within`` (narrowed by the family above), ``fallback`` (a genus without
        reference, by its family), ``organelle``, ``domain`` (nothing but the
        domain is known to the reference) or ``none``.
    tier : str
        See docs/files.md.
    taxon : str
        Set of reference species; empty where unresolved.
    alternatives : str
        What the name means in other nomenclatures.
    """

    rank: str
    rule: str
    tier: str
    taxon: str = ""
    alternatives: str = ""


@dataclass(frozen=True)
class _Found:
    """A name that is filed: how it was found, what it means, and the spelling."""

    rule: str
    tier: str
    species: Set
    spelling: str
    nomenclature: str


class Resolver:
    """Resolves the lineages of a table.

    Parameters
    ----------
    index : NameIndex
    groups : Groups
    nomenclature : str
        Of the table (:func:`tryptome.resolve.nomenclature.nomenclature_of`).
    """

    def __init__(self, index: NameIndex, groups: Groups, nomenclature: str) -> None:
        self.index = index
        self.groups = groups
        self.order = ORDER[nomenclature]
        self.pooled = ("gtdb", "ncbi") if nomenclature == "greengenes2" else ()
        self._species = SpeciesNames(index, groups, self.order)

    def resolve(self, lineage: Lineage) -> Resolution:
        """Resolve a lineage at the finest rank that the reference has.

        Parameters
        ----------
        lineage : Lineage

        Returns
        -------
        Resolution
        """
        phyla = self._phyla(lineage)
        outside = _outside(lineage, phyla)
        if outside:
            return outside
        family = self._find(lineage, "family", phyla, None)
        genus = self._find(lineage, "genus", phyla, family)
        return (
            self._by_species(lineage, genus, family)
            or self._by_genus(genus)
            or self._by_family(lineage, genus, family)
            or _unresolved(lineage, phyla, genus or family)
        )

    def _by_species(
        self, lineage: Lineage, genus: _Found | None, family: _Found | None
    ) -> Resolution | None:
        own = genus.species if genus and genus.tier == "genus" else None
        above = family.species if family else None
        rule, species = self._species.find(lineage, own, above)
        if not species:
            return None
        return Resolution("species", rule, "species", self.groups.write(species, "species"))

    def _by_genus(self, genus: _Found | None) -> Resolution | None:
        if genus is None or genus.tier != "genus":
            return None
        taxon = self.groups.write(genus.species, "genus")
        return Resolution("genus", genus.rule, tier(taxon), taxon, self._alternatives(genus, taxon))

    def _by_family(
        self, lineage: Lineage, genus: _Found | None, family: _Found | None
    ) -> Resolution | None:
        """Resolve at the family: the one above, within which the genus' own may be known."""
        above = family.species if family else frozenset()
        within = genus.species & above if genus and above else genus.species if genus else above
        species = within or above
        if not species:
            return None
        rule = family.rule if family and "genus" not in lineage.names else "fallback"
        return Resolution("family", rule, "family", self.groups.write(species, "family"))

    def _phyla(self, lineage: Lineage) -> Set:
        """GTDB phyla that the lineage's phylum covers; empty where it is not known."""
        name = lineage.names.get("phylum") or (
            next(iter(lineage.names.values()), "") if lineage.style == "bare" else ""
        )
        known = self.index.phyla
        return next((known[s] for _, s in variants(name) if s in known), frozenset())

    def _find(
        self, lineage: Lineage, rank: str, phyla: Set, family: _Found | None
    ) -> _Found | None:
        """Look the name at a rank up, in one spelling after the other."""
        name = lineage.names.get(rank, "")
        bacterial = lineage.domain == "bacteria"
        spellings = list(variants(name))
        for rule, spelling in reversed(spellings) if self.pooled else spellings:
            found = self._lookup(rule, rank, spelling, phyla, bacterial)
            found = found and _within(found, family)
            if found:
                return found
        parts = [Lineage({rank: part}, lineage.style) for part in compound(name)]
        filed = self.index.squeezed(rank, name)
        if filed and not parts:
            found = self._lookup("squeezed", rank, filed, phyla, bacterial)
            return found and _within(found, family)
        every = [self._find(part, rank, phyla, family) for part in parts]
        known = [found for found in every if found and found.species]
        if not known or len(known) < len(every):
            return None
        species = frozenset().union(*(found.species for found in known))
        coarsest = "genus" if all(found.tier == "genus" for found in known) else "family"
        return _Found("compound", coarsest, species, "", "")

    def _lookup(
        self, rule: str, rank: str, spelling: str, phyla: Set, bacterial: bool
    ) -> _Found | None:
        """Ask the nomenclatures in order; one that has reference species goes first.

        The clade letters of Greengenes2 are not those of GTDB, so that its names
        stand without them for what GTDB and NCBI mean, together.
        """
        without = None
        pool: list[_Found] = []
        for nomenclature in self.order:
            fit = [
                meaning
                for meaning in self.index.find(nomenclature, rank, spelling)
                if _fits(meaning, phyla, bacterial)
            ]
            if not fit:
                continue
            species = frozenset().union(*(self.groups.read(meaning.taxon) for meaning in fit))
            found = _Found(rule, _coarsest(fit), species, spelling, nomenclature)
            if nomenclature in self.pooled and found.tier == rank:
                pool.append(found)
            elif pool:
                break
            elif found.tier == rank or nomenclature == self.order[0] == _OWN_IS_FINAL:
                return found
            if without is None or (species and not without.species):
                without = found
        if pool:
            both = frozenset().union(*(found.species for found in pool))
            return replace(pool[0], species=both)
        return without

    def _alternatives(self, found: _Found, taxon: str) -> str:
        """Say what a genus name means elsewhere, as ``silva=g__X; ncbi=g__Y``."""
        other = []
        for nomenclature in self.order:
            meanings = self.index.find(nomenclature, "genus", found.spelling)
            taxa = sorted(m.taxon for m in meanings if m.taxon not in ("", taxon))
            if nomenclature != found.nomenclature:
                other += [f"{nomenclature}={text}" for text in taxa]
        return "; ".join(other[:SHOWN_ALTERNATIVES])


def _fits(meaning: Meaning, phyla: Set, bacterial: bool) -> bool:
    """Whether a meaning is no homonym from another phylum or domain."""
    if meaning.phylum == "archaea":
        return not bacterial and (not phyla or "archaea" in phyla)
    return not phyla or not meaning.phylum or meaning.phylum in phyla


def _coarsest(meanings: list[Meaning]) -> str:
    tiers = {meaning.tier for meaning in meanings}
    return next(t for t in ("genus", "family", "bacteria", "archaea") if t in tiers)


def _within(found: _Found, family: _Found | None) -> _Found | None:
    """Narrow a genus by the family above it, where they overlap.

    A genus outside of the family is kept, since nomenclatures draw families
    differently, but not where its spelling was guessed.
    """
    if family is None or not family.species or found.tier != "genus":
        return found
    inside = found.species & family.species
    if inside == found.species:
        return found
    if inside:
        return replace(found, species=inside, rule="within")
    return None if found.rule in _GUESSED else found


def _outside(lineage: Lineage, phyla: Set) -> Resolution | None:
    """Tiers that the reference does not cover, and lineages that say nothing."""
    if any(key(lineage.names.get(rank, "")) in _ORGANELLES for rank in _ORGANELLE_RANKS):
        return Resolution("", "organelle", "organelle")
    if lineage.domain == "archaea" or phyla == {"archaea"}:
        return Resolution("", "domain", "archaea")
    if lineage.domain == "eukaryota":
        return Resolution("", "domain", "eukaryota")
    if lineage.domain == "viruses" or not lineage.names:
        return Resolution("", "none", "unassigned")
    return None


def _unresolved(lineage: Lineage, phyla: Set, found: _Found | None) -> Resolution:
    if found and found.tier == "archaea":
        return Resolution("", "domain", "archaea")
    if lineage.domain == "bacteria" or phyla or found:
        return Resolution("", "domain", "bacteria")
    return Resolution("", "none", "unassigned")
