"""The table of quantities: a row a sample and quantity, with its interval and its reach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.estimate.shares import QUANTILES, beta_quantiles

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.estimate.balance import Balance
    from tryptome.estimate.community import Array, Community
    from tryptome.estimate.shares import Prevalence, Shares

BALANCE = "precursor_balance"

NO_READS = "the sample has no reads"
NO_BACTERIA = "none of the sample's reads can be assessed"


def mask(shares: Shares, least: float) -> Shares:
    """Make null what speaks for too small a share of the bacterial cells."""
    low = shares.assessable_cells < least
    return replace(
        shares,
        mean=np.where(low, np.nan, shares.mean),
        variance=np.where(low, np.nan, shares.variance),
    )


def quantities(
    community: Community, prevalence: Prevalence, shares: Shares, balance: Balance, least: float
) -> pd.DataFrame:
    """Arrange shares and balance as one tidy table.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    shares : Shares
    balance : Balance
    least : float
        Least share of bacterial cells that a value must speak for.

    Returns
    -------
    DataFrame
        The table ``quantities.parquet`` of the output contract.
    """
    import pandas as pd

    names = [*(f"share:{name}" for name in prevalence.capabilities), BALANCE]
    units = ["share of cells"] * len(prevalence.capabilities) + ["log2 ratio"]
    values = np.concatenate(
        [
            np.stack([shares.mean, np.sqrt(shares.variance)], axis=-1),
            np.stack([balance.mean, balance.sd], axis=-1)[:, None],
        ],
        axis=1,
    )
    quantiles = np.concatenate(
        [beta_quantiles(shares.mean, shares.variance), balance.quantiles[:, None]], axis=1
    )
    cells = np.column_stack([shares.assessable_cells, balance.assessable_cells])
    assessable = (cells >= least) & ~np.isnan(values[..., 0])
    columns = np.concatenate([values, quantiles], axis=-1)
    columns[~assessable] = np.nan
    frame = pd.DataFrame(
        {
            "sample": np.repeat(np.array(community.samples, dtype=object), len(names)),
            "quantity": np.tile(np.array(names, dtype=object), len(community.samples)),
            "unit": np.tile(np.array(units, dtype=object), len(community.samples)),
        }
    )
    labels = ["mean", "sd", *(f"q{round(100 * q):02d}" for q in QUANTILES)]
    frame[labels] = columns.reshape(-1, len(labels))
    frame["assessable"] = assessable.ravel()
    unknown = np.array([*prevalence.unknown, ""], dtype=object)
    frame["reason"] = _reasons(community, cells, assessable, least, unknown).ravel()
    frame["assessable_cells"] = cells.ravel()
    return frame


def _reasons(
    community: Community,
    cells: Array,
    assessable: Array,
    least: float,
    unknown: npt.NDArray[np.object_],
) -> Array:
    """Say why each value that is null is null."""
    reads = community.reads.sum(axis=1) + community.unresolved
    low = f"under {least:.0%} of the bacterial cells can be assessed"
    reason = np.where(cells > 0, low, NO_BACTERIA).astype(object)
    reason = np.where(unknown != "", unknown, reason)
    reason[reads == 0] = NO_READS
    reason[assessable] = ""
    return reason
