"""A contrast put to one outcome after another, fast: what this stage needs of `compare`.

A specification is one of many, and a mixed model takes a tenth of a second; so
each is fitted by least squares on the units of the contrast (one value a person
where persons repeat), which is what the contrast's own permutation test rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.design import Array, NotEstimableError, check_groups, check_rank, encode
from tryptome.compare.regression import Regression
from tryptome.compare.selection import Selection, factors, select
from tryptome.compare.units import choose_units

if TYPE_CHECKING:
    import pandas as pd

NOWHERE = "no sample of the contrast can be assessed under these choices"
CONSTANT = "the quantity does not vary"


@dataclass(frozen=True)
class Refit:
    """What a contrast finds under one set of choices; numbers are NaN where not estimable."""

    effect: float
    lower: float
    upper: float
    p: float
    samples: int
    persons: int
    reason: str = ""


@dataclass(frozen=True)
class Refitter:
    """A contrast, ready to be put to outcomes.

    Attributes
    ----------
    selection : Selection
    splits : list of mapping
        Factors of the contrast.
    confidence : float
        Of the intervals.
    """

    selection: Selection
    splits: list[Mapping[str, Any]]
    confidence: float
    _plans: dict[bytes, tuple[Array, Regression] | str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        samples: pd.DataFrame,
        contrast: Mapping[str, Any],
        subject_column: str | None,
        confidence: float,
    ) -> Refitter:
        """Select the samples of a contrast.

        Parameters
        ----------
        samples : pandas.DataFrame
            ``samples.tsv``, categorical columns marked.
        contrast : mapping
            Fields of :class:`tryptome.config.model.Contrast`.
        subject_column : str or None
        confidence : float
        """
        return cls(select(samples, contrast, subject_column), factors(contrast), confidence)

    def fit(self, outcome: Array) -> Refit:
        """Estimate the contrast on one outcome.

        Parameters
        ----------
        outcome : ndarray, shape (all samples,)
            On the scale of comparison; NaN where not assessable.
        """
        values = outcome[self.selection.rows]
        known = ~np.isnan(values)
        kept = self.selection.keep(known)
        size = (len(kept), kept.persons)
        try:
            weights, regression = self._plan(kept, known)
            return Refit(*self._numbers(regression, weights @ values[known]), *size)
        except NotEstimableError as reason:
            return Refit(np.nan, np.nan, np.nan, np.nan, *size, str(reason))

    def _plan(self, kept: Selection, known: np.ndarray[Any, Any]) -> tuple[Array, Regression]:
        """Units of these samples and their regression; outcomes with the same ones share it."""
        key = known.tobytes()
        if key not in self._plans:
            try:
                self._plans[key] = _units(kept, self.splits)
            except NotEstimableError as reason:
                self._plans[key] = str(reason)
        plan = self._plans[key]
        if isinstance(plan, str):
            raise NotEstimableError(plan)
        return plan

    def _numbers(self, regression: Regression, units: Array) -> tuple[float, float, float, float]:
        """Effect, ends of its interval, and two-sided p."""
        from scipy.special import stdtr, stdtrit

        found = regression.fit(units, "")
        if found.se <= 1e-9 * max(float(units.std()), float(np.abs(units).max())):
            raise NotEstimableError(CONSTANT)
        half = float(stdtrit(found.df, (1 + self.confidence) / 2)) * found.se
        p = float(2 * stdtr(found.df, -abs(found.effect / found.se)))
        return found.effect, found.effect - half, found.effect + half, p


def _units(kept: Selection, splits: list[Mapping[str, Any]]) -> tuple[Array, Regression]:
    if not len(kept):
        raise NotEstimableError(NOWHERE)
    check_groups(kept, splits)
    covariates, names = encode(kept.covariates)
    check_rank(kept, covariates, names)
    units = choose_units(kept, covariates)
    return units.weights, Regression(units.target, units.nuisance)
