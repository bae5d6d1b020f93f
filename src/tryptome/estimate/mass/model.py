r"""Where the tryptophan in the colon goes, in one draw: equations only.

With the dietary tryptophan *D*, the share *e* of it that the small intestine
leaves, the body's own nitrogen *N* and the tryptophan *w* of its protein, and
the shares of cells that make (*M*) and divert (*V*) tryptophan,

.. math::

    \mathrm{reaching} &= D e + 6.25\, N w \\
    \mathrm{need} &= \text{stool} \times \text{dry} \times \text{bacteria} \times
        \text{protein} \times \text{tryptophan} \\
    \mathrm{released} &= r\, M\, \mathrm{need} \\
    \mathrm{biomass} &= \min(\mathrm{need}\,(1 - M + a M),\ \mathrm{reaching} + \mathrm{released})

What remains free meets two first-order fates for the transit time *T*:
diversion at the rate :math:`k V`, and the mucosa at the rate *h*,

.. math::

    \mathrm{diverted} &= \mathrm{free}\,\frac{k V}{k V + h}\,(1 - e^{-(k V + h) T}) \\
    \mathrm{left} &= \mathrm{free}\,\frac{h}{k V + h}\,(1 - e^{-(k V + h) T}) \\
    \mathrm{excreted} &= \mathrm{free}\, e^{-(k V + h) T}

so that reaching + released = biomass + diverted + excreted + left. *V* is the
share of cells with *any* route. What they divert is split between the routes by
share of cells times activity, so that a cell with two routes counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tryptome.estimate.community import Array
from tryptome.estimate.mass.draws import ROUTES

PROTEIN_OF_NITROGEN = 6.25
"""Gram of protein with a gram of nitrogen: 16 % of protein is nitrogen (Recommended
Dietary Allowances, 10th edition, National Academies Press 1989)."""


@dataclass(frozen=True)
class Balance:
    """Milligrams of tryptophan a day, each of shape (samples, draws) or one that broadcasts.

    Attributes
    ----------
    reaching, released : ndarray
        What comes into the lumen.
    biomass, diverted, excreted, left : ndarray
        What becomes of it; they add up to what comes in.
    """

    reaching: Array
    released: Array
    biomass: Array
    diverted: Array
    excreted: Array
    left: Array


@dataclass(frozen=True)
class Fates(Balance):
    """A balance, with what each route diverts.

    Attributes
    ----------
    routes : ndarray, shape (routes, samples, draws)
        Parts of ``diverted``, in the order of :data:`ROUTES`.
    """

    routes: Array


def fates(physiology: Mapping[str, Array], shares: Array) -> Fates:
    """Work out one community's balance, route by route.

    Parameters
    ----------
    physiology : mapping of str to ndarray, shape (draws,) or (samples, draws)
        Value of each parameter of ``priors.tsv``.
    shares : ndarray, shape (capabilities, samples, draws)
        Share of cells with each of :data:`tryptome.estimate.mass.draws.CAPABILITIES`.

    Returns
    -------
    Fates
    """
    found = balance(physiology, shares[0], shares[1])
    activity = np.stack([physiology[f"activity_{route}"] for route in ROUTES])
    routes = found.diverted * _split(shares[2:] * activity[:, None])
    return Fates(**vars(found), routes=routes)


def balance(physiology: Mapping[str, Array], making: Array, diverting: Array) -> Balance:
    """Work out one community's balance.

    Parameters
    ----------
    physiology : mapping of str to ndarray, shape (draws,) or (samples, draws)
        Value of each parameter of ``priors.tsv``.
    making, diverting : ndarray, shape (samples, draws)
        Share of cells that make tryptophan, and that have any route.

    Returns
    -------
    Balance
    """
    p = physiology
    need = bacterial_need(p)
    reaching = reach(p)
    released = p["release"] * making * need
    wanted = need * (1 - making + p["maker_uptake"] * making)
    biomass = np.minimum(wanted, reaching + released)
    free = reaching + released - biomass
    diversion = p["diversion_rate"] * diverting
    rate = diversion + p["mucosal_rate"]
    gone = free * -np.expm1(-rate * p["transit_time"])
    diverted = gone * _ratio(diversion, rate)
    return Balance(
        reaching=reaching,
        released=released,
        biomass=biomass,
        diverted=diverted,
        excreted=free - gone,
        left=gone - diverted,
    )


def reach(physiology: Mapping[str, Array]) -> Array:
    """Tryptophan that reaches the colon from the diet and the body, mg a day."""
    p = physiology
    own = p["endogenous_nitrogen"] / 1000 * PROTEIN_OF_NITROGEN * p["endogenous_tryptophan"]
    return np.asarray(p["diet_tryptophan"] * p["diet_escape"] + own)


def bacterial_need(physiology: Mapping[str, Array]) -> Array:
    """Tryptophan in the bacteria that leave with the stool, mg a day."""
    p = physiology
    bacteria = p["faecal_mass"] * p["faecal_dry"] * p["bacterial_solids"]
    return np.asarray(bacteria * p["bacterial_protein"] * p["bacterial_tryptophan"])


def inert(shares: Array) -> Array:
    """The community that neither makes nor diverts, as large as these, of one sample."""
    return np.zeros((shares.shape[0], 1, shares.shape[2]))


def _ratio(part: Array, whole: Array) -> Array:
    """Part of a whole; 0 where there is none."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.asarray(np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0))


def _split(weight: Array) -> Array:
    """Parts of each route that add up to 1: even ones where no route has any weight."""
    total = weight.sum(axis=0)
    even = np.full(weight.shape, 1 / len(weight))
    return np.asarray(np.divide(weight, total, out=even, where=total > 0))
