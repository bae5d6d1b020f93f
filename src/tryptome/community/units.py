"""What is compared in a contrast: samples, or one mean composition a person and group.

Samples of a person are no independent witnesses, and scikit-bio's tests know of
no persons. So where persons repeat, their samples of a group are averaged first.
Where persons are in both groups, only they are compared, each with itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.community.subset import balanced
from tryptome.community.translated import INTERACTION, NoTestError, as_two_levels
from tryptome.compare.selection import Selection, factors, select

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

LEAST = 3
"""Fewest units a group."""

SAMPLES = "samples"
MEANS = "one mean a person"
PAIRS = "one mean a person and group, compared within persons"


@dataclass(frozen=True)
class Units:
    """Units of a contrast.

    Attributes
    ----------
    kind : str
        :data:`SAMPLES`, :data:`MEANS` or :data:`PAIRS`.
    weights : sparse array, shape (units, samples)
        What averages samples into units; rows add up to 1.
    level : ndarray of bool, shape (units,)
        Whether a unit is at the level of interest.
    person : ndarray of int, shape (units,)
    covariates : pandas.DataFrame
        Of each unit: those of its first sample.
    samples, persons : int
        That are used.
    left_out : int
        Samples of persons who are in one group only where persons are compared with themselves.
    """

    kind: str
    weights: scipy.sparse.csr_array
    level: npt.NDArray[np.bool_]
    person: npt.NDArray[np.intp]
    covariates: pd.DataFrame
    samples: int
    persons: int
    left_out: int

    def __len__(self) -> int:
        return len(self.level)

    @property
    def paired(self) -> bool:
        """Whether each person is compared with itself."""
        return self.kind == PAIRS

    def spread(self, most: int) -> Units:
        """Units of fewer persons, of both groups alike, where there are more than so many units."""
        if len(self) <= most:
            return self
        persons, first, sizes = np.unique(self.person, return_index=True, return_counts=True)
        group = np.zeros(len(persons), dtype=int) if self.paired else self.level[first].astype(int)
        kept = persons[balanced(group, sizes, most)]
        rows = np.flatnonzero(np.isin(self.person, kept))
        samples = int(self.weights[rows].nnz)
        return replace(
            self,
            weights=self.weights[rows],
            level=self.level[rows],
            person=self.person[rows],
            covariates=self.covariates.iloc[rows],
            samples=samples,
            persons=len(kept),
            left_out=self.left_out + self.samples - samples,
        )

    @property
    def grouping(self) -> list[str]:
        """Group of each unit; the reference comes first in the alphabet."""
        return ["level" if one else "Reference" for one in self.level]


def units(
    contrast: Mapping[str, Any],
    metadata: pd.DataFrame,
    subject_column: str | None,
    known: npt.NDArray[np.bool_],
) -> Units:
    """Arrange the samples of a contrast.

    Parameters
    ----------
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.
    metadata : pandas.DataFrame
        ``samples.tsv``.
    subject_column : str or None
    known : ndarray of bool, shape (all samples,)
        Samples that have a composition.

    Raises
    ------
    NoTestError
        The contrast is none of two groups, or a group is too small.
    """
    if contrast.get("formula"):
        contrast, metadata = as_two_levels(contrast, metadata, subject_column)
    if len(factors(contrast)) > 1:
        raise NoTestError(INTERACTION)
    chosen = select(metadata, contrast, subject_column)
    chosen = chosen.keep(known[chosen.rows])
    found = _arranged(chosen, len(metadata))
    fewest = min(int(found.level.sum()), int((~found.level).sum()))
    if fewest < LEAST:
        raise NoTestError(f"a group has {fewest} of at least {LEAST} {_what(found)}")
    return found


def _what(found: Units) -> str:
    return "samples" if found.kind == SAMPLES else "persons"


def _arranged(chosen: Selection, everything: int) -> Units:
    import scipy.sparse

    level = chosen.factors[0]
    both = np.intersect1d(chosen.person[level], chosen.person[~level])
    paired = chosen.repeats and len(both) > 0
    used = np.isin(chosen.person, both) if paired else np.ones(len(chosen), dtype=bool)
    kind = SAMPLES if not chosen.repeats else PAIRS if paired else MEANS
    kept = chosen.keep(used)
    keys = np.column_stack([kept.person, kept.factors[0]])
    if not chosen.repeats:
        keys[:, 0] = np.arange(len(kept))  # samples stay in their order
    cells, first, at = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    at = at.ravel()
    weights = scipy.sparse.csr_array(
        (1 / np.bincount(at)[at], (at, kept.rows)), shape=(len(cells), everything)
    )
    return Units(
        kind,
        weights,
        cells[:, 1].astype(bool),
        cells[:, 0],
        kept.covariates.iloc[first],
        samples=len(kept),
        persons=kept.persons,
        left_out=int((~used).sum()),
    )
