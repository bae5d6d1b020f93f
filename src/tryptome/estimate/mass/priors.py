"""Priors of the scenario's parameters: read from one file, replaced one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tryptome.estimate.community import Array
from tryptome.paths import resource

TAIL = 0.95
"""``low`` and ``high`` of a log-normal are its 5 % and 95 % points."""


@dataclass(frozen=True)
class Prior:
    """What is held of a parameter before the sample is seen.

    Attributes
    ----------
    distribution : str
        ``uniform``, ``loguniform``, ``triangular`` or ``lognormal``.
    low, high : float
        Bounds; of a log-normal its 5 % and 95 % points. A fixed value where equal.
    mode : float or None
        Most likely value of a triangular distribution.
    """

    distribution: str
    low: float
    high: float
    mode: float | None = None

    def values(self, uniform: Array) -> Array:
        """Quantiles at given probabilities.

        Parameters
        ----------
        uniform : ndarray
            Numbers between 0 and 1.

        Returns
        -------
        ndarray
            Of the same shape.

        Examples
        --------
        >>> Prior("uniform", 2, 4).values(np.array([0.5])).tolist()
        [3.0]
        >>> Prior("lognormal", 1, 100).values(np.array([0.05, 0.5, 0.95])).round(6).tolist()
        [1.0, 10.0, 100.0]
        >>> Prior("triangular", 0, 2, 1).values(np.array([0.125, 0.5])).tolist()
        [0.5, 1.0]
        """
        from scipy.special import ndtri

        low, high = self.low, self.high
        if low == high:
            return np.full_like(uniform, low)
        if self.distribution == "triangular":
            return _triangular(uniform, low, high, self.mode)
        if self.distribution == "uniform":
            return low + (high - low) * uniform
        at = uniform
        if self.distribution == "lognormal":
            at = (ndtri(uniform) / ndtri(TAIL) + 1) / 2
        return np.asarray(low * (high / low) ** at)


def _triangular(uniform: Array, low: float, high: float, mode: float | None) -> Array:
    peak = (low + high) / 2 if mode is None else mode
    width = high - low
    rising = low + np.sqrt(uniform * width * (peak - low))
    falling = high - np.sqrt((1 - uniform) * width * (high - peak))
    return np.where(uniform < (peak - low) / width, rising, falling)


def read_priors(
    replaced: Mapping[str, Mapping[str, Any]] | None = None, path: Path | None = None
) -> dict[str, Prior]:
    """Priors of all parameters, in the order of the file.

    Parameters
    ----------
    replaced : mapping, optional
        The block ``mass_balance`` of the configuration: fields of :class:`Prior` by parameter.
    path : Path, optional
        By default ``resources/physiology/priors.tsv``.

    Returns
    -------
    dict of str to Prior

    Examples
    --------
    >>> read_priors({"transit_time": {"distribution": "uniform", "low": 20, "high": 20}})[
    ...     "transit_time"]
    Prior(distribution='uniform', low=20, high=20, mode=None)
    """
    table = prior_table(path)
    rows = zip(*(table[key] for key in ("distribution", "low", "high", "mode")), strict=True)
    priors = {
        name: Prior(kind, float(low), float(high), float(mode) if mode else None)
        for name, (kind, low, high, mode) in zip(table["parameter"], rows, strict=True)
    }
    return priors | {name: Prior(**fields) for name, fields in (replaced or {}).items()}


def prior_table(path: Path | None = None) -> Any:
    """The file of priors as a table of text, with citations.

    Returns
    -------
    DataFrame
        Columns as in ``docs/files.md``.
    """
    from tryptome.tables import read_tsv

    return read_tsv(path or resource("physiology", "priors.tsv"))
