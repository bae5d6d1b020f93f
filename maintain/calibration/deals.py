"""Labels that are dealt out anew within a cohort, so that there is nothing to find."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from calibration.cohorts import Array, Cohort

Columns = Mapping[str, Array]
"""Columns of the metadata that are dealt out, by name; ``label`` is always one."""

Deal = Callable[[Cohort, np.random.Generator], Columns]
Disturb = Callable[[Cohort, Columns, np.random.Generator], dict[str, Array]]
"""Outcomes under dealt labels; may add what a test has to bear."""

MOST_PERSONS_IN_B = 0.35
FEW = 6
"""Persons or samples of a small group."""

SHARES_OF_B = (0.25, 0.5, 0.75)
"""Of the samples of a stratum or batch, in turn."""

BATCHES = 9
SPREAD_OF_WEIGHTS = 0.7


def groups(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal the labels of the two largest groups of a cohort out anew; others are left out."""
    found = cohort.metadata["group"].to_numpy(object)
    names = pd.Series(found).value_counts().index[:2]
    inside = np.isin(found, list(names))
    labels = np.full(len(found), "out", dtype=object)
    labels[inside] = rng.permutation(np.where(found[inside] == names[0], "a", "b"))
    return {"label": labels}


def of_persons(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal persons out to a larger and a smaller group."""
    codes = pd.factorize(cohort.metadata["person"])[0]
    persons = codes.max() + 1
    chosen = rng.permutation(persons) < MOST_PERSONS_IN_B * persons
    return {"label": np.where(chosen[codes], "b", "a").astype(object)}


def within(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal the samples of each person out to two halves."""
    codes = pd.factorize(cohort.metadata["person"])[0]
    order = rng.permutation(len(codes))
    place = pd.Series(codes[order]).groupby(codes[order]).cumcount().to_numpy()
    labels = np.empty(len(codes), dtype=object)
    labels[order] = np.where(place % 2, "b", "a")
    return {"label": labels}


def within_and_between(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal samples out to halves within persons, and persons out to two arms."""
    return {**within(cohort, rng), "arm": of_persons(cohort, rng)["label"]}


def three(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal samples out to three unequal groups."""
    levels = rng.choice(["a", "b", "c"], len(cohort.metadata), p=[0.5, 0.3, 0.2])
    return {"label": levels.astype(object)}


def numbers(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Give every sample a number."""
    return {"label": _texts(rng.exponential(size=len(cohort.metadata)))}


def six_each(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal two small groups of persons out; all others are left out."""
    codes = pd.factorize(cohort.metadata["person"])[0]
    of_person = np.full(codes.max() + 1, "out", dtype=object)
    chosen = rng.permutation(len(of_person))[: 2 * FEW]
    of_person[chosen[:FEW]], of_person[chosen[FEW:]] = "a", "b"
    return {"label": of_person[codes]}


def batches(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal batches out, of which each has a share of its own in the two groups."""
    batch = rng.integers(BATCHES, size=len(cohort.metadata))
    names = np.array([f"batch{one}" for one in range(BATCHES)], dtype=object)
    return {"batch": names[batch], "label": _uneven(batch, rng)}


def families(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal whole families out to two groups."""
    codes = pd.factorize(cohort.metadata["family"])[0]
    chosen = rng.permutation(codes.max() + 1) < (codes.max() + 1) / 2
    return {"label": np.where(chosen[codes], "b", "a").astype(object)}


def inside_strata(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal samples out within the cohort's groups, to shares that differ between these."""
    return {"label": _uneven(pd.factorize(cohort.metadata["group"])[0], rng)}


def weighted(cohort: Cohort, rng: np.random.Generator) -> Columns:
    """Deal two groups of persons out, and a weight of each sample."""
    steps = rng.normal(size=len(cohort.metadata)) * SPREAD_OF_WEIGHTS
    return {**of_persons(cohort, rng), "weight": _texts(np.exp(steps))}


def _uneven(codes: Array, rng: np.random.Generator) -> Array:
    share = np.array(SHARES_OF_B)[codes % len(SHARES_OF_B)]
    return np.where(rng.random(len(codes)) < share, "b", "a").astype(object)


def _texts(values: Array) -> Array:
    return np.array([f"{value:.6f}" for value in values], dtype=object)


def as_it_is(cohort: Cohort, columns: Columns, rng: np.random.Generator) -> dict[str, Array]:
    """Leave the outcomes as they are."""
    return cohort.outcomes


def thin_b(cohort: Cohort, columns: Columns, rng: np.random.Generator) -> dict[str, Array]:
    """Take a tenth of the reads of group b."""
    b = columns["label"] == "b"
    return {name: np.where(b, cohort.thin[name], full) for name, full in cohort.outcomes.items()}


def shifted(cohort: Cohort, columns: Columns, rng: np.random.Generator) -> dict[str, Array]:
    """Shift each batch, by half a standard deviation of the samples on average."""
    codes = pd.factorize(columns["batch"])[0]
    shift = rng.normal(size=BATCHES)[codes] / 2
    return {name: full + shift * np.nanstd(full) for name, full in cohort.outcomes.items()}


def responding(cohort: Cohort, columns: Columns, rng: np.random.Generator) -> dict[str, Array]:
    """Let each person respond to b in a way of their own, and none on average."""
    codes = pd.factorize(cohort.metadata["person"])[0]
    response = rng.normal(size=codes.max() + 1)[codes] * (columns["label"] == "b")
    return {name: full + response * np.nanstd(full) for name, full in cohort.outcomes.items()}
