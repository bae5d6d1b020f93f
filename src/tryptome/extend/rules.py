"""Rules over KO and EC numbers that decide what an annotated genome can do.

A rule joins genes by ``and``, ``or`` and parentheses. A gene is one number, or
the numbers of it joined by ``|``: ``K01667|4.1.99.1`` is tryptophanase, by its
KEGG Orthology or by its EC number, whichever an annotation has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_NUMBER = r"(?:K\d{5}|\d+(?:\.\d+){3})"
_TOKEN = re.compile(rf"\s*(and\b|or\b|[()]|{_NUMBER}(?:\|{_NUMBER})*)")


@dataclass(frozen=True)
class Gene:
    """A gene, by the numbers any of which tells it.

    Attributes
    ----------
    numbers : frozenset of str
        KO and EC numbers.
    """

    numbers: frozenset[str]

    def holds(self, found: frozenset[str]) -> bool:
        """Whether one of the numbers is among those found."""
        return not self.numbers.isdisjoint(found)

    def genes(self) -> Iterator[Gene]:
        """Give the gene itself."""
        yield self


@dataclass(frozen=True)
class Joined:
    """Parts of a rule, all of which are needed, or any.

    Attributes
    ----------
    every : bool
    parts : tuple of Gene or Joined
    """

    every: bool
    parts: tuple[Gene | Joined, ...]

    def holds(self, found: frozenset[str]) -> bool:
        """Whether the numbers found fulfil the rule."""
        return (all if self.every else any)(part.holds(found) for part in self.parts)

    def genes(self) -> Iterator[Gene]:
        """Every gene that the rule names."""
        for part in self.parts:
            yield from part.genes()


Rule = Gene | Joined


def kind(number: str) -> str:
    """Say which of the two numbering systems a number is of.

    Examples
    --------
    >>> kind("K01667"), kind("4.1.99.1")
    ('ko', 'ec')
    """
    return "ko" if number.startswith("K") else "ec"


@lru_cache(maxsize=256)
def parse(text: str) -> Rule:
    """Read a rule.

    Parameters
    ----------
    text : str

    Returns
    -------
    Gene or Joined

    Raises
    ------
    ValueError
        The text is no rule.

    Examples
    --------
    >>> rule = parse("K06215|4.3.3.6 or K03474")
    >>> rule.holds(frozenset({"4.3.3.6"})), rule.holds(frozenset({"K00001"}))
    (True, False)
    """
    tokens = _tokens(text)
    rule = _joined(tokens, "or")
    if tokens:
        raise ValueError(f"not a rule: {text!r}")
    return rule


def can_be_called(rule: Rule, kinds: frozenset[str]) -> bool:
    """Whether an annotation of these kinds of numbers can show every gene of a rule.

    Without that, a gene that is not found might as well not have been looked for.

    Examples
    --------
    >>> can_be_called(parse("K01667|4.1.99.1"), frozenset({"ec"}))
    True
    >>> can_be_called(parse("K19709"), frozenset({"ec"}))
    False
    """
    return all(kinds & {kind(number) for number in gene.numbers} for gene in rule.genes())


def _tokens(text: str) -> list[str]:
    """Split into words, the first one last, so that they can be popped."""
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"not a rule: {text!r}")
        found.append(match.group(1))
        at = match.end()
    return found[::-1]


def _joined(tokens: list[str], word: str) -> Rule:
    """Parts between ``or``, and inside those the parts between ``and``."""
    parts = [_part(tokens, word)]
    while tokens and tokens[-1] == word:
        tokens.pop()
        parts.append(_part(tokens, word))
    return parts[0] if len(parts) == 1 else Joined(word == "and", tuple(parts))


def _part(tokens: list[str], word: str) -> Rule:
    if word == "or":
        return _joined(tokens, "and")
    token = tokens.pop() if tokens else ""
    if token == "(":
        inside = _joined(tokens, "or")
        if not tokens or tokens.pop() != ")":
            raise ValueError("a parenthesis of a rule is not closed")
        return inside
    if not token or token in ("and", "or", ")"):
        raise ValueError(f"a rule has {token or 'an end'!r} where a gene should be")
    return Gene(frozenset(token.split("|")))
