"""Clades named by all the clades around them, joined by ``|`` or ``;``, as in MetaPhlAn."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Sequence
from typing import TYPE_CHECKING

from tryptome.ingest.clades import (
    DEPTH,
    NO_PARENT,
    Clades,
    OneRank,
    at_rank,
    holds_its_parts,
    written,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_LENGTH = 4000
"""Most characters of a name that is taken for a clade."""

# One way to match only: a second would be tried again at each step of a name that fails.
_STEP = r"[a-z]\d*_[^|;]*"
_CLADE = re.compile(rf"{_STEP}(?:[|;]\s?{_STEP})*", re.IGNORECASE)


def is_clade(name: str) -> bool:
    """Tell whether a name is a clade with a letter for each rank.

    Examples
    --------
    >>> [is_clade(name) for name in ("k__Bacteria|p__Firmicutes", "d_Bacteria", "Blautia")]
    [True, True, False]
    """
    return len(name) <= MAX_LENGTH and bool(_CLADE.fullmatch(name))


def are_nested(names: Collection[str]) -> bool:
    """Tell whether clades joined by ``|`` stand beside clades that they belong to.

    Examples
    --------
    >>> are_nested(["k__Bacteria", "k__Bacteria|g__Blautia"]), are_nested(["k__B|g__A", "k__C"])
    (True, False)
    """
    clades = {name for name in names if is_clade(name)}
    return len(clades) * 2 > len(names) and any(
        "|" in name and around(name, clades) for name in clades
    )


def around(name: str, names: Container[str]) -> str:
    """Longest of `names` that is the beginning of a clade's name; empty where there is none.

    Examples
    --------
    >>> around("k__B|p__F|g__G", {"k__B", "k__B|p__F"})
    'k__B|p__F'
    """
    if len(name) > MAX_LENGTH:
        return ""
    for end in sorted((found.start() for found in re.finditer(r"[|;]", name)), reverse=True):
        if name[:end] in names:
            return name[:end]
    return ""


def one_rank(names: list[str], values: csr_matrix, rank: str, place: str) -> OneRank:
    """Use one rank of the clades, unless each row holds reads of its own.

    Parameters
    ----------
    names : list of str
    values : scipy.sparse.csr_matrix
        Clades x samples.
    rank : str
        As configured; see :func:`tryptome.ingest.clades.at_rank`.
    place : str
        The file, for messages.

    Raises
    ------
    FormatError
        No row has the rank that was configured.
    """
    row_of = {name: row for row, name in enumerate(names)}
    steps = [_steps(name) for name in names]
    clades = Clades(
        ids=names,
        lineages=[written(path) or name for path, name in zip(steps, names, strict=True)],
        ranks=[path[-1][0] if path else "" for path in steps],
        # A row without name is around nothing, though a clade without another around it gives "".
        parents=[row_of[found] if (found := around(name, row_of)) else NO_PARENT for name in names],
        values=values,
    )
    if holds_its_parts(clades):
        return at_rank(clades, rank, place)
    note = "clades hold less than the clades inside them: each row is taken for its own reads"
    return OneRank(clades.ids, clades.lineages, values, (note,), {})


def _steps(name: str) -> Sequence[tuple[str, str]]:
    """Letter and name of each standard rank of a clade."""
    if not is_clade(name):
        return []
    found = (re.fullmatch(r"\s?([a-z]\d*)__?(.*)", part, re.I) for part in re.split(r"[|;]", name))
    return [(match[1].lower(), match[2]) for match in found if match and match[1].lower() in DEPTH]
