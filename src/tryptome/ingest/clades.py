"""Tables whose rows repeat the same reads at every rank: one rank is used, and no read is lost.

MetaPhlAn profiles, Kraken reports and their like give each clade the reads of
all that it holds. Summed as they stand, a read would count once a rank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.errors import FormatError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

RANKS = {
    "domain": "d",
    "kingdom": "k",
    "phylum": "p",
    "class": "c",
    "order": "o",
    "family": "f",
    "genus": "g",
    "species": "s",
    "strain": "t",
}
"""Ranks from the widest to the closest, and the letter that profiles write for each."""

DEPTH = {letter: depth for depth, letter in enumerate(RANKS.values())}
NAMES = {letter: name for name, letter in RANKS.items()}
DEEPEST = "species"
"""Rank used unasked, where rows reach it: the closest that the reference knows."""

ROUNDING = 1e-5
"""What rounding may take from a row: profiles write percentages to five decimals."""

NO_PARENT = -1


def written(steps: Sequence[tuple[str, str]]) -> str:
    """Write a lineage from letters of ranks and names.

    A kingdom inside a domain is left out, as references of 16S have none, and strains.

    Examples
    --------
    >>> written([("d", "Bacteria"), ("k", "Bacillati"), ("g", "Blautia"), ("t", "SGB4811")])
    'd__Bacteria;g__Blautia'
    """
    letters = {letter for letter, _ in steps}
    left_out = {"t", "k"} if "d" in letters else {"t"}
    return ";".join(
        name if name.lower().startswith(f"{letter}__") else f"{letter}__{name}"
        for letter, name in steps
        if letter not in left_out
    )


@dataclass(frozen=True)
class Clades:
    """Rows of a profile, each with the reads of its whole clade.

    Attributes
    ----------
    ids, lineages : list of str
    ranks : list of str
        Letter of each row's rank; empty for a row between ranks, and for reads without name.
    parents : list of int
        Row of the closest clade around each; -1 where there is none.
    values : scipy.sparse.csr_matrix
        Rows x samples.
    """

    ids: list[str]
    lineages: list[str]
    ranks: list[str]
    parents: list[int]
    values: csr_matrix


@dataclass(frozen=True)
class OneRank:
    """Rows that hold every read once.

    Attributes
    ----------
    ids, lineages : list of str
    values : scipy.sparse.csr_matrix
        Rows x samples.
    notes : tuple of str
    accounts : dict
        For the ledger: how many rows there were and what became of them.
    """

    ids: list[str]
    lineages: list[str]
    values: csr_matrix
    notes: tuple[str, ...]
    accounts: dict[str, Any]


def at_rank(clades: Clades, wanted: str, place: str) -> OneRank:
    """Keep the rows of one rank, and of what is above it the reads that reach no such row.

    Parameters
    ----------
    clades : Clades
    wanted : str
        A rank of `RANKS`, or ``auto``: species, or the closest that the rows reach.
    place : str
        The file, for messages.

    Returns
    -------
    OneRank
        Rows in the order of the file. What lies below the rank is part of its rows.

    Raises
    ------
    FormatError
        No row has the rank that was asked for.
    """
    rank = _choose(clades, wanted, place)
    final = [DEPTH.get(letter, -1) >= DEPTH[RANKS[rank]] for letter in clades.ranks]
    below = _below(clades.parents, final)
    own, exceeded = _own(clades, final, below)
    filled = own.getnnz(axis=1) > 0
    inner = set(clades.parents)
    kept = [
        row
        for row in range(len(final))
        if not below[row] and (final[row] or filled[row] or row not in inner)
    ]
    used = [row for row in kept if final[row]]
    result = own[kept]
    accounts = _accounts(clades, rank, kept, used, own)
    return OneRank(
        [clades.ids[row] for row in kept],
        [clades.lineages[row] for row in kept],
        result,
        _notes(accounts, exceeded),
        accounts,
    )


def _choose(clades: Clades, wanted: str, place: str) -> str:
    present = [name for name, letter in RANKS.items() if letter in set(clades.ranks)]
    if wanted == "auto":
        shallow = [name for name in present if DEPTH[RANKS[name]] <= DEPTH[RANKS[DEEPEST]]]
        return (shallow or present or [DEEPEST])[-1]
    if wanted in present:
        return wanted
    raise FormatError(
        f"no row is a {wanted}",
        place=place,
        remedy=f"set `rank` to one of: {', '.join(present) or 'none is named'}",
    )


def _below(parents: Sequence[int], final: Sequence[bool]) -> list[bool]:
    """Rows that are part of a row of the rank that is used."""

    def around(row: int) -> Iterator[int]:
        while (row := parents[row]) != NO_PARENT:
            yield row

    return [any(final[parent] for parent in around(row)) for row in range(len(parents))]


def _own(clades: Clades, final: Sequence[bool], below: Sequence[bool]) -> tuple[csr_matrix, int]:
    """Reads of each row that none of its parts holds, and the rows whose parts hold more."""
    import numpy as np
    from scipy.sparse import csr_matrix

    size = len(final)
    parts = [
        (parent, row)
        for row, parent in enumerate(clades.parents)
        if parent != NO_PARENT and not final[parent] and not below[row]
    ]
    rows, columns = np.array(parts, dtype=np.int64).reshape(-1, 2).T
    inside = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    own = csr_matrix(clades.values - inside @ clades.values)
    own.sum_duplicates()
    row_of = np.repeat(np.arange(size), np.diff(own.indptr))
    slack = _slack(clades.values, inside)[row_of]
    exceeded = len(set(row_of[own.data < -slack].tolist()))
    # A row without parts keeps all that it has, however little; nothing to subtract, no rounding.
    own.data[(own.data < 0) | ((own.data <= slack) & (inside.getnnz(axis=1) > 0)[row_of])] = 0
    own.eliminate_zeros()
    return own, exceeded


def _slack(values: csr_matrix, inside: csr_matrix) -> NDArray[np.floating[Any]]:
    """What rounding of a row and of its parts explains; nothing where all are whole numbers."""
    import numpy as np

    if (values.data == np.floor(values.data)).all():
        return np.zeros(inside.shape[0])
    slack: NDArray[np.floating[Any]] = ROUNDING * (1.0 + inside.getnnz(axis=1))
    return slack


def _accounts(
    clades: Clades, rank: str, kept: Sequence[int], used: Sequence[int], own: csr_matrix
) -> dict[str, Any]:
    rows = Counter(NAMES.get(letter, "no rank") for letter in clades.ranks)
    shares = dict.fromkeys([*RANKS, "no rank"], 0.0)
    sums = own.sum(axis=1).A1
    total = float(sums[list(kept)].sum())
    for row in kept:
        shares[NAMES.get(clades.ranks[row], "no rank")] += float(sums[row]) / (total or 1.0)
    everything = float(clades.values.sum())
    return {
        "features_in": len(clades.ids),
        "ranks": {
            "used": rank,
            "rows": {name: rows[name] for name in shares if rows[name]},
            "rows_used": len(used),
            "rows_above": len(kept) - len(used),
            "rows_repeating": len(clades.ids) - len(kept),
            "sum_of_all_rows": int(everything) if everything.is_integer() else everything,
            "shares": {name: round(share, 6) for name, share in shares.items() if share},
        },
    }


def _notes(accounts: dict[str, Any], exceeded: int) -> tuple[str, ...]:
    ranks = accounts["ranks"]
    used = ranks["used"]
    notes = [
        f"the {accounts['features_in']} rows give the same reads at every rank: those of the rank "
        f"{used} are used ({ranks['rows_used']}); set `rank` for another"
    ]
    if ranks["rows_above"]:
        share = 1 - ranks["shares"].get(used, 0.0)
        notes.append(
            f"reads that reach no {used} ({_percent(share)} of all, unclassified ones among them) "
            f"stay with the closest clade that is named ({ranks['rows_above']} rows)"
        )
    if exceeded:
        notes.append(f"{exceeded} rows hold less than their parts together; the parts are believed")
    return tuple(notes)


def _percent(share: float) -> str:
    return "under 0.01 %" if share < 0.0001 else f"{100 * share:.2f} %"  # noqa: PLR2004


def holds_its_parts(clades: Clades) -> bool:
    """Tell whether rows hold the reads of the rows inside them, as profiles write them.

    Other tables write each read once, in the row of the closest rank that it reaches. There rows
    mostly hold less than those inside them.
    """
    inner = set(clades.parents) - {NO_PARENT}
    nothing = [False] * len(clades.ids)
    _, exceeded = _own(clades, nothing, nothing)
    return exceeded * 2 <= len(inner)
