r"""Linear mixed models: persons, their responses and further groupings as random effects.

Persons differ, and they respond differently. A random intercept alone takes
every sample of a person as one more witness of the response, and finds effects
that are not there; so wherever persons have samples on both sides of the
contrast, the response is random too (Barr et al. 2013, J. Mem. Lang.,
doi:10.1016/j.jml.2012.11.001). Intercept and slopes are independent, which
centred regressors allow and ten persons can bear. Fitted by :mod:`tryptome.compare.reml`;
the fit gives the effect and each person's weight in it.

Standard errors hold persons together and hold where groups of persons differ in
variance or the random effects are not as modelled. With
:math:`A_i = X_i' V_i^{-1} X_i`, :math:`C = (\sum_i A_i)^{-1}` and an effect
:math:`c' \hat\beta`, person *i* moves the effect by

.. math::

    s_i = c' C X_i' V_i^{-1} (y_i - X_i \hat\beta), \qquad
    \mathrm{cov}(s_i, s_j) = \delta_{ij} v_i - b_{ij}, \quad
    v_i = c' C A_i C c, \quad b_{ij} = c' C A_i C A_j C c ,

the covariance being that of the model. The variance of the effect is
:math:`\sum_i k_i s_i^2`, :math:`k_i = v_i / (v_i - b_{ii})`, unbiased under the
model, and its degrees of freedom are Satterthwaite's from that covariance. This
is to persons what HC2 and Bell-McCaffrey degrees of freedom are to samples
(:mod:`tryptome.compare.regression`): they count persons and not samples. In a
balanced design within persons the test is the paired t test with persons less one,
and between persons it is like Welch's.

Where a further grouping (a batch) crosses persons, nobody is independent of
the others, and standard error and degrees of freedom are the model's own: Satterthwaite's
from the information of the variances, as in lmerTest. Where all of a group (a family) is
of one level, groups are to the effect what persons are else, and count as these do: the
model's own standard error is too small wherever the variance between groups is taken for none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tryptome.compare.design import Array, NotEstimableError, coded, fixed_effects
from tryptome.compare.regression import FULL, Estimate
from tryptome.compare.reml import Components, Inverse, RandomEffect, Reml
from tryptome.compare.selection import Codes, Selection

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MIN_PERSONS = 3
"""Fewest persons in whom a response varies, for a random slope of it."""

NO_VARIANCE = 1e-6
"""Variance, in residual ones, that is none."""


@dataclass(frozen=True)
class MixedModel:
    """A mixed model, fitted to one outcome after another.

    Attributes
    ----------
    reml : Reml
        Its fixed effects and random effects.
    robust : bool
        Whether sets of samples that random effects join are persons, of whom there
        are many, or what is compared, so that standard errors can rest on how they scatter.
    name : str
        The model in words.
    """

    reml: Reml
    robust: bool
    name: str

    @classmethod
    def of(cls, selection: Selection, covariates: Array, names: Sequence[str]) -> MixedModel:
        """Lay out the model of a contrast between levels; its last fixed effect is the contrast.

        Parameters
        ----------
        selection : Selection
        covariates : ndarray, shape (samples, k)
        names : sequence of str
            Of the factors: the contrast's column, and the interaction's.
        """
        fixed = fixed_effects(selection, covariates)
        words = [*names, " by ".join(names)]
        return cls.build(fixed, selection.person, coded(selection), words)

    @classmethod
    def build(
        cls,
        fixed: Array,
        person: Codes | None,
        responses: Sequence[Array],
        words: Sequence[str],
        blocks: Sequence[tuple[str, Codes]] = (),
        scale: Array | None = None,
    ) -> MixedModel:
        """Lay out a model.

        Parameters
        ----------
        fixed : ndarray, shape (samples, parameters)
        person : ndarray of int or None
            None where no person repeats.
        responses : sequence of ndarray, each shape (samples,)
            Regressors to which persons may respond differently.
        words : sequence of str
            Names of the responses.
        blocks : sequence of (str, ndarray of int)
            Further groupings, by name.
        scale : ndarray, shape (samples,), optional
            What samples are multiplied by, the square roots of their weights: in
            ``fixed`` and the outcomes already, not in the responses.
        """
        ones = np.ones(len(fixed)) if scale is None else scale
        effects = [RandomEffect(codes, ones) for _, codes in blocks]
        slopes: list[int] = []
        if person is not None:
            slopes = _estimable_slopes(person, responses)
            effects.append(RandomEffect(person, ones))
            effects += [RandomEffect(person, responses[one] * ones) for one in slopes]
        name = _describe(
            person is not None,
            list(dict.fromkeys(words[one] for one in slopes)),
            [name for name, _ in blocks],
        )
        reml = Reml(fixed, effects)
        between = bool(responses) and all(_constant(one, reml.blocks) for one in responses)
        return cls(reml, robust=not blocks or between, name=name)

    def fit(self, outcome: Array) -> Fit:
        """Fit the model to an outcome.

        Raises
        ------
        NotEstimableError
            The fit has no unique solution.
        """
        try:
            return Fit(self, self.reml.fit(outcome), outcome)
        except np.linalg.LinAlgError:
            raise NotEstimableError("the mixed model has no unique solution") from None


@dataclass(frozen=True)
class Fit:
    """A model fitted by REML.

    Attributes
    ----------
    model : MixedModel
    components : Components
    outcome : ndarray, shape (samples,)
    """

    model: MixedModel
    components: Components
    outcome: Array

    @cached_property
    def leaned(self) -> Array:
        """Fixed effects over the covariance (in residual variances), samples x parameters."""
        return self._inverse.solve(self.model.reml.fixed)

    @cached_property
    def _inverse(self) -> Inverse:
        return self.model.reml.inverse(self.components.ratios)

    @cached_property
    def joint(self) -> Array:
        """Covariance of the fixed effects, in residual variances."""
        return np.asarray(np.linalg.inv(self.model.reml.fixed.T @ self.leaned))

    def estimate(self, effect: Array | None = None) -> Estimate:
        """Estimate a combination of fixed effects; by default the last one.

        Parameters
        ----------
        effect : ndarray, shape (parameters,), optional

        Raises
        ------
        NotEstimableError
            One person is all of a group.
        """
        chosen = np.zeros(len(self.joint)) if effect is None else effect
        if effect is None:
            chosen[-1] = 1
        weights = self.leaned @ (self.joint @ chosen)
        infer = self._by_persons if self.model.robust else self._by_model
        variance, df = infer(self.joint @ chosen, weights)
        size = float(chosen @ self.components.fixed)
        return Estimate(size, float(np.sqrt(variance)), df, self.model.name, weights)

    def _by_persons(self, direction: Array, weights: Array) -> tuple[float, float]:
        """Variance and degrees of freedom from how persons move the effect."""
        fixed = self.model.reml.fixed
        moved = weights * (self.outcome - fixed @ self.components.fixed)
        moves, leaning = [], []
        for members in self.model.reml.blocks:
            moves.append(moved[members].sum(axis=1))
            leaning.append(np.einsum("bi,bip->bp", weights[members], fixed[members]))
        every = np.concatenate(leaning)
        return _unbiased(np.concatenate(moves) ** 2, every @ direction, every, self.joint)

    def _by_model(self, direction: Array, weights: Array) -> tuple[float, float]:
        """Variance under the model, and Satterthwaite's degrees of freedom."""
        scale = self.components.residual
        designs, ratios = self._present
        slopes = np.array([*(np.sum((one.T @ weights) ** 2) for one in designs), weights @ weights])
        variance = float(slopes @ [*ratios, 1.0]) * scale
        spread = slopes @ self._uncertainty @ slopes * scale**2
        return variance, float(2 * variance**2 / spread)

    @cached_property
    def _present(self) -> tuple[list[csr_array], list[float]]:
        """Designs, samples x groups, and variances of the random effects that there are."""
        pairs = zip(self.model.reml.effects, self.components.ratios, strict=True)
        present = [(one.summing, float(ratio)) for one, ratio in pairs if ratio > NO_VARIANCE]
        return [summing.T.tocsr() for summing, _ in present], [ratio for _, ratio in present]

    @cached_property
    def _uncertainty(self) -> Array:
        """Covariance of the variances, the residual one last, from their expected information.

        It is made of squares of :math:`Z_k' P Z_l`, :math:`P Z_k` and *P*, with the inverse
        covariance less what the fixed effects take of it, *P*: sparse less a product of few
        columns, as which all of these stay.
        """
        inside, (designs, _) = self._inverse.sparse, self._present
        taken = np.column_stack(
            [self._inverse.crossed, self.leaned @ np.linalg.cholesky(self.joint)]
        )
        halves = [inside @ one for one in designs]
        ends = [one.T @ taken for one in designs]
        whole = [
            [
                *(_squared(one.T @ half, end, far) for half, far in zip(halves, ends, strict=True)),
                _squared(inside @ one, taken, end),
            ]
            for one, end in zip(designs, ends, strict=True)
        ]
        whole.append([*(row[-1] for row in whole), _squared(inside, taken, taken)])
        return np.asarray(np.linalg.pinv(np.array(whole) / 2, hermitian=True))


def _squared(matrix: csr_array, left: Array, right: Array) -> float:
    """Sum of the squares of ``matrix - left @ right.T``.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> _squared(csr_array(np.eye(2)), np.array([[1.0], [2.0]]), np.array([[1.0], [0.0]]))
    5.0
    """
    crossed = np.sum(left * (matrix @ right))
    product = np.sum((left.T @ left) * (right.T @ right))
    return float((matrix.data**2).sum() - 2 * crossed + product)


def _unbiased(squares: Array, shares: Array, leaning: Array, joint: Array) -> tuple[float, float]:
    """Variance of an effect from each person's squared move of it, and its df.

    The covariance of the moves under the model is ``diag(shares) - leaning @ joint @
    leaning.T``. No matrix of persons by persons is made of it.

    Parameters
    ----------
    squares : ndarray, shape (persons,)
    shares : ndarray, shape (persons,)
        Each person's part of the variance under the model.
    leaning : ndarray, shape (persons, parameters)
    joint : ndarray, shape (parameters, parameters)

    Raises
    ------
    NotEstimableError
        A person's move is always zero, although the effect leans on that person.
    """
    counted = shares > (1 - FULL) * shares.sum()
    shares, leaning = shares[counted], leaning[counted]
    shared = np.einsum("ip,pq,iq->i", leaning, joint, leaning)
    left = 1 - shared / shares
    if (left < 1 - FULL).any():
        raise NotEstimableError("a group holds one person only")
    between = joint @ (leaning.T @ (leaning / left[:, None]))
    squared = ((shares - shared) ** 2 - shared**2) @ (1 / left**2) + np.sum(between * between.T)
    return float(squares[counted] @ (1 / left)), float(shares.sum() ** 2 / squared)


def _estimable_slopes(person: Codes, columns: Sequence[Array]) -> list[int]:
    """Columns that vary within enough persons, beyond the columns before them."""
    order = np.argsort(person, kind="stable")
    own = np.split(order, np.flatnonzero(np.diff(person[order])) + 1)
    found: list[int] = []
    for number, column in enumerate(columns):
        before = np.column_stack([np.ones(len(column)), *(columns[one] for one in found)])
        after = np.column_stack([before, column])
        gains = [
            np.linalg.matrix_rank(after[rows]) > np.linalg.matrix_rank(before[rows]) for rows in own
        ]
        if sum(gains) >= MIN_PERSONS:
            found.append(number)
    return found


def _constant(column: Array, sets: Sequence[Codes]) -> bool:
    """Whether a column is the same in all of each set of samples.

    Examples
    --------
    >>> _constant(np.array([1.0, 1.0, 0.0, 0.0]), [np.array([[0, 1], [2, 3]])])
    True
    >>> _constant(np.array([1.0, 0.0, 0.0, 0.0]), [np.array([[0, 1], [2, 3]])])
    False
    """
    return all(bool(np.ptp(column[members], axis=1).max() == 0) for members in sets)


def _describe(persons: bool, slopes: Sequence[str], blocks: Sequence[str]) -> str:
    """Words for a model.

    Examples
    --------
    >>> _describe(True, ["phase"], [])
    'linear mixed model, random intercept and slope of phase per person'
    >>> _describe(True, [], ["batch"])
    'linear mixed model, random intercept per person and of batch'
    """
    words = "linear mixed model, random intercept"
    if slopes:
        words += f" and {'slope' if len(slopes) == 1 else 'slopes'} of {', '.join(slopes)}"
    where = (["per person"] if persons else []) + [f"of {name}" for name in blocks]
    return f"{words} {' and '.join(where)}"
