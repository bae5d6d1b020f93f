"""The fixed effects of a contrast, and why a contrast cannot be estimated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.compare.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]


class NotEstimableError(Exception):
    """The data cannot support a contrast. The message, a sentence, says why.

    It never leaves the stage: it becomes the ``reason`` of a row.
    """


def coded(selection: Selection) -> list[Array]:
    """Code the factors as -1/2 and +1/2, then their product where there are two.

    So coded, the last one's coefficient is the contrast: the difference of two
    groups, or the difference of differences; and random intercept and slopes
    of a person can be taken as independent.
    """
    halves: list[Array] = [factor.astype(float) - 0.5 for factor in selection.factors]
    return halves if len(halves) == 1 else [*halves, halves[0] * halves[1]]


def with_categories(samples: pd.DataFrame, types: Mapping[str, str]) -> pd.DataFrame:
    """Mark the columns that are declared categorical, so that `encode` takes them as that.

    Parameters
    ----------
    samples : pandas.DataFrame
        ``samples.tsv``.
    types : mapping
        ``categorical`` or ``numeric``, by column: ``column_types`` of ``ledger.json``.

    Examples
    --------
    >>> import pandas as pd
    >>> batches = pd.DataFrame({"batch": ["1", "2", "10"]})
    >>> encode(batches)[0].shape
    (3, 1)
    >>> encode(with_categories(batches, {"batch": "categorical"}))[0].shape
    (3, 2)
    """
    named = [name for name, kind in types.items() if kind == "categorical" and name in samples]
    return samples.astype(dict.fromkeys(named, "category"))


def declared(ledger: str | Path) -> Mapping[str, str]:
    """Types of columns that the metadata file gives itself.

    Parameters
    ----------
    ledger : path-like
        ``ledger.json`` of the stage ``ingest``.
    """
    types: dict[str, str] = json.loads(Path(ledger).read_text(encoding="utf-8"))["column_types"]
    return types


def encode(covariates: pd.DataFrame) -> tuple[Array, list[str]]:
    """Make numbers of covariates: numeric where all values are, else one column a level.

    Parameters
    ----------
    covariates : pandas.DataFrame
        Text, with no missing value; of the type ``category`` where levels are only names.

    Returns
    -------
    matrix : ndarray, shape (samples, columns)
        Numeric columns centred and in units of their standard deviation; of a
        categorical one, an indicator of each level but the first.
    names : list of str
        The covariate of each column.
    """
    import pandas as pd

    columns: list[Array] = []
    names: list[str] = []
    for name in covariates:
        numbers = pd.to_numeric(covariates[name], errors="coerce").to_numpy(float)
        if np.isfinite(numbers).all() and not is_category(covariates[name]):
            spread = numbers.std()
            columns.append((numbers - numbers.mean()) / (spread if spread > 0 else 1))
            names.append(str(name))
        else:
            levels = sorted(covariates[name].unique())
            new = [(covariates[name] == level).to_numpy(float) for level in levels[1:]]
            columns += new or [np.zeros(len(covariates))]
            names += [str(name)] * max(len(new), 1)
    matrix = np.column_stack(columns) if columns else np.zeros((len(covariates), 0))
    return matrix, names


def is_category(column: pd.Series) -> bool:
    """Whether a column's levels are only names."""
    return str(column.dtype) == "category"


def fixed_effects(selection: Selection, covariates: Array) -> Array:
    """Fixed-effect matrix: intercept, covariates, factors; the contrast is its last column.

    Returns
    -------
    ndarray, shape (samples, parameters)
    """
    return np.column_stack([np.ones(len(selection)), covariates, *coded(selection)])


def check_groups(selection: Selection, splits: Sequence[Mapping[str, Any]]) -> None:
    """Raise where a group of the contrast has no sample.

    Parameters
    ----------
    selection : Selection
    splits : sequence of mapping
        ``reference`` and ``level`` of each factor.

    Raises
    ------
    NotEstimableError
    """
    for levels in product((False, True), repeat=len(splits)):
        inside = np.ones(len(selection), dtype=bool)
        for factor, level in zip(selection.factors, levels, strict=True):
            inside &= factor == level
        if not inside.any():
            names = [
                repr(split["level" if level else "reference"])
                for split, level in zip(splits, levels, strict=True)
            ]
            raise NotEstimableError(f"no sample has {' and '.join(names)}")


def group_counts(selection: Selection, splits: Sequence[Mapping[str, Any]]) -> str:
    """Samples at each level of a contrast, in words.

    Parameters
    ----------
    selection : Selection
    splits : sequence of mapping
        ``reference`` and ``level`` of each factor.
    """
    said = [
        f"{split['reference']} {(~factor).sum()}, {split['level']} {factor.sum()}"
        for split, factor in zip(splits, selection.factors, strict=True)
    ]
    return counted(selection, said)


def counted(selection: Selection, samples: Sequence[str]) -> str:
    """Put numbers behind a reason.

    Parameters
    ----------
    selection : Selection
    samples : sequence of str
        Samples of levels, in words; none where there are too many levels.
    """
    said = [f"samples: {'; '.join(samples)}"] if samples else []
    said += [f"persons: {selection.persons}"] if selection.repeats else []
    said += [f"left out: {selection.lacking}"] if selection.lacking else []
    return f" ({'; '.join(said)})" if said else ""


def check_rank(selection: Selection, covariates: Array, names: Sequence[str]) -> None:
    """Raise where covariates say the same as one another or as the contrast.

    Raises
    ------
    NotEstimableError
        Names the first covariate that adds nothing to those before it, or that
        the contrast cannot be told apart from.
    """
    halves = coded(selection)
    basis = [np.ones(len(selection))]
    for name, column in zip(names, covariates.T, strict=True):
        if not adds(column, basis):
            raise NotEstimableError(
                f"the covariate {name!r} is constant or collinear with other covariates"
            )
        basis.append(column)
    for half in halves:
        if not adds(half, basis):
            raise NotEstimableError("the groups cannot be told apart from the covariates")
        basis.append(half)


def adds(column: Array, basis: Sequence[Array]) -> bool:
    """Whether a column is no linear combination of others."""
    with_it = np.column_stack([*basis, column])
    return bool(np.linalg.matrix_rank(with_it) == with_it.shape[1])
