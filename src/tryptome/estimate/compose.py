"""Blocks of what follows from the shares of cells in one sample alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR, precursor_balance
from tryptome.estimate.blocks import Block, block_of, reasons
from tryptome.estimate.cofactors import cofactors
from tryptome.estimate.community import Community
from tryptome.estimate.inducers import host_drive
from tryptome.estimate.load import cells_per_gram
from tryptome.estimate.shares import Prevalence, Shares

if TYPE_CHECKING:
    import pandas as pd

BALANCE = "precursor_balance"


def compose(
    community: Community,
    prevalence: Prevalence,
    shares: Shares,
    samples: pd.DataFrame,
    *,
    least: float,
    load_unit: str,
) -> list[Block]:
    """Estimate every quantity of a sample that needs no other sample.

    Parameters
    ----------
    community : Community
        Any samples of the cohort: results do not depend on which stand beside.
    prevalence : Prevalence
    shares : Shares
        Of these samples.
    samples : DataFrame
        Rows of ``samples.tsv`` of these samples.
    least : float
        Least share of bacterial cells that a value must speak for.
    load_unit : str
        Unit of the column ``bacterial_load``: ``cells`` or ``copies``.

    Returns
    -------
    list of Block
        Shares, cells per gram (where the load is known), the balance,
        cofactors, host drive.
    """
    share = share_block(community, prevalence, shares, least)
    return [
        share,
        *cells_per_gram(community, prevalence, share, samples, load_unit),
        balance_block(community, prevalence, shares, least),
        *cofactors(share),
        *host_drive(community, prevalence, share, least),
    ]


def share_block(
    community: Community, prevalence: Prevalence, shares: Shares, least: float
) -> Block:
    """Block of the share of cells with each capability."""
    names = [f"share:{name}" for name in prevalence.capabilities]
    return block_of(
        shares, names, reasons(community, shares.assessable_cells, least, prevalence.unknown)
    )


def balance_block(
    community: Community, prevalence: Prevalence, shares: Shares, least: float
) -> Block:
    """Block of the precursor balance.

    Its bounds are those of unresolved cells that all divert and none make, and
    that all make and none divert.
    """
    balance = precursor_balance(community, prevalence, shares)
    pair = [prevalence.capabilities.index(name) for name in (NUMERATOR, DENOMINATOR)]
    low, high = shares.columns(pair).bounds()
    cells = balance.assessable_cells
    why = next((prevalence.unknown[at] for at in pair if prevalence.unknown[at]), "")
    return Block(
        (BALANCE,),
        ("log2 ratio",),
        balance.own,
        balance.of_all,
        np.log2((low[:, :1] + EPSILON) / (high[:, 1:] + EPSILON)),
        np.log2((high[:, :1] + EPSILON) / (low[:, 1:] + EPSILON)),
        cells,
        reasons(community, cells, least, [why]),
    )
