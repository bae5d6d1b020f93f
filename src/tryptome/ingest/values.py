"""Checking abundances, and telling counts from relative abundances."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tryptome.errors import DuplicateIdError, EmptyTableError, FormatError, ValueProblemError
from tryptome.ingest.abundances import Abundances
from tryptome.ingest.facts import Bad

TOLERANCE = 0.01
"""Most that sums of relative abundances may differ from 1, as a share."""

SHOWN = 5
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check(table: Abundances) -> None:
    """Check ids and values of a table.

    Raises
    ------
    EmptyTableError
        No features, no samples, or nothing but zeros.
    DuplicateIdError
        An id of a feature or of a sample occurs more than once.
    FormatError
        An id is empty or holds control characters.
    ValueProblemError
        A value is negative, NaN or infinite; its feature and sample are named.
    """
    if not table.features or not table.samples:
        raise EmptyTableError(
            f"the table holds {len(table.features)} features and {len(table.samples)} samples",
            place=table.place,
            remedy="check the export",
        )
    check_ids(table.samples, "sample", table.place)
    check_ids(table.features, "feature", table.place)
    _check_values(table)
    if not table.cells.facts.total > 0:
        raise EmptyTableError(
            "the table holds nothing but zeros", place=table.place, remedy="check the export"
        )


def check_ids(ids: Sequence[str], kind: str, place: str) -> None:
    """Check that ids are there, are printable, and occur once.

    Parameters
    ----------
    ids : sequence of str
    kind : str
        ``"sample"`` or ``"feature"``, for messages.
    place : str
        The file, for messages.
    """
    for number, name in enumerate(ids, start=1):
        # A collapsed table may have one feature without a name: reads that are unassigned.
        if not name.strip() and kind == "sample":
            raise FormatError(
                f"{kind} number {number} has no id", place=place, remedy="give every one an id"
            )
        if _CONTROL.search(name):
            raise FormatError(
                f"the id of {kind} number {number} holds a line end or another control "
                f"character ({name[:40]!r})",
                place=place,
                remedy="remove it from the id",
            )
    if len(set(ids)) == len(ids):
        return
    repeated = [name for name, times in Counter(ids).items() if times > 1]
    raise DuplicateIdError(
        f"{kind} ids that occur more than once ({len(repeated)}): {listed(repeated)}",
        place=place,
        remedy=f"give each {kind} an id of its own, or merge those that are one",
    )


def listed(names: Sequence[str]) -> str:
    """Write the first of some names, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c", "d", "e", "f", "g"])
    '`a`, `b`, `c`, `d`, `e` and 2 more'
    """
    shown = ", ".join(f"`{name[:80]}`" for name in names[:SHOWN])
    return shown + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


UNMEASURED = "write 0 for a taxon that was looked for and not found; else leave the sample out"
REMEDIES = {
    "not a number": UNMEASURED,
    "infinite": "look for a division by zero where the table was made",
    "negative": "give counts or relative abundances, before any log or centring",
}
"""What is wrong with values, in the order in which it is said, and what mends it."""


def _check_values(table: Abundances) -> None:
    import numpy as np

    facts = table.cells.facts
    for what, remedy in REMEDIES.items():
        if what in facts.bad:
            raise _bad_value(table, facts.bad[what], what, remedy)
    if np.isinf(facts.total):
        raise ValueProblemError(
            f"the values add up to more than a number can hold (the largest is {facts.largest:g})",
            place=table.place,
            remedy="give counts or relative abundances, before any scaling",
        )


def _bad_value(table: Abundances, bad: Bad, what: str, remedy: str) -> ValueProblemError:
    more = f" (and {bad.count - 1} more like it)" if bad.count > 1 else ""
    return ValueProblemError(
        f"the value {bad.value:g} is {what}{more}",
        place=f"{table.place}, feature `{table.features[bad.row][:80]}`, "
        f"sample `{table.samples[bad.column]}`",
        remedy=remedy,
    )


def kind_of(table: Abundances, configured: str) -> tuple[str, str]:
    """Tell counts from relative abundances.

    Parameters
    ----------
    table : Abundances
    configured : str
        ``auto``, ``counts`` or ``relative``.

    Returns
    -------
    kind : str
        ``counts`` or ``relative``.
    reason : str
        Why, in words.
    """
    import numpy as np

    if configured != "auto" or table.declared:
        told = configured != "auto"
        return (configured, "so configured") if told else (table.declared, "so the file says")
    if table.cells.facts.whole:
        return "counts", "all values are whole numbers"
    sums = table.cells.column_sums()
    sums = sums[sums > 0]
    for whole, name in ((1.0, "1"), (100.0, "100")):
        if np.allclose(sums, whole, rtol=TOLERANCE):
            return "relative", f"each sample adds up to {name}"
    if sums.max() <= 1 + TOLERANCE:
        return "relative", f"no sample adds up to more than 1 (the least to {sums.min():.3g})"
    if np.ptp(sums) <= TOLERANCE * sums.mean():
        return "relative", f"all samples add up to the same, {sums.mean():.6g}"
    return (
        "counts",
        "assumed: not all values are whole numbers, yet samples differ in their sums; set "
        "`values: relative` if these are no reads",
    )
