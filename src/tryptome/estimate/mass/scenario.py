"""The block of the mass balance: draws of every sample, summarised, a part at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.estimate.blocks import Block, Spread, reasons
from tryptome.estimate.community import Array, Community
from tryptome.estimate.mass.draws import CAPABILITIES, ROUTES, Draws, draw_shares, share_nodes
from tryptome.estimate.mass.metadata import personal, read_columns
from tryptome.estimate.mass.model import Fates, fates, inert
from tryptome.estimate.shares import QUANTILES, Prevalence, Shares

if TYPE_CHECKING:
    import pandas as pd

TERMS = ("reaching", "released", "biomass", "diverted", "excreted", "left")
CONTRASTS = ("median", "inert")
QUANTITIES = (
    *(f"mass:{term}" for term in TERMS),
    *(f"mass:diverted:{route}" for route in ROUTES),
    *(f"gut_contribution:{other}" for other in CONTRASTS),
    *(f"gut_contribution_percent:{other}" for other in CONTRASTS),
)
"""Quantities in the order of the table."""

UNITS = ("mg/day",) * (len(QUANTITIES) - len(CONTRASTS)) + ("% of dietary tryptophan",) * len(
    CONTRASTS
)

RATIOS = {
    "mass:diverted:indole/mass:diverted": "%",
    "mass:diverted/diet_tryptophan": "%",
    "mass:diverted:indole/faecal_mass": "µg tryptophan/g",
}
"""Further figures, and their units, that only the comparison with the literature uses."""

PART = 64
"""Samples whose draws are held at a time: some 10 MB."""


@dataclass(frozen=True)
class Reference:
    """The median community of a cohort, by shares of cells; all that it takes of the cohort.

    Attributes
    ----------
    mean, variance : ndarray, shape (capabilities,)
        In the order of :data:`tryptome.estimate.mass.draws.CAPABILITIES`.
    """

    mean: Array
    variance: Array

    @classmethod
    def of(cls, shares: Shares, least: float) -> Reference:
        """Median over the samples that can be assessed.

        Parameters
        ----------
        shares : Shares
            Of the scenario's capabilities, of all samples of a cohort.
        least : float
            Least share of bacterial cells that a value must speak for.
        """
        told = assessable(shares, least)
        return cls.between(shares.mean[told], shares.all_variance[told])

    @classmethod
    def between(cls, mean: Array, variance: Array) -> Reference:
        """Median of samples that can be assessed, each samples x capabilities."""
        if not len(mean):
            return cls(np.zeros(len(CAPABILITIES)), np.zeros(len(CAPABILITIES)))
        return cls(*(np.median(_told(part), axis=0) for part in (mean, variance)))

    def drawn(self, draws: Draws) -> Array:
        """Draws of its shares, shape (capabilities, 1, draws)."""
        return draw_shares(share_nodes(self.mean[None], self.variance[None]), draws)


@dataclass(frozen=True)
class Scenario:
    """What became of every sample.

    Attributes
    ----------
    block : Block
        :data:`QUANTITIES`.
    ratios : ndarray, shape (samples, ratios, 5)
        Quantiles of :data:`RATIOS`.
    """

    block: Block
    ratios: Array


def assessable(shares: Shares, least: float) -> npt.NDArray[np.bool_]:
    """Whether both sides of the balance can be assessed in each sample.

    Parameters
    ----------
    shares : Shares
        Of the scenario's capabilities.
    least : float
        Least share of bacterial cells that a value must speak for.
    """
    return np.asarray((shares.assessable_cells[:, :2] >= least).all(axis=1))


def scenario_shares(prevalence: Prevalence, shares: Shares) -> Shares:
    """Shares of the capabilities that the scenario uses."""
    return shares.columns([prevalence.capabilities.index(name) for name in CAPABILITIES])


def scenario(
    community: Community,
    prevalence: Prevalence,
    shares: Shares,
    samples: pd.DataFrame,
    *,
    draws: Draws,
    least: float,
    reference: Reference | None = None,
) -> Scenario:
    """Work out the mass balance and the gut contribution of each sample.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    shares : Shares
        Of the community's samples.
    samples : DataFrame
        ``samples.tsv`` of the same samples.
    draws : Draws
        The same for all samples of a cohort.
    least : float
        Least share of bacterial cells that a value must speak for.
    reference : Reference, optional
        Median community of the cohort; by default that of the samples given.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        The metadata hold a value that cannot be used.
    """
    own = scenario_shares(prevalence, shares)
    middle = Reference.of(own, least) if reference is None else reference
    columns = read_columns(samples)
    typical = middle.drawn(draws)
    parts = [
        _summary(_values(own.rows(part), typical, draws, _rows(columns, part)))
        for part in _parts(len(community.samples))
    ]
    mean, sd, quantiles = (np.concatenate(found) for found in zip(*parts, strict=True))
    told = len(QUANTITIES)
    cells = _cells(own)
    nothing = np.full(cells.shape, np.nan)
    reason = reasons(community, cells, least, _unknown(prevalence))
    block = Block(
        QUANTITIES, UNITS, Spread(mean[:, :told], sd[:, :told], quantiles[:, :told]),
        Spread.none(cells.shape), nothing, nothing, cells, reason,
    )  # fmt: skip
    return Scenario(block, quantiles[:, told:])


def contributions(
    own: Shares, typical: Array, draws: Draws, physiology: Mapping[str, Array]
) -> tuple[Fates, Array]:
    """Fates of each community, and what is left beyond that of the two others.

    Parameters
    ----------
    own : Shares
        Of the scenario's capabilities.
    typical : ndarray, shape (capabilities, 1, draws)
        Shares of the median community.
    draws : Draws
    physiology : mapping of str to ndarray
        Draws of the parameters, a person's own values in their place.

    Returns
    -------
    Fates
    ndarray, shape (2, samples, draws)
        Against the median community and against one that neither makes nor
        diverts, each in the same person: mg a day.
    """
    found = fates(physiology, draw_shares(share_nodes(own.mean, own.all_variance), draws))
    others = [fates(physiology, other).left for other in (typical, inert(typical))]
    return found, np.stack([found.left - other for other in others])


def _values(own: Shares, typical: Array, draws: Draws, columns: Mapping[str, Array]) -> Array:
    """Draws of :data:`QUANTITIES` and :data:`RATIOS`, shape (quantities, samples, draws)."""
    physiology = personal(draws.physiology, columns)
    found, beyond = contributions(own, typical, draws, physiology)
    terms = [np.broadcast_to(getattr(found, term), found.left.shape) for term in TERMS]
    diet, indole = physiology["diet_tryptophan"], found.routes[0]
    ratios = [
        times * np.divide(part, whole, out=np.zeros(found.left.shape), where=whole > 0)
        for times, part, whole in (
            (100, indole, found.diverted),
            (100, found.diverted, diet),
            (1000, indole, physiology["faecal_mass"]),
        )
    ]
    return np.stack([*terms, *found.routes, *beyond, *(100 * beyond / diet), *ratios])


def _summary(values: Array) -> tuple[Array, Array, Array]:
    """Mean, sd and quantiles over the draws, samples first."""
    ordered = quantiles_of(np.sort(values, axis=-1))
    return values.mean(axis=-1).T, values.std(axis=-1).T, ordered.transpose(1, 0, 2)


def quantiles_of(ordered: Array) -> Array:
    """Quantiles of sorted draws, as ``numpy.quantile`` has them, in a fifth of its time.

    Parameters
    ----------
    ordered : ndarray, shape (..., draws)

    Returns
    -------
    ndarray, shape (..., 5)

    Examples
    --------
    >>> quantiles_of(np.arange(5.0)).tolist()
    [0.2, 1.0, 2.0, 3.0, 3.8]
    """
    at = np.array(QUANTILES) * (ordered.shape[-1] - 1)
    below = at.astype(np.intp)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    low, high = ordered[..., below], ordered[..., above]
    return np.asarray(low + (high - low) * (at - below))


def _cells(own: Shares) -> Array:
    """Share of the bacterial cells that each quantity speaks for."""
    both = own.assessable_cells[:, :2].min(axis=1)
    cells = np.repeat(both[:, None], len(QUANTITIES), axis=1)
    first = len(TERMS)
    route = np.minimum(both[:, None], own.assessable_cells[:, 2:])
    cells[:, first : first + len(ROUTES)] = route
    return cells


def _unknown(prevalence: Prevalence) -> list[str]:
    """Why a quantity cannot be assessed in any sample; empty where it can."""
    why = dict(zip(prevalence.capabilities, prevalence.unknown, strict=True))
    both = why[CAPABILITIES[0]] or why[CAPABILITIES[1]]
    routes = {f"mass:diverted:{route}": why[route] for route in ROUTES}
    return [both or routes.get(name, "") for name in QUANTITIES]


def _told(values: Array) -> Array:
    return np.where(np.isnan(values), 0, values)


def _rows(columns: Mapping[str, Array], part: slice) -> dict[str, npt.NDArray[np.float64]]:
    return {name: values[part] for name, values in columns.items()}


def _parts(samples: int) -> list[slice]:
    return [slice(start, start + PART) for start in range(0, max(samples, 1), PART)]
