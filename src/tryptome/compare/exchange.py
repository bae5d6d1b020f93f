r"""What is exchangeable under a formula: samples, persons, blocks, or signs of persons' scores.

Where the tested term varies within enough persons, person *i* is worth the score
:math:`u_i = \sum_{s \in i} \tilde x_s \tilde y_s`, with regressor and outcome free of persons,
blocks and the other terms; scores of persons who do not respond on average have
exchangeable signs (Hemerik, Goeman and Finos 2020, doi:10.1111/rssb.12369). Where it is the
same in all of a block, blocks are averaged and exchanged, the coarsest there are; else persons are,
inside their strata and blocks; and samples are, where no person repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tryptome.compare.design import Array, NotEstimableError
from tryptome.compare.layout import Layout, same_groups
from tryptome.compare.permutation import Arrangements, Permutation, Trial
from tryptome.compare.regression import Regression
from tryptome.compare.selection import Codes
from tryptome.compare.units import ENOUGH, MIN_DF, NEGLIGIBLE, person_means

if TYPE_CHECKING:
    import scipy.sparse

DEPENDENT = 1e-8
"""Part of a column's length that earlier ones do not say, under which it says nothing."""


@dataclass(frozen=True)
class Scores:
    """What turns an outcome into scores of persons: a sparse matrix less one of low rank.

    Attributes
    ----------
    own : sparse array, shape (persons, samples)
    shared : ndarray, shape (persons, columns)
    columns : ndarray, shape (samples, columns)
        What the score is free of beside persons, orthonormal.
    root : ndarray, shape (samples,)
        Square roots of the samples' weights.
    """

    own: scipy.sparse.csr_array
    shared: Array
    columns: Array
    root: Array

    def __matmul__(self, outcome: Array) -> Array:
        """Scores of one outcome."""
        weighted = self.root * outcome
        return np.asarray(self.own @ weighted - self.shared @ (self.columns.T @ weighted))


@dataclass(frozen=True)
class Exchange:
    """How a layout is permuted.

    Attributes
    ----------
    weights : sparse array, shape (units, samples)
        What turns values of samples into values of units; of scores, which
        samples are a person's.
    root : ndarray, shape (samples,)
        Square roots of the samples' weights.
    nuisance, targets : ndarray
        Of the units; of scores, of the samples, free of persons.
    scores : bool
        Whether persons' scores change signs.
    arrangements : Arrangements
    what : str
        What is permuted, in the plural.
    """

    weights: scipy.sparse.csr_array
    root: Array
    nuisance: Array
    targets: Array
    scores: bool
    arrangements: Arrangements
    what: str

    @classmethod
    def of(cls, layout: Layout, seed: Sequence[int]) -> Exchange:
        """Choose what is exchanged.

        Raises
        ------
        NotEstimableError
            Too few units for the parameters.
        """
        selection = layout.selection
        if selection.repeats:
            varying = _varying(selection.person, layout.targets)
            if len(varying) >= ENOUGH:
                return cls._scores(layout, varying, seed)
        whole = [one for one in layout.blocks if not len(_varying(one[1], layout.targets))]
        if whole:
            name, codes = min(whole, key=lambda one: int(one[1].max()))
            return cls._means(layout, codes, f"blocks of {name}", seed)
        if selection.repeats:
            return cls._means(layout, selection.person, "persons", seed)
        return cls._samples(layout, seed)

    @classmethod
    def _scores(cls, layout: Layout, persons: Codes, seed: Sequence[int]) -> Exchange:
        """Signs of the scores of the persons in whom the term varies."""
        root, person = layout.root_weights, layout.selection.person
        dummies = [codes[:, None] == np.unique(codes) for _, codes in layout.blocks]
        nuisance = np.column_stack([layout.nuisance, *dummies]) * root[:, None]
        arrangements = Arrangements.of_signs(len(persons), seed)
        return cls(
            _members(person)[persons],
            root,
            _inside(nuisance, person, root),
            _inside(layout.targets * root[:, None], person, root),
            True,
            arrangements,
            "persons",
        )

    @classmethod
    def _means(cls, layout: Layout, codes: Codes, what: str, seed: Sequence[int]) -> Exchange:
        """Means of persons or blocks."""
        member = person_means(codes, np.ones(len(codes), dtype=bool), int(codes.max()) + 1)
        weighted = member.multiply(layout.root_weights**2)
        member = weighted.multiply(1 / weighted.sum(axis=1)[:, None]).tocsr()
        first = np.unique(codes, return_index=True)[1]
        # Not inside itself: nothing would be left to exchange.
        groupings = [one for one in _groupings(layout) if not same_groups(one, codes)]
        inside = [one[first] for one in groupings if not len(_varying(codes, one[:, None]))]
        # The mean of one level is that level, and not a number that rounding set beside it.
        mixed = np.isin(np.arange(len(first)), _varying(codes, layout.targets))
        levels = np.where(mixed[:, None], member @ layout.targets, layout.targets[first])
        return cls._exchanged(layout, member, (levels, levels), inside, what, seed)

    @classmethod
    def _samples(cls, layout: Layout, seed: Sequence[int]) -> Exchange:
        import scipy.sparse

        weights = scipy.sparse.diags_array(layout.root_weights).tocsr()
        both = np.asarray(weights @ layout.targets), layout.targets
        return cls._exchanged(layout, weights, both, _groupings(layout), "samples", seed)

    @classmethod
    def _exchanged(
        cls,
        layout: Layout,
        weights: scipy.sparse.csr_array,
        both: tuple[Array, Array],
        inside: Sequence[Codes],
        what: str,
        seed: Sequence[int],
    ) -> Exchange:
        """Units exchanged inside groupings, which are nuisance too.

        Their targets come as the regression has them, and as levels, which say how large groups
        are.
        """
        strata = _crossed(inside)
        nuisance, (targets, levels) = weights @ layout.nuisance, both
        dummies = [] if strata is None else [(strata[:, None] == np.unique(strata)).astype(float)]
        nuisance = _independent(np.column_stack([nuisance, *dummies]))
        design = np.column_stack([nuisance, targets])
        df = len(design) - design.shape[1]
        if df < MIN_DF or np.linalg.matrix_rank(design) < design.shape[1]:
            raise NotEstimableError(
                f"too few {what} ({len(design)} in all) for the {design.shape[1]} parameters"
            )
        groups = 1 if strata is None else len(np.unique(strata))
        plain = nuisance.shape[1] == groups and np.ptp(layout.root_weights) == 0
        arrangements = Arrangements.of_orders(levels, strata, plain=plain, seed=seed)
        return cls(weights, layout.root_weights, nuisance, targets, False, arrangements, what)

    def trial(self, direction: Array, *, joint: bool) -> Trial:
        """Trial of one combination of the tested columns.

        Parameters
        ----------
        direction : ndarray, shape (m,)
            Of length 1.
        joint : bool
            Whether the other combinations are tested beside it, not adjusted for.
        """
        others = self.targets @ complement(direction).T
        target = self.targets @ direction
        beside = np.column_stack([self.nuisance, others])
        if self.scores:
            return self._score_trial(target, beside)
        null = Regression(target, self.nuisance if joint else beside)
        return Trial(self.weights, Regression(target, beside), null)

    def permutation(self, directions: Array | Sequence[Array]) -> Permutation:
        """Permutation test of one combination, or of several at once."""
        joint = len(directions) > 1
        trials = [self.trial(direction, joint=joint) for direction in directions]
        return Permutation(trials, self.arrangements)

    def _score_trial(self, target: Array, beside: Array) -> Trial:
        from scipy.linalg import orth

        basis = orth(beside)
        free = target - basis @ (basis.T @ target)
        own = self.weights.multiply(free).tocsr()
        scores = Scores(own, own @ basis, basis, self.root)
        count = self.weights.shape[0]
        return Trial.of(scores, Regression(np.ones(count), np.zeros((count, 0))))


def complement(direction: Array) -> Array:
    """Orthonormal rows at right angles to a direction.

    Examples
    --------
    >>> complement(np.array([1.0, 0.0])).tolist() in ([[0.0, 1.0]], [[0.0, -1.0]])
    True
    """
    return np.asarray(np.linalg.svd(direction[None, :])[2][1:])


def _members(codes: Codes) -> scipy.sparse.csr_array:
    """Which samples are in each group, groups x samples."""
    import scipy.sparse

    return scipy.sparse.csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))))


def _inside(columns: Array, codes: Codes, root: Array) -> Array:
    """Columns less what groups say of them; 0 where they vary between groups only."""
    member = _members(codes).multiply(root).tocsr()
    means = (member @ columns) / (member @ root)[:, None]
    free = columns - root[:, None] * means[codes]
    length = np.linalg.norm(free, axis=0)
    return np.asarray(free * (length > DEPENDENT * np.linalg.norm(columns, axis=0)))


def _groupings(layout: Layout) -> list[Codes]:
    """Strata and blocks."""
    strata = [] if layout.strata is None else [layout.strata]
    return [*strata, *(codes for _, codes in layout.blocks)]


def _varying(codes: Codes, columns: Array | Codes) -> Codes:
    """Groups within which any of some columns varies."""
    first = np.unique(codes, return_index=True)[1]
    firsts = np.zeros((int(codes.max()) + 1, columns.shape[1]))
    firsts[codes[first]] = columns[first]
    moved = (np.abs(columns - firsts[codes]) > NEGLIGIBLE).any(axis=1)
    return np.unique(codes[moved])


def _crossed(groupings: Sequence[Codes]) -> Codes | None:
    """One grouping out of several."""
    if not groupings:
        return None
    codes = np.unique(np.column_stack(groupings), axis=0, return_inverse=True)[1]
    return np.asarray(codes.reshape(-1))


def _independent(columns: Array) -> Array:
    """Columns that say something those before them do not."""
    from scipy.linalg import qr

    scale = np.linalg.norm(columns, axis=0)
    triangle = np.abs(np.diag(qr(columns / np.where(scale > 0, scale, 1), mode="r")[0]))
    count = min(columns.shape)
    return columns[:, :count][:, triangle[:count] > DEPENDENT]
