"""Ranks within a cohort, out of a summary that shards of the cohort can add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

SCALE = 12**0.5
"""Makes the variance of ranks that are spread evenly one."""


@dataclass(frozen=True)
class Summary:
    """Sorted values of each feature over a cohort, all that ranks need to know.

    Attributes
    ----------
    ordered : tuple of ndarray
        Sorted values of each feature, without NaN.
    """

    ordered: tuple[Array, ...]

    @classmethod
    def of(cls, values: Array) -> Summary:
        """Summarise values, samples x features."""
        return cls(tuple(np.sort(column[~np.isnan(column)]) for column in values.T))

    @classmethod
    def sorting(cls, rows: Array) -> Summary:
        """Summarise values, features x samples, which are sorted where they are."""
        rows.sort(axis=1)  # NaN comes last
        known = rows.shape[1] - np.isnan(rows).sum(axis=1)
        return cls(tuple(row[:count] for row, count in zip(rows, known, strict=True)))

    def merge(self, other: Summary) -> Summary:
        """Join the summaries of two shards."""
        pairs = zip(self.ordered, other.ordered, strict=True)
        return Summary(tuple(np.sort(np.concatenate(pair)) for pair in pairs))

    def rank(self, values: Array) -> Array:
        """Rank values among those summarised, centred and scaled to variance one.

        A value that is NaN gets the middle, 0, as does each of a feature that does
        not vary.

        Parameters
        ----------
        values : ndarray, shape (samples, features)

        Returns
        -------
        ndarray, shape (samples, features)

        Examples
        --------
        >>> values = np.array([[1.0], [5.0], [5.0], [np.nan], [9.0]])
        >>> (Summary.of(values).rank(values)[:, 0] / SCALE).round(3).tolist()
        [-0.375, 0.0, 0.0, 0.0, 0.375]
        """
        out = np.zeros_like(values)
        for number, ordered in enumerate(self.ordered):
            column = values[:, number]
            known = ~np.isnan(column)
            if len(ordered):
                below = np.searchsorted(ordered, column[known], side="left")
                upto = np.searchsorted(ordered, column[known], side="right")
                out[known, number] = ((below + upto) / (2 * len(ordered)) - 0.5) * SCALE
        return out


def ranks(values: Array) -> Array:
    """Rank each column within its own values; see :meth:`Summary.rank`."""
    return Summary.of(values).rank(values)
