"""Rules that define capabilities: boolean expressions over roles, phenotypes and capabilities.

A rule is written with ``and``, ``or``, ``not`` and parentheses. A bare name is a
functional role of the capability's source (``TDC or Trd``); ``phenotype.B1`` is
a phenotype that the source's curators called; ``capability.indole`` is a
capability defined before.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import reduce
from operator import and_, or_

import pandas as pd


def evaluate(rule: str, values: Callable[[str], pd.Series]) -> pd.Series:
    """Evaluate a rule for all genomes at once.

    Parameters
    ----------
    rule : str
        The expression.
    values : callable
        Gives the booleans (one a genome) for a name.

    Raises
    ------
    ValueError
        The rule is not an expression of the kinds above.
    KeyError
        The source has no such role (raised by ``values``).

    Examples
    --------
    >>> roles = pd.DataFrame({"TDC": [True, False], "Trd": [False, False]})
    >>> evaluate("TDC or Trd", roles.__getitem__).tolist()
    [True, False]
    """
    return _value(_parse(rule), values)


def names(rule: str) -> list[str]:
    """Names that a rule uses, sorted.

    Examples
    --------
    >>> names("TrpA and (TrpF or phenotype.Trp)")
    ['TrpA', 'TrpF', 'phenotype.Trp']
    """
    found: set[str] = set()

    def note(name: str) -> pd.Series:
        found.add(name)
        return pd.Series([True])

    evaluate(rule, note)
    return sorted(found)


def _parse(rule: str) -> ast.expr:
    try:
        return ast.parse(rule, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not a rule: {rule!r}") from error


def _value(node: ast.expr, values: Callable[[str], pd.Series]) -> pd.Series:
    match node:
        case ast.BoolOp(op=operator, values=parts):
            combine = and_ if isinstance(operator, ast.And) else or_
            return reduce(combine, [_value(part, values) for part in parts])
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return ~_value(part, values)
        case ast.Name(id=name):
            return values(name)
        case ast.Attribute(value=ast.Name(id=kind), attr=name):
            return values(f"{kind}.{name}")
    raise ValueError(f"not allowed in a rule: {ast.unparse(node)}")
