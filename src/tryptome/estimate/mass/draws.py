"""Draws of the scenario: the same for every sample, whatever else is in the run.

A draw gives each parameter, and the share of cells with each capability, a
probability between 0 and 1, at which its distribution is read off. The draws of
a variable lie one in each of as many strata of equal probability (a Latin
hypercube) and are keyed by its name, so that they depend on the seed alone and
another prior for one parameter leaves those of all others as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from tryptome.estimate.beta import beta_quantiles, bounded
from tryptome.estimate.community import Array
from tryptome.estimate.mass.priors import Prior

ROUTES = ("indole", "tryptamine", "indolelactate", "indolepropionate", "indoleacetate")
CAPABILITIES = ("trp_synthesis", "trp_diversion", *ROUTES)
"""Capabilities that the scenario uses, in the order of its arrays."""

DRAWS = 512
"""Draws of each sample."""

NODES = 8
"""Points, of equal probability, at which the distribution of a share is read off."""


@dataclass(frozen=True)
class Draws:
    """Draws of all variables.

    Attributes
    ----------
    uniform : dict of str to ndarray, shape (draws,)
        Probability of each parameter and capability.
    physiology : dict of str to ndarray, shape (draws,)
        Value of each parameter.
    node : ndarray of int, shape (draws, capabilities)
        Point of each share's distribution.
    """

    uniform: dict[str, Array]
    physiology: dict[str, Array]
    node: npt.NDArray[np.intp]

    @classmethod
    def of(cls, priors: Mapping[str, Prior], seed: int, draws: int = DRAWS) -> Draws:
        """Draw every variable.

        Parameters
        ----------
        priors : mapping of str to Prior
        seed : int
        draws : int

        Returns
        -------
        Draws
        """
        uniform = {name: _strata(seed, name, draws) for name in (*priors, *CAPABILITIES)}
        physiology = {name: prior.values(uniform[name]) for name, prior in priors.items()}
        node = np.stack([uniform[name] * NODES for name in CAPABILITIES], axis=1)
        return cls(uniform, physiology, node.astype(np.intp))


def _strata(seed: int, name: str, draws: int) -> Array:
    """One number between 0 and 1 in each stratum, in an order keyed by the name."""
    rng = np.random.default_rng([seed, crc32(name.encode())])
    return (rng.permutation(draws) + rng.uniform(0.01, 0.99, draws)) / draws


def share_nodes(mean: Array, variance: Array) -> Array:
    """Points of equal probability of each share's beta distribution.

    Parameters
    ----------
    mean, variance : ndarray, shape (samples, capabilities)

    Returns
    -------
    ndarray, shape (samples, capabilities, NODES)
        0 where the mean is null: a route that nobody can tell diverts nothing.
    """
    levels = ((np.arange(NODES) + 0.5) / NODES).tolist()
    nodes = beta_quantiles(mean, bounded(variance, mean), levels)
    return np.where(np.isnan(nodes), 0, nodes)


def draw_shares(nodes: Array, draws: Draws) -> Array:
    """Share of cells with each capability in each draw.

    Parameters
    ----------
    nodes : ndarray, shape (samples, capabilities, NODES)
    draws : Draws

    Returns
    -------
    ndarray, shape (capabilities, samples, draws)
    """
    return np.stack([nodes[:, at, draws.node[:, at]] for at in range(len(CAPABILITIES))])
