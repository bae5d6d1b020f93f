"""Texts that a spreadsheet would run as a formula, which no table of ours may hold.

An id is never altered, so a quote put before it, the usual cure, is none here:
such texts are refused where they are read, and once more where tables are written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_EXPRESSION = re.compile(r"=\s*[\w\"'(+@.-]|@\s*[\w.]+\s*\(")
"""``=`` and what an expression begins with; ``@`` and the call of a function."""

_CALL = re.compile(
    r"[+-].*(\b(?:HYPERLINK|WEBSERVICE|FILTERXML|ENCODEURL|IMAGE|RTD|DDE|CALL|EXEC|REGISTER(?:\.ID)?"
    r"|IMPORT\w+|EVALUATE)\s*\(|\|.*!)",
    re.IGNORECASE | re.DOTALL,
)
"""Behind a sign, what reaches outside the sheet: ``+ (weak)`` is no formula."""

_VALUE = r"(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:E[+-]?[0-9]+)?%?"
"""A number. Digits match in one way only: long texts of a stranger take no time."""

_CELL = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}"
_OPERAND = rf"[+-]*(?:{_VALUE}|{_CELL}(?::{_CELL})?)"
_SUM = re.compile(rf"[+-]{_OPERAND}(?:(?:<>|[<>]=|[-+*/^&<>=]){_OPERAND})*", re.IGNORECASE)
"""Behind a sign, what would be worked out: numbers and cells, joined by operators."""

_NUMBER = re.compile(rf"[+-]+{_VALUE}", re.IGNORECASE)
_BLANKS = re.compile(r"[\s()]")


def is_formula(text: str) -> bool:
    r"""Tell whether a spreadsheet would run a text as a formula.

    Parameters
    ----------
    text : str
        What would stand in a field of a table.

    Examples
    --------
    >>> [is_formula(text) for text in ('=HYPERLINK("http://x")', "@SUM(A1)", "+cmd|'/C x'!A0")]
    [True, True, True]
    >>> [is_formula(text) for text in ("+A1*2", "-5-10", "\t=1+1")]
    [True, True, True]
    >>> [is_formula(text) for text in ("-1.5", "+ (weak)", "=", "=> 3 a day", "k__A;p__=B(1)")]
    [False, False, False, False, False]
    """
    begun = text.lstrip()
    if begun[:1] not in ("=", "@", "+", "-"):
        return False
    if _EXPRESSION.match(begun) or _CALL.match(begun):
        return True
    bare = _BLANKS.sub("", begun)
    return bool(_SUM.fullmatch(bare) and not _NUMBER.fullmatch(bare))


def formula_in(frame: pd.DataFrame) -> tuple[str, str] | None:
    """First formula of a table, and the name of its column; None where there is none."""
    for name, column in frame.items():
        texts = () if column.dtype.kind in "biuf" else column
        for text in (str(name), *texts):
            if isinstance(text, str) and is_formula(text):
                return text, str(name)
    return None
