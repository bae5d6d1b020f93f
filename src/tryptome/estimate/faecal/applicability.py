"""How unlike the training cohorts a sample is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Training:
    """Training cohorts: mean shares of families, and how far their own samples are from them.

    Attributes
    ----------
    cohorts : tuple of str
        Sorted.
    limits : ndarray, shape (cohorts,)
        What 95 % of a cohort's own samples stay within.
    families : tuple of tuple of str
        Features of each cohort.
    centres : tuple of ndarray
        Their mean shares.
    """

    cohorts: tuple[str, ...]
    limits: Array
    families: tuple[tuple[str, ...], ...]
    centres: tuple[Array, ...]

    @classmethod
    def load(cls, folder: Path | None = None) -> Training:
        """Read ``training.tsv`` of a folder, by default the one that ships."""
        from tryptome.paths import resource
        from tryptome.tables import read_tsv

        path = (resource("prediction") if folder is None else folder) / "training.tsv"
        table = read_tsv(path, numeric=("value",)).set_index(["cohort", "feature"])["value"]
        cohorts = tuple(sorted(set(table.index.get_level_values("cohort"))))
        own = [table.loc[cohort] for cohort in cohorts]
        families = [tuple(name for name in one.index if name.startswith(FAMILY)) for one in own]
        return cls(
            cohorts,
            np.array([one[f"{QUANTILE}{LIMIT}"] for one in own]),
            tuple(families),
            tuple(
                one[list(names)].to_numpy(float) for one, names in zip(own, families, strict=True)
            ),
        )


def applicability(
    samples: tuple[str, ...], found: Features, training: Training | None = None
) -> pd.DataFrame:
    """Compare samples with the cohorts that the coefficients were fitted on.

    Parameters
    ----------
    samples : tuple of str
    found : Features
    training : Training, optional
        By default the one that ships.

    Returns
    -------
    DataFrame
        ``applicability.tsv``: ``sample``, ``nearest`` (training cohort), ``distance``
        (Bray-Curtis, of family shares to its mean), ``limit`` (what 95 % of its own
        samples stay within), ``like_training`` (``true`` where within the limit).
        Empty where a sample has no resolved cells.
    """
    import pandas as pd

    known_to = Training.load() if training is None else training
    limits = known_to.limits
    pairs = zip(known_to.families, known_to.centres, strict=True)
    apart = np.column_stack([_to(found, names, centre) for names, centre in pairs])
    known = ~np.isnan(apart).any(axis=1)
    nearest = np.argmin(np.where(np.isnan(apart), np.inf, apart / limits), axis=1)
    least = apart[np.arange(len(apart)), nearest]
    like = np.where(least <= limits[nearest], "true", "false")
    frame = pd.DataFrame(
        {
            "sample": list(samples),
            "nearest": np.array(known_to.cohorts, dtype=object)[nearest],
            "distance": least,
            "limit": limits[nearest],
            "like_training": like.astype(object),
        }
    )
    frame.loc[~known, ["nearest", "like_training"]] = ""
    frame.loc[~known, "limit"] = np.nan
    return frame


def _to(found: Features, families: Sequence[str], centre: Array) -> Array:
    values = found.columns(families)
    values[np.isnan(found.columns([SHANNON])[:, 0])] = np.nan  # no resolved cells
    return distances(values, centre)
