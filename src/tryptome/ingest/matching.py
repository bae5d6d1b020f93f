"""Ids of two sides that belong together, and the rule by which more of them would match.

A rule is proposed wherever it would help, and used only where the configuration asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tryptome.errors import DuplicateIdError
from tryptome.ingest.values import listed

MAX_COMPARED = 200
"""Most ids of each side that prefixes and suffixes are looked for in."""


@dataclass(frozen=True)
class Rule:
    """What does not count where ids are compared; the ids themselves stay as they are.

    Attributes
    ----------
    ignore_blanks, ignore_case, ignore_separators, ignore_leading_x, ignore_leading_zeros : bool
    ignore_prefix, ignore_suffix : str
        See :class:`tryptome.config.model.SampleIds`.
    """

    ignore_blanks: bool = False
    ignore_case: bool = False
    ignore_separators: bool = False
    ignore_leading_x: bool = False
    ignore_leading_zeros: bool = False
    ignore_prefix: str = ""
    ignore_suffix: str = ""

    def key(self, name: str) -> str:
        """What of an id is compared.

        Examples
        --------
        >>> Rule(ignore_case=True, ignore_separators=True).key("S-1_a")
        's.1.a'
        >>> Rule(ignore_leading_x=True).key("X12"), Rule(ignore_suffix="_L001").key("S1_L001")
        ('12', 'S1')
        """
        if self.ignore_blanks:
            name = name.strip()
        name = name.removeprefix(self.ignore_prefix).removesuffix(self.ignore_suffix)
        if self.ignore_leading_x:
            name = re.sub(r"^X(?=[\d._])", "", name)
        if self.ignore_case:
            name = name.casefold()
        if self.ignore_separators:
            name = re.sub(r"[ .\-_]", ".", name)
        if self.ignore_leading_zeros:
            name = name.lstrip("0") or "0"
        return name

    @property
    def active(self) -> bool:
        """Whether anything but the letter counts."""
        return any(asdict(self).values())

    def setting(self) -> str:
        """Write the rule as the configuration takes it.

        Examples
        --------
        >>> Rule(ignore_case=True, ignore_prefix="run1.").setting()
        'sample_ids: {ignore_case: true, ignore_prefix: "run1."}'
        """
        given = {key: value for key, value in asdict(self).items() if value}
        inner = ", ".join(f"{key}: {json.dumps(value)}" for key, value in given.items())
        return f"sample_ids: {{{inner}}}"


EXACT = Rule()
"""Ids match to the letter."""

SINGLE = (
    Rule(ignore_blanks=True),
    Rule(ignore_case=True),
    Rule(ignore_separators=True),
    Rule(ignore_leading_x=True),
    Rule(ignore_leading_zeros=True),
)
TOGETHER = Rule(True, True, True, True, True)
"""Rules that are tried for a proposal, from the least to the boldest."""


def link(samples: Sequence[str], ids: Sequence[str], rule: Rule, place: str = "") -> dict[str, str]:
    """Give each sample the id of the other side that is the same, to the letter or by a rule.

    Parameters
    ----------
    samples, ids : sequence of str
    rule : Rule
        Used for what does not match to the letter.
    place : str
        The file of `ids`, for messages.

    Returns
    -------
    dict of str to str
        Samples that match, and the id of the other side.

    Raises
    ------
    DuplicateIdError
        By the rule, several ids are the same.

    Examples
    --------
    >>> link(["S-1", "S2", "S3"], ["S.1", "S2"], Rule(ignore_separators=True))
    {'S2': 'S2', 'S-1': 'S.1'}
    """
    theirs = set(ids)
    linked = {name: name for name in samples if name in theirs}
    if not rule.active:
        return linked
    free = _by_key((name for name in dict.fromkeys(ids) if name not in linked), rule)
    for key, names in _by_key((name for name in samples if name not in linked), rule).items():
        if key not in free:
            continue
        if len(names) > 1 or len(free[key]) > 1:
            raise DuplicateIdError(
                f"by `{rule.setting()}`, samples {listed(names)} and rows {listed(free[key])} "
                "are all the same",
                place=place,
                remedy="choose a narrower rule, or make the ids differ in more than that",
            )
        linked[names[0]] = free[key][0]
    return linked


def _by_key(names: Any, rule: Rule) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(rule.key(name), []).append(name)
    return found


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


def propose(ours: Collection[str], theirs: Collection[str]) -> tuple[int, Rule]:
    """Find the least rule by which most ids of the two sides match.

    Returns
    -------
    matches : int
        Ids of `ours` that match by the rule; 0 where none helps.
    rule : Rule

    Examples
    --------
    >>> propose(["S-1", "S-2"], ["S.1", "S.2"])[1].setting()
    'sample_ids: {ignore_separators: true}'
    >>> propose(["S1_L001", "S2_L001"], ["S1", "S2"])[1].setting()
    'sample_ids: {ignore_suffix: "_L001"}'
    >>> propose(["S01", "S02"], ["s01 ", "s02 "])[1].setting()
    'sample_ids: {ignore_blanks: true, ignore_case: true}'
    >>> propose(["R1_S1_L001", "R1_S2_L001"], ["S1", "S2"])[1].setting()
    'sample_ids: {ignore_prefix: "R1_", ignore_suffix: "_L001"}'
    >>> propose(["a"], ["z"])[0]
    0
    """
    best, found = 0, EXACT
    for rule in (*SINGLE, _affix(list(ours)[:MAX_COMPARED], list(theirs)[:MAX_COMPARED]), TOGETHER):
        matches = _matches(ours, theirs, rule) if rule.active else 0
        if matches > best:
            best, found = matches, rule
    return best, _least(ours, theirs, found, best)


def _least(ours: Collection[str], theirs: Collection[str], rule: Rule, matches: int) -> Rule:
    """Switch off each part of a rule without which as many ids match."""
    for part, value in asdict(rule).items():
        narrower = replace(rule, **{part: type(value)()})
        if narrower.active and _matches(ours, theirs, narrower) == matches:
            rule = narrower
    return rule


def _matches(ours: Collection[str], theirs: Collection[str], rule: Rule) -> int:
    """Ids that match by a rule and by which no two of one side become one."""
    keys, others = _by_key(ours, rule), _by_key(dict.fromkeys(theirs), rule)
    return sum(len(names) == len(others.get(key, ())) == 1 for key, names in keys.items())


def suggest(ours: Collection[str], theirs: Collection[str]) -> str:
    """Say what the ids of the two sides differ in; empty if no rule would make them match.

    Examples
    --------
    >>> suggest(["S-1", "S-2"], ["S.1", "S.2"])
    '2 of 2 would match if `.`, `-`, `_` and blanks were the same'
    >>> suggest(["a"], ["z"])
    ''
    """
    matches, rule = propose(ours, theirs)
    return f"{matches} of {len(ours)} would match if {in_words(rule)}" if matches else ""


def in_words(rule: Rule) -> str:
    """Say a rule as a condition.

    Examples
    --------
    >>> in_words(Rule(ignore_suffix="_L001"))
    'the ending `_L001` did not count'
    """
    words: Mapping[str, str] = {
        "ignore_blanks": "blanks around ids did not count",
        "ignore_case": "upper and lower case were the same",
        "ignore_separators": "`.`, `-`, `_` and blanks were the same",
        "ignore_leading_x": "a leading `X` (added by R) did not count",
        "ignore_leading_zeros": "leading zeros did not count",
        "ignore_prefix": f"the beginning `{rule.ignore_prefix[:40]}` did not count",
        "ignore_suffix": f"the ending `{rule.ignore_suffix[:40]}` did not count",
    }
    return " and ".join(words[key] for key, value in asdict(rule).items() if value)


def _affix(ours: Sequence[str], theirs: Sequence[str]) -> Rule:
    """Find the beginning, the ending or both, by which most ids of the two sides differ."""
    found: dict[tuple[str, str], set[str]] = {}
    for a in ours:
        for b in theirs:
            short, long = sorted((a, b), key=len)
            if not short or len(short) == len(long) or short not in long:
                continue
            before, _, behind = long.partition(short)
            if long.endswith(short):
                before, behind = long.removesuffix(short), ""
            found.setdefault((before, behind), set()).add(a)
    if not found:
        return EXACT
    (before, behind), matched = max(found.items(), key=lambda item: (len(item[1]), item[0]))
    # One pair of ids that happens to share its beginning says nothing.
    if len(matched) == 1 and len(ours) > 1:
        return EXACT
    return Rule(ignore_prefix=before, ignore_suffix=behind)


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
