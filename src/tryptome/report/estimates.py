"""The estimates of a cohort, quantity by quantity, of which only some are held at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tryptome.values import parts

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = ("mean", "sd", "q05", "q95", "assessable_cells")
"""What is asked of every sample."""

LISTED_NUMBERS = (*NUMBERS, "q25", "q75", "all_q05", "all_q95")
"""What is asked of those that the page lists."""

WORDS = ("unit", "reason")
PAIR = ("quantity", "sample")
AT_ONCE = 2**25
"""Numbers that are held beside the quantities that are always held: 268 MB."""


class Estimates:
    """Quantities of ``quantities.parquet``, each as a table of the samples.

    A quantity that is not held is read with those after it in the file, in the place of
    those that were: whoever asks in the order of the file reads it only a few times, however
    many samples there are.

    Parameters
    ----------
    path : Path
    samples : pandas.Index
        In the order of the tables.
    held : sequence of str
        Quantities that are asked for again and again, and always held.
    numbers : sequence of str
        Columns of numbers.
    """

    def __init__(
        self,
        path: Path,
        samples: pd.Index,
        held: Sequence[str],
        numbers: Sequence[str] = NUMBERS,
    ) -> None:
        self._path = path
        self._samples = samples
        self._held = held
        self._numbers = list(numbers)
        self._others: dict[str, pd.DataFrame] = {}

    @cached_property
    def names(self) -> list[str]:
        """Quantities in the order of the file."""
        return list(
            dict.fromkeys(name for part in self._parts(PAIR[:1]) for name in _present(part))
        )

    def table(self, name: str) -> pd.DataFrame:
        """Rows of a quantity, indexed by sample."""
        if name in self._held:
            return self._always[name]
        if name not in self._others:
            at = self.names.index(name)
            self._others = {}  # before others are read
            self._others = self._read([one for one in self.names[at:] if one not in self._held])
        return self._others[name]

    @cached_property
    def _always(self) -> dict[str, pd.DataFrame]:
        return self._read(self._held)

    def _read(self, names: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Read as many of some quantities as may be held, and at least those always held."""
        import pandas as pd

        most = max(AT_ONCE // max(len(self._numbers) * len(self._samples), 1), 1)
        chosen = pd.Index(names if names is self._held else names[:most])
        shape = (len(chosen), len(self._samples))
        numbers = np.full((len(self._numbers), *shape), np.nan)
        known = np.zeros(shape, dtype=bool)
        texts = [[""], [""]]
        codes = np.zeros((len(WORDS), *shape), dtype=np.int32)
        missing = len(chosen) * len(self._samples)
        for part in self._parts([*PAIR, *self._numbers, *WORDS, "assessable"]):
            quantity, sample = (
                _codes(part["quantity"], chosen),
                _codes(part["sample"], self._samples),
            )
            own = (quantity >= 0) & (sample >= 0)
            place = (quantity[own], sample[own])
            numbers[:, *place] = part.loc[own, self._numbers].to_numpy().T
            known[place] = part.loc[own, "assessable"]
            for at, column in enumerate(WORDS):
                codes[at][place] = _numbered(part[column], texts[at])[own]
            missing -= len(place[0])
            if not missing:  # the first samples of a table stand in the first parts
                break
        return {
            name: pd.DataFrame(
                dict(zip(self._numbers, numbers[:, at], strict=True))
                | {"assessable": known[at]}
                | {
                    column: pd.Categorical.from_codes(one[at], pd.Index(words))
                    for column, one, words in zip(WORDS, codes, texts, strict=True)
                },
                index=self._samples,
                copy=False,
            )
            for at, name in enumerate(chosen)
        }

    def _parts(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Some columns, part by part, text as categories."""
        return parts(self._path, columns, [*PAIR, *WORDS])


def _present(part: pd.DataFrame) -> list[str]:
    return [str(name) for name in part["quantity"].unique()]


def _codes(column: pd.Series, index: pd.Index) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Position of each row's text in an index, -1 where it is not there."""
    return np.asarray(index.get_indexer(column.cat.categories)[column.cat.codes])


def _numbered(column: pd.Series, known: list[str]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Number of each row's text among those known, which grow."""
    said = [str(text) for text in column.cat.categories]
    known += [text for text in said if text not in known]
    return np.array([known.index(text) for text in said], dtype=int)[column.cat.codes]
