r"""Which taxa carry a difference of a share between groups, in exact parts.

A share is a weighted mean of prevalences, :math:`S_s = \sum_i q_{si} \theta_i`,
and a difference of group means is a weighted sum over samples,
:math:`\sum_s w_s S_s`; so taxon *i* carries exactly
:math:`\theta_i \sum_s w_s q_{si}` of it. What is not listed, and the one read of
prior mass in each estimate, is the row ``rest``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.selection import Codes
from tryptome.vocabulary import REST

if TYPE_CHECKING:
    import biom
    import pandas as pd
    import scipy.sparse


@dataclass(frozen=True)
class Community:
    """Cells of each taxon in each sample, and the prevalence of capabilities.

    Attributes
    ----------
    taxa : list of str
    cells : sparse array, shape (taxa, samples)
        Cell-equivalents.
    prevalence : mapping of str to ndarray of shape (taxa,)
        Posterior mean per capability; NaN where a taxon cannot be assessed.
    sd : mapping of str to ndarray of shape (taxa,)
        Posterior sd likewise.
    """

    taxa: list[str]
    cells: scipy.sparse.csr_array
    prevalence: dict[str, Array]
    sd: dict[str, Array] = field(default_factory=dict)

    @classmethod
    def of(
        cls, composition: biom.Table, capabilities: pd.DataFrame, samples: list[str]
    ) -> Community:
        """Arrange the taxa of a cohort, its samples in the order given."""
        import scipy.sparse

        taxa = [str(taxon) for taxon in composition.ids(axis="observation")]
        cells = composition.matrix_data
        if samples != list(composition.ids()):
            order = [composition.index(sample, axis="sample") for sample in samples]
            cells = cells.tocsc()[:, order]
        cells = scipy.sparse.csr_array(cells, dtype=float)
        known = capabilities[capabilities["assessable"].astype(bool)]
        mean, sd = (
            {
                str(name): rows.set_index("taxon")[column].reindex(taxa).to_numpy(float)
                for name, rows in known.groupby("capability", sort=False)
            }
            for column in ("mean", "sd")
        )
        return cls(taxa, cells, mean, sd)

    def assessed(self, capability: str, rows: Codes) -> tuple[scipy.sparse.csr_array, Array, Array]:
        """Say what is known of a capability in some samples.

        Returns
        -------
        cells : sparse array, shape (taxa, n)
            Of the taxa that can be assessed; 0 for others.
        prevalence, sd : ndarray, shape (taxa,)
            Posterior mean and sd; likewise.
        """
        import scipy.sparse

        none = np.full(len(self.taxa), np.nan)
        mean, sd = (of.get(capability, none) for of in (self.prevalence, self.sd))
        kept = scipy.sparse.diags_array((~np.isnan(mean)).astype(float))
        cells = scipy.sparse.csr_array(kept @ self.cells[:, rows])
        return cells, np.nan_to_num(mean), np.nan_to_num(sd)


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
