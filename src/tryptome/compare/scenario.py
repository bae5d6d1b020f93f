"""The scenario in joint draws of what samples share: physiology, and the two shares it is made of.

The estimate of a sample is a mean over draws of the priors. Each prior is one unknown for
all samples of a cohort (but for what the metadata say of a person), so a contrast is worked
out anew in each draw of them, with that draw's shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.scale import DIVERTED
from tryptome.compare.selection import Codes
from tryptome.estimate.mass.draws import Draws
from tryptome.estimate.mass.metadata import personal, read_columns
from tryptome.estimate.mass.model import balance
from tryptome.estimate.mass.priors import read_priors

if TYPE_CHECKING:
    import pandas as pd

PART = 200
"""Samples whose balance is worked out at a time: some 10 MB."""


@dataclass(frozen=True)
class Physiology:
    """Draws of the scenario's parameters.

    Attributes
    ----------
    drawn : mapping of str to ndarray, shape (draws,)
        Value of each parameter of ``priors.tsv``.
    columns : mapping of str to ndarray, shape (all samples,)
        What the metadata say in the place of a prior; NaN where nothing.
    """

    drawn: Mapping[str, Array]
    columns: Mapping[str, Array]

    @classmethod
    def of(
        cls, samples: pd.DataFrame, replaced: Mapping[str, Any] | None, seed: int, draws: int
    ) -> Physiology:
        """Draw the parameters.

        Parameters
        ----------
        samples : pandas.DataFrame
            ``samples.tsv``.
        replaced : mapping or None
            The block ``mass_balance`` of the configuration.
        seed, draws : int
        """
        return cls(Draws.of(read_priors(replaced), seed, draws).physiology, read_columns(samples))

    def values(
        self, quantity: str, making: Array, diverting: Array, rows: Codes, typical: Array | None
    ) -> Array:
        """Draws of a quantity of the scenario in some samples.

        Parameters
        ----------
        quantity : str
            One of :data:`tryptome.compare.scale.SCENARIO`.
        making, diverting : ndarray, shape (draws, n)
            Draws of the shares of cells that make tryptophan and that divert it.
        rows : ndarray of int, shape (n,)
            Positions of the samples.
        typical : ndarray, shape (2, draws), or None
            Those of the median community, where the contribution is against it.

        Returns
        -------
        ndarray, shape (draws, n)
            In mg a day.
        """
        found = np.empty(making.shape)
        for start in range(0, len(rows), PART):
            some = slice(start, start + PART)
            told = {name: values[rows[some]] for name, values in self.columns.items()}
            own = personal(self.drawn, told)
            fates = balance(own, making[:, some].T, diverting[:, some].T)
            value = fates.diverted if quantity == DIVERTED else fates.left
            if typical is not None:
                value = value - balance(own, *typical[:, None]).left
            found[:, some] = value.T
        return found
