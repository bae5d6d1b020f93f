"""Citations to paste: the software, and the sources that it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tryptome.knowledge import Source

ESCAPED = re.compile(r"([&%$#_{}])")


def entries(version: str, sources: Iterable[Source]) -> str:
    """Write BibTeX entries.

    Parameters
    ----------
    version : str
        Of tryptome.
    sources : iterable of Source
        Sources of the knowledge base that were used. Their citations are given as they
        are written there, in one field: the knowledge base does not hold them in parts.

    Returns
    -------
    str

    Examples
    --------
    >>> print(entries("1.0", []))
    @software{tryptome,
      title = {tryptome},
      author = {{The tryptome developers}},
      version = {1.0}
    }
    """
    own = {"title": "tryptome", "author": "{The tryptome developers}", "version": version}
    found = [_entry("software", "tryptome", own)]
    for source in sources:
        fields = {"title": _escaped(source.title), "note": _escaped(source.citation)}
        fields |= {"doi": source.doi} if source.doi else {}
        found.append(_entry("misc", source.name, fields))
    return "\n\n".join(found)


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = ",\n".join(f"  {name} = {{{text}}}" for name, text in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def _escaped(text: str) -> str:
    return ESCAPED.sub(r"\\\1", text)
