"""Predicted faecal metabolites of a cohort, as a block of quantities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.blocks import Block, Spread, reasons
from tryptome.estimate.faecal.features import Families, Features
from tryptome.estimate.faecal.features import features as assemble_features
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.model import LEAST_SAMPLES, Model, distribution, load, scores
from tryptome.estimate.faecal.ranks import Summary
from tryptome.estimate.shares import bacterial_cells

if TYPE_CHECKING:
    from tryptome.estimate.community import Array, Community
    from tryptome.estimate.shares import Shares

UNIT = "rank within cohort"


@dataclass(frozen=True)
class Among:
    """All samples of a cohort, among which each is ranked.

    Attributes
    ----------
    samples : int
    features : Summary
        Of the model's features.
    """

    samples: int
    features: Summary


def features_of(
    community: Community,
    shares: Shares,
    capabilities: Sequence[str],
    families: Families,
    least: float,
) -> Features:
    """Features of samples.

    Parameters
    ----------
    community : Community
    shares : Shares
    capabilities : sequence of str
    families : Families
        Of the community's taxa.
    least : float
        Least share of bacterial cells that a share must speak for.
    """
    given = np.where(shares.assessable_cells < least, np.nan, shares.mean)
    return assemble_features(capabilities, given, families, community.cells)


def faecal(
    community: Community,
    found: Features,
    least: float,
    model: Model | None = None,
    among: Among | None = None,
) -> Block:
    """Predict the faecal metabolites of samples.

    Parameters
    ----------
    community : Community
    found : Features
    least : float
        Least share of the bacterial cells that must be resolved.
    model : Model, optional
        By default the one that ships.
    among : Among, optional
        The cohort among which samples are ranked; by default these samples.

    Returns
    -------
    Block
        Quantities ``faecal:<metabolite>``, ranks from 0 to 1.
    """
    used = load() if model is None else model
    ranked = scores(used, found, None if among is None else among.features)
    count = len(community.samples) if among is None else among.samples
    mean, sd, quantiles = distribution(ranked, used.strength)
    covered = np.tile(resolved_cells(community)[:, None], (1, len(METABOLITES)))
    absent = np.full(mean.shape, np.nan)
    return Block(
        tuple(f"faecal:{metabolite.name}" for metabolite in METABOLITES),
        (UNIT,) * len(METABOLITES),
        Spread(mean, sd, quantiles),
        Spread.none(mean.shape),
        absent,
        absent,
        covered,
        reasons(community, covered, least, _unknown(used, count)),
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
