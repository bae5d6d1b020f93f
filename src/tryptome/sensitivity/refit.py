"""A contrast put to one outcome after another, fast: what this stage needs of `compare`.

A specification is one of hundreds. So of a mixed model, the ratios of its variances
are estimated once a quantity, under the main choices, and kept for the others: then
each is one weighted least squares. A contrast given by a formula is fitted in full.
Plans and fits, which take memory for each sample, are kept as far as they fit.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tryptome.compare.contrast import NO_VARIATION, Analysis
from tryptome.compare.design import Array, NotEstimableError
from tryptome.compare.finding import Finding
from tryptome.compare.general import GeneralComparison
from tryptome.compare.mixed import Fit, MixedModel
from tryptome.compare.regression import Estimate
from tryptome.compare.reml import Components
from tryptome.compare.selection import Flags, Selection, select
from tryptome.sensitivity.latest import Latest

if TYPE_CHECKING:
    import pandas as pd

NOWHERE = "no sample of the contrast can be assessed under these choices"
PLANNED = 2**21
FEWEST_PLANS = 4
"""Samples in plans that are kept for other outcomes with the same samples, and fewest plans;
so it is with fits."""

CONSTANT = "the quantity does not vary"


@dataclass(frozen=True)
class Refit:
    """What a contrast finds under one set of choices; numbers are NaN where not estimable."""

    term: str
    effect: float
    lower: float
    upper: float
    p: float
    samples: int
    persons: int
    reason: str

    @classmethod
    def of(cls, found: Finding, confidence: float) -> Refit:
        """Take it from a finding."""
        from scipy.special import stdtrit

        size = (len(found.selection), found.selection.persons, found.reason)
        if found.estimate is None or found.p is None:
            return cls(found.term, np.nan, np.nan, np.nan, np.nan, *size)
        effect = found.estimate.effect
        half = float(stdtrit(found.estimate.df, (1 + confidence) / 2)) * found.estimate.se
        return cls(found.term, effect, effect - half, effect + half, found.p, *size)


@dataclass(frozen=True)
class Kept:
    """Plans and fits that are kept, of all contrasts together."""

    plans: Latest[Analysis | str] = field(default_factory=lambda: Latest(PLANNED, FEWEST_PLANS))
    fits: Latest[Fit] = field(default_factory=lambda: Latest(PLANNED, FEWEST_PLANS))


class Refitter(Protocol):
    """A contrast, ready to be put to outcomes."""

    def find(self, quantity: str, outcome: Array) -> list[Finding]:
        """Estimate the contrast on one outcome; several where it has several terms.

        Parameters
        ----------
        quantity : str
            Of which the outcomes are variants; the first one under the main choices.
        outcome : ndarray, shape (all samples,)
            On the scale of comparison; NaN where not assessable.
        """


def refitter(
    name: str,
    contrast: Mapping[str, Any],
    samples: pd.DataFrame,
    subject_column: str | None,
    seed: int,
    kept: Kept,
) -> Refitter:
    """Prepare a contrast; other parameters as of :class:`tryptome.compare.contrast.Comparison`."""
    if contrast.get("formula"):
        return ByFormula(
            GeneralComparison(name, contrast, samples, subject_column, seed, permute_large=False)
        )
    selection = select(samples, contrast, subject_column)
    return TwoLevels(contrast, selection, [seed, zlib.crc32(name.encode())], kept)


@dataclass(frozen=True)
class ByFormula:
    """A contrast given by a formula, fitted in full each time."""

    comparison: GeneralComparison

    def find(self, quantity: str, outcome: Array) -> list[Finding]:
        """Estimate the contrast on one outcome."""
        return self.comparison.find(outcome)


@dataclass(frozen=True)
class TwoLevels:
    """A contrast between two levels, of whose mixed model the ratios of variances are kept."""

    contrast: Mapping[str, Any]
    selection: Selection
    seed: list[int]
    kept: Kept
    _ratios: dict[tuple[bytes, str], Array] = field(default_factory=dict)

    def find(self, quantity: str, outcome: Array) -> list[Finding]:
        """Estimate the contrast on one outcome."""
        values = outcome[self.selection.rows]
        known = ~np.isnan(values)
        finding = Finding(self.selection.keep(known))
        try:
            return [self._tested(finding, known, quantity, values[known])]
        except NotEstimableError as reason:
            return [Finding(finding.selection, reason=str(reason))]

    def _tested(self, finding: Finding, known: Flags, quantity: str, values: Array) -> Finding:
        samples = blake2b(known.tobytes()).digest()
        plan = self._plan(finding.selection, samples)
        if np.ptp(values) <= NO_VARIATION * np.abs(values).max():
            raise NotEstimableError(CONSTANT)
        if plan.mixed is None:
            estimate = plan.estimate(values)
        else:
            estimate = self._weighted(plan.mixed, (samples, quantity), values)
        arrangements = plan.permutation.arrangements
        permuted = plan.permutation.p(values) if arrangements.small else np.nan
        return finding.tested(estimate, permuted, arrangements, "")

    def _weighted(self, mixed: MixedModel, key: tuple[bytes, str], values: Array) -> Estimate:
        """Estimate by the mixed model with the ratios of variances of the first outcome."""
        if key not in self._ratios:
            self._ratios[key] = mixed.fit(values).components.ratios
        ratios = self._ratios[key]
        first = self.kept.fits.of(
            (id(self), *key),
            len(values),
            lambda: Fit(mixed, Components(ratios, np.nan, values), values),
        )
        fixed = first.joint @ (first.leaned.T @ values)
        # Standard errors rest on how persons scatter, not on the residual variance.
        components = Components(ratios, np.nan, fixed)
        found = Fit(first.model, components, values).estimate()
        if found.se <= NO_VARIATION * float(values.std()):
            raise NotEstimableError(CONSTANT)
        return found

    def _plan(self, selection: Selection, samples: bytes) -> Analysis:
        """Plan of the analysis of these samples; outcomes with the same ones share it."""
        plan = self.kept.plans.of(
            (id(self), samples), len(selection), lambda: self._made(selection)
        )
        if isinstance(plan, str):
            raise NotEstimableError(plan)
        return plan

    def _made(self, selection: Selection) -> Analysis | str:
        """Make the plan, or say why there is none."""
        if not len(selection):
            return NOWHERE
        try:
            return Analysis.of(selection, self.contrast, self.seed)
        except NotEstimableError as reason:
            return str(reason)
