"""The table of quantities: a row a sample and quantity, out of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.blocks import Block, Spread
from tryptome.estimate.shares import QUANTILES

if TYPE_CHECKING:
    import pandas as pd

SPREAD = ("mean", "sd", *(f"q{round(100 * q):02d}" for q in QUANTILES))
NUMBERS = (*SPREAD, "unresolved_low", "unresolved_high", *(f"all_{name}" for name in SPREAD))


def quantities(samples: Sequence[str], blocks: Sequence[Block]) -> pd.DataFrame:
    """Arrange blocks of the same samples as one tidy table.

    Parameters
    ----------
    samples : sequence of str
    blocks : sequence of Block

    Returns
    -------
    DataFrame
        The table ``quantities.parquet`` of the output contract: samples in the
        order given, quantities in that of the blocks.
    """
    import pandas as pd

    names = [name for block in blocks for name in block.names]
    units = [unit for block in blocks for unit in block.units]
    reason = np.concatenate([block.reason for block in blocks], axis=1)
    numbers = np.concatenate([_numbers(block) for block in blocks], axis=1)
    numbers[reason != ""] = np.nan
    frame = pd.DataFrame(
        {
            "sample": np.repeat(np.array(samples, dtype=object), len(names)),
            "quantity": np.tile(np.array(names, dtype=object), len(samples)),
            "unit": np.tile(np.array(units, dtype=object), len(samples)),
        }
    )
    frame[list(NUMBERS)] = numbers.reshape(-1, len(NUMBERS))
    frame["assessable"] = (reason == "").ravel()
    frame["reason"] = reason.ravel()
    frame["assessable_cells"] = np.concatenate(
        [block.assessable_cells for block in blocks], axis=1
    ).ravel()
    return frame


def _numbers(block: Block) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    bounds = np.stack([block.low, block.high], axis=-1)
    return np.concatenate([_spread(block.own), bounds, _spread(block.of_all)], axis=-1)


def _spread(found: Spread) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.concatenate([np.stack([found.mean, found.sd], axis=-1), found.quantiles], axis=-1)
