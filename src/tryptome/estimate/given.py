"""Numbers that the metadata give of a sample and that estimates use: all are positive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tryptome.errors import InputError
from tryptome.estimate.community import Array
from tryptome.vocabulary import MISSING

if TYPE_CHECKING:
    import pandas as pd

LOAD = "bacterial_load"
DIET = "diet_tryptophan_mg_per_day"
PROTEIN = "diet_protein_g_per_day"
FAECAL_MASS = "faecal_mass_g_per_day"
TRANSIT = "transit_time_h"

UNITS = {
    LOAD: "cells or 16S copies per gram",
    DIET: "mg/day",
    PROTEIN: "g/day",
    FAECAL_MASS: "g/day",
    TRANSIT: "hours",
}
"""The columns and their units."""


def positive(samples: pd.DataFrame, column: str) -> Array:
    """Numbers of a column of the metadata.

    Parameters
    ----------
    samples : DataFrame
        ``samples.tsv``: a column ``sample``, and the metadata as text.
    column : str
        One of :data:`UNITS`.

    Returns
    -------
    ndarray, shape (samples,)
        NaN where a field says nothing (:data:`tryptome.vocabulary.MISSING`).

    Raises
    ------
    InputError
        A value is no positive number; the message names the sample and the column.

    Examples
    --------
    >>> import pandas as pd
    >>> samples = pd.DataFrame({"sample": ["a", "b"], "transit_time_h": ["30", "NA"]})
    >>> positive(samples, "transit_time_h").tolist()
    [30.0, nan]
    """
    return np.array(
        [
            _number(str(name), str(text), column)
            for name, text in zip(samples["sample"], samples[column], strict=True)
        ],
        dtype=float,
    )


def misfits(samples: pd.DataFrame, place: str) -> Iterator[InputError]:
    """First value of each such column that cannot be used.

    Parameters
    ----------
    samples : DataFrame
        As for :func:`positive`.
    place : str
        The file, for the message.
    """
    for column in UNITS:
        if column in samples:
            try:
                positive(samples, column)
            except InputError as error:
                yield InputError(error.what, place=f"{place}, {error.place}", remedy=error.remedy)


def _number(sample: str, text: str, column: str) -> float:
    if text.strip().casefold() in MISSING:
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (np.isfinite(value) and value > 0):
        raise InputError(
            f"`{text[:40]}` is no positive number",
            place=f"sample `{sample[:80]}`, column `{column}`",
            remedy=f"give a number ({UNITS[column]}), or leave the field empty",
        )
    return value
