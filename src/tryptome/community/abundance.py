"""Which taxa differ in abundance, by the compositional methods of scikit-bio.

ANCOM-BC2 and not ANCOM-BC: between two random halves of each of ten persons' own
samples before a diet (the demo, 12 times), ANCOM-BC called 17 of about 100 taxa at
q under 0.05, and ANCOM-BC2 none; p was under 0.05 for 28 % and 12 % of the taxa. Between
random halves of the persons it was 9 % and 3 %, and 1 % with ``dirmult_ttest``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tryptome.community.reads import FEWEST_TAXA, Reads, proportions
from tryptome.community.units import Units
from tryptome.compare.design import encode
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import pandas as pd

LEAST_PREVALENCE = 0.1
"""Least share of units in which a taxon occurs."""

MOST_PERSONS = 50
"""Most persons that are a factor of their own in the model, evenly spread: ANCOM-BC2 of
scikit-bio takes 0.2 s for each regressor."""

MOST_UNITS = 50_000
"""Most other units that are compared, persons whole and evenly spread: ANCOM-BC2 holds a full
table of them several times over."""

ANCOMBC = "ancombc2"
DIRMULT = "dirmult_ttest"
LN2 = float(np.log(2))


def differential(reads: Reads, units: Units, *, counts: bool, seed: int) -> pd.DataFrame:
    """Test every common taxon.

    Parameters
    ----------
    reads : Reads
        Of all samples.
    units : Units
        Reads of a person's samples in a group are added up. Where persons are compared
        with themselves, at most :data:`MOST_PERSONS` of them, evenly spread, count; else at
        most :data:`MOST_UNITS` units.
    counts : bool
        Whether reads are counts.
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``method``, ``taxon``, ``log2_fold_change``, ``p``, ``q`` (Benjamini-Hochberg),
        ``left_out`` (samples of the contrast that are not compared).
        ``ancombc2`` holds covariates, or each person where they are compared with
        themselves; ``dirmult_ttest`` knows neither, needs counts, and is left out
        where persons are compared with themselves.
    """
    import pandas as pd
    import scipy.sparse

    units = units.spread(2 * MOST_PERSONS if units.paired else MOST_UNITS)
    summed = scipy.sparse.csr_array((units.weights > 0).astype(float) @ reads.values)
    summed.eliminate_zeros()
    occurs = np.bincount(summed.indices, minlength=len(reads.taxa)) / len(units)
    common = np.flatnonzero(occurs >= LEAST_PREVALENCE)
    names = [reads.taxa[at] for at in common]
    table = pd.DataFrame(summed[:, common].toarray(), columns=names)
    table = table.loc[:, table.nunique() > 1]
    if table.shape[1] < FEWEST_TAXA:
        return pd.DataFrame(columns=["method", "taxon", "log2_fold_change", "p", "q"])
    found = [_ancombc(_positive(table, counts), units)]
    if counts and not units.paired:
        found.append(_dirmult(table, units, seed))
    return pd.concat(found, ignore_index=True).assign(left_out=units.left_out)


def _positive(table: pd.DataFrame, counts: bool) -> pd.DataFrame:
    """Table without zeros: one read added to counts, as the method's authors do."""
    import pandas as pd
    from skbio.stats.composition import multi_replace

    if counts:
        return table + 1
    return pd.DataFrame(multi_replace(proportions(table.to_numpy())), columns=table.columns)


def _ancombc(table: pd.DataFrame, units: Units) -> pd.DataFrame:
    from skbio.stats.composition import ancombc2

    model = _model(units)
    found = ancombc2(table, model, " + ".join(model.columns), p_adjust="fdr_bh").result
    rows = found.xs("level", level="Covariate")
    return _rows(ANCOMBC, rows, rows["Log(FC)"].to_numpy(float) / LN2)


def _model(units: Units) -> pd.DataFrame:
    """Regressors under names that a formula can hold."""
    import pandas as pd

    model = pd.DataFrame({"level": units.level.astype(float)})
    if units.paired:
        return model.assign(person=[f"p{one:06d}" for one in units.person])
    matrix, _ = encode(units.covariates)
    return model.assign(**{f"covariate{at}": column for at, column in enumerate(matrix.T)})


def _dirmult(table: pd.DataFrame, units: Units, seed: int) -> pd.DataFrame:
    from skbio.stats.composition import dirmult_ttest

    found = dirmult_ttest(table, units.grouping, "level", "Reference", p_adjust="fdr_bh", seed=seed)
    return _rows(DIRMULT, found, found["Log2(FC)"].to_numpy(float))


def _rows(method: str, found: pd.DataFrame, change: Array) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "method": method,
            "taxon": found.index.to_numpy(object),
            "log2_fold_change": change,
            "p": found["pvalue"].to_numpy(float),
            "q": found["qvalue"].to_numpy(float),
        }
    )
