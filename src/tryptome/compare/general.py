"""One contrast that is given by a formula, on every quantity."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.assumptions import notes
from tryptome.compare.contrast import NO_VARIATION, SAMPLES
from tryptome.compare.design import Array, NotEstimableError, counted
from tryptome.compare.exchange import Exchange, complement
from tryptome.compare.finding import Finding
from tryptome.compare.formula import tested_columns
from tryptome.compare.layout import Layout, select_for_formula
from tryptome.compare.means import GroupWeights
from tryptome.compare.mixed import MixedModel
from tryptome.compare.permutation import FEW_LEVELS
from tryptome.compare.plans import Plans
from tryptome.compare.regression import Estimate, Regression
from tryptome.compare.selection import Flags, Selection

if TYPE_CHECKING:
    import pandas as pd

NO_MEAN = 2.0
"""Degrees of freedom up to which the square of a t statistic has no mean."""


@dataclass(frozen=True)
class Plan:
    """How a selection of samples is analysed, worked out once for many quantities."""

    layout: Layout
    exchange: Exchange
    mixed: MixedModel | None
    seed: Sequence[int]

    @classmethod
    def of(
        cls,
        selection: Selection,
        contrast: Mapping[str, Any],
        subject_column: str | None,
        seed: Sequence[int],
    ) -> Plan:
        """Plan the analysis.

        Raises
        ------
        NotEstimableError
            The samples cannot support the contrast.
        """
        if not len(selection):
            raise NotEstimableError("no sample has all that the formula names")
        layout = Layout.of(selection, contrast, subject_column)
        exchange = Exchange.of(layout, seed)
        mixed = _mixed(layout) if selection.repeats or layout.blocks else None
        return cls(layout, exchange, mixed, seed)

    @property
    def directions(self) -> Array:
        """Each tested column by itself, as a combination of them."""
        return np.eye(self.layout.targets.shape[1])

    @cached_property
    def apart(self) -> Array:
        """Combinations of the tested columns that are independent under equal variances."""
        layout = self.layout
        free = Regression(layout.targets[:, 0], layout.nuisance * layout.root_weights[:, None])
        targets = free.residuals((layout.targets * layout.root_weights[:, None]).T).T
        return np.asarray(np.linalg.svd(targets, full_matrices=False)[2])

    @cached_property
    def permutations(self) -> list[Any]:
        """Permutation test of each tested column, then of all at once where there are several."""
        single = [self.exchange.permutation([one]) for one in self.directions]
        return single if len(single) == 1 else [*single, self.exchange.permutation(self.apart)]

    def estimates(self, outcome: Array, directions: Array) -> list[Estimate]:
        """Estimate combinations of the tested columns; weights are of the outcome as it is."""
        root = self.layout.root_weights
        if self.mixed is not None:
            fit = self.mixed.fit(outcome * root)
            nuisance = np.zeros(self.layout.nuisance.shape[1])
            found = [fit.estimate(np.concatenate([nuisance, one])) for one in directions]
        else:
            found = [self._least_squares(one).fit(outcome * root, SAMPLES) for one in directions]
        if min(one.se for one in found) <= NO_VARIATION * float(outcome.std()):
            raise NotEstimableError("the quantity does not vary within the groups")
        return [replace(one, weights=one.weights * root) for one in found]

    def _least_squares(self, direction: Array) -> Regression:
        layout, root = self.layout, self.layout.root_weights[:, None]
        others = layout.targets @ complement(direction).T
        nuisance = np.column_stack([layout.nuisance, others]) * root
        return Regression((layout.targets * root) @ direction, nuisance)


def joint_p(found: Sequence[Estimate]) -> float:
    """P of several independent effects at once.

    Parameters
    ----------
    found : sequence of Estimate
        Of combinations that are independent under equal variances.

    Returns
    -------
    float
        Of an F test, its degrees of freedom those of Fai and Cornelius as in lmerTest.
    """
    from scipy.special import fdtrc

    statistic = float(np.mean([(one.effect / one.se) ** 2 for one in found]))
    count = len(found)
    expected = sum(one.df / (one.df - NO_MEAN) if one.df > NO_MEAN else np.inf for one in found)
    df = 2 * expected / (expected - count) if np.isfinite(expected) else NO_MEAN
    return float(fdtrc(count, df, statistic))


class GeneralComparison:
    """A contrast given by a formula, ready to be put to quantity after quantity.

    Parameters
    ----------
    name : str
        Of the contrast.
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`, with a ``formula``.
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
        self._selection = select_for_formula(samples, contrast, subject_column)
        seeds = [seed, zlib.crc32(name.encode())]
        self._plans = Plans(
            lambda selection: Plan.of(selection, contrast, subject_column, seeds),
            lambda selection: _counts(selection, tested_columns(contrast)),
        )

    def find(self, outcome: Array) -> list[Finding]:
        """Estimate the contrast on one quantity.

        Parameters
        ----------
        outcome : ndarray, shape (all samples,)
            On the scale of comparison; NaN where not assessable.

        Returns
        -------
        list of Finding
            One a tested column: several where a category has more than two levels.
        """
        values = outcome[self._selection.rows]
        known = ~np.isnan(values)
        finding = Finding(self._selection.keep(known))
        try:
            return self._estimate(finding, known, values[known])
        except NotEstimableError as reason:
            return [replace(finding, reason=str(reason))]

    def unsupported(self, known: Flags) -> str:
        """Say why some samples cannot support the contrast; empty where they can."""
        chosen = known[self._selection.rows]
        return self._plans.why_not(self._selection.keep(chosen), chosen)

    def _estimate(self, finding: Finding, known: Flags, values: Array) -> list[Finding]:
        plan = self._plans.of(finding.selection, known)
        if np.ptp(values) <= NO_VARIATION * np.abs(values).max():
            raise NotEstimableError("the quantity is the same in all samples")
        several = len(plan.directions) > 1
        together = [plan.apart] if several else []
        fitted = plan.estimates(values, np.vstack([plan.directions, *together]))
        estimates = fitted[: len(plan.directions)]
        arrangements, what = plan.exchange.arrangements, plan.exchange.what
        permute = self._permute_large or arrangements.small
        permuted = [one.p(values) if permute else np.nan for one in plan.permutations]
        joint = None
        if several:
            joint = permuted[-1] if arrangements.small else joint_p(fitted[len(estimates) :])
        found = []
        for at, estimate in enumerate(estimates):
            scaled = _in_units(estimate, plan.layout.units[at])
            tested = finding.tested(scaled, permuted[at], arrangements, what)
            trial = plan.permutations[at].trials[0]
            told = notes(trial.regression, trial.weights @ values, arrangements)
            groups = _groups(plan.layout, at, scaled)
            term = plan.layout.terms[at]
            found.append(
                replace(
                    tested,
                    term=term,
                    kind=plan.layout.kind,
                    per=plan.layout.per,
                    p_joint=joint,
                    groups=groups,
                    notes=told,
                )
            )
        return found


def _mixed(layout: Layout) -> MixedModel:
    """Lay out the mixed model: persons respond differently to what is tested."""
    responses = [column - column.mean() for column in layout.targets.T]
    words = list(dict.fromkeys(one.name for one in layout.tested))
    return MixedModel.build(
        layout.fixed * layout.root_weights[:, None],
        layout.selection.person if layout.selection.repeats else None,
        responses,
        [" by ".join(words)] * len(responses),
        layout.blocks,
        layout.root_weights,
    )


def _in_units(estimate: Estimate, unit: float) -> Estimate:
    """Put an effect per standard deviation of a number into the number's own unit."""
    return replace(
        estimate,
        effect=float(estimate.effect / unit),
        se=float(estimate.se / unit),
        weights=estimate.weights / unit,
    )


def _groups(layout: Layout, at: int, estimate: Estimate) -> GroupWeights:
    """Weights of what is compared, not adjusted; of an interaction the model's own."""
    if len(layout.tested) > 1:
        return GroupWeights.of_model(estimate.weights)
    variable = layout.tested[0]
    if not variable.levels:
        return GroupWeights.of_slope(np.asarray(variable.values, dtype=float), variable.spread)
    codes = np.asarray(variable.values, dtype=np.intp)
    level = at + 1 if len(layout.terms) < len(variable.levels) else at
    return GroupWeights.of_levels(layout.selection, codes, level)


def _counts(selection: Selection, columns: Sequence[str]) -> str:
    """Samples of each level of the tested columns where these are few, persons, what is missing."""
    said = []
    for column in columns:
        counts = selection.covariates[column].astype(object).value_counts().sort_index()
        if 0 < len(counts) <= FEW_LEVELS:
            said.append(", ".join(f"{level} {count}" for level, count in counts.items()))
    return counted(selection, said)
