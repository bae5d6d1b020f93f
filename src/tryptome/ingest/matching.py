"""Ids that do not match: both sides, and the rule by which they would."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from tryptome.ingest.values import listed

MAX_COMPARED = 200
"""Most ids of each side that prefixes and suffixes are looked for in."""

RULES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("blanks around ids did not count", str.strip),
    ("upper and lower case were the same", str.casefold),
    ("`.`, `-`, `_` and blanks were the same", lambda name: re.sub(r"[ .\-_]", ".", name)),
    ("a leading `X` (added by R) were taken off", lambda name: re.sub(r"^X(?=[\d._])", "", name)),
    ("leading zeros did not count", lambda name: name.lstrip("0") or "0"),
    (
        "case, a leading `X` and the kind of separator did not count",
        lambda name: re.sub(r"^x(?=\d)", "", re.sub(r"[ .\-_]", "", name.strip().casefold())),
    ),
)
"""Changes to ids, in words, from the least to the boldest. They are proposed, never applied."""


def explain_mismatch(
    ours: Sequence[str], theirs: Sequence[str], our_name: str, their_name: str
) -> str:
    """List both sides.

    Examples
    --------
    >>> print(explain_mismatch(["S1"], ["s1", "s2"], "the table", "the metadata"))
    the table has `S1`; the metadata have `s1`, `s2`
    """
    return f"{our_name} has {listed(ours)}; {their_name} have {listed(theirs)}"


def suggest(ours: Collection[str], theirs: Collection[str]) -> str:
    """Say by which change ids of the two sides would match; empty if none helps.

    Examples
    --------
    >>> suggest(["S-1", "S-2"], ["S.1", "S.2"])
    '2 of 2 would match if `.`, `-`, `_` and blanks were the same'
    >>> suggest(["S1_L001", "S2_L001"], ["S1", "S2"])
    '2 of 2 would match if the ending `_L001` were taken off or added'
    >>> suggest(["a"], ["z"])
    ''
    """
    best, words = 0, ""
    for rule, change in RULES:
        changed = {change(name) for name in theirs}
        matches = sum(change(name) in changed for name in ours)
        if matches > best:
            best, words = matches, rule
    if best < len(ours):
        matches, rule = _affix(list(ours)[:MAX_COMPARED], list(theirs)[:MAX_COMPARED])
        if matches > best:
            best, words = matches, rule
    return f"{best} of {len(ours)} would match if {words}" if best else ""


def _affix(ours: Sequence[str], theirs: Sequence[str]) -> tuple[int, str]:
    """Find the beginning or ending by which most ids of the two sides differ."""
    found: dict[tuple[str, str], set[str]] = {}
    for a in ours:
        for b in theirs:
            short, long = sorted((a, b), key=len)
            if not short or len(short) == len(long):
                continue
            if long.startswith(short):
                found.setdefault(("ending", long[len(short) :]), set()).add(a)
            elif long.endswith(short):
                found.setdefault(("beginning", long[: -len(short)]), set()).add(a)
    if not found:
        return 0, ""
    (kind, affix), matched = max(found.items(), key=lambda item: (len(item[1]), item[0]))
    # One pair of ids that happens to share its beginning says nothing.
    if len(matched) == 1 and len(ours) > 1:
        return 0, ""
    return len(matched), f"the {kind} `{affix}` were taken off or added"


def nearest(name: str, names: Collection[str]) -> str:
    """Name that is most alike, or empty; blanks and case are seen first.

    Examples
    --------
    >>> nearest("Autistic", ["Autistic ", "Neurotypical"])
    'Autistic '
    >>> nearest("phse", ["phase", "diet"])
    'phase'
    """
    import difflib

    folded = {other.strip().casefold(): other for other in sorted(names)}
    if name.strip().casefold() in folded:
        return folded[name.strip().casefold()]
    near = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[near[0]] if near else ""
