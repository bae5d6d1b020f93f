"""The samples that a contrast compares, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.vocabulary import MISSING

if TYPE_CHECKING:
    import pandas as pd

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Selection:
    """Samples of a contrast.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Positions in the table of samples.
    factors : tuple of ndarray of bool, each shape (n,)
        Whether a sample is at the level of interest: of the contrast's column,
        and of the interaction's column where there is one.
    person : ndarray of int, shape (n,)
        Persons, numbered; every sample is its own where no column tells them apart.
    covariates : pandas.DataFrame, shape (n, columns)
        As in the metadata.
    left_out : int
        Samples of the two groups that lack a covariate, a person or a value.
    lacking : str
        In how many samples which columns have no value, in words.
    """

    rows: Codes
    factors: tuple[Flags, ...]
    person: Codes
    covariates: pd.DataFrame
    left_out: int
    lacking: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def persons(self) -> int:
        """Number of persons."""
        return len(np.unique(self.person))

    @property
    def repeats(self) -> bool:
        """Whether a person has more than one sample."""
        return self.persons < len(self)

    def keep(self, known: Flags) -> Selection:
        """Leave out, and count, the samples that are not known."""
        if known.all():
            return self
        return replace(
            self,
            rows=self.rows[known],
            factors=tuple(factor[known] for factor in self.factors),
            person=np.unique(self.person[known], return_inverse=True)[1],
            covariates=self.covariates[known],
            left_out=self.left_out + int((~known).sum()),
        )


def factors(contrast: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Columns that a contrast splits by, with ``reference`` and ``level``: one or two."""
    interaction = contrast.get("interaction")
    return [contrast] if interaction is None else [contrast, interaction]


def select(
    samples: pd.DataFrame, contrast: Mapping[str, Any], subject_column: str | None
) -> Selection:
    """Select the samples of a contrast.

    Parameters
    ----------
    samples : pandas.DataFrame
        ``samples.tsv``: one row a sample, metadata as text.
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.
    subject_column : str or None
        Column that tells persons apart.

    Returns
    -------
    Selection
        Samples of other levels are outside the contrast and are not counted
        as left out.
    """
    chosen = within(samples, contrast)
    splits = factors(contrast)
    for split in splits:
        levels = [split["reference"], split["level"]]
        chosen &= samples[split["column"]].isin(levels).to_numpy()
    inside = samples[chosen]
    persons = inside["sample"] if subject_column is None else inside[subject_column]
    covariates = inside[list(dict.fromkeys(contrast.get("adjust") or []))]
    everyone = Selection(
        rows=np.flatnonzero(chosen),
        factors=tuple((inside[s["column"]] == s["level"]).to_numpy(bool) for s in splits),
        person=np.unique(persons.to_numpy(object), return_inverse=True)[1],
        covariates=covariates,
        left_out=0,
    )
    needed = [*covariates, *filter(None, [subject_column])]
    return complete(everyone, inside, needed)


def complete(everyone: Selection, samples: pd.DataFrame, columns: Sequence[str]) -> Selection:
    """Keep the samples of a selection that have a value in every column.

    Parameters
    ----------
    everyone : Selection
    samples : pandas.DataFrame
        Metadata of its samples.
    columns : sequence of str
    """
    told = replace(everyone, lacking=lacking(samples, columns))
    return told.keep(known_values(samples, columns))


def within(samples: pd.DataFrame, contrast: Mapping[str, Any]) -> Flags:
    """Whether a contrast's ``where`` lets a sample in, for each sample."""
    chosen = np.ones(len(samples), dtype=bool)
    for column, levels in (contrast.get("where") or {}).items():
        wanted = [levels] if isinstance(levels, str) else list(levels)
        chosen &= samples[column].isin(wanted).to_numpy()
    return chosen


def known_values(samples: pd.DataFrame, columns: Iterable[str]) -> Flags:
    """Whether no column says that something is missing, for each sample."""
    known = np.ones(len(samples), dtype=bool)
    for values in (samples[column] for column in columns):
        known &= ~values.str.strip().str.casefold().isin(MISSING).to_numpy()
    return known


def lacking(samples: pd.DataFrame, columns: Iterable[str]) -> str:
    """Say in how many samples which columns have no value.

    Examples
    --------
    >>> import pandas as pd
    >>> lacking(pd.DataFrame({"age": ["31", "NA"], "sex": ["f", "m"]}), ["age", "sex"])
    "no 'age' in 1"
    """
    counts = {name: int((~known_values(samples, [name])).sum()) for name in dict.fromkeys(columns)}
    return ", ".join(f"no {name!r} in {count}" for name, count in counts.items() if count)
