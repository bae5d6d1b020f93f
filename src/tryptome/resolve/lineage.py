"""Lineages as they are written, taken apart into ranks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tryptome.knowledge.spelling import clean, named_inside, says_nothing

LONGEST = 4000
"""Characters of a lineage that are read; what follows cannot be a lineage's ranks."""

RANKS = ("domain", "phylum", "class", "order", "family", "genus", "species")
_LETTERS = dict(zip("dpcofgs", RANKS, strict=True)) | {"k": "domain", "sk": "domain"}
_PREFIXED = re.compile(r"^\s*[\"']?(?:(sk|[dkpcofgst])__?|D_(\d{1,2})__)(.*)$", re.DOTALL)
_LOOSE = re.compile(r"^\s*[\"']?[a-z]_[^_]")
_SEPARATORS = re.compile(r"[;|]")
DOMAINS = {
    "bacteria": "bacteria", "eubacteria": "bacteria", "archaea": "archaea",
    "archaebacteria": "archaea", "eukaryota": "eukaryota", "eukarya": "eukaryota",
    "eukaryote": "eukaryota", "eukaryotes": "eukaryota", "fungi": "eukaryota",
    "metazoa": "eukaryota", "animalia": "eukaryota", "plantae": "eukaryota",
    "viridiplantae": "eukaryota", "protista": "eukaryota", "protozoa": "eukaryota",
    "chromista": "eukaryota", "stramenopila": "eukaryota", "alveolata": "eukaryota",
    "rhizaria": "eukaryota", "viruses": "viruses",
}  # fmt: skip


@dataclass(frozen=True)
class Lineage:
    """Names of a lineage by rank; a rank that says nothing is absent.

    Attributes
    ----------
    names : dict of str to str
        Cleaned names by rank (``domain`` … ``species``).
    style : str
        ``d__``, ``k__`` or ``D_0__`` (rank prefixes), ``positional``
        (``Bacteria;…``), ``bare`` or ``empty``.
    """

    names: dict[str, str] = field(default_factory=dict)
    style: str = "empty"

    @property
    def domain(self) -> str:
        """``bacteria``, ``archaea``, ``eukaryota``, ``viruses`` or empty."""
        return DOMAINS.get(self.names.get("domain", "").lower(), "")

    def __str__(self) -> str:
        return "; ".join(f"{rank[0]}__{self.names[rank]}" for rank in RANKS if rank in self.names)


def parse(text: str) -> Lineage:
    """Take a lineage apart.

    Parameters
    ----------
    text : str
        As in the input: any nomenclature, any separator of ``;`` and ``|``,
        with or without rank prefixes; may be hostile.

    Returns
    -------
    Lineage

    Examples
    --------
    >>> str(parse("k__Bacteria; p__Firmicutes; g__[Ruminococcus]; s__"))
    'd__Bacteria; p__Firmicutes; g__[Ruminococcus]'
    >>> str(parse("Bacteria(100);Firmicutes(99);Clostridia;NA;Lachnospiraceae;Clostridium_XlVa"))
    'd__Bacteria; p__Firmicutes; c__Clostridia; f__Lachnospiraceae; g__Clostridium XlVa'
    >>> parse("Bacteroides").names
    {'genus': 'Bacteroides'}
    """
    fields = [part for part in _SEPARATORS.split(text[:LONGEST]) if part.strip(" _\"'\t\r\n")]
    if not fields:
        return Lineage()
    if all(_PREFIXED.match(part) for part in fields) and _trusted(fields):
        ranked, style = _by_prefix(fields)
    elif len(fields) > 1 or clean(fields[0]).lower() in DOMAINS:
        ranked, style = _by_position(fields), "positional"
    else:
        ranked, style = _bare(clean(fields[0])), "bare"
    return Lineage(_informative(ranked), style)


def _trusted(fields: list[str]) -> bool:
    """Whether prefixes are ranks: ``s_x`` alone may be any id, ``d_Bacteria|p_…`` is not."""
    loose = [part for part in fields if _LOOSE.match(part)]
    return not loose or (len(loose) == len(fields) and fields[0].lstrip(" \"'")[0] in "dk")


def _by_prefix(fields: list[str]) -> tuple[list[tuple[str, str]], str]:
    ranked, style = [], "d__"
    for part in fields:
        letter, number, name = _PREFIXED.findall(part)[0]
        if number or letter == "k":
            style = "D_0__" if number else "k__"
        rank = dict(enumerate(RANKS)).get(int(number)) if number else _LETTERS.get(letter)
        if rank:
            ranked.append((rank, clean(name)))
    return ranked, style


def _by_position(fields: list[str]) -> list[tuple[str, str]]:
    """Ranks by place, but genus and species follow a name in -aceae wherever it stands."""
    names = [clean(part) for part in fields]
    first = 0 if names[0].lower() in DOMAINS or says_nothing(names[0]) else 1
    ranked = list(zip(RANKS[first:], names, strict=False))
    ends = [i for i, name in enumerate(names) if re.search(r"aceae(?: \d)?$", name)]
    if ends and first + ends[0] > RANKS.index("family"):
        ranked = ranked[: RANKS.index("order") - first + 1]
        ranked += list(zip(RANKS[4:], names[ends[0] :], strict=False))
    return ranked


def _bare(name: str) -> list[tuple[str, str]]:
    """One name without its lineage: the ending tells families, two words a species."""
    name = named_inside(name) or name
    if re.search(r"(?:aceae|idae)(?: \S+)?$", name) and " group" not in name:
        return [("family", name)]
    binomial = re.match(r"^(\[?[A-Z][a-z-]+\]?) (?!sensu\b)[a-z][a-z-]{2,}", name)
    if binomial and not name.endswith(" group"):
        return [("genus", binomial.group(1)), ("species", name)]
    return [("genus", name)]


def _informative(ranked: list[tuple[str, str]]) -> dict[str, str]:
    names: dict[str, str] = {}
    for rank, name in ranked:
        if not says_nothing(name):
            names[rank] = name
        elif rank == "genus" and "family" not in names and named_inside(name).endswith("aceae"):
            names["family"] = named_inside(name)
    return names
