"""Telling lineages, ranks and ids of features apart, by how they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

COLUMN_NAMES = frozenset(
    {
        "taxonomy",
        "taxon",
        "taxa",
        "lineage",
        "tax",
        "consensus lineage",
        "consensuslineage",
        "consensus_lineage",
        "otu metadata",
        "classification",
        "full lineage",
    }
)
"""Names, in lower case, of a column that holds lineages."""

RANKS = {
    "domain": "d__",
    "superkingdom": "d__",
    "kingdom": "k__",
    "phylum": "p__",
    "class": "c__",
    "order": "o__",
    "family": "f__",
    "genus": "g__",
    "species": "s__",
}
"""Names, in lower case, of columns with one rank each, in order, and their prefixes."""

TOP = ("d__", "k__")
STANDARD = ("p__", "c__", "o__", "f__", "g__", "s__")
"""Prefixes of the highest rank, and of those that follow it in standard order."""

MISSING = frozenset({"", "na", "nan", "null", "none", "n/a", "<na>"})
"""Words, in lower case, that stand for no value in a table of ranks.

Those of metadata that speak of collecting are not among them.
"""

MOST = 0.5
"""Share of names above which they are of a kind."""

MIN_SEQUENCE = 30
_PREFIXED = re.compile(r"(^|[;|,]\s*)\"?[dkpcofgs]__", re.IGNORECASE)
_DOMAINS = re.compile(
    r"\W*(Bacteria|Archaea|Eukaryota|Eukarya|Root|Unclassified|Unassigned)\b", re.IGNORECASE
)
_OPAQUE = re.compile(
    r"[A-Za-z]{0,8}([ _.-][A-Za-z]{1,8})?[ _.-]?\d+"
    r"|[0-9a-f]{32}|[0-9a-f]{40}"
    rf"|[ACGTUNRYSWKMBDHV]{{{MIN_SEQUENCE},}}",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(rf"[ACGTUNRYSWKMBDHV]{{{MIN_SEQUENCE},}}", re.IGNORECASE)
_NEW_REFERENCE = re.compile(r"New\..*\d+$")


def is_lineage(name: str) -> bool:
    """Tell whether a text reads as a lineage.

    Examples
    --------
    >>> [is_lineage(name) for name in ("k__Bacteria; p__Firmicutes", "Bacteria(100);Bacilli(99);")]
    [True, True]
    >>> [is_lineage(name) for name in ("Otu00012", "S.1", "Bacteroides")]
    [False, False, False]
    """
    if _PREFIXED.search(name):
        return True
    return bool(_DOMAINS.match(name)) and (";" in name or "|" in name)


def is_opaque(name: str) -> bool:
    """Tell whether an id says nothing of a taxon: a number, a hash, a sequence, ``Otu12``.

    Examples
    --------
    >>> [is_opaque(name) for name in ("Otu00012", "4424929", "ASV_7", "ACGT" * 20)]
    [True, True, True, True]
    >>> [is_opaque(name) for name in ("Bacteroides", "g__Prevotella_9", "Unclassified")]
    [False, False, False]
    """
    return bool(_OPAQUE.fullmatch(name) or _NEW_REFERENCE.match(name))


def is_sequence(name: str) -> bool:
    """Tell whether an id is a nucleotide sequence."""
    return bool(_SEQUENCE.fullmatch(name))


def share(names: Sequence[str], test: Callable[[str], bool]) -> float:
    """Share of names that pass a test; 0 where there are none."""
    return sum(map(test, names)) / len(names) if names else 0.0


def names_as_lineages(features: Sequence[str]) -> list[str] | None:
    """Lineages where the ids of features are the names of taxa, else None.

    Examples
    --------
    >>> names_as_lineages(["Bacteroides", "Prevotella"])
    ['Bacteroides', 'Prevotella']
    >>> names_as_lineages(["Otu1", "Otu2"])
    """
    if share(features, is_lineage) > MOST or share(features, is_opaque) < MOST:
        return list(features)
    return None


def rank_columns(header: Sequence[str]) -> dict[int, str]:
    """Columns that hold one rank each, and the prefix of that rank; none if there is but one.

    Examples
    --------
    >>> rank_columns(["id", "Kingdom", "Phylum", "size"])
    {1: 'k__', 2: 'p__'}
    """
    found = {
        column: RANKS[name.strip().lower()]
        for column, name in enumerate(header)
        if name.strip().lower() in RANKS
    }
    return found if len(found) > 1 else {}


def join_ranks(names: Iterable[str], prefixes: Iterable[str]) -> str:
    """Write the ranks of one feature as a lineage; a missing rank keeps its place.

    Where the columns are the standard ranks from the top, their order tells the
    ranks, as in mothur and DADA2; prefixes are added only where it cannot, since
    they would pass for the style of another nomenclature.

    Examples
    --------
    >>> join_ranks(["Bacteria", "NA", "Bacilli"], ["k__", "p__", "c__"])
    'Bacteria;NA;Bacilli'
    >>> join_ranks(["Firmicutes", "Blautia"], ["p__", "g__"])
    'p__Firmicutes;g__Blautia'
    >>> join_ranks(["NA", ""], ["k__", "p__"])
    ''
    """
    order = tuple(prefixes)
    given = ["" if name.strip().lower() in MISSING else name for name in names]
    if not any(given):
        return ""
    pairs = list(zip(given, order, strict=True))
    written = any(name.lower().startswith(prefix) for name, prefix in pairs)
    if order[0] in TOP and order[1:] == STANDARD[: len(order) - 1] and not written:
        return ";".join(name or "NA" for name in given)
    return ";".join(
        name if name.lower().startswith(prefix) else f"{prefix}{name}" for name, prefix in pairs
    )


def from_annotations(annotations: object) -> str:
    """Lineage among the annotations that a BIOM 1.0 file holds of a feature; empty if none.

    Examples
    --------
    >>> from_annotations({"taxonomy": ["k__Bacteria", "p__Firmicutes"]})
    'k__Bacteria; p__Firmicutes'
    >>> from_annotations({"Kingdom": "Bacteria", "Phylum": None})
    'Bacteria;NA'
    """
    if not isinstance(annotations, Mapping):
        return ""
    for key, value in annotations.items():
        if str(key).strip().lower() in COLUMN_NAMES:
            return join_levels(value)
    keys = [str(key) for key in annotations]
    ranks = rank_columns(keys)
    values = list(annotations.values())
    return join_ranks(
        ("" if values[column] is None else str(values[column]) for column in ranks), ranks.values()
    )


def join_levels(value: object) -> str:
    """Write a lineage that is given as text or as a list of names, one a rank.

    Empty names behind the last named rank are left out: they pad a BIOM file.
    """
    if value is None:
        return ""
    if not isinstance(value, list | tuple):
        return str(value)
    levels = ["" if level is None else str(level) for level in value]
    while levels and not levels[-1]:
        levels.pop()
    return "; ".join(levels)
