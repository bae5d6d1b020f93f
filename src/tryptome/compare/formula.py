"""Formulas of contrasts: a small grammar, read here and never run as code.

``diet * phase + age + (1|batch)``: names of metadata columns (in backticks where they
hold more than letters, digits, ``_`` and ``.``), joined by ``+``, ``-``, ``:`` and
``*``; ``C(x)`` takes a column of numbers as categories; ``(1|x)`` is a random
intercept. What formulaic sees of it are names and numbers of our own making.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 60
"""Most names in a formula."""

_TOKEN = re.compile(
    r"\s*(?:(?P<random>\(\s*1\s*\|\s*(?:(?P<plain>[^\W\d][\w.]*)|`(?P<ticked>[^`]+)`)\s*\))"
    r"|(?P<category>C\(\s*(?:(?P<cplain>[^\W\d][\w.]*)|`(?P<cticked>[^`]+)`)\s*\))"
    r"|(?P<name>[^\W\d][\w.]*)|`(?P<quoted>[^`]+)`"
    r"|(?P<number>\d+)|(?P<operator>[-+:*]))"
)


@dataclass(frozen=True)
class Product:
    """A term as written, such as ``diet * phase``.

    Attributes
    ----------
    sign : str
        ``+`` or ``-``.
    columns : tuple of str
    crossed : bool
        Whether parts of the product are terms too (``*``, not ``:``).
    """

    sign: str
    columns: tuple[str, ...]
    crossed: bool


@dataclass(frozen=True)
class Formula:
    """A formula, read.

    Attributes
    ----------
    products : tuple of Product
        Fixed effects.
    categories : frozenset of str
        Columns under ``C()``.
    groups : tuple of str
        Columns with a random intercept.
    """

    products: tuple[Product, ...]
    categories: frozenset[str]
    groups: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """Columns of the fixed effects, in the order in which they first occur."""
        return list(dict.fromkeys(name for one in self.products for name in one.columns))

    @property
    def first(self) -> tuple[str, ...]:
        """Columns of the first term."""
        return self.products[0].columns

    def written(self) -> str:
        """The fixed effects for formulaic, column *i* under the name ``v<i>``.

        Examples
        --------
        >>> read_formula("~ diet * phase + `body mass` - phase").written()
        '1 + v0*v1 + v2 - v1'
        """
        place = {name: f"v{at}" for at, name in enumerate(self.columns)}
        terms = [
            f"{one.sign} {('*' if one.crossed else ':').join(place[n] for n in one.columns)}"
            for one in self.products
        ]
        return f"1 {' '.join(terms)}"


def read_formula(text: str) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str

    Returns
    -------
    Formula

    Raises
    ------
    ValueError
        It is outside the grammar; the message says where.

    Examples
    --------
    >>> formula = read_formula("~ diet + C(batch) + age + (1|subject)")
    >>> formula.columns, formula.groups
    (['diet', 'batch', 'age'], ('subject',))
    >>> read_formula("diet + log(age)")
    Traceback (most recent call last):
        ...
    ValueError: formula: not understood from '(age)' on; a formula has names, +, -, :, *, C(x) and \
(1|x)
    """
    products: list[Product] = []
    categories: set[str] = set()
    groups: list[str] = []
    for sign, tokens in _terms(list(_tokens(text.strip().removeprefix("~")))):
        kinds = [kind for kind, _ in tokens]
        if kinds == ["random"] and sign == "+":
            groups.append(tokens[0][1])
        elif kinds == ["number"] and (sign, tokens[0][1]) == ("+", "1"):
            continue
        else:
            products.append(_product(sign, tokens))
            categories |= {name for kind, name in tokens if kind == "category"}
    if not any(one.sign == "+" for one in products) or products[0].sign == "-":
        raise ValueError("formula: begin with the exposure, as in 'diet + age'")
    if sum(len(one.columns) for one in products) + len(groups) > MOST:
        raise ValueError(f"formula: more than {MOST} names")
    return Formula(tuple(products), frozenset(categories), tuple(dict.fromkeys(groups)))


def read_term(text: str) -> tuple[str, ...]:
    """Columns of one term, such as ``diet:phase``.

    Raises
    ------
    ValueError
        It is no single term.

    Examples
    --------
    >>> read_term("diet:phase")
    ('diet', 'phase')
    """
    formula = read_formula(text)
    if len(formula.products) != 1 or formula.groups:
        raise ValueError("test: name one term of the formula, such as 'diet' or 'diet:phase'")
    return formula.first


def named_columns(contrast: Mapping[str, Any]) -> list[str]:
    """Columns of the metadata that a contrast with a formula needs."""
    formula = read_formula(contrast["formula"])
    further = [contrast.get("strata") or "", contrast.get("weights") or ""]
    return list(dict.fromkeys([*formula.columns, *formula.groups, *filter(None, further)]))


def tested_columns(contrast: Mapping[str, Any]) -> tuple[str, ...]:
    """Columns of the term that is tested: ``test``, or the formula's first term."""
    test = contrast.get("test")
    return read_term(test) if test else read_formula(contrast["formula"]).first


def covariates(contrast: Mapping[str, Any]) -> list[str]:
    """Columns that the effect is adjusted for: those in no term with a tested column.

    Parameters
    ----------
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.

    Examples
    --------
    >>> covariates({"formula": "~ diet * phase + age + age:sex + (1|subject)", "test": "diet"})
    ['age', 'sex']
    >>> covariates({"column": "diet", "adjust": ["age"]})
    ['age']
    """
    if not contrast.get("formula"):
        return list(contrast.get("adjust") or ())
    formula, tested = read_formula(contrast["formula"]), set(tested_columns(contrast))
    beside = {
        n for one in formula.products if tested.intersection(one.columns) for n in one.columns
    }
    return [name for name in formula.columns if name not in beside]


def without(contrast: Mapping[str, Any], dropped: Collection[str]) -> dict[str, Any]:
    """Give a contrast without some of its covariates, and all terms that hold them.

    Parameters
    ----------
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.
    dropped : collection of str
        Of :func:`covariates`.

    Examples
    --------
    >>> contrast = {"formula": "~ diet + C(batch) + age + age:sex + (1|subject)"}
    >>> without(contrast, ["age"])["formula"]
    '`diet` + C(`batch`) + (1|`subject`)'
    >>> without({"column": "diet", "adjust": ["age", "sex"]}, ["age"])["adjust"]
    ['sex']
    """
    if not contrast.get("formula"):
        kept = [name for name in contrast["adjust"] if name not in dropped]
        return {**contrast, "adjust": kept}
    formula = read_formula(contrast["formula"])
    names = {n: f"C(`{n}`)" if n in formula.categories else f"`{n}`" for n in formula.columns}
    terms = [
        f"{one.sign} {('*' if one.crossed else ':').join(names[n] for n in one.columns)}"
        for one in formula.products
        if not set(dropped).intersection(one.columns)
    ]
    terms += [f"+ (1|`{name}`)" for name in formula.groups]
    return {**contrast, "formula": " ".join(terms).removeprefix("+ ")}


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kind and content of each token; kinds are ``random category name number operator``."""
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(
                f"formula: not understood from {text[at:].strip()[:40]!r} on; a formula has "
                "names, +, -, :, *, C(x) and (1|x)"
            )
        parts = found.groupdict()
        if parts["random"]:
            yield "random", parts["plain"] or parts["ticked"]
        elif parts["category"]:
            yield "category", parts["cplain"] or parts["cticked"]
        elif parts["name"] or parts["quoted"]:
            yield "name", parts["name"] or parts["quoted"]
        else:
            kind = "number" if parts["number"] else "operator"
            yield kind, parts[kind]
        at = found.end()


def _terms(tokens: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Split tokens at ``+`` and ``-``: sign and tokens of each term."""
    sign, term = "+", list[tuple[str, str]]()
    for number, (kind, content) in enumerate(tokens):
        if kind == "operator" and content in "+-":
            if term:
                yield sign, term
            elif number:
                raise ValueError("formula: two signs follow each other")
            sign, term = content, []
        else:
            term.append((kind, content))
    if not term:
        raise ValueError("formula: nothing stands at its end")
    yield sign, term


def _product(sign: str, tokens: Sequence[tuple[str, str]]) -> Product:
    """Read names with ``:`` or ``*`` between them."""
    names, operators = tokens[::2], tokens[1::2]
    sound = len(tokens) % 2 == 1 and all(kind in ("name", "category") for kind, _ in names)
    sound &= all(kind == "operator" for kind, _ in operators)
    signs = {content for _, content in operators}
    shown = "".join(content for _, content in tokens)[:40]
    if not sound:
        hint = "; the intercept stays" if any(kind == "number" for kind, _ in tokens) else ""
        raise ValueError(f"formula: {shown!r} is no term{hint}")
    if len(signs) > 1:
        raise ValueError(f"formula: write {shown!r} with either ':' or '*'")
    return Product(sign, tuple(dict.fromkeys(name for _, name in names)), signs == {"*"})
