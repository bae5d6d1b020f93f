"""What the metadata say of a person's diet, stool and transit, in place of a prior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tryptome.errors import InputError
from tryptome.estimate.community import Array
from tryptome.vocabulary import MISSING

if TYPE_CHECKING:
    import pandas as pd

DIET = "diet_tryptophan_mg_per_day"
PROTEIN = "diet_protein_g_per_day"
PARAMETERS = {
    DIET: "diet_tryptophan",
    "faecal_mass_g_per_day": "faecal_mass",
    "transit_time_h": "transit_time",
}
"""Columns that stand for a parameter of the scenario."""

COLUMNS = (*PARAMETERS, PROTEIN)


def read_columns(samples: pd.DataFrame) -> dict[str, Array]:
    """Numbers of the columns that the scenario uses.

    Parameters
    ----------
    samples : DataFrame
        ``samples.tsv``.

    Returns
    -------
    dict of str to ndarray, shape (samples,)
        By column, for those that there are; NaN where a field says nothing.

    Raises
    ------
    InputError
        A value is no positive number; the message names the sample and the column.
    """
    return {
        column: np.array(
            [
                _number(str(name), str(text), column)
                for name, text in zip(samples["sample"], samples[column], strict=True)
            ],
            dtype=float,
        )
        for column in COLUMNS
        if column in samples
    }


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
            place=f"metadata, sample `{sample}`, column `{column}`",
            remedy="give a number in the unit of the column's name, or leave the field empty",
        )
    return value


def personal(physiology: Mapping[str, Array], columns: Mapping[str, Array]) -> dict[str, Array]:
    """Put what is known of each person in the place of the draws.

    Dietary tryptophan itself goes before dietary protein.

    Parameters
    ----------
    physiology : mapping of str to ndarray, shape (draws,)
    columns : mapping of str to ndarray, shape (samples,)
        From :func:`read_columns`.

    Returns
    -------
    dict of str to ndarray
        Shape (samples, draws) where the metadata say something, else (draws,).
    """
    own = dict(physiology)
    if PROTEIN in columns:
        eaten = columns[PROTEIN][:, None] * physiology["protein_tryptophan"]
        own["diet_tryptophan"] = np.where(np.isnan(eaten), own["diet_tryptophan"], eaten)
    for column, parameter in PARAMETERS.items():
        if column in columns:
            known = columns[column][:, None]
            own[parameter] = np.where(np.isnan(known), own[parameter], known)
    return own
