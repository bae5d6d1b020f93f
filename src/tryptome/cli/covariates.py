"""What the metadata do not say and a comparison of gut communities should know."""

from __future__ import annotations

import re
from collections.abc import Iterable

WANTED = {
    "antibiotics": ("antibio", "abx"),
    "transit or stool consistency": ("transit", "bristol", "consistency", "stooltype", "bss"),
    "age": ("age", "ageyears", "ageinyears", "agemonths", "ageatcollection", "birth", "dob"),
    "medication": ("medic", "drug", "metformin", "ppi", "treatment"),
}
"""Beginnings of words of a column's name, in lower case, for each thing that moves the gut's
community much; `age` and its compounds are whole words, since `agent` says nothing of age."""

WHOLE = "age"


def missing_covariates(columns: Iterable[str]) -> list[str]:
    """Name the wanted covariates that no column seems to hold.

    Parameters
    ----------
    columns : iterable of str
        Names of the metadata columns.

    Returns
    -------
    list of str

    Examples
    --------
    >>> missing_covariates(["sample", "Age (years)", "Antibiotics_6mo", "agent"])
    ['transit or stool consistency', 'medication']
    >>> missing_covariates(["host_age", "BristolScale", "recent.antibiotic.use", "medications"])
    []
    """
    words = [word for column in columns for word in _words(column)]
    return [
        wanted
        for wanted, beginnings in WANTED.items()
        if not any(_says(word, beginning) for word in words for beginning in beginnings)
    ]


def _words(column: str) -> list[str]:
    """Words of a name, split where capitals begin too, and the name as one word."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", column)
    return [part.lower() for part in parts] + ["".join(parts).lower()]


def _says(word: str, beginning: str) -> bool:
    return word == beginning if beginning.startswith(WHOLE) else word.startswith(beginning)
