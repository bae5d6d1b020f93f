"""Fits of which every choice is made by the training cohorts alone, however many are left out.

Each candidate weighs as much as it was worth among the training cohorts: the mean over
metabolites of its rank correlation in training cohorts that are left out in turn, cut at
zero. One set of weights serves all metabolites, since few cohorts measure each. A cohort
that is scored has no part in the weights, the coefficients or the strength that it is
scored with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.faecal.fit import (
    CANDIDATES,
    LEAST_COHORTS,
    Training,
    candidates,
    correlation,
    fit,
)
from tryptome.estimate.faecal.metabolites import BY_NAME

if TYPE_CHECKING:
    from tryptome.estimate.community import Array


class Nested:
    """Fits on some cohorts, with any of them left out.

    Parameters
    ----------
    cohorts : sequence of Training
        All that there are.
    """

    def __init__(self, cohorts: Sequence[Training]) -> None:
        self.cohorts = {cohort.name: cohort for cohort in cohorts}
        self._worth: dict[tuple[str, ...], Array] = {}
        self._each: dict[tuple[str, tuple[str, ...], str], Array] = {}

    def without(self, left_out: Collection[str], measuring: str = "") -> list[Training]:
        """Cohorts that are not left out; those that measure a metabolite, where one is named."""
        return [
            cohort
            for name, cohort in self.cohorts.items()
            if name not in left_out and (not measuring or measuring in cohort.measured)
        ]

    def worth(self, left_out: Collection[str] = ()) -> Array:
        """Mean correlation of each candidate in training cohorts left out in turn.

        Returns
        -------
        ndarray, shape (candidates,)
            Over metabolites that three of the training cohorts measure, so that two are
            left to fit on; ones where there is no such metabolite.
        """
        key = tuple(sorted(left_out))
        if key not in self._worth:
            rows = [self._worth_of(key, metabolite) for metabolite in BY_NAME]
            known = [row for row in rows if row is not None]
            self._worth[key] = np.mean(known, axis=0) if known else np.ones(len(CANDIDATES))
        return self._worth[key]

    def _worth_of(self, left_out: tuple[str, ...], metabolite: str) -> Array | None:
        measuring = self.without(left_out, metabolite)
        if len(measuring) <= LEAST_COHORTS:
            return None
        each = np.array([self._tried(c, left_out, metabolite) for c in measuring])
        return np.asarray(each.mean(axis=0))

    def _tried(self, cohort: Training, left_out: tuple[str, ...], metabolite: str) -> Array:
        """Correlation of each candidate in a cohort that is left out besides."""
        key = (cohort.name, left_out, metabolite)
        if key not in self._each:
            each = candidates(self.without({*left_out, cohort.name}), metabolite)
            y = cohort.measured[metabolite]
            self._each[key] = np.array([correlation(cohort.x @ one, y) for one in each])
        return self._each[key]

    def weights(self, left_out: Collection[str] = ()) -> Array:
        """What each candidate weighs; they add up to one."""
        worth = np.maximum(self.worth(left_out), 0)
        total = worth.sum()
        return worth / total if total > 0 else np.full(len(worth), 1 / len(worth))

    def best(self, left_out: Collection[str] = ()) -> Array:
        """Weights that keep the best candidate alone, for comparison."""
        out = np.zeros(len(CANDIDATES))
        out[int(np.argmax(self.worth(left_out)))] = 1
        return out

    def fit(self, metabolite: str, left_out: Collection[str] = ()) -> Array:
        """Coefficients of a metabolite; see :func:`tryptome.estimate.faecal.fit.fit`."""
        return fit(self.without(left_out), metabolite, self.weights(left_out))

    def scores(self, metabolite: str, left_out: Collection[str] = ()) -> dict[str, Array]:
        """Score each cohort that measures a metabolite by a fit without it."""
        return {
            cohort.name: cohort.x @ self.fit(metabolite, {*left_out, cohort.name})
            for cohort in self.without(left_out, metabolite)
        }

    def strength(self, metabolite: str, left_out: Collection[str] = ()) -> float:
        """Correlation to expect in a new cohort: the mean of those of cohorts left out.

        Between score and normal score of the metabolite's rank; 0 where it is negative,
        and where fewer than two cohorts measure it that of the substrate.
        """
        measuring = self.without(left_out, metabolite)
        if len(measuring) < LEAST_COHORTS:
            substrate = BY_NAME[metabolite].substrate
            return self.strength(substrate, left_out) if substrate else 0.0
        scores = self.scores(metabolite, left_out)
        found = [correlation(scores[c.name], c.measured[metabolite]) for c in measuring]
        return max(0.0, float(np.mean(found)))

    def median(self, metabolite: str, left_out: Collection[str] = ()) -> float:
        """Median Spearman correlation over the cohorts that measure it, each left out."""
        from scipy.stats import spearmanr

        each = [
            spearmanr(score, self.cohorts[name].measured[metabolite], nan_policy="omit").statistic
            for name, score in self.scores(metabolite, left_out).items()
        ]
        return float(np.median(each)) if each else float("nan")
