"""Matrices of a contrast that is given by a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.design import Array, NotEstimableError, is_category
from tryptome.compare.finding import BETWEEN, DIFFERENCE, SLOPE
from tryptome.compare.formula import Formula, named_columns, read_formula, tested_columns
from tryptome.compare.rank import Column, check_columns
from tryptome.compare.selection import Codes, Flags, Selection, complete, within

if TYPE_CHECKING:
    import pandas as pd

_PART = re.compile(r"v(\d+)(?:\[(T\.)?L(\d+)\])?")
"""A column of formulaic's matrix is such parts, joined by ``:``."""

AGAINST = " against "
"""Between a level and the one it is compared with, in the name of a term."""


@dataclass(frozen=True)
class Variable:
    """A column of the metadata in a formula.

    Attributes
    ----------
    name : str
    values : ndarray of float or of int
        Numbers, centred and in standard deviations, or positions of levels.
    levels : tuple of str
        None of a number; of a category, the reference first.
    spread : float
        Standard deviation of a number, in its own unit; 1 of a category.
    steps : int
        Levels of the ordered scale whose steps the numbers are; 0 of others.
    """

    name: str
    values: Array | Codes
    levels: tuple[str, ...]
    spread: float
    steps: int = 0

    def column(self) -> Any:
        """Numbers, or a category whose levels have names of our own."""
        import pandas as pd

        if not self.levels:
            return self.values
        names = [f"L{level}" for level in range(len(self.levels))]
        return pd.Categorical([names[int(code)] for code in self.values], categories=names)

    @property
    def kind(self) -> str:
        """What sort of effect it has."""
        if self.levels:
            return DIFFERENCE
        return f"step of {self.steps} levels" if self.steps else SLOPE

    def words(self, level: int | None, against_reference: bool) -> str:
        """Name a part of a term."""
        if level is None:
            return f"{self.name}, each step" if self.steps else self.name
        against = f"{AGAINST}{self.levels[0]}" if against_reference else ""
        return f"{self.name}: {self.levels[level]}{against}"


@dataclass(frozen=True)
class Layout:
    """The model of a contrast on a selection of samples.

    Attributes
    ----------
    selection : Selection
    nuisance : ndarray, shape (samples, k)
        Intercept, strata and other terms.
    targets : ndarray, shape (samples, m)
        Columns of the tested term.
    units : ndarray, shape (m,)
        What an effect is divided by, to be in the regressors' own units.
    terms : tuple of str
        The tested columns in words.
    tested : tuple of Variable
    blocks : tuple of (str, ndarray of int)
        Groupings with a random intercept, beside the person.
    strata : ndarray of int or None
    root_weights : ndarray, shape (samples,)
        Square roots of the samples' weights, whose mean is 1.
    """

    selection: Selection
    nuisance: Array
    targets: Array
    units: Array
    terms: tuple[str, ...]
    tested: tuple[Variable, ...]
    blocks: tuple[tuple[str, Codes], ...]
    strata: Codes | None
    root_weights: Array

    @cached_property
    def fixed(self) -> Array:
        """Fixed effects, the tested ones last."""
        return np.column_stack([self.nuisance, self.targets])

    @property
    def kind(self) -> str:
        """What sort of effect is tested."""
        return " by ".join(one.kind for one in self.tested)

    @property
    def per(self) -> str:
        """The columns whose unit or step it is per."""
        return BETWEEN.join(one.name for one in self.tested if not one.levels)

    @classmethod
    def of(
        cls, selection: Selection, contrast: Mapping[str, Any], subject_column: str | None
    ) -> Layout:
        """Lay out a contrast.

        Raises
        ------
        NotEstimableError
            A tested column has one level only, or something says the same as something else.
        """
        formula = read_formula(contrast["formula"])
        tested = tested_columns(contrast)
        variables = [
            _variable(selection.covariates[name], formula, contrast, name in tested)
            for name in formula.columns
        ]
        _check_reference(
            str(contrast.get("reference") or ""), [v for v in variables if v.name in tested]
        )
        matrix, names, inside = _matrix(formula, variables, tested)
        strata = _codes(selection, contrast.get("strata") or "")
        dummies = np.zeros((len(selection), 0)) if strata is None else _dummies(strata)
        parts = [[_PART.fullmatch(part) for part in name.split(":")] for name in names]
        columns = _columns(matrix, parts, inside, variables)
        of_strata = [Column(str(contrast.get("strata")), column, False) for column in dummies.T]
        told = [one for one in columns if one.tested]
        check_columns(
            [*(one for one in columns if not one.tested), *of_strata, *told], selection.covariates
        )
        blocks = [name for name in formula.groups if name != subject_column]
        return cls(
            selection=selection,
            nuisance=np.column_stack([matrix[:, ~inside], dummies]),
            targets=matrix[:, inside],
            units=np.array([_unit(parts[at], variables) for at in np.flatnonzero(inside)]),
            terms=tuple(one.words for one in told),
            tested=tuple(one for one in variables if one.name in tested),
            blocks=tuple(
                (name, codes)
                for name, codes in ((name, _levels(selection, name)) for name in blocks)
                if not same_groups(codes, selection.person)
            ),
            strata=strata,
            root_weights=_root_weights(selection, contrast.get("weights") or ""),
        )


def select_for_formula(
    samples: pd.DataFrame, contrast: Mapping[str, Any], subject_column: str | None
) -> Selection:
    """Select the samples of a contrast that is given by a formula.

    Parameters
    ----------
    samples : pandas.DataFrame
        ``samples.tsv``.
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.
    subject_column : str or None

    Returns
    -------
    Selection
        Without factors; its covariates are all columns that the contrast names.
    """
    chosen = within(samples, contrast)
    for column, levels in (contrast.get("order") or {}).items():
        chosen &= samples[column].isin(levels).to_numpy()
    inside = samples[chosen]
    # A level that is named as a step of a scale is known, even where it reads "none".
    named = [name for name in named_columns(contrast) if name not in (contrast.get("order") or {})]
    needed = [*named, *filter(None, [subject_column])]
    everyone = Selection(
        rows=np.flatnonzero(chosen),
        factors=(),
        person=_numbered(inside[subject_column or "sample"]),
        covariates=inside[named_columns(contrast)],
        left_out=0,
    )
    return complete(everyone, inside, needed)


def _variable(
    column: pd.Series, formula: Formula, contrast: Mapping[str, Any], tested: bool
) -> Variable:
    """Take a column as a number, an ordered scale or a category."""
    import pandas as pd

    name = str(column.name)
    order = (contrast.get("order") or {}).get(name)
    if order is not None:
        numbers = np.array([order.index(value) for value in column], dtype=float)
    else:
        numbers = pd.to_numeric(column.astype(object), errors="coerce").to_numpy(float)
    category = order is None and (is_category(column) or name in formula.categories)
    if category or not np.isfinite(numbers).all():
        return _category(column, str(contrast.get("reference") or "") if tested else "")
    spread = float(numbers.std()) or 1.0
    return Variable(name, (numbers - numbers.mean()) / spread, (), spread, len(order or ()))


def _check_reference(reference: str, tested: Sequence[Variable]) -> None:
    """Check that it is a level; another in its place would answer another question."""
    categories = [one for one in tested if one.levels]
    if reference and categories and all(reference not in one.levels for one in categories):
        names = ", ".join(repr(one.name) for one in categories)
        raise NotEstimableError(
            f"no sample of the reference {reference!r} is left in the column {names}; "
            "a value that says nothing, such as 'none', is no level"
        )


def _category(column: pd.Series, reference: str) -> Variable:
    name, texts = str(column.name), column.astype(object)
    levels = sorted(texts.unique(), key=lambda level: (level != reference, level))
    if len(levels) <= 1:
        shown = f" ({levels[0]!r}, {len(column)} samples)" if levels else ""
        raise NotEstimableError(f"the column {name!r} has one level only{shown}")
    place = {level: at for at, level in enumerate(levels)}
    return Variable(name, np.array([place[text] for text in texts]), tuple(levels), 1.0)


def _matrix(
    formula: Formula, variables: Sequence[Variable], tested: Sequence[str]
) -> tuple[Array, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Matrix of the fixed effects, names of its columns, and which are tested."""
    import pandas as pd
    from formulaic import model_matrix

    frame = pd.DataFrame({f"v{at}": one.column() for at, one in enumerate(variables)})
    matrix = model_matrix(formula.written(), frame)
    wanted = {f"v{at}" for at, one in enumerate(variables) if one.name in tested}
    inside = np.zeros(matrix.shape[1], dtype=bool)
    for term, where in matrix.model_spec.term_slices.items():
        if {str(factor) for factor in term.factors} == wanted:
            inside[where] = True
    if not inside.any():
        raise NotEstimableError(f"the formula has no term {':'.join(tested)!r}")
    return matrix.to_numpy(float), np.asarray(matrix.columns.to_numpy(object)), inside


def _columns(
    matrix: Array,
    parts: Sequence[Sequence[re.Match[str] | None]],
    inside: Flags,
    variables: Sequence[Variable],
) -> list[Column]:
    """Fixed effects with their words."""
    found = []
    for at, matched in enumerate(parts):
        named = [variables[int(part[1])] for part in matched if part]
        categories = tuple(one.name for one in named if one.levels)
        words = _words(matched, variables)
        found.append(Column(words, matrix[:, at], bool(inside[at]), categories))
    return found


def _codes(selection: Selection, column: str) -> Codes | None:
    return _levels(selection, column) if column else None


def _levels(selection: Selection, column: str) -> Codes:
    return _numbered(selection.covariates[column])


def _numbered(column: pd.Series) -> Codes:
    return np.asarray(np.unique(column.to_numpy(object), return_inverse=True)[1])


def same_groups(one: Codes, other: Codes) -> bool:
    """Whether two groupings are the same under other names."""
    pairs = len(np.unique(np.column_stack([one, other]), axis=0))
    return pairs == len(np.unique(one)) == len(np.unique(other))


def _dummies(codes: Codes) -> Array:
    """An indicator of each level but the first."""
    return np.asarray(codes[:, None] == np.arange(1, codes.max() + 1), dtype=float)


def _root_weights(selection: Selection, column: str) -> Array:
    import pandas as pd

    if not column:
        return np.ones(len(selection))
    texts = selection.covariates[column].astype(object)
    weights = pd.to_numeric(texts, errors="coerce").to_numpy(float)
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise NotEstimableError(f"the weights {column!r} are not all numbers above 0")
    return np.asarray(np.sqrt(weights / weights.mean()))


def _unit(parts: Sequence[re.Match[str] | None], variables: Sequence[Variable]) -> float:
    """Product of the spreads of a column's numbers."""
    return float(np.prod([variables[int(part[1])].spread for part in parts if part]))


def _words(parts: Sequence[re.Match[str] | None], variables: Sequence[Variable]) -> str:
    """A column of the matrix in words."""
    return BETWEEN.join(
        variables[int(part[1])].words(int(part[3]) if part[3] else None, part[2] is not None)
        for part in parts
        if part
    )
