"""What of a cohort is no row of a sample: figures beside the literature, sums over groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from tryptome.estimate.carried import Sums
from tryptome.estimate.community import Array


@dataclass(frozen=True)
class Totals:
    """Of some samples.

    Attributes
    ----------
    figures : dict of str to ndarray
        See :func:`tryptome.estimate.mass.checks.intervals`.
    sums : Sums or None
        Of what taxa contribute, where contributions are given by group.
    """

    figures: dict[str, Array]
    sums: Sums | None

    def save(self, path: Path) -> None:
        """Write them to a file of NumPy's."""
        saved: dict[str, Any] = {} if self.sums is None else dict(vars(self.sums))
        saved |= {f"figure{number}": found for number, found in enumerate(self.figures.values())}
        np.savez(path, names=list(self.figures), **saved)

    @classmethod
    def load(cls, path: Path) -> Totals:
        """Read what :meth:`save` wrote."""
        with np.load(path) as saved:
            names = saved["names"].tolist()
            figures = {name: saved[f"figure{number}"] for number, name in enumerate(names)}
            sums = Sums(*(saved[one.name] for one in fields(Sums))) if "weight" in saved else None
        return cls(figures, sums)


def added(found: Iterable[Totals]) -> Totals:
    """Join the totals of all blocks of a cohort, in their order.

    Examples
    --------
    >>> one, two = (Totals({"a": np.array([value])}, None) for value in (1.0, 2.0))
    >>> added([one, two]).figures["a"].tolist()
    [1.0, 2.0]
    """
    figures: list[dict[str, Array]] = []
    whole: Sums | None = None
    for totals in found:
        figures.append(totals.figures)
        if whole is None:
            whole = totals.sums
        elif totals.sums is not None:
            whole.add(totals.sums)
    return Totals(joined(figures), whole)


def joined(found: list[dict[str, Array]]) -> dict[str, Array]:
    """Figures of all parts, in their order."""
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}
