"""What the metadata say of a person's diet, stool and transit, in place of a prior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.community import Array
from tryptome.estimate.given import DIET, FAECAL_MASS, PROTEIN, TRANSIT, positive

if TYPE_CHECKING:
    import pandas as pd

PARAMETERS = {
    DIET: "diet_tryptophan",
    FAECAL_MASS: "faecal_mass",
    TRANSIT: "transit_time",
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
    return {column: positive(samples, column) for column in COLUMNS if column in samples}


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
