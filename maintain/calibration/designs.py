"""Designs of contrasts with nothing to find, on real cohorts, and how often one is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibration import deals
from calibration.cohorts import SEED, Array, Cohort
from calibration.deals import Columns, Deal, Disturb
from tryptome.compare.finding import Finding
from tryptome.compare.ready import ready
from tryptome.compare.table import half_width
from tryptome.config.model import Contrast

SINGLE = ("JACOBS", "KANG", "KIM", "SINHA")
REPEATED = ("HE", "POYET", "WANDRO")
LEVELS = {"column": "label", "reference": "a", "level": "b"}
ARM = {"column": "arm", "reference": "a", "level": "b"}
STEPS = {"label": ["a", "b", "c"]}
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Design:
    """A kind of contrast with nothing to find.

    Attributes
    ----------
    title : str
    cohorts : tuple of str
        Taken in turn.
    deal : callable
        Deals labels out.
    contrast : mapping
        As in the configuration.
    disturb : callable
        Gives the outcomes under these labels.
    seed : int
        Another one where a reading led to a change of the test, which asks for new draws.
    """

    title: str
    cohorts: tuple[str, ...]
    deal: Deal
    contrast: Mapping[str, Any]
    disturb: Disturb = deals.as_it_is
    seed: int = SEED


def _formula(text: str, **further: Any) -> dict[str, Any]:
    return {"formula": text, **further}


PLAIN = _formula("label")
DESIGNS = (
    Design("two groups, one sample a person", SINGLE, deals.groups, LEVELS),
    Design("two groups of persons who repeat", REPEATED, deals.of_persons, LEVELS),
    Design("within persons who repeat", REPEATED, deals.within, LEVELS),
    Design(
        "the same, where persons respond, but not on average",
        *(REPEATED, deals.within, LEVELS, deals.responding),
    ),
    Design(
        "two groups, one with a tenth of the reads", SINGLE[:3], deals.groups, LEVELS, deals.thin_b
    ),
    Design("the same, of persons who repeat", REPEATED, deals.of_persons, LEVELS, deals.thin_b),
    Design("6 against 6, one sample a person", SINGLE, deals.six_each, LEVELS),
    Design("6 against 6 persons who repeat", REPEATED, deals.six_each, LEVELS),
    Design(
        "interaction: within persons by groups of persons",
        *(REPEATED, deals.within_and_between, LEVELS | {"interaction": ARM}),
    ),
    Design("three levels (joint test)", (*SINGLE, "HE"), deals.three, PLAIN),
    Design(
        "an ordered scale of three levels (`order`)",
        *((*SINGLE, "HE"), deals.three, _formula("label", order=STEPS)),
    ),
    Design("a number", ("KIM", "HE", "POYET"), deals.numbers, PLAIN),
    Design(
        "`day * label`, groups of persons over time",
        *(("HE", "WANDRO"), deals.of_persons, _formula("day * label")),
    ),
    Design(
        "`day * label`, both within persons",
        *(("HE", "WANDRO"), deals.within, _formula("day * label")),
    ),
    Design(
        "batches that differ, as a random effect",
        *(("KIM", "SINHA", "HE"), deals.batches, _formula("label + (1|batch)"), deals.shifted),
    ),
    Design(
        "whole families, as a random effect",
        *(("JACOBS",), deals.families, _formula("label + (1|family)")),
        seed=3,
    ),
    Design("strata that differ", SINGLE, deals.inside_strata, _formula("label", strata="group")),
    Design(
        "sample weights",
        *(("KIM", "SINHA", "HE"), deals.weighted, _formula("label", weights="weight")),
    ),
)


def findings(
    cohort: Cohort, contrast: Mapping[str, Any], columns: Columns, outcome: Mapping[str, Array]
) -> Iterator[tuple[str, Finding]]:
    """First finding of a contrast on each quantity."""
    samples = cohort.metadata.assign(**columns)
    full = Contrast.model_validate(contrast).model_dump()
    find = ready("null", full, samples, cohort.subject, SEED)
    for quantity, values in outcome.items():
        yield quantity, find(values)[0]


def dealt(cohorts: Mapping[str, Cohort], number: int, contrasts: int) -> pd.DataFrame:
    """P values of a design where nothing is there; one row a contrast and quantity."""
    return pd.DataFrame(
        row for turn in range(contrasts) for row in _one(cohorts, DESIGNS[number], number, turn)
    )


def _one(
    cohorts: Mapping[str, Cohort], design: Design, number: int, turn: int
) -> Iterator[dict[str, Any]]:
    """P values of one contrast, which its design's number and its own alone decide."""
    rng = np.random.default_rng([design.seed, number, turn])
    cohort = cohorts[design.cohorts[turn % len(design.cohorts)]]
    columns = design.deal(cohort, rng)
    outcome = design.disturb(cohort, columns, rng)
    for quantity, found in findings(cohort, design.contrast, columns, outcome):
        row = {"design": design.title, "contrast": turn, "quantity": quantity}
        if found.estimate is None:
            yield {**row, "reason": found.reason}
            continue
        half = half_width(found.estimate, 0.0, CONFIDENCE)
        joint = found.p_joint is not None
        yield {
            **row,
            "cohort": cohort.name,
            "p": found.p_joint if joint else found.p,
            "model": np.nan if joint else found.p_model,
            "permutation": np.nan if joint else found.p_permutation,
            "covered": float(abs(found.estimate.effect) <= half),
        }
