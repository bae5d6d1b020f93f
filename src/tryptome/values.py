"""Means of the estimates, as a table of samples by quantities, read part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd

TEXT = ("sample", "quantity", "unit", "reason")


@dataclass(frozen=True)
class Values:
    """Means of all quantities.

    Attributes
    ----------
    samples, quantities, units : tuple of str
        In the order of the estimates; a unit for each quantity.
    mean : ndarray, shape (samples, quantities)
        NaN where a value is not assessable.
    reason : ndarray of int16, shape (samples, quantities)
        Why a value is not assessable: a place in ``words``, 0 where it is.
    words : tuple of str
        The reasons, of which the first is empty.
    """

    samples: tuple[str, ...]
    quantities: tuple[str, ...]
    units: tuple[str, ...]
    mean: npt.NDArray[np.float64]
    reason: npt.NDArray[np.int16]
    words: tuple[str, ...]

    def starting(self, prefix: str) -> Values:
        """Quantities whose name begins so, with the prefix taken off."""
        chosen = np.array([name.startswith(prefix) for name in self.quantities], dtype=bool)
        names = [name.removeprefix(prefix) for name in self.quantities if name.startswith(prefix)]
        units = [unit for unit, keep in zip(self.units, chosen, strict=True) if keep]
        mean, reason = self.mean[:, chosen], self.reason[:, chosen]
        return Values(self.samples, tuple(names), tuple(units), mean, reason, self.words)

    def of(self, samples: Sequence[str]) -> Values:
        """Samples in the order given; one that has no estimates has no values."""
        if tuple(samples) == self.samples:
            return self
        place = {name: at for at, name in enumerate(self.samples)}
        rows = np.array([place.get(name, -1) for name in samples], dtype=int)
        mean = np.where(rows[:, None] < 0, np.nan, self.mean[rows])
        return replace(self, samples=tuple(samples), mean=mean, reason=self.reason[rows])

    def by_name(self) -> dict[str, npt.NDArray[np.float64]]:
        """Means of each quantity."""
        return dict(zip(self.quantities, self.mean.T, strict=True))

    def frame(self) -> pd.DataFrame:
        """Means with the samples as index."""
        import pandas as pd

        return pd.DataFrame(self.mean, list(self.samples), list(self.quantities))


def parts(
    path: str | Path, columns: Sequence[str] | None = None, categories: Sequence[str] = ()
) -> Iterator[pd.DataFrame]:
    """Read ``quantities.parquet`` part by part; each holds all quantities of some samples.

    Parameters
    ----------
    path : path-like
    columns : sequence of str, optional
        By default all.
    categories : sequence of str
        Columns of text that are given as categories.
    """
    import pyarrow.parquet as pq

    chosen = None if columns is None else list(columns)
    with pq.ParquetFile(path, read_dictionary=list(categories)) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=chosen).to_pandas()


def value_parts(path: str, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Values]:
    """Read the means of ``quantities.parquet``, some samples at a time.

    Parameters
    ----------
    path : str
    wanted : callable, optional
        Whether a quantity is read, by its name.

    Yields
    ------
    Values
        The same quantities each time; words grow from part to part.
    """
    import pandas as pd

    units: dict[str, str] = {}
    words = {"": 0}
    for every in parts(path, (*TEXT, "mean"), TEXT):
        known = [name for name in every["quantity"].cat.categories if wanted(name)]
        part = every[every["quantity"].isin(known)]
        row, names = pd.factorize(part["sample"])
        column, quantities = pd.factorize(part["quantity"])
        firsts = part.drop_duplicates("quantity")
        units = units or dict(zip(firsts["quantity"], firsts["unit"], strict=True))
        said = [words.setdefault(text, len(words)) for text in part["reason"].cat.categories]
        mean = np.full((len(names), len(units)), np.nan)
        reason = np.zeros(mean.shape, dtype=np.int16)
        at = np.array([list(units).index(name) for name in quantities], dtype=int)[column]
        mean[row, at] = part["mean"]
        reason[row, at] = np.array(said)[part["reason"].cat.codes]
        yield Values(tuple(names), tuple(units), tuple(units.values()), mean, reason, tuple(words))


def read_values(path: str, wanted: Callable[[str], bool] = lambda _: True) -> Values:
    """Read the means of ``quantities.parquet``; parameters as of :func:`value_parts`."""
    samples: list[str] = []
    means, reasons = [], []
    for part in value_parts(path, wanted):
        samples += part.samples
        means.append(part.mean)
        reasons.append(part.reason)
    mean = np.concatenate(means)
    means.clear()  # before the others are joined
    return replace(part, samples=tuple(samples), mean=mean, reason=np.concatenate(reasons))
