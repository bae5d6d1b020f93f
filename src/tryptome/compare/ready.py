"""A contrast of either kind, ready to be put to quantity after quantity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tryptome.compare.contrast import Comparison
from tryptome.compare.design import Array
from tryptome.compare.finding import Finding
from tryptome.compare.general import GeneralComparison

if TYPE_CHECKING:
    import pandas as pd

Find = Callable[[Array], list[Finding]]
"""Estimates a contrast on one outcome of all samples: one finding a term."""


def ready(
    name: str,
    contrast: Mapping[str, Any],
    samples: pd.DataFrame,
    subject_column: str | None,
    seed: int,
) -> Find:
    """Prepare a contrast by its formula, or between two levels.

    Parameters as of :class:`tryptome.compare.contrast.Comparison`.
    """
    if contrast.get("formula"):
        return GeneralComparison(name, contrast, samples, subject_column, seed).find
    comparison = Comparison(name, contrast, samples, subject_column, seed)
    return lambda outcome: [comparison.find(outcome)]
