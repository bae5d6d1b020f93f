"""Species names: binomials, epithets, lists of epithets, strains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tryptome.knowledge.names import NameIndex
from tryptome.knowledge.sets import Groups
from tryptome.knowledge.spelling import key, says_nothing, variants
from tryptome.resolve.lineage import Lineage

Set = frozenset[str]
_EPITHET = re.compile(r"^[a-z][a-z-]{2,}$")
_CLADE = re.compile(r"^[a-z]{1,2}$")
_NO_EPITHETS = frozenset(["sp", "spp", "cf", "group", "genomosp", "bacterium", "oral", "sensu"])
_ENDING = re.compile(r"(?:us|a|um|is|e|er|ris|re|i|ii|ae)$")
BINOMIAL = 2


class SpeciesNames:
    """Finds the reference species that the species name of a lineage stands for.

    Parameters
    ----------
    index : NameIndex
    groups : Groups
    order : tuple of str
        Nomenclatures in the order in which to ask them.
    """

    def __init__(self, index: NameIndex, groups: Groups, order: tuple[str, ...]) -> None:
        self.index = index
        self.groups = groups
        self.order = order

    def find(self, lineage: Lineage, genus: Set | None, family: Set | None) -> tuple[str, Set]:
        """Find the species.

        Parameters
        ----------
        lineage : Lineage
        genus, family : frozenset of str or None
            What its genus and its family stand for; None where they have no
            reference. A species that contradicts them is not believed, for
            species names of 16S databases are often those of a clone's host.

        Returns
        -------
        rule : str
            ``exact`` or ``epithet``; empty where nothing was found.
        species : frozenset of str
        """
        genus_name = lineage.names.get("genus", "")
        rules: set[str] = set()
        species: set[str] = set()
        for binomial in binomials(lineage.names.get("species", ""), genus_name):
            rule, found = self._one(binomial, genus_name, genus, family)
            if not found:
                return "", frozenset()
            rules.add(rule)
            species |= found
        return max(rules, default=""), frozenset(species)

    def _one(
        self, binomial: str, genus_name: str, genus: Set | None, family: Set | None
    ) -> tuple[str, Set]:
        filed = self._filed(binomial)
        first, epithet = _parts(binomial)
        same_genus = bool(genus_name) and _same(first, genus_name)
        bounds = genus if genus is not None else family
        if filed and (bounds is None or filed <= bounds or same_genus):
            return "exact", filed
        alike = {name for name in genus or () if _stem(_epithet(name)) == _stem(epithet)}
        if same_genus and len(alike) == 1:
            return "epithet", frozenset(alike)
        return "", frozenset()

    def _filed(self, binomial: str) -> Set:
        for _, spelling in variants(binomial):
            for nomenclature in self.order:
                found = self.index.find(nomenclature, "species", spelling)
                if found:
                    return frozenset().union(*(self.groups.read(m.taxon) for m in found))
        return frozenset()


def binomials(name: str, genus: str) -> Iterator[str]:
    """Binomials that a species name stands for, in lower case.

    Parameters
    ----------
    name : str
        Cleaned: a binomial, an epithet, epithets joined by ``/``, or a strain.
    genus : str
        Cleaned genus name of the lineage; may be empty.

    Yields
    ------
    str

    Examples
    --------
    >>> list(binomials("breve/longum", "Bifidobacterium"))
    ['bifidobacterium breve', 'bifidobacterium longum']
    >>> list(binomials("Escherichia coli/", "Escherichia")), list(binomials("0 /", ""))
    (['escherichia coli'], [])
    >>> list(binomials("Escherichia coli str. K-12", "Escherichia-Shigella"))
    ['escherichia coli']
    >>> list(binomials("Faecalibacterium prausnitzii C 71351", "Faecalibacterium"))
    ['faecalibacterium prausnitzii c 71351']
    >>> list(binomials("Blautia A obeum", "Blautia A"))
    ['blautia a obeum']
    >>> list(binomials("uncultured Blautia sp.", "Blautia"))
    []
    """
    if not name or says_nothing(name):
        return
    words = key(name).split()
    if len(words) > BINOMIAL and _CLADE.match(words[1]):  # GTDB's letter behind the genus
        words[:BINOMIAL] = [" ".join(words[:BINOMIAL])]
    if len(words) == 1 or "/" in words[0]:
        epithets = [part for part in words[0].split("/") if _EPITHET.match(part)]
        stem = key(genus).strip("[").split("]")[0].split(" ")[0]
        yield from (f"{stem} {epithet}" for epithet in epithets if stem)
    elif "/" in words[1]:
        yield from (f"{words[0]} {part}" for part in words[1].split("/") if part)
    elif _EPITHET.match(words[1]) and words[1] not in _NO_EPITHETS:
        clade = " ".join(words[BINOMIAL:])
        is_clade = re.fullmatch(r"[a-z]{1,2}(?: \d{4,7})?|\d{4,7}", clade)
        yield f"{words[0]} {words[1]} {clade}" if is_clade else f"{words[0]} {words[1]}"
    elif re.fullmatch(r"sp\d{9}", words[1]) or words[1] in {"sp.", "sp"}:
        yield " ".join(words)


def _parts(binomial: str) -> tuple[str, str]:
    """Genus, without the letter of a clade, and epithet."""
    words = binomial.split()
    clade = len(words) > BINOMIAL and bool(_CLADE.match(words[1]))
    return words[0], words[BINOMIAL if clade else 1]


def same_epithet(one: str, other: str) -> bool:
    """Whether two species names have one epithet, its ending aside, which follows the genus.

    Examples
    --------
    >>> same_epithet("Lactobacillus plantarum", "Lactiplantibacillus plantarum")
    True
    >>> same_epithet("Clostridium asparagiforme", "Enterocloster asparagiformis")
    True
    >>> same_epithet("Prevotella bryantii", "Segatella baroniae")
    False
    """
    return _stem(_epithet(one)) == _stem(_epithet(other)) != ""


def _epithet(species: str) -> str:
    return species.lower().split()[1] if " " in species else ""


def _stem(epithet: str) -> str:
    """Epithet without the ending that follows the genus' gender."""
    return _ENDING.sub("", epithet)


def _same(genus: str, name: str) -> bool:
    """Whether a genus is, or is part of, the genus that a table names."""
    return genus.strip("[]") in re.split(r"[\s/-]", key(name).replace("[", "").replace("]", ""))
