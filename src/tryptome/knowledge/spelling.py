"""Spellings of names: what is dropped, and what may be tried instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 200
"""Characters of a name beyond which it is no name (the longest of GTDB has 60)."""

CACHED = 8192
"""Names whose cleaned form is kept: lineages of one table repeat theirs."""

_BOOTSTRAP = re.compile(r"\(\d{1,3}(?:\.\d+)?\)$")
_SPACES = re.compile(r"[\s_]+")
_QUOTES = str.maketrans("", "", "\"'`‘’“”")
_NUMBERED = re.compile(r"^(.*[a-z\]])[ -]?\d{1,7}$")
_CLADE = re.compile(r"^(.{3,}) [a-z]{1,2}$")
_CODED = re.compile(r"^\S*aceae (.*(?:ucg|group).*)$")
_EMPTY = frozenset(
    "na n/a nan none null nil other others no hit root rank norank undefined unspecified "  # noqa: SIM905
    "ambiguous taxa cellular organisms human gut".split()
)
_VAGUE = re.compile(
    r"^(?:uncultured|unclassified|unidentified|unassigned|unknown|undetermined|environmental|"
    r"metagenome|bacterium|candidate division)\b|"
    r"\b(?:metagenome|unclassified|uncultured|unidentified|incertae sedis|noname|sensu lato)$|"
    r"\bbacterium\b"
)
_VAGUE_OF = re.compile(
    r"^(?:uncultured|unclassified|unidentified|unassigned|unknown) (\S+)(?: bacterium)?$|"
    r"^(\S+) (?:unclassified|uncultured|unidentified|incertae sedis|noname|bacterium)$"
)


@lru_cache(maxsize=CACHED)
def clean(name: str) -> str:
    """Strip what is not part of a name: control characters, quotes, bootstrap values.

    Parameters
    ----------
    name : str
        A name as in a table; may be hostile.

    Returns
    -------
    str
        At most :data:`LONGEST` characters, single blanks for runs of blanks and
        underscores.

    Examples
    --------
    >>> clean(' "Clostridium_XlVa"(100) ')
    'Clostridium XlVa'
    """
    text = unicodedata.normalize("NFKC", name[: 2 * LONGEST])
    text = "".join(c if c.isprintable() else " " for c in text).translate(_QUOTES).strip()
    text = _BOOTSTRAP.sub("", text)
    return _SPACES.sub(" ", text).strip()[:LONGEST]


def key(name: str) -> str:
    """Spelling under which a name is filed: cleaned, in lower case.

    Examples
    --------
    >>> key("Blautia_A")
    'blautia a'
    """
    return clean(name).lower()


@lru_cache(maxsize=CACHED)
def says_nothing(name: str) -> bool:
    """Whether a cleaned name only says that the rank is not known.

    Examples
    --------
    >>> [says_nothing(x) for x in ("uncultured bacterium", "NA", "", "Lachnospira")]
    [True, True, True, False]
    >>> says_nothing("unclassified Lachnospiraceae"), says_nothing("Incertae Sedis")
    (True, True)
    """
    text = key(name)
    if not any(c.isalnum() for c in text):
        return True
    return all(word in _EMPTY for word in text.split()) or bool(_VAGUE.search(text))


def named_inside(name: str) -> str:
    """Give the taxon within which a name says that nothing more is known.

    Examples
    --------
    >>> named_inside("unclassified_Lachnospiraceae"), named_inside("Lachnospiraceae_unclassified")
    ('Lachnospiraceae', 'Lachnospiraceae')
    >>> named_inside("uncultured bacterium")
    ''
    """
    found = _VAGUE_OF.match(clean(name).replace("Incertae Sedis", "incertae sedis"))
    inner = (found.group(1) or found.group(2)) if found else ""
    return "" if says_nothing(inner) else inner


def squeeze(name: str) -> str:
    """Letters and digits only: what remains alike when separators are lost.

    Examples
    --------
    >>> squeeze("Escherichia/Shigella") == squeeze("EscherichiaShigella")
    True
    """
    return "".join(c for c in name.lower() if c.isalnum())


def variants(name: str) -> Iterator[tuple[str, str]]:
    """Spellings to try for a name, from the most to the least faithful.

    Parameters
    ----------
    name : str
        A cleaned name.

    Yields
    ------
    rule, spelling : str
        How the spelling was got (``exact``, ``bracket``, ``coded``, ``number``,
        ``suffix``), and the spelling as filed. Later rules build on earlier ones.

    Examples
    --------
    >>> list(variants("Blautia_A_141781"))
    [('exact', 'blautia a 141781'), ('number', 'blautia a'), ('suffix', 'blautia')]
    >>> list(variants("[Eubacterium]"))
    [('exact', '[eubacterium]'), ('bracket', 'eubacterium')]
    >>> list(variants("Ruminococcaceae UCG-002"))[1]
    ('coded', 'ucg-002')
    """
    text = key(name)
    yield "exact", text
    bare = text.replace("[", "").replace("]", "").removeprefix("candidatus ")
    if bare != text:
        yield "bracket", bare
    coded = _CODED.match(bare)
    if coded:
        yield "coded", coded.group(1)
        return
    numbered = _NUMBERED.match(bare)
    if numbered and "ucg" not in bare:
        bare = numbered.group(1).rstrip(" -")
        yield "number", bare
    clade = _CLADE.match(bare)
    if clade:
        yield "suffix", clade.group(1)


def compound(name: str) -> list[str]:
    """Names that a name lists, where it stands for several (else an empty list).

    Examples
    --------
    >>> compound("Escherichia/Shigella"), compound("Blautia")
    (['Escherichia', 'Shigella'], [])
    """
    separator = "/" if "/" in name else "-"
    parts = [part.strip() for part in name.split(separator)]
    return parts if len(parts) > 1 and all(len(part) > 2 for part in parts) else []  # noqa: PLR2004
