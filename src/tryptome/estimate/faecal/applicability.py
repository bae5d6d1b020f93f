"""How unlike the training cohorts a sample is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.faecal.features import FAMILY, SHANNON, Features

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.estimate.community import Array

LIMIT = 0.95
"""Quantile of a training cohort's own distances beyond which a sample is unlike it."""

QUANTILE = "quantile:"


def distances(values: Array, centre: Array) -> Array:
    """Bray-Curtis distance of family shares to a cohort's mean shares.

    What a sample holds beyond the families listed is unlike any of them.

    Parameters
    ----------
    values : ndarray, shape (samples, families)
    centre : ndarray, shape (families,)

    Returns
    -------
    ndarray, shape (samples,)
        From 0 (the same) to 1 (nothing in common).

    Examples
    --------
    >>> distances(np.array([[0.5, 0.5], [0.0, 0.2]]), np.array([0.5, 0.5])).tolist()
    [0.0, 0.8]
    """
    out: Array = 1 - np.minimum(values, centre).sum(axis=1)
    return out


def describe(cohorts: Mapping[str, Features]) -> pd.DataFrame:
    """Describe training cohorts as the table ``training.tsv``: mean shares and distances."""
    import pandas as pd

    rows = []
    for name, found in cohorts.items():
        families = [n for n, f in enumerate(found.names) if f.startswith(FAMILY)]
        values = found.values[:, families]
        values = values[~np.isnan(values).any(axis=1)]
        centre = values.mean(axis=0)
        apart = float(np.quantile(distances(values, centre), LIMIT))
        rows.append((name, f"{QUANTILE}{LIMIT}", apart))
        rows += [(name, found.names[n], c) for n, c in zip(families, centre, strict=True)]
    return pd.DataFrame(rows, columns=["cohort", "feature", "value"])


def applicability(
    samples: tuple[str, ...], found: Features, folder: Path | None = None
) -> pd.DataFrame:
    """Compare samples with the cohorts that the coefficients were fitted on.

    Parameters
    ----------
    samples : tuple of str
    found : Features
    folder : Path, optional
        Where ``training.tsv`` is; by default the one that ships.

    Returns
    -------
    DataFrame
        ``applicability.tsv``: ``sample``, ``nearest`` (training cohort), ``distance``
        (Bray-Curtis, of family shares to its mean), ``limit`` (what 95 % of its own
        samples stay within), ``like_training`` (``true`` where within the limit).
        Empty where a sample has no resolved cells.
    """
    import pandas as pd

    from tryptome.paths import resource
    from tryptome.tables import read_tsv

    path = (resource("prediction") if folder is None else folder) / "training.tsv"
    table = read_tsv(path, numeric=("value",)).set_index(["cohort", "feature"])["value"]
    cohorts = sorted(set(table.index.get_level_values("cohort")))
    limits = np.array([table[cohort, f"{QUANTILE}{LIMIT}"] for cohort in cohorts])
    apart = np.column_stack([_to(found, table.loc[cohort]) for cohort in cohorts])
    known = ~np.isnan(apart).any(axis=1)
    nearest = np.argmin(np.where(np.isnan(apart), np.inf, apart / limits), axis=1)
    least = apart[np.arange(len(apart)), nearest]
    like = np.where(least <= limits[nearest], "true", "false")
    frame = pd.DataFrame(
        {
            "sample": list(samples),
            "nearest": np.array(cohorts, dtype=object)[nearest],
            "distance": least,
            "limit": limits[nearest],
            "like_training": like.astype(object),
        }
    )
    frame.loc[~known, ["nearest", "like_training"]] = ""
    frame.loc[~known, "limit"] = np.nan
    return frame


def _to(found: Features, cohort: pd.Series) -> Array:
    families = [name for name in cohort.index if name.startswith(FAMILY)]
    values = found.columns(families)
    values[np.isnan(found.columns([SHANNON])[:, 0])] = np.nan  # no resolved cells
    return distances(values, cohort[families].to_numpy(float))
