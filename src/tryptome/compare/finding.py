"""What a contrast finds on one quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tryptome.compare.means import GroupWeights
from tryptome.compare.permutation import Arrangements
from tryptome.compare.regression import Estimate
from tryptome.compare.selection import Selection

DIFFERENCE = "difference"
SLOPE = "slope"

BETWEEN = " × "
"""Between the columns of an interaction, as in the words of its term."""


@dataclass(frozen=True)
class Finding:
    """What a contrast finds on one quantity; numbers are None where not estimable.

    Attributes
    ----------
    selection : Selection
        The samples used.
    estimate : Estimate or None
    p : float or None
        Of the permutation in small groups, else of the model.
    p_model, p_permutation : float or None
    p_joint : float or None
        Of all terms of the contrast at once, where there are several.
    permutations : int or None
    term : str
        What is compared, in words; empty where the contrast has one term.
    groups : GroupWeights or None
        Weights of the samples in group means, where they are not those of two levels.
    kind : str
        What sort of effect it is: ``difference`` (of two levels), ``slope`` (per unit of a
        number), ``step of N levels`` (per step of an ordered scale); of an interaction
        those of its parts, joined by ``by``.
    per : str
        The columns whose unit or step it is per; empty of differences.
    notes : str
        Assumptions that do not hold.
    reason : str
        Why it is not estimable; empty where it is.
    """

    selection: Selection
    estimate: Estimate | None = None
    p: float | None = None
    p_model: float | None = None
    p_permutation: float | None = None
    p_joint: float | None = None
    permutations: int | None = None
    term: str = ""
    kind: str = ""
    per: str = ""
    groups: GroupWeights | None = None
    notes: str = ""
    reason: str = ""

    @cached_property
    def weights(self) -> GroupWeights | None:
        """Weights of the samples in the group means; None where none are compared."""
        if self.estimate is None:
            return None
        if self.groups is None and self.selection.factors:
            return GroupWeights.of(self.selection)
        return self.groups

    def tested(
        self, estimate: Estimate, permuted: float, arrangements: Arrangements, what: str
    ) -> Finding:
        """Add an estimate and its p values.

        Parameters
        ----------
        estimate : Estimate
        permuted : float
            The permutation's p.
        arrangements : Arrangements
            If groups are small, its p counts, and the model's words say so.
        what : str
            What was permuted, in the plural.
        """
        model = two_sided(estimate)
        small = arrangements.small
        number = f"all {arrangements.count:,}" if arrangements.exact else f"{arrangements.count:,}"
        words = f"{estimate.model}; p by {number} permutations of {what}"
        return replace(
            self,
            estimate=replace(estimate, model=words) if small else estimate,
            p=permuted if small else model,
            p_model=model,
            p_permutation=permuted,
            permutations=arrangements.count,
        )


def of_term(found: Sequence[Finding], term: str) -> Finding:
    """Pick what is found of a term; never another term's effect in its place.

    Parameters
    ----------
    found : sequence of Finding
        One a term, or one that says why there is none.
    term : str
        As the contrast's own rows name it.

    Returns
    -------
    Finding
        Where the fit has no such term, for example as none of its samples is left, one that
        is not estimable and says so.
    """
    for one in found:
        if one.term == term:
            return one
    if found[0].estimate is None:
        return found[0]
    return Finding(found[0].selection, term=term, reason=f"the samples left do not tell {term!r}")


def two_sided(estimate: Estimate) -> float:
    """Two-sided p of an estimate by its t statistic."""
    from scipy.special import stdtr

    return float(2 * stdtr(estimate.df, -abs(estimate.effect / estimate.se)))
