r"""Linear mixed models with the person as random effect.

Persons differ, and they respond differently. A random intercept alone takes
every sample of a person as one more witness of the response, and finds effects
that are not there; so wherever persons have samples on both sides of the
contrast, the response is random too (Barr et al. 2013, J. Mem. Lang.,
doi:10.1016/j.jml.2012.11.001). Intercept and slopes are independent, which the
coding by -1/2 and +1/2 allows and ten persons can bear. Fitted by REML with
statsmodels; the fit gives the effect and each person's weight in it. Where the
model with all slopes does not converge, a simpler one is taken and named; the
standard errors below hold for it too.

Standard errors hold persons together and hold where groups of persons differ in
variance or the random effects are not as modelled. With
:math:`A_i = X_i' V_i^{-1} X_i`, :math:`C = (\sum_i A_i)^{-1}` and :math:`c` its row of
the contrast, person *i* moves the effect by

.. math::

    s_i = c X_i' V_i^{-1} (y_i - X_i \hat\beta), \qquad
    \mathrm{cov}(s_i, s_j) = \delta_{ij} v_i - b_{ij}, \quad
    v_i = c A_i c', \quad b_{ij} = c A_i C A_j c' ,

the covariance being that of the model. The variance of the effect is
:math:`\sum_i k_i s_i^2`, :math:`k_i = v_i / (v_i - b_{ii})`, unbiased under the
model, and its degrees of freedom are Satterthwaite's from that covariance. This
is to persons what HC2 and Bell-McCaffrey degrees of freedom are to samples
(:mod:`tryptome.compare.regression`): they count persons and not samples. In a
balanced design within persons the test is the paired t test with persons less one,
and between persons it is like Welch's.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tryptome.compare.design import Array, NotEstimableError, coded, fixed_effects
from tryptome.compare.regression import FULL, Estimate
from tryptome.compare.selection import Codes, Flags, Selection

MIN_PERSONS = 3
"""Fewest persons in whom a response varies, for a random slope of it."""

GRADIENT = 1e-3
"""Slope of the log-likelihood, per unit of a standardised parameter, that is none:
tighter, REML reports no convergence wherever a variance is estimated as zero."""


@dataclass(frozen=True)
class MixedModel:
    """The mixed models of a contrast, from all random slopes to a random intercept alone.

    Attributes
    ----------
    fixed : ndarray, shape (samples, parameters)
        Fixed effects; the contrast is the last column.
    person : ndarray of int, shape (samples,)
    ladder : tuple of ndarray
        Random effects of each model, the richest first.
    names : tuple of str
        Each model in words.
    """

    fixed: Array
    person: Codes
    ladder: tuple[Array, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, selection: Selection, covariates: Array, names: Sequence[str]) -> MixedModel:
        """Lay out the models of a contrast.

        Parameters
        ----------
        selection : Selection
        covariates : ndarray, shape (samples, k)
        names : sequence of str
            Of the factors: the contrast's column, and the interaction's.
        """
        words = [*names, " by ".join(names)]
        columns = coded(selection)
        slopes = _estimable_slopes(selection.person, columns)
        sets = [slopes, *([slopes[-1:]] if len(slopes) > 1 else []), *([[]] if slopes else [])]
        ones = np.ones(len(selection))
        return cls(
            fixed=fixed_effects(selection, covariates),
            person=selection.person,
            ladder=tuple(np.column_stack([ones, *(columns[s] for s in one)]) for one in sets),
            names=tuple(_describe([words[s] for s in one]) for one in sets),
        )

    def fit(self, outcome: Array) -> Estimate | None:
        """Fit the richest model that converges.

        Returns
        -------
        Estimate or None
            None where no model converges.

        Raises
        ------
        NotEstimableError
            One person is all of a group.
        """
        spread = float(outcome.std())
        for effects, name in zip(self.ladder, self.names, strict=True):
            fit = self._reml(outcome / spread, effects)
            if fit is not None:
                effect, se, df, weights = self._infer(fit, outcome / spread)
                return Estimate(effect * spread, se * spread, df, name, weights)
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
                result = model.fit(reml=True, free=independent, method="bfgs", gtol=GRADIENT)
        except (np.linalg.LinAlgError, ValueError):
            return None
        fit = _Fit(
            effects=effects,
            fixed=np.asarray(result.fe_params),
            variances=np.diag(np.asarray(result.cov_re)),
            residual=float(result.scale),
        )
        sound = result.converged and np.isfinite(fit.fixed).all() and fit.residual > 0
        return fit if sound else None

    def _infer(self, fit: _Fit, outcome: Array) -> tuple[float, float, float, Array]:
        """Effect, robust standard error, degrees of freedom and weights of samples of a fit."""
        residual = outcome - self.fixed @ fit.fixed
        leaned = np.zeros_like(self.fixed)
        information, scores = [], []
        for person in range(self.person.max() + 1):
            rows = self.person == person
            weighted = np.linalg.solve(fit.covariance(rows), self.fixed[rows])
            leaned[rows] = weighted
            information.append(self.fixed[rows].T @ weighted)
            scores.append(weighted.T @ residual[rows])
        joint = np.linalg.inv(np.sum(information, axis=0))
        moves = np.array(scores) @ joint[-1]
        leaning = np.array(information) @ joint[-1]
        shares = leaning @ joint[-1]
        covariance = np.diag(shares) - leaning @ joint @ leaning.T
        variance, df = _unbiased(moves**2, shares, covariance)
        return float(fit.fixed[-1]), float(np.sqrt(variance)), df, leaned @ joint[-1]


@dataclass(frozen=True)
class _Fit:
    """A model fitted by REML; variances in units of the outcome's variance."""

    effects: Array
    fixed: Array
    variances: Array
    residual: float

    def covariance(self, rows: Flags) -> Array:
        """Covariance of a person's samples."""
        effects = self.effects[rows]
        return np.asarray(
            (effects * self.variances) @ effects.T + self.residual * np.eye(len(effects))
        )


def _unbiased(squares: Array, shares: Array, covariance: Array) -> tuple[float, float]:
    """Variance of an effect from each person's squared move of it, and its df.

    Parameters
    ----------
    squares : ndarray, shape (persons,)
    shares : ndarray, shape (persons,)
        Each person's part of the variance under the model.
    covariance : ndarray, shape (persons, persons)
        Of the moves under the model.

    Raises
    ------
    NotEstimableError
        A person's move is always zero, although the effect leans on that person.
    """
    counted = shares > (1 - FULL) * shares.sum()
    left = covariance.diagonal()[counted] / shares[counted]
    if (left < 1 - FULL).any():
        raise NotEstimableError("a group holds one person only")
    scaled = covariance[np.ix_(counted, counted)] / left
    df = shares[counted].sum() ** 2 / np.sum(scaled * scaled.T)
    return float(squares[counted] @ (1 / left)), float(df)


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
