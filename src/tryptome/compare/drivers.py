r"""Which taxa carry a difference of a share between groups, in exact parts.

A share is a weighted mean of prevalences, :math:`S_s = \sum_i q_{si} \theta_i`,
and a difference of group means is a weighted sum over samples,
:math:`\sum_s w_s S_s`; so taxon *i* carries exactly
:math:`\theta_i \sum_s w_s q_{si}` of it. What is not listed, and the one read of
prior mass in each estimate, is the row ``rest``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tryptome.compare.cells import Cells
from tryptome.compare.design import Array
from tryptome.vocabulary import REST

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Known:
    """What is known of a capability in each taxon; all are 0 where it cannot be assessed.

    Attributes
    ----------
    assessed : ndarray, shape (taxa,)
        1 where it can be.
    mean, sd : ndarray, shape (taxa,)
        Posterior mean and sd of its prevalence.
    """

    assessed: Array
    mean: Array
    sd: Array


@dataclass(frozen=True)
class WeightedShare:
    """A share of the samples of a difference.

    Attributes
    ----------
    known : Known
        Prevalence of the capability.
    total, made : ndarray, shape (n,)
        Cells that can be assessed, and those of them that have the capability.
    weights : ndarray, shape (n,)
        Of the samples in the difference.
    """

    known: Known
    total: Array
    made: Array
    weights: Array

    @cached_property
    def held(self) -> Array:
        """What cells are divided by, shape (n,)."""
        return np.asarray(np.where(self.total > 0, self.total, 1))

    @cached_property
    def share(self) -> Array:
        """The share in each sample, shape (n,)."""
        return np.asarray(self.made / self.held)


@dataclass(frozen=True)
class Community:
    """Cells of each taxon in each sample, and the prevalence of capabilities.

    Attributes
    ----------
    taxa : list of str
    cells : Cells
        Cell-equivalents.
    prevalence : mapping of str to ndarray of shape (taxa,)
        Posterior mean per capability; NaN where a taxon cannot be assessed.
    sd : mapping of str to ndarray of shape (taxa,)
        Posterior sd likewise.
    """

    taxa: list[str]
    cells: Cells
    prevalence: dict[str, Array]
    sd: dict[str, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, taxa: list[str], cells: Cells, capabilities: pd.DataFrame) -> Community:
        """Arrange ``capabilities.parquet`` by the taxa of a cohort."""
        known = capabilities[capabilities["assessable"].astype(bool)]
        mean, sd = (
            {
                str(name): rows.set_index("taxon")[column].reindex(taxa).to_numpy(float)
                for name, rows in known.groupby("capability", sort=False)
            }
            for column in ("mean", "sd")
        )
        return cls(taxa, cells, mean, sd)

    def known(self, capability: str) -> Known:
        """Say what is known of a capability."""
        none = np.full(len(self.taxa), np.nan)
        mean, sd = (of.get(capability, none) for of in (self.prevalence, self.sd))
        return Known((~np.isnan(mean)).astype(float), np.nan_to_num(mean), np.nan_to_num(sd))

    def assessed(self, capabilities: Sequence[str]) -> dict[str, tuple[Array, Array]]:
        """Cells of each sample that can be assessed, and how many of them have a capability.

        Returns
        -------
        dict of str to tuple of ndarray, each shape (samples,)
            By capability.
        """
        names = list(dict.fromkeys(capabilities))
        known = [self.known(name) for name in names]
        of_cells = np.array([one.assessed for one in known] + [one.mean for one in known]).T
        found = np.empty((2 * len(names), self.cells.samples))
        for places, cells in self.cells.parts():
            found[:, places] = (cells @ of_cells).T
        pairs = zip(found[: len(names)], found[len(names) :], strict=True)
        return dict(zip(names, pairs, strict=True))

    def weighted(self, weights: Sequence[Array]) -> Array:
        """Sums of the cells of each taxon, weighted by sample.

        Parameters
        ----------
        weights : sequence of ndarray, each shape (samples,)

        Returns
        -------
        ndarray, shape (weights, taxa)
        """
        found = np.zeros((len(self.taxa), len(weights)))
        for places, cells in self.cells.parts():
            found += cells.T @ np.column_stack([one[places] for one in weights])
        return found.T


def largest(taxa: list[str], parts: Array, difference: float, most: int) -> pd.DataFrame:
    """List the taxa with the largest parts, and the rest.

    Parameters
    ----------
    taxa : list of str
    parts : ndarray, shape (taxa,)
    difference : float
        Of which they are parts.
    most : int
        Most taxa listed.

    Returns
    -------
    pandas.DataFrame
        ``taxon``, ``part``, ``share`` (of the difference; null where that is
        0). Parts add up to the difference.

    Examples
    --------
    >>> largest(["g__A", "g__B", "g__C"], np.array([0.25, -0.75, 0.1]), -0.5, 2)
      taxon  part  share
    0  g__B -0.75    1.5
    1  g__A  0.25   -0.5
    2  rest  0.00   -0.0
    """
    import pandas as pd

    order = sorted(np.flatnonzero(parts), key=lambda i: (-abs(parts[i]), taxa[i]))[:most]
    listed = parts[order]
    values = np.append(listed, difference - listed.sum())
    share = values / difference if difference else np.full(len(values), np.nan)
    return pd.DataFrame(
        {"taxon": [*(taxa[i] for i in order), REST], "part": values, "share": share}
    )
