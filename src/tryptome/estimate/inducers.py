"""Host drive: cells that make what is reported to induce the host's TPH1.

Each inducer is a share of cells: of butyrate makers, of cells that make acetate
or propionate (the other short-chain fatty acids), of deoxycholate makers, and
of spore-formers. ``resources/knowledge/literature.tsv`` holds the reports
(direction ``induces``). It is potential and no dose: how much of an inducer
reaches the host's cells, and what they do then, is not estimated.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tryptome.estimate.blocks import Block, block_of, reasons
from tryptome.estimate.community import Community
from tryptome.estimate.shares import Prevalence, share_of_cells

INDUCERS = {
    "butyrate": "butyrate",
    "deoxycholate": "deoxycholate",
    "spore_formers": "spore_forming",
}
"""Inducers that are one capability."""

OTHER_ACIDS = ("acetate", "propionate")


def host_drive(
    community: Community, prevalence: Prevalence, share: Block, least: float
) -> list[Block]:
    """Blocks of the inducers whose capabilities the knowledge base has.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    share : Block
        Shares of cells.
    least : float
        Least share of bacterial cells that a value must speak for.

    Returns
    -------
    list of Block
    """
    present = {k: f"share:{v}" for k, v in INDUCERS.items() if f"share:{v}" in share.names}
    blocks = [_renamed(share, present)] if present else []
    if set(OTHER_ACIDS) <= set(prevalence.capabilities):
        blocks.append(_other_acids(community, prevalence, least))
    return blocks


def _renamed(share: Block, present: dict[str, str]) -> Block:
    at = [share.names.index(name) for name in present.values()]
    return share.columns(at, [f"host_drive:{inducer}" for inducer in present])


def _other_acids(community: Community, prevalence: Prevalence, least: float) -> Block:
    union = either(prevalence, OTHER_ACIDS)
    shares = share_of_cells(community, union)
    why = reasons(community, shares.assessable_cells, least, union.unknown)
    return block_of(shares, ["host_drive:scfa"], why)


def either(prevalence: Prevalence, pair: tuple[str, str]) -> Prevalence:
    """Prevalence of having at least one of two capabilities, taken as independent in a taxon.

    A taxon is assessable where both are. Of a taxon all or none of whose
    members have one of them, independence assumes nothing.

    Parameters
    ----------
    prevalence : Prevalence
    pair : tuple of str

    Returns
    -------
    Prevalence
        Of that one capability.
    """
    at = [prevalence.capabilities.index(name) for name in pair]
    assessable = np.asarray(prevalence.assessable[:, at].all(axis=1, keepdims=True))
    mean, variance = _either(prevalence.mean[:, at], prevalence.variance[:, at])
    prior_mean, prior_variance = _either(
        prevalence.prior_mean[None, at], prevalence.prior_variance[None, at]
    )
    return replace(
        prevalence,
        capabilities=(" or ".join(pair),),
        mean=np.where(assessable, mean, 0),
        variance=np.where(assessable, variance, 0),
        assessable=assessable,
        prior_mean=prior_mean[0],
        prior_variance=prior_variance[0],
        unknown=(next((prevalence.unknown[k] for k in at if prevalence.unknown[k]), ""),),
    )


def _either(mean: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of one minus the product of two independent complements."""
    neither = (1 - mean).prod(axis=1, keepdims=True)
    square = ((1 - mean) ** 2 + variance).prod(axis=1, keepdims=True)
    return 1 - neither, square - neither**2
