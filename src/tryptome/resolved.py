"""How much of a cohort is resolved to reference genomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tryptome.vocabulary import RESOLVED

if TYPE_CHECKING:
    import pandas as pd


def median_resolved(accounting: pd.DataFrame) -> float:
    """Share of reads resolved to reference genomes, median over samples.

    Parameters
    ----------
    accounting : DataFrame
        ``accounting.tsv``: a row a sample, with its shares of reads by tier.

    Returns
    -------
    float
        Between 0 and 1; NaN where no sample has reads.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"species": [0.5, 0.1, None], "genus": [0.2, 0.1, None], "family": [0.1, 0, None]}
    >>> round(median_resolved(pd.DataFrame(rows)), 9)
    0.5
    """
    return float(accounting[list(RESOLVED)].sum(axis=1, min_count=1).median())
