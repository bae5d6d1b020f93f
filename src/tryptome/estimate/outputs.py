"""The files of a sample a row, which are written as the parts of a cohort are worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.biom_parts import biom_parts
from tryptome.estimate.blocks import Block
from tryptome.estimate.cohort import Cohort, Part
from tryptome.estimate.community import Array
from tryptome.estimate.faecal.applicability import Training, applicability
from tryptome.estimate.quantities import quantities
from tryptome.tables import parquet_parts, text_parts
from tryptome.vocabulary import TIERS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Outputs:
    """Open files; see :func:`outputs`."""

    composition: Callable[[Any], None]
    accounting: Callable[[pd.DataFrame], None]
    depth: Callable[[pd.DataFrame], None]
    applicability: Callable[[pd.DataFrame], None]
    quantities: Callable[[pd.DataFrame], None]
    training: Training

    def put(self, one: Part, blocks: Sequence[Block]) -> None:
        """Write the next samples of the cohort."""
        names = one.community.samples
        self.composition(one.community.cells)
        self.accounting(account(names, one.tiers))
        self.depth(count_reads(names, one.tiers))
        self.applicability(applicability(names, one.features, self.training))
        self.quantities(quantities(names, blocks))


@contextmanager
def outputs(
    cohort: Cohort,
    *,
    composition: str,
    accounting: str,
    depth: str,
    applicability: str,
    quantities: str,
) -> Iterator[Outputs]:
    """Open files of the output contract, each written whole or not at all.

    Parameters
    ----------
    cohort : Cohort
    composition, accounting, depth, applicability, quantities : str
        Their paths.
    """
    taxa, samples = cohort.assembly.taxa, cohort.table.samples
    with (
        biom_parts(composition, taxa, samples, "sample", "Taxon table") as cells,
        text_parts(accounting) as account_rows,
        text_parts(depth) as depth_rows,
        text_parts(applicability) as applicability_rows,
        parquet_parts(quantities) as quantity_rows,
    ):
        yield Outputs(
            cells, account_rows, depth_rows, applicability_rows, quantity_rows, Training.load()
        )


def account(samples: tuple[str, ...], reads: Array) -> pd.DataFrame:
    """Share of each sample's reads in each tier; null where a sample has no reads."""
    import pandas as pd

    total = reads.sum(axis=1, keepdims=True)
    share = np.divide(reads, total, out=np.full_like(reads, np.nan), where=total > 0)
    frame = pd.DataFrame(share, columns=list(TIERS))
    frame.insert(0, "sample", list(samples))
    return frame


def count_reads(samples: tuple[str, ...], reads: Array) -> pd.DataFrame:
    """Reads of each sample over all tiers."""
    import pandas as pd

    return pd.DataFrame({"sample": list(samples), "reads": reads.sum(axis=1)})
