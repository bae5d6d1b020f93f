"""Predicted faecal metabolites of a cohort, as a block of quantities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.blocks import Block, reasons
from tryptome.estimate.faecal.features import Features
from tryptome.estimate.faecal.features import features as assemble_features
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.model import LEAST_SAMPLES, Model, distribution, load, scores
from tryptome.estimate.shares import bacterial_cells

if TYPE_CHECKING:
    from tryptome.estimate.community import Array, Community
    from tryptome.estimate.shares import Shares

UNIT = "rank within cohort"


def cohort_features(
    community: Community, shares: Shares, capabilities: Sequence[str], least: float
) -> Features:
    """Features of a cohort's samples.

    Parameters
    ----------
    community : Community
    shares : Shares
    capabilities : sequence of str
    least : float
        Least share of bacterial cells that a share must speak for.
    """
    given = np.where(shares.assessable_cells < least, np.nan, shares.mean)
    return assemble_features(capabilities, given, community.taxa, community.cells)


def faecal(
    community: Community, found: Features, least: float, model: Model | None = None
) -> Block:
    """Predict the faecal metabolites of a cohort's samples.

    Parameters
    ----------
    community : Community
        All samples of the cohort, among which they are ranked.
    found : Features
    least : float
        Least share of the bacterial cells that must be resolved.
    model : Model, optional
        By default the one that ships.

    Returns
    -------
    Block
        Quantities ``faecal:<metabolite>``, ranks from 0 to 1.
    """
    used = load() if model is None else model
    mean, sd, quantiles = distribution(scores(used, found), used.strength)
    covered = np.tile(resolved_cells(community)[:, None], (1, len(METABOLITES)))
    absent = np.full(mean.shape, np.nan)
    return Block(
        tuple(f"faecal:{metabolite.name}" for metabolite in METABOLITES),
        (UNIT,) * len(METABOLITES),
        mean,
        sd,
        quantiles,
        absent,
        absent,
        covered,
        reasons(community, covered, least, _unknown(used, len(community.samples))),
    )


def _unknown(model: Model, samples: int) -> tuple[str, ...]:
    if samples < LEAST_SAMPLES:
        few = f"a rank within a cohort of under {LEAST_SAMPLES} samples says little"
        return tuple(reason or few for reason in model.unpredictable)
    return model.unpredictable


def resolved_cells(community: Community) -> Array:
    """Share of the cells that may be bacterial which stand for reference genomes."""
    resolved = np.asarray(community.cells.sum(axis=1))
    total = bacterial_cells(community)[:, 0]
    out: Array = np.divide(resolved, total, out=np.zeros_like(total), where=total > 0)
    return out
