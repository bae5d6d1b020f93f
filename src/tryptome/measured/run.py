"""The stage ``measured``: do estimates hold against the user's own metabolites?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tryptome.biom_slices import sliced
from tryptome.estimate.faecal.features import shannon
from tryptome.estimate.faecal.metabolites import BY_NAME
from tryptome.estimate.faecal.ranks import SCALE, ranks
from tryptome.measured.correlation import correlate, person_weights, verdict
from tryptome.measured.table import read_measured
from tryptome.tables import read_tsv, write_tsv
from tryptome.values import parts, read_values

if TYPE_CHECKING:
    import numpy.typing as npt
    from scipy.sparse import csr_array

    from tryptome.estimate.community import Array

LEAST_SAMPLES = 20
"""Samples from which a correlation is given."""

ENDS = ("", "lower", "upper")
INTERVAL = ["q05", "q95"]


def run(
    measured: str,
    table: str,
    samples: str,
    quantities: str,
    depth: str,
    *,
    measured_out: str,
    columns: dict[str, str],
    subject_column: str | None,
    seed: int,
) -> None:
    """Hold estimates against measured metabolites of the same samples.

    Parameters
    ----------
    measured : str
        The user's table; see :func:`tryptome.measured.table.read_measured`.
    table, samples : str
        ``table.biom`` and ``samples.tsv`` of the stage ``ingest``.
    quantities, depth : str
        ``quantities.parquet`` and ``depth.tsv`` of ``estimate``.
    measured_out : str
        ``measured.tsv`` (``docs/files.md``).
    columns : dict
        Metabolite of each column of the table.
    subject_column : str or None
        Column of ``samples`` that tells persons apart.
    seed : int
        Of the bootstrap of persons.

    Raises
    ------
    InputError
        The table cannot be used; the message says where and why.
    """
    import pandas as pd

    metadata = read_tsv(samples)
    names = list(metadata["sample"])
    persons = metadata[subject_column or "sample"].to_numpy(object)
    found = read_measured(measured, columns, names)
    means = read_values(quantities).of(names).by_name()
    intervals = predicted(quantities, names)
    given = diversity_and_depth(table, depth, names)
    rows = []
    for metabolite in found:
        y = found[metabolite].to_numpy(float)
        for quantity in counterparts(str(metabolite)):
            x = means[quantity]
            held = compare(x, y, given, persons, seed)
            if quantity in intervals:
                held["coverage_90"] = coverage(y, intervals[quantity])
            rows.append({"metabolite": metabolite, "quantity": quantity, **held})
    write_tsv(pd.DataFrame(rows), measured_out)


def counterparts(metabolite: str) -> tuple[str, str]:
    """Quantities that a metabolite is held against.

    Examples
    --------
    >>> counterparts("kynurenate")
    ('faecal:kynurenate', 'share:kynurenine')
    """
    return f"faecal:{metabolite}", f"share:{BY_NAME[metabolite].capability}"


def predicted(quantities: str, names: list[str]) -> dict[str, Array]:
    """Read the 90 % intervals of the ``faecal:`` quantities.

    Returns
    -------
    dict of str to ndarray, shape (samples, 2)
        NaN where a quantity is not assessable.
    """
    import pandas as pd

    read = parts(quantities, ["sample", "quantity", *INTERVAL])
    faecal = pd.concat([part[part["quantity"].str.startswith("faecal:")] for part in read])
    return {
        str(quantity): rows.set_index("sample").reindex(names)[INTERVAL].to_numpy(float)
        for quantity, rows in faecal.groupby("quantity")
    }


def coverage(y: Array, interval: Array) -> float:
    """Share of the measured ranks that lie in the interval of the predicted one.

    Parameters
    ----------
    y : ndarray, shape (samples,)
        The metabolite; NaN where it was not measured.
    interval : ndarray, shape (samples, 2)
        Of the rank, from 0 to 1; NaN where none is predicted.

    Returns
    -------
    float
        NaN where under 20 samples have both.

    Examples
    --------
    >>> y = np.arange(20.0)
    >>> coverage(y, np.tile([0.0, 0.5], (20, 1)))
    0.5
    """
    known = ~np.isnan(y) & ~np.isnan(interval).any(axis=1)
    if known.sum() < LEAST_SAMPLES:
        return float("nan")
    rank = ranks(y[known][:, None])[:, 0] / SCALE + 0.5
    low, high = interval[known].T
    return float(((rank >= low) & (rank <= high)).mean())


def diversity_and_depth(table: str, depth: str, names: list[str]) -> tuple[Array, Array]:
    """Shannon diversity and reads of each sample.

    The diversity is that of the table as it came, all of its features among them. That of
    resolved taxa, corrected for 16S copies, follows metabolites less closely, so that it
    would flatter what is held against it.

    Parameters
    ----------
    table : str
        ``table.biom`` of the stage ``ingest``.
    depth : str
        ``depth.tsv`` of the stage ``estimate``.
    names : list of str
        Of the samples.

    Returns
    -------
    diversity, reads : ndarray, shape (samples,)
        Diversity in nats, NaN where a sample has no reads.
    """
    import pandas as pd

    with sliced(table) as read:
        each = [_shannon(read.of_samples(*ends)) for ends in read.slices("sample")]
        found = pd.Series(np.concatenate(each), index=read.samples, dtype=float)
    reads = read_tsv(depth, numeric=("reads",)).set_index("sample").loc[names, "reads"]
    return np.asarray(found.loc[names], dtype=float), reads.to_numpy(float)


def _shannon(reads: csr_array) -> Array:
    return shannon(reads, np.asarray(reads.sum(axis=1), dtype=float).reshape(-1, 1))


def compare(
    x: Array,
    y: Array,
    given: tuple[Array, Array],
    persons: npt.NDArray[np.object_],
    seed: int,
) -> dict[str, object]:
    """Correlate a quantity with a metabolite, simply and given diversity and depth.

    Returns
    -------
    dict
        The columns of ``measured.tsv`` behind ``quantity``.
    """
    known = ~np.isnan(x) & ~np.isnan(y) & ~np.isnan(given[0])
    row: dict[str, object] = {
        "samples": int(known.sum()),
        "persons": len(set(persons[known])),
        "detected": float((y[known] > y[known].min()).mean()) if known.any() else np.nan,
    }
    reason = _reason(x, y, known)
    numbers = dict.fromkeys([*_names("spearman"), *_names("partial"), "shannon"], np.nan)
    if not reason:
        weights = person_weights(persons[known], seed)
        others = tuple(one[known] for one in given)
        simple, beyond = correlate(x[known], y[known], others, weights)
        alone = correlate(others[0], y[known], (), weights[:2])[0].value
        numbers |= dict(zip(_names("spearman"), (simple.value, *simple.interval), strict=True))
        numbers |= dict(zip(_names("partial"), (beyond.value, *beyond.interval), strict=True))
        numbers["shannon"] = alone
        return {**row, **numbers, "verdict": verdict(*beyond.interval), "reason": ""}
    return {**row, **numbers, "verdict": "", "reason": reason}


def _names(statistic: str) -> list[str]:
    return [f"{statistic}_{end}".rstrip("_") for end in ENDS]


def _reason(x: Array, y: Array, known: npt.NDArray[np.bool_]) -> str:
    if np.isnan(x).all():
        return "not assessable in this cohort"
    if known.sum() < LEAST_SAMPLES:
        return f"under {LEAST_SAMPLES} samples have both"
    if np.ptp(x[known]) == 0 or np.ptp(y[known]) == 0:
        return "one of the two does not vary"
    return ""
