"""Which nomenclature the names of a table follow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from tryptome.knowledge.names import NameIndex
from tryptome.knowledge.spelling import key
from tryptome.resolve.lineage import Lineage

NOMENCLATURES = ("gtdb", "greengenes2", "silva", "greengenes", "ncbi", "rdp", "unknown")

ORDER = {
    "gtdb": ("gtdb", "ncbi", "silva", "greengenes", "rdp"),
    "greengenes2": ("gtdb", "ncbi", "silva", "greengenes", "rdp"),
    "silva": ("silva", "greengenes", "ncbi", "gtdb", "rdp"),
    "greengenes": ("greengenes", "silva", "ncbi", "gtdb", "rdp"),
    "ncbi": ("ncbi", "gtdb", "silva", "greengenes", "rdp"),
    "rdp": ("rdp", "greengenes", "silva", "ncbi", "gtdb"),
    "unknown": ("ncbi", "gtdb", "silva", "greengenes", "rdp"),
}
"""In which order the nomenclatures of the index are asked for a name of a table."""

CANDIDATES = {
    "d__": ("gtdb", "silva", "greengenes2", "ncbi"),
    "k__": ("greengenes", "ncbi", "silva", "gtdb"),
    "D_0__": ("silva",),
    "positional": ("rdp", "silva", "gtdb", "ncbi"),
}
"""Nomenclatures written in a style, the usual one first."""

MARK = 3
"""Names found in an index that one telltale spelling outweighs."""

DECISIVE = 100
"""The same for the numbers that only Greengenes2 puts behind names."""

_TELLTALE = {
    "greengenes2": re.compile(r" \d{4,7}$"),
    "gtdb": re.compile(r"^[A-Z][\w-]+ [A-Z]{1,2}$|^[A-Z]+\d*-\d+$| sp\d{9}$"),
    "silva": re.compile(
        r" group$|UCG-\d|sensu stricto \d|^Escherichia-Shigella$|^Prevotella \d$|^Family XI"
    ),
    "greengenes": re.compile(r"^\[\w+\]$|^S24-7$|^RF\d+$"),
    "rdp": re.compile(r"^Clostridium (?:[XIV]+|X[Il]V)[ab]?$|^Ruminococcus2$|/| sensu stricto$"),
    "ncbi": re.compile(r"^Eubacteriales$|^Bacillota$|^Actinomycetota$|^Pseudomonadota$"),
}
_BINOMIAL = re.compile(r"^[A-Z][a-z]+ [a-z]{3,}")


def nomenclature_of(lineages: Iterable[Lineage], index: NameIndex) -> str:
    """Say which nomenclature the names of a table follow.

    The style of most lineages leaves some candidates. Each distinct name counts
    :data:`MARK` times for the one whose telltale spelling it has and, where the
    style does not say which one is usual, once for those that file it.

    Parameters
    ----------
    lineages : iterable of Lineage
        Of all features of the table.
    index : NameIndex

    Returns
    -------
    str
        One of :data:`NOMENCLATURES`; ``unknown`` for bare names.
    """
    found = list(lineages)
    styles = Counter(lineage.style for lineage in found if lineage.style in CANDIDATES)
    if not styles:
        return "unknown"
    style = max(sorted(styles), key=lambda name: styles[name])
    names = {(rank, name) for lineage in found for rank, name in lineage.names.items()}
    score = _score(names, CANDIDATES[style], index if style == "d__" else None)
    if style == "k__":  # species are epithets in Greengenes, binomials in NCBI
        score["ncbi"] += MARK * sum(r == "species" and bool(_BINOMIAL.match(n)) for r, n in names)
    return max(CANDIDATES[style], key=lambda name: score[name])


def _score(
    names: set[tuple[str, str]], candidates: Iterable[str], index: NameIndex | None
) -> Counter[str]:
    score: Counter[str] = Counter()
    for candidate in candidates:
        telltale = _TELLTALE[candidate]
        weight = DECISIVE if candidate == "greengenes2" else MARK
        score[candidate] += weight * sum(bool(telltale.search(name)) for _, name in names)
        if index:
            score[candidate] += sum(
                bool(index.find(candidate, rank, key(name))) for rank, name in names
            )
    return score
