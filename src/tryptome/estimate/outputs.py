"""The files of a sample a row, which are written as the parts of a cohort are worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.biom_parts import biom_parts
from tryptome.estimate.blocks import Block
from tryptome.estimate.cohort import Cohort, Part
from tryptome.estimate.community import Array
from tryptome.estimate.contributions import contributions
from tryptome.estimate.faecal.applicability import Training, applicability
from tryptome.estimate.quantities import quantities
from tryptome.estimate.shares import mask
from tryptome.tables import parquet_parts, text_parts
from tryptome.vocabulary import TIERS

if TYPE_CHECKING:
    import pandas as pd


FILES = {
    "composition": "composition.biom",
    "accounting": "accounting.tsv",
    "depth": "depth.tsv",
    "applicability": "applicability.tsv",
    "quantities": "quantities.parquet",
    "contributions": "contributions.parquet",
}
"""Files with rows of single samples; contributions only where they are not by group."""


@dataclass(frozen=True)
class Outputs:
    """Open files; see :func:`outputs`."""

    append: Mapping[str, Callable[[Any], None]]
    cohort: Cohort
    cover: float
    training: Training

    def put(self, one: Part, blocks: Sequence[Block]) -> None:
        """Write the next samples of the cohort."""
        names = one.community.samples
        self.append["composition"](one.community.cells)
        self.append["accounting"](account(names, one.tiers))
        self.append["depth"](count_reads(names, one.tiers))
        self.append["applicability"](applicability(names, one.features, self.training))
        self.append["quantities"](quantities(names, blocks))
        if "contributions" in self.append:
            given = mask(one.shares, self.cohort.least)
            known = self.cohort.prevalence
            found = contributions(one.community, known, given, cover=self.cover)
            self.append["contributions"](found)


@contextmanager
def outputs(
    cohort: Cohort, samples: slice, paths: Mapping[str, str], *, cover: float
) -> Iterator[Outputs]:
    """Open files of the output contract, each written whole or not at all.

    Parameters
    ----------
    cohort : Cohort
    samples : slice
        Those that will be written.
    paths : mapping of str to str
        By the keys of :data:`FILES`; without contributions none are written.
    cover : float
        Part of each share for which contributions name taxa.
    """
    taxa = cohort.assembly.taxa
    names = cohort.table.ids("sample", samples.start, samples.stop)
    with ExitStack() as stack:

        def append(key: str) -> Callable[[Any], None]:
            if key == "composition":
                return stack.enter_context(
                    biom_parts(paths[key], taxa, names, "sample", "Taxon table")
                )
            parts = parquet_parts if paths[key].endswith(".parquet") else text_parts
            return stack.enter_context(parts(paths[key]))

        yield Outputs({key: append(key) for key in paths}, cohort, cover, Training.load())


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
