"""Texts of users on a terminal and in YAML, so that neither takes them for something else."""

from __future__ import annotations

import json


def printable(text: str) -> str:
    r"""Show control and format characters as escapes, but for line ends.

    Examples
    --------
    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )


def quoted(text: str) -> str:
    r"""Write a text as a YAML scalar on one line; JSON's strings are YAML's.

    Examples
    --------
    >>> print(quoted('a: "b"'))
    "a: \"b\""
    """
    return json.dumps(text, ensure_ascii=not text.isprintable())
