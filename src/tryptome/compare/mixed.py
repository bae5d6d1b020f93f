"""Linear mixed models with the person as random effect.

Persons differ, and they respond differently. A random intercept alone takes
every sample of a person as one more witness of the response, and finds effects
that are not there; so wherever persons have samples on both sides of the
contrast, the response is random too (Barr et al. 2013, J. Mem. Lang.,
doi:10.1016/j.jml.2012.11.001). Intercept and slopes are independent, which the
coding by -1/2 and +1/2 allows and ten persons can bear. Fitted by REML with
statsmodels. Where the REML estimate of a slope's variance is zero, the model
without it is the same one.

The reference distribution is Student's t, with degrees of freedom that count
persons and not samples. The variance of the effect is split over persons: a
part from the units that measure the contrast (:mod:`tryptome.compare.units`),
with as many degrees of freedom as units less parameters (persons less one for
a contrast within persons), and a part from the other persons with theirs; the
two are joined by Satterthwaite's formula.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tryptome.compare.design import Array, coded, fixed_effects
from tryptome.compare.regression import Estimate
from tryptome.compare.selection import Codes, Selection
from tryptome.compare.units import Units

MIN_PERSONS = 3
"""Fewest persons in whom a response varies, for a random slope of it."""

SAME = 1e-3
"""Difference of log-likelihoods below which two models fit alike."""


@dataclass(frozen=True)
class MixedModel:
    """The mixed models of a contrast, from a random intercept to all random slopes.

    Attributes
    ----------
    fixed : ndarray, shape (samples, parameters)
        Fixed effects; the contrast is the last column.
    person : ndarray of int, shape (samples,)
    ladder : tuple of ndarray
        Random effects of each model, the simplest first.
    names : tuple of str
        Each model in words.
    units : Units
    """

    fixed: Array
    person: Codes
    ladder: tuple[Array, ...]
    names: tuple[str, ...]
    units: Units

    @classmethod
    def of(
        cls, selection: Selection, covariates: Array, units: Units, names: Sequence[str]
    ) -> MixedModel:
        """Lay out the models of a contrast.

        Parameters
        ----------
        selection : Selection
        covariates : ndarray, shape (samples, k)
        units : Units
        names : sequence of str
            Of the factors: the contrast's column, and the interaction's.
        """
        words = [*names, " by ".join(names)]
        columns = coded(selection)
        slopes = _estimable_slopes(selection.person, columns)
        sets = [slopes[:0], slopes[-1:], slopes] if len(slopes) > 1 else [slopes[:0], slopes]
        ones = np.ones(len(selection))
        return cls(
            fixed=fixed_effects(selection, covariates),
            person=selection.person,
            ladder=tuple(np.column_stack([ones, *(columns[s] for s in one)]) for one in sets),
            names=tuple(_describe([words[s] for s in one]) for one in sets),
            units=units,
        )

    def fit(self, outcome: Array) -> Estimate | None:
        """Fit the simplest model that is as likely as the best one.

        Returns
        -------
        Estimate or None
            None where that model did not converge.
        """
        spread = float(outcome.std())
        fits = [self._reml(outcome / spread, effects) for effects in self.ladder]
        best = max((fit.llf for fit in fits if fit is not None), default=np.nan)
        for fit, effects, name in zip(fits, self.ladder, self.names, strict=True):
            if fit is not None and fit.llf >= best - SAME:
                return self._estimate(fit, effects, spread, name) if fit.converged else None
        return None

    def _reml(self, outcome: Array, effects: Array) -> _Fit | None:
        from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

        count = effects.shape[1]
        independent = MixedLMParams.from_components(
            fe_params=np.ones(self.fixed.shape[1]), cov_re=np.eye(count)
        )
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # what they say is in `converged`
                model = MixedLM(outcome, self.fixed, self.person, exog_re=effects)
                result = model.fit(reml=True, free=independent, method=["bfgs", "lbfgs"])
        except (np.linalg.LinAlgError, ValueError):
            return None
        variances = np.diag(np.asarray(result.cov_re))
        fit = _Fit(
            llf=float(result.llf),
            effect=float(np.asarray(result.fe_params)[-1]),
            variances=variances,
            residual=float(result.scale),
            converged=bool(result.converged),
        )
        return fit if np.isfinite(fit.llf) and fit.residual > 0 else None

    def _estimate(self, fit: _Fit, effects: Array, spread: float, name: str) -> Estimate | None:
        information = [
            _information(self.fixed[rows], effects[rows], fit)
            for rows in (self.person == person for person in range(self.person.max() + 1))
        ]
        covariance = np.linalg.inv(np.sum(information, axis=0))
        parts = np.array([covariance[-1] @ one @ covariance[-1] for one in information])
        se = float(np.sqrt(parts.sum()))
        return Estimate(fit.effect * spread, se * spread, self._df(parts), name)

    def _df(self, parts: Array) -> float:
        """Join the degrees of freedom of the units and of the other persons."""
        measuring = np.zeros(len(parts), dtype=bool)
        measuring[self.units.persons] = True
        squares = parts[measuring].sum() ** 2 / self.units.df
        others = ~measuring
        if others.any():
            rows = self.fixed[others[self.person]]
            free = int(others.sum()) - int(np.linalg.matrix_rank(rows))
            squares += parts[others].sum() ** 2 / max(free, 1)
        return float(parts.sum() ** 2 / squares)


@dataclass(frozen=True)
class _Fit:
    """A model fitted by REML; variances in units of the outcome's variance."""

    llf: float
    effect: float
    variances: Array
    residual: float
    converged: bool


def _information(fixed: Array, effects: Array, fit: _Fit) -> Array:
    """Information of one person on the fixed effects: X' V^-1 X."""
    covariance = (effects * fit.variances) @ effects.T + fit.residual * np.eye(len(fixed))
    return np.asarray(fixed.T @ np.linalg.solve(covariance, fixed))


def _estimable_slopes(person: Codes, columns: Sequence[Array]) -> list[int]:
    """Columns that vary within enough persons, beyond the columns before them."""
    found: list[int] = []
    for number, column in enumerate(columns):
        before = np.column_stack([np.ones(len(column)), *(columns[one] for one in found)])
        after = np.column_stack([before, column])
        gains = [
            np.linalg.matrix_rank(after[person == one])
            > np.linalg.matrix_rank(before[person == one])
            for one in range(person.max() + 1)
        ]
        if sum(gains) >= MIN_PERSONS:
            found.append(number)
    return found


def _describe(slopes: Sequence[str]) -> str:
    """Words for a model.

    Examples
    --------
    >>> _describe(["phase"])
    'linear mixed model, random intercept and slope of phase per person'
    >>> _describe([])
    'linear mixed model, random intercept per person'
    """
    words = "linear mixed model, random intercept"
    if slopes:
        words += f" and {'slope' if len(slopes) == 1 else 'slopes'} of {', '.join(slopes)}"
    return f"{words} per person"
