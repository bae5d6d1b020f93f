"""Which taxa differ in abundance, by the compositional methods of scikit-bio.

ANCOM-BC2 and not ANCOM-BC: between two random halves of each of ten persons' own
samples before a diet (the demo, 12 times), ANCOM-BC called 17 of about 100 taxa at
q under 0.05, and ANCOM-BC2 none; p was under 0.05 for 28 % and 12 % of the taxa. Between
random halves of the persons it was 9 % and 3 %, and 1 % with ``dirmult_ttest``. Labels
dealt out anew in larger cohorts show that ANCOM-BC2 errs within persons in q too
(``docs/validation/contrasts.md``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tryptome.community.asked import NoTestError
from tryptome.community.model import Model
from tryptome.community.reads import FEWEST_TAXA, Reads, proportions
from tryptome.community.subset import Codes
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import pandas as pd

LEAST_PREVALENCE = 0.1
"""Least share of units in which a taxon occurs."""

ANCOMBC = "ancombc2"
DIRMULT = "dirmult_ttest"
LN2 = float(np.log(2))


def differential(reads: Reads, model: Model, *, counts: bool, seed: int) -> pd.DataFrame:
    """Test every common taxon.

    Parameters
    ----------
    reads : Reads
        Of all samples.
    model : Model
    counts : bool
        Whether reads are counts.
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``method``, ``term``, ``taxon``, ``log2_fold_change``, ``p``, ``q``
        (Benjamini-Hochberg within method and term), ``left_out`` (samples of the contrast
        that are not compared). ``ancombc2`` holds covariates, or each
        person where they are compared with themselves; ``dirmult_ttest`` knows neither,
        needs counts, and compares levels of persons in one group each.

    Raises
    ------
    NoTestError
        Fewer than two taxa are common.
    """
    import pandas as pd

    summed = reads.summed(model.sums)
    summed.eliminate_zeros()
    occurs = np.bincount(summed.indices, minlength=len(reads.taxa)) / len(model)
    common = np.flatnonzero(occurs >= LEAST_PREVALENCE)
    names = [reads.taxa[at] for at in common]
    table = pd.DataFrame(summed[:, common].toarray(), columns=names)
    table = table.loc[:, table.nunique() > 1]
    if table.shape[1] < FEWEST_TAXA:
        raise NoTestError(f"fewer than {FEWEST_TAXA} taxa are common and vary")
    found = [*_ancombc(_positive(table, counts), model)]
    if counts and model.levels is not None:
        found += _dirmult(table, model.levels, model.terms, seed)
    return pd.concat(found, ignore_index=True).assign(left_out=model.left_out)


def _positive(table: pd.DataFrame, counts: bool) -> pd.DataFrame:
    """Table without zeros: one read added to counts, as the method's authors do."""
    import pandas as pd
    from skbio.stats.composition import multi_replace

    if counts:
        return table + 1
    return pd.DataFrame(multi_replace(proportions(table.to_numpy())), columns=table.columns)


def _ancombc(table: pd.DataFrame, model: Model) -> Iterator[pd.DataFrame]:
    from skbio.stats.composition import ancombc2

    found = ancombc2(table, model.regressors, model.formula, p_adjust="fdr_bh").result
    for at, term in enumerate(model.terms):
        rows = found.xs(f"t{at}", level="Covariate")
        yield _rows(ANCOMBC, term, rows, rows["Log(FC)"].to_numpy(float) / LN2)


def _dirmult(
    table: pd.DataFrame, levels: Codes, terms: tuple[str, ...], seed: int
) -> Iterator[pd.DataFrame]:
    from skbio.stats.composition import dirmult_ttest

    names = [f"L{level}" for level in levels]
    for at, term in enumerate(terms, start=1):
        found = dirmult_ttest(table, names, f"L{at}", "L0", p_adjust="fdr_bh", seed=seed)
        yield _rows(DIRMULT, term, found, found["Log2(FC)"].to_numpy(float))


def _rows(method: str, term: str, found: pd.DataFrame, change: Array) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "method": method,
            "term": term,
            "taxon": found.index.to_numpy(object),
            "log2_fold_change": change,
            "p": found["pvalue"].to_numpy(float),
            "q": found["qvalue"].to_numpy(float),
        }
    )
