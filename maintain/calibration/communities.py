"""Whole compositions, and taxa one by one, compared where there is nothing to find."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from calibration import deals
from calibration.cohorts import SEED, Cohort
from calibration.designs import LEVELS, REPEATED, SINGLE, Design
from calibration.rates import LEVEL
from tryptome.community.abundance import differential
from tryptome.community.asked import Asked, asked
from tryptome.community.distances import METRICS, distances
from tryptome.community.model import model
from tryptome.community.permutation import permanova
from tryptome.community.units import units
from tryptome.config.model import Contrast

DESIGNS = (
    Design("two groups, one sample a person", SINGLE, deals.groups, LEVELS),
    Design("two groups of persons who repeat", REPEATED, deals.of_persons, LEVELS),
    Design("within persons who repeat", REPEATED, deals.within, LEVELS),
)
STREAM = 100
"""Apart from the streams of random numbers of :mod:`calibration.designs`."""


def compositions(cohorts: Mapping[str, Cohort], number: int, contrasts: int) -> pd.DataFrame:
    """P values of PERMANOVA; one row a contrast and metric."""
    rows = [row for turn in range(contrasts) for row in _tested(cohorts, number, turn)]
    return pd.DataFrame(rows)


def taxa(cohorts: Mapping[str, Cohort], number: int, contrasts: int) -> pd.DataFrame:
    """Share of taxa with p and with q at most 5 %; one row a contrast and method."""
    rows = [row for turn in range(contrasts) for row in _differing(cohorts, number, turn)]
    return pd.DataFrame(rows)


def _asked(
    cohorts: Mapping[str, Cohort], number: int, turn: int
) -> tuple[Cohort, Asked, dict[str, Any]]:
    """Deal labels out anew, and ask of them what the stage `community` asks."""
    design = DESIGNS[number]
    rng = np.random.default_rng([SEED, STREAM + number, turn])
    cohort = cohorts[design.cohorts[turn % len(design.cohorts)]]
    samples = cohort.metadata.assign(**design.deal(cohort, rng))
    contrast = Contrast.model_validate(design.contrast).model_dump()
    known = np.asarray(cohort.community.reads.sum(axis=1)) > 0
    found = asked(contrast, samples, cohort.subject, known)
    return cohort, found, {"design": design.title, "contrast": turn}


def _tested(cohorts: Mapping[str, Cohort], number: int, turn: int) -> Iterator[dict[str, Any]]:
    cohort, told, row = _asked(cohorts, number, turn)
    arranged = units(told)
    for metric in METRICS:
        between = distances(metric, arranged.weights, cohort.reads.values)
        yield {**row, "metric": metric, "p": permanova(between, arranged, turn)["p"]}


def _differing(cohorts: Mapping[str, Cohort], number: int, turn: int) -> Iterator[dict[str, Any]]:
    cohort, told, row = _asked(cohorts, number, turn)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that do not converge, by the taxon
        found = differential(cohort.reads, model(told), counts=cohort.counts, seed=turn)
    for method, block in found.groupby("method", sort=True):
        significant = block["q"] <= LEVEL
        yield {
            **row,
            "method": method,
            "taxa": len(block),
            "p": (block["p"] <= LEVEL).mean(),
            "q": significant.mean(),
            "any": significant.any(),
        }
