"""The user's table of measured metabolites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tryptome.errors import EmptyTableError, InputError, MismatchError, ValueProblemError
from tryptome.estimate.faecal.metabolites import BY_NAME
from tryptome.tables import read_tsv
from tryptome.vocabulary import MISSING

if TYPE_CHECKING:
    import pandas as pd


def read_measured(path: str, columns: Mapping[str, str], samples: Sequence[str]) -> pd.DataFrame:
    """Read measured metabolites of a cohort's samples.

    Parameters
    ----------
    path : str
        TSV: sample ids in the first column, then a column a compound.
    columns : mapping of str to str
        Metabolite of each column; where empty, columns named like a metabolite.
    samples : sequence of str
        Ids of the abundance table.

    Returns
    -------
    DataFrame, samples x metabolites
        In the order of ``samples``; NaN where a sample was not measured.

    Raises
    ------
    InputError
        A column is missing, an id occurs twice or none is known, or a value is no number.
    """
    table = read_tsv(path)
    if table.empty or len(table.columns) == 1:
        raise EmptyTableError("the table of metabolites holds no values", place=path)
    table = table.set_index(table.columns[0])
    chosen = dict(columns) or {name: name for name in table.columns if name in BY_NAME}
    _check(path, table, chosen, samples)
    numbers = {metabolite: _numbers(path, table[name]) for name, metabolite in chosen.items()}
    import pandas as pd

    return pd.DataFrame(numbers, index=table.index).reindex(list(samples))


def _check(
    path: str, table: pd.DataFrame, chosen: Mapping[str, str], samples: Sequence[str]
) -> None:
    twice = table.index[table.index.duplicated()]
    if len(twice):
        raise InputError(
            f"sample `{twice[0]}` occurs more than once", place=path, remedy="keep one row a sample"
        )
    absent = sorted(set(chosen) - set(table.columns))
    if absent:
        raise InputError(
            f"there is no column `{absent[0]}`",
            place=path,
            remedy=f"name one of: {', '.join(table.columns[:10])}",
        )
    if not chosen:
        raise InputError(
            "no column is named like a metabolite that is predicted",
            place=path,
            remedy=f"map columns in `measured_columns` to: {', '.join(BY_NAME)}",
        )
    if not set(table.index) & set(samples):
        raise MismatchError(
            f"none of its samples (`{table.index[0]}`, …) is in the abundance table",
            place=path,
            remedy=f"use the ids of the table, for example `{samples[0]}`",
        )


def _numbers(path: str, column: pd.Series) -> pd.Series:
    import pandas as pd

    missing = column.str.strip().str.lower().isin(MISSING)
    values = pd.to_numeric(column.where(~missing), errors="coerce")
    wrong = column.index[~missing & ~np.isfinite(values.fillna(np.nan))]
    if len(wrong):
        raise ValueProblemError(
            f"`{column[wrong[0]]}` of sample `{wrong[0]}` is no number",
            place=f"{path}, column `{column.name}`",
            remedy="leave the field empty where there is no measurement",
        )
    return values
