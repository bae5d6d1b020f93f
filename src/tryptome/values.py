"""Means of the estimates, as a table of samples by quantities, read part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

COLUMNS = ("sample", "quantity", "unit", "mean", "reason")


@dataclass(frozen=True)
class Values:
    """Means of all quantities.

    Attributes
    ----------
    samples, quantities, units : tuple of str
        In the order of the estimates; a unit for each quantity.
    mean : ndarray, shape (samples, quantities)
        NaN where a value is not assessable.
    reason : ndarray of str objects, shape (samples, quantities)
        Why a value is not assessable; empty where it is.
    """

    samples: tuple[str, ...]
    quantities: tuple[str, ...]
    units: tuple[str, ...]
    mean: npt.NDArray[np.float64]
    reason: npt.NDArray[np.object_]

    def starting(self, prefix: str) -> Values:
        """Quantities whose name begins so, with the prefix taken off."""
        chosen = np.array([name.startswith(prefix) for name in self.quantities], dtype=bool)
        names = [name.removeprefix(prefix) for name in self.quantities if name.startswith(prefix)]
        units = [unit for unit, keep in zip(self.units, chosen, strict=True) if keep]
        return Values(
            self.samples, tuple(names), tuple(units), self.mean[:, chosen], self.reason[:, chosen]
        )

    def of(self, samples: Sequence[str]) -> Values:
        """Samples in the order given; one that has no estimates has no values."""
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


def parts(path: str, columns: tuple[str, ...] | None = None) -> Iterator[pd.DataFrame]:
    """Read ``quantities.parquet`` part by part; each holds all quantities of some samples."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=columns).to_pandas()


def read_values(path: str) -> Values:
    """Read the means of ``quantities.parquet``."""
    samples: list[str] = []
    means, reasons = [], []
    quantities: list[str] = []
    units: dict[str, str] = {}
    words: dict[str, str] = {}
    for part in parts(path, COLUMNS):
        quantities = quantities or part["quantity"].drop_duplicates().tolist()
        units |= dict(zip(part["quantity"], part["unit"], strict=True))
        names = part["sample"].drop_duplicates().tolist()
        wide = part.pivot(index="sample", columns="quantity", values=["mean", "reason"])
        wide = wide.loc[names]
        means.append(wide["mean"][quantities].to_numpy(float))
        # The same few reasons are kept once, however many samples there are.
        said = wide["reason"][quantities].map(lambda text: words.setdefault(text, text))
        reasons.append(said.to_numpy(object))
        samples += names
    return Values(
        tuple(samples),
        tuple(quantities),
        tuple(units[name] for name in quantities),
        np.concatenate(means),
        np.concatenate(reasons),
    )
