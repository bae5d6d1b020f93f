"""Why the terms of a formula cannot be told apart, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from tryptome.compare.design import Array, NotEstimableError, adds

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 3
"""Most empty cells that are named."""


@dataclass(frozen=True)
class Column:
    """A column of fixed effects.

    Attributes
    ----------
    words : str
        What it stands for.
    values : ndarray, shape (samples,)
    tested : bool
    categories : tuple of str
        The categories of the metadata that it is made of.
    """

    words: str
    values: Array
    tested: bool
    categories: tuple[str, ...] = ()


def check_columns(columns: Sequence[Column], metadata: pd.DataFrame) -> None:
    """Raise where a column says nothing that those before it do not.

    Parameters
    ----------
    columns : sequence of Column
        The tested ones last.
    metadata : pandas.DataFrame
        Of the same samples.

    Raises
    ------
    NotEstimableError
        Names cells that no sample is in, or else the column.
    """
    basis: list[Array] = []
    for column in columns:
        if not adds(column.values, basis):
            raise NotEstimableError(_reason(column, columns, metadata))
        basis.append(column.values)


def _reason(failed: Column, columns: Sequence[Column], metadata: pd.DataFrame) -> str:
    for names in dict.fromkeys(one.categories for one in columns if len(one.categories) > 1):
        empty = empty_cells(metadata[list(names)]) if set(names) & set(failed.categories) else ""
        if empty:
            return f"no sample has {empty}"
    if failed.tested:
        return f"{failed.words!r} cannot be told apart from the covariates"
    return f"the covariate {failed.words!r} is constant or collinear with others"


def empty_cells(categories: pd.DataFrame) -> str:
    """Name the combinations of levels that no sample has.

    Parameters
    ----------
    categories : pandas.DataFrame
        One column each.

    Returns
    -------
    str
        Empty where there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> empty_cells(pd.DataFrame({"diet": ["a", "a", "b"], "phase": ["x", "y", "x"]}))
    "'b' and 'y'"
    """
    texts = categories.astype(object)
    present = set(texts.itertuples(index=False, name=None))
    levels = [sorted(texts[name].unique()) for name in texts]
    empty = [cell for cell in product(*levels) if cell not in present]
    said = [" and ".join(repr(level) for level in cell) for cell in empty[:SHOWN]]
    more = f", and {len(empty) - SHOWN} more" if len(empty) > SHOWN else ""
    return f"{', or '.join(said)}{more}"
