"""Formulas that ask what a contrast of two levels asks, for tests that know no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.design import is_category
from tryptome.compare.formula import read_formula, tested_columns
from tryptome.compare.selection import known_values, within

if TYPE_CHECKING:
    import pandas as pd

INTERACTION = "scikit-bio's tests take one factor and no interaction"
BEYOND = "scikit-bio's tests know no blocks, strata, weights, steps or products in a formula"
NUMBER = "scikit-bio's tests compare groups, and {!r} is a number"
LEVELS = "compositions are compared between two levels, and {!r} has {}"


class NoTestError(Exception):
    """Why there is no test; it becomes the ``reason`` of a row."""


def as_two_levels(
    contrast: Mapping[str, Any], metadata: pd.DataFrame, subject_column: str | None
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Say a formula as a contrast of two levels, adjusted for the other columns.

    Parameters
    ----------
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`, with a ``formula``.
    metadata : pandas.DataFrame
        ``samples.tsv``.
    subject_column : str or None
        Persons are held together anyway, so a random intercept of it changes nothing.

    Returns
    -------
    contrast : dict
    metadata : pandas.DataFrame
        With the columns under ``C()`` as categories.

    Raises
    ------
    NoTestError
        It asks something else.

    Examples
    --------
    >>> import pandas as pd
    >>> samples = pd.DataFrame({"diet": ["b", "a"], "batch": ["1", "2"]})
    >>> told, _ = as_two_levels({"formula": "~ diet + C(batch)"}, samples, None)
    >>> told["column"], told["reference"], told["level"], told["adjust"]
    ('diet', 'a', 'b', ['batch'])
    """
    formula, tested = read_formula(contrast["formula"]), tested_columns(contrast)
    if len(tested) > 1:
        raise NoTestError(INTERACTION)
    plain = all(one.sign == "+" and len(one.columns) == 1 for one in formula.products)
    more = [contrast.get("strata"), contrast.get("weights"), contrast.get("order")]
    if not plain or any(more) or set(formula.groups) - {subject_column}:
        raise NoTestError(BEYOND)
    named = metadata.astype(dict.fromkeys(formula.categories, "category"))
    (column,) = tested
    levels = _levels(contrast, named, formula.columns, column)
    first = str(contrast.get("reference") or levels[0])
    if first not in levels:
        raise NoTestError(f"no sample of the reference {first!r} is left")
    (other,) = [level for level in levels if level != first]
    covariates = [name for name in formula.columns if name != column]
    told = {"column": column, "reference": first, "level": other, "adjust": covariates}
    return {**told, "where": contrast.get("where") or {}}, named


def _levels(
    contrast: Mapping[str, Any], metadata: pd.DataFrame, columns: list[str], column: str
) -> list[str]:
    """The two levels of the tested column in the samples that have all that is named."""
    import pandas as pd

    chosen = known_values(metadata, columns) & within(metadata, contrast)
    values = metadata[column][chosen]
    texts = values.astype(object)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(float)
    if len(texts) and np.isfinite(numbers).all() and not is_category(values):
        raise NoTestError(NUMBER.format(column))
    levels = sorted({str(text) for text in texts})
    if len(levels) != 2:  # noqa: PLR2004
        raise NoTestError(LEVELS.format(column, len(levels)))
    return levels
