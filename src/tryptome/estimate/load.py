"""Cells per gram: shares of cells times the bacterial load that the metadata give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.estimate.blocks import Block
from tryptome.estimate.community import Community
from tryptome.estimate.given import LOAD, positive
from tryptome.estimate.shares import bacterial_cells

if TYPE_CHECKING:
    import pandas as pd

NO_LOAD = f"the metadata give no `{LOAD}` of the sample"


def cells_per_gram(
    community: Community, share: Block, samples: pd.DataFrame, unit: str
) -> list[Block]:
    """Cells with each capability in a gram, where the metadata have the load.

    The load is taken as exact.

    Parameters
    ----------
    community : Community
    share : Block
        Shares of cells.
    samples : DataFrame
        Rows of ``samples.tsv``, in the order of the community's samples.
    unit : str
        ``cells``, or ``copies`` of 16S: these are divided by the mean copies
        per cell in the sample.

    Returns
    -------
    list of Block
        One block, or none where there is no column ``bacterial_load``.

    Raises
    ------
    InputError
        A load is no positive number; the message names the sample.
    """
    if LOAD not in samples:
        return []
    load = positive(samples, LOAD)
    if unit == "copies":
        load = load * cells_per_copy(community)
    times = load[:, None]
    reason = share.reason.copy()
    reason[np.isnan(load)[:, None] & (reason == "")] = NO_LOAD
    return [
        Block(
            tuple(name.replace("share:", "cells_per_gram:", 1) for name in share.names),
            ("cells per gram",) * len(share.names),
            share.mean * times,
            share.sd * times,
            share.quantiles * times[..., None],
            share.low * times,
            share.high * times,
            share.assessable_cells,
            reason,
        )
    ]


def cells_per_copy(community: Community) -> npt.NDArray[np.float64]:
    """Bacterial cells for each 16S copy of a bacterium, by sample; NaN without reads."""
    reads = np.asarray(community.reads.sum(axis=1)) + community.unresolved
    cells = bacterial_cells(community)[:, 0]
    return np.divide(cells, reads, out=np.full_like(reads, np.nan), where=reads > 0)
