"""One contrast on every quantity."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.assumptions import notes
from tryptome.compare.design import (
    Array,
    NotEstimableError,
    check_groups,
    check_rank,
    encode,
    group_counts,
)
from tryptome.compare.finding import DIFFERENCE, Finding
from tryptome.compare.mixed import MixedModel
from tryptome.compare.permutation import Arrangements, Permutation, Trial
from tryptome.compare.plans import Plans
from tryptome.compare.regression import Estimate, Regression
from tryptome.compare.selection import Flags, Selection, factors, select
from tryptome.compare.units import Units, choose_units

if TYPE_CHECKING:
    import pandas as pd

NO_VARIATION = 1e-9
"""Standard error, in standard deviations of the outcome, that is none at all."""

SAMPLES = "least squares, HC2 standard errors"
PERSONS = "least squares on one value per person, HC2 standard errors"


@dataclass(frozen=True)
class Analysis:
    """How a selection of samples is analysed, worked out once for many quantities."""

    units: Units
    regression: Regression
    permutation: Permutation
    mixed: MixedModel | None

    @classmethod
    def of(cls, selection: Selection, contrast: Mapping[str, Any], seed: list[int]) -> Analysis:
        """Plan the analysis.

        Raises
        ------
        NotEstimableError
            The samples cannot support the contrast.
        """
        splits = factors(contrast)
        check_groups(selection, splits)
        covariates, names = encode(selection.covariates)
        check_rank(selection, covariates, names)
        units = choose_units(selection, covariates)
        regression = Regression(units.target, units.nuisance)
        columns = [str(split["column"]) for split in splits]
        mixed = MixedModel.of(selection, covariates, columns) if selection.repeats else None
        permutation = Permutation([Trial.of(units.weights, regression)], _arrange(units, seed))
        return cls(units, regression, permutation, mixed)

    def estimate(self, outcome: Array) -> Estimate:
        """Fit the contrast's model to one outcome.

        Raises
        ------
        NotEstimableError
        """
        by_units = self._by_units(outcome)
        found = by_units if self.mixed is None else self.mixed.fit(outcome).estimate()
        if min(found.se, by_units.se) <= NO_VARIATION * float(outcome.std()):
            raise NotEstimableError("the quantity does not vary within the groups")
        return found

    def _by_units(self, outcome: Array) -> Estimate:
        model = SAMPLES if self.mixed is None else PERSONS
        found = self.regression.fit(self.units.weights @ outcome, model)
        return replace(found, weights=found.weights @ self.units.weights)


class Comparison:
    """A contrast, ready to be put to quantity after quantity.

    Parameters
    ----------
    name : str
        Of the contrast.
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.
    samples : pandas.DataFrame
        ``samples.tsv``.
    subject_column : str or None
    seed : int
    permute_large : bool
        Whether there is a permutation's p also where the model's is the one that counts.
    """

    def __init__(
        self,
        name: str,
        contrast: Mapping[str, Any],
        samples: pd.DataFrame,
        subject_column: str | None,
        seed: int,
        *,
        permute_large: bool = True,
    ) -> None:
        self._permute_large = permute_large
        self._selection = select(samples, contrast, subject_column)
        seeds = [seed, zlib.crc32(name.encode())]
        self._plans = Plans(
            lambda selection: Analysis.of(selection, contrast, seeds),
            lambda selection: group_counts(selection, factors(contrast)),
        )

    def find(self, outcome: Array) -> Finding:
        """Estimate the contrast on one quantity.

        Parameters
        ----------
        outcome : ndarray, shape (all samples,)
            On the scale of comparison; NaN where not assessable.

        Returns
        -------
        Finding
        """
        values = outcome[self._selection.rows]
        known = ~np.isnan(values)
        finding = Finding(self._selection.keep(known))
        try:
            return self._estimate(finding, known, values[known])
        except NotEstimableError as reason:
            return replace(finding, reason=str(reason))

    def unsupported(self, known: Flags) -> str:
        """Say why some samples cannot support the contrast; empty where they can."""
        chosen = known[self._selection.rows]
        return self._plans.why_not(self._selection.keep(chosen), chosen)

    def _estimate(self, finding: Finding, known: Flags, values: Array) -> Finding:
        plan = self._plans.of(finding.selection, known)
        if np.ptp(values) <= NO_VARIATION * np.abs(values).max():
            raise NotEstimableError("the quantity is the same in all samples")
        estimate, arrangements = plan.estimate(values), plan.permutation.arrangements
        permute = self._permute_large or arrangements.small
        permuted = plan.permutation.p(values) if permute else np.nan
        what = "persons" if finding.selection.repeats else "samples"
        told = notes(plan.regression, plan.units.weights @ values, arrangements)
        tested = finding.tested(estimate, permuted, arrangements, what)
        kind = " by ".join([DIFFERENCE] * len(finding.selection.factors))
        return replace(tested, kind=kind, notes=told)


def _arrange(units: Units, seed: list[int]) -> Arrangements:
    """Signs of differences within persons, else orders of persons or samples."""
    if units.flips:
        return Arrangements.of_signs(len(units.target), seed)
    plain = units.nuisance.shape[1] == 1
    return Arrangements.of_orders(units.target[:, None], None, plain=plain, seed=seed)
