"""A contrast of either kind, ready to be put to quantity after quantity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.compare.contrast import Comparison
from tryptome.compare.design import Array
from tryptome.compare.finding import Finding
from tryptome.compare.general import GeneralComparison
from tryptome.compare.selection import Flags

if TYPE_CHECKING:
    import pandas as pd

Find = Callable[[Array], list[Finding]]
"""Estimates a contrast on one outcome of all samples: one finding a term."""


@dataclass(frozen=True)
class Ready:
    """A contrast of either kind: called with an outcome, it finds; see :data:`Find`."""

    comparison: Comparison | GeneralComparison

    def __call__(self, outcome: Array) -> list[Finding]:
        """Estimate the contrast on one outcome of all samples."""
        found = self.comparison.find(outcome)
        return found if isinstance(found, list) else [found]

    def unsupported(self, known: Flags) -> str:
        """Say why some samples cannot support the contrast, whatever is compared.

        Parameters
        ----------
        known : ndarray of bool, shape (all samples,)

        Returns
        -------
        str
            Empty where they can.
        """
        return self.comparison.unsupported(known)


def ready(
    name: str,
    contrast: Mapping[str, Any],
    samples: pd.DataFrame,
    subject_column: str | None,
    seed: int,
    *,
    permute_large: bool = True,
) -> Ready:
    """Prepare a contrast by its formula, or between two levels.

    Parameters as of :class:`tryptome.compare.contrast.Comparison`.
    """
    kind = GeneralComparison if contrast.get("formula") else Comparison
    return Ready(kind(name, contrast, samples, subject_column, seed, permute_large=permute_large))
