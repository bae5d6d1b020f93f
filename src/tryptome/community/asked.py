"""What a contrast asks of compositions: the samples, what they are told apart by, and the model.

A contrast of two levels and one by formula are said in the same words, and both with
the regressors that the stage ``compare`` has for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.community.subset import Codes
from tryptome.compare.design import NotEstimableError, coded, encode
from tryptome.compare.layout import Layout, select_for_formula
from tryptome.compare.selection import Flags, Selection, factors, select
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import pandas as pd

WEIGHTS = "scikit-bio's tests take no weights of samples"


class NoTestError(Exception):
    """Why there is no test; it becomes the ``reason`` of a row."""


@dataclass(frozen=True)
class Factor:
    """A column that a contrast tests, or one of the two of an interaction.

    Attributes
    ----------
    name : str
    values : ndarray of int or of float, shape (samples,)
        Position of each sample's level, or its number.
    levels : tuple of str
        The reference first; none of a number.
    """

    name: str
    values: Array | Codes
    levels: tuple[str, ...]

    def keep(self, known: Flags) -> Factor:
        """Take the values of fewer samples."""
        return replace(self, values=self.values[known])


@dataclass(frozen=True)
class Asked:
    """What a contrast asks.

    Attributes
    ----------
    selection : Selection
        The samples that have a composition.
    factors : tuple of Factor
        One, or two of an interaction.
    terms : tuple of str
        What is estimated, in words, as in ``contrasts.tsv``; empty of two levels.
    targets : ndarray, shape (samples, terms)
        Their regressors, numbers in their own units.
    nuisance : ndarray, shape (samples, k)
        Intercept, covariates, strata, and parts of an interaction.
    held : ndarray of int, shape (samples,)
        Stratum and block, inside which labels are exchanged; 0 where the contrast has none.
    everything : int
        Samples of the cohort.
    """

    selection: Selection
    factors: tuple[Factor, ...]
    terms: tuple[str, ...]
    targets: Array
    nuisance: Array
    held: Codes
    everything: int

    def __len__(self) -> int:
        return len(self.selection)

    def keep(self, known: Flags) -> Asked:
        """Ask the same of fewer samples."""
        return replace(
            self,
            selection=self.selection.keep(known),
            factors=tuple(one.keep(known) for one in self.factors),
            targets=self.targets[known],
            nuisance=self.nuisance[known],
            held=self.held[known],
        )


def asked(
    contrast: Mapping[str, Any],
    metadata: pd.DataFrame,
    subject_column: str | None,
    known: Flags,
) -> Asked:
    """Say what a contrast asks.

    Parameters
    ----------
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.
    metadata : pandas.DataFrame
        ``samples.tsv``.
    subject_column : str or None
    known : ndarray of bool, shape (all samples,)
        Samples that have a composition.

    Raises
    ------
    NoTestError
        Its samples cannot support it, or they have weights.

    Examples
    --------
    >>> import pandas as pd
    >>> samples = pd.DataFrame({"sample": list("pqrs"), "diet": ["b", "a", "c", "a"]})
    >>> told = asked({"formula": "~ diet"}, samples, None, np.ones(4, dtype=bool))
    >>> told.terms, told.factors[0].values.tolist()
    (('diet: b against a', 'diet: c against a'), [1, 0, 2, 0])
    """
    if contrast.get("weights"):
        raise NoTestError(WEIGHTS)
    try:
        if contrast.get("formula"):
            return _by_formula(contrast, metadata, subject_column, known)
        return _by_levels(contrast, metadata, subject_column, known)
    except NotEstimableError as reason:
        raise NoTestError(str(reason)) from reason


def _by_levels(
    contrast: Mapping[str, Any],
    metadata: pd.DataFrame,
    subject_column: str | None,
    known: Flags,
) -> Asked:
    chosen = select(metadata, contrast, subject_column)
    chosen = chosen.keep(known[chosen.rows])
    splits = [
        Factor(split["column"], values.astype(np.intp), (split["reference"], split["level"]))
        for split, values in zip(factors(contrast), chosen.factors, strict=True)
    ]
    *parts, target = coded(chosen)
    nuisance = [np.ones(len(chosen)), encode(chosen.covariates)[0], *parts]
    return Asked(
        chosen,
        tuple(splits),
        ("",),
        target[:, None],
        np.column_stack(nuisance),
        np.zeros(len(chosen), dtype=np.intp),
        len(metadata),
    )


def _by_formula(
    contrast: Mapping[str, Any],
    metadata: pd.DataFrame,
    subject_column: str | None,
    known: Flags,
) -> Asked:
    chosen = select_for_formula(metadata, contrast, subject_column)
    chosen = chosen.keep(known[chosen.rows])
    if not len(chosen):
        raise NoTestError("no sample has all that the formula names")
    layout = Layout.of(chosen, contrast, subject_column)
    held = [codes for _, codes in layout.blocks]
    held += [] if layout.strata is None else [layout.strata]
    blocks = [_indicators(codes) for _, codes in layout.blocks]
    return Asked(
        chosen,
        tuple(Factor(one.name, one.values, one.levels) for one in layout.tested),
        layout.terms,
        layout.targets * layout.units,
        np.column_stack([layout.nuisance, *blocks]),
        groups_of(*held, np.zeros(len(chosen), dtype=np.intp)),
        len(metadata),
    )


def groups_of(*columns: Array | Codes) -> Codes:
    """Number the groups of rows that are the same in every column.

    Examples
    --------
    >>> groups_of(np.array([5, 5, 7]), np.array([0, 1, 0])).tolist()
    [0, 1, 2]
    """
    found = np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1]
    return np.asarray(found.reshape(-1), dtype=np.intp)


def _indicators(codes: Codes) -> Array:
    """An indicator of each block but the first: scikit-bio's models have no random effects."""
    return np.asarray(codes[:, None] == np.arange(1, codes.max() + 1), dtype=float)
