"""The table of accuracies: every quantity with a measured counterpart, cohort by cohort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tryptome.estimate.faecal.fit import fit
from tryptome.estimate.faecal.model import distribution
from tryptome.estimate.faecal.nested import Nested
from tryptome.estimate.faecal.ranks import SCALE
from tryptome.measured.correlation import (
    BEYOND,
    Correlation,
    correlate,
    person_weights,
    pool,
    verdict,
)
from tryptome.tables import write_tsv
from validation.baselines import learned, shuffled_labels, shuffled_taxa
from validation.cohorts import Paired, rank_of, training
from validation.models import reason
from validation.page import page
from validation.pairs import PAIRS, Pair
from validation.shuffled_capabilities import shuffled_capabilities

Array = npt.NDArray[np.float64]

SEED = 1
POOLED = "pooled"

TOO_WEAK = "beyond diversity, but too weak to predict"
"""Verdict on a metabolite that is not predicted, though its increment is above zero."""

UNMEASURED = "no cohort measures it"
"""Verdict on a quantity whose metabolite is in none of the cohorts."""

NOWHERE = "none"

SIGNS = {1: "positive", -1: "negative", 0: "none"}
"""Words of the column ``expected``."""


@dataclass(frozen=True)
class Tested:
    """A quantity's row, and what pooling needs of it."""

    row: dict[str, object]
    simple: Correlation
    partial: Correlation


def write(cohorts: list[Paired], table: Path, text: Path) -> None:
    """Write ``accuracy.tsv`` and the page that shows it."""
    found = measure(cohorts)
    write_tsv(found, table)
    text.write_text(page(found), encoding="utf-8")


def measure(cohorts: list[Paired]) -> pd.DataFrame:
    """Measure the accuracy of every quantity."""
    nested = Nested(training(cohorts))
    genera = {
        (c.name, str(m)): learned(cohorts, c, str(m), SEED) for c in cohorts for m in c.measured
    }
    shuffled = shuffled_capabilities(cohorts, nested, SEED)
    rows: list[dict[str, object]] = []
    for pair in PAIRS:
        predict = partial(_faecal, nested, pair.metabolite, shuffled)
        found = _rows(cohorts, pair, predict if pair.fitted else partial(_as_it_is, pair), genera)
        weak = pair.fitted and bool(reason(nested.median(pair.metabolite)))
        rows += [_weakened(row) if weak else row for row in found]
    return pd.DataFrame(rows)


def _weakened(row: dict[str, object]) -> dict[str, object]:
    return row | {"verdict": TOO_WEAK} if row["verdict"] == BEYOND else row


def _as_it_is(pair: Pair, cohort: Paired) -> tuple[Array, dict[str, object]]:
    return cohort.means[pair.quantity].to_numpy(float), {}


def _faecal(
    nested: Nested, metabolite: str, shuffled: dict[tuple[str, str], float], cohort: Paired
) -> tuple[Array, dict[str, object]]:
    """Score of a cohort, and its row's columns, of which it had a part in none."""
    out = {cohort.name}
    score = cohort_score(nested, metabolite, cohort.name, nested.weights(out))
    single = cohort_score(nested, metabolite, cohort.name, nested.best(out))
    expected = np.array([nested.strength(metabolite, out)])
    quantiles = distribution(score[:, None], expected)[2][:, 0]
    rank = rank_of(cohort.measured[metabolite]) / SCALE + 0.5
    known = ~np.isnan(rank)
    inside = (rank >= quantiles[:, 0]) & (rank <= quantiles[:, -1])
    return score, {
        "single": _spearman(single, cohort.measured[metabolite].to_numpy(float), known),
        "shuffled_taxa": shuffled[metabolite, cohort.name],
        "coverage_90": float(inside[known].mean()),
        "predicted_by_others": "false" if reason(nested.median(metabolite, out)) else "true",
    }


def cohort_score(nested: Nested, metabolite: str, name: str, weights: Array) -> Array:
    """Score of a cohort by a fit on all others."""
    return nested.cohorts[name].x @ fit(nested.without({name}), metabolite, weights)


def _rows(
    cohorts: list[Paired],
    pair: Pair,
    values: Callable[[Paired], tuple[Array, dict[str, object]]],
    genera: dict[tuple[str, str], tuple[Array, Array]],
) -> list[dict[str, object]]:
    tested = []
    for cohort in cohorts:
        if pair.metabolite in cohort.measured:
            x, more = values(cohort)
            one = _test(cohort, pair, x, genera[cohort.name, pair.metabolite])
            one.row.update(more)
            tested.append(one)
    rows = [one.row for one in tested]
    if len(tested) > 1:
        rows.append(_pooled(pair, tested))
    return rows or [_unmeasured(pair)]


def _named(pair: Pair, cohort: str) -> dict[str, object]:
    return {
        "quantity": pair.quantity,
        "metabolite": pair.metabolite,
        "cohort": cohort,
        "expected": SIGNS[pair.expected],
        "left_out": "true" if pair.fitted else "not fitted",
    }


def _unmeasured(pair: Pair) -> dict[str, object]:
    return {**_named(pair, NOWHERE), "samples": 0, "persons": 0, "verdict": UNMEASURED}


def _test(cohort: Paired, pair: Pair, x: Array, genera: tuple[Array, Array]) -> Tested:
    y = cohort.measured[pair.metabolite].to_numpy(float)
    known = ~np.isnan(x) & ~np.isnan(y) & ~np.isnan(cohort.diversity)
    given = (cohort.diversity[known], cohort.depth[known])
    weights = person_weights(cohort.persons[known], SEED)
    simple, beyond = correlate(x[known], y[known], given, weights)
    row: dict[str, object] = {
        **_named(pair, cohort.name),
        **_interval("", simple),
        "samples": int(known.sum()),
        "persons": len(set(cohort.persons[known])),
        "detected": float((y[known] > np.nanmin(y)).mean()),
        **_interval("partial_", beyond),
        **_baselines(cohort, pair, x, y, known, genera),
        "verdict": verdict(*beyond.interval, pair.expected),
    }
    return Tested(row, simple, beyond)


def _interval(prefix: str, found: Correlation) -> dict[str, float]:
    low, high = found.interval
    return {f"{prefix}spearman": found.value, f"{prefix}lower": low, f"{prefix}upper": high}


def _baselines(
    cohort: Paired,
    pair: Pair,
    x: Array,
    y: Array,
    known: npt.NDArray[np.bool_],
    genera: tuple[Array, Array],
) -> dict[str, float]:
    alone = {"shannon": cohort.diversity, "depth": cohort.depth}
    alone |= dict(zip(("forest", "elastic_net"), genera, strict=True))
    out = {name: _spearman(values, y, known) for name, values in alone.items()}
    out["shuffled_taxa"] = shuffled_taxa(cohort, pair, y, SEED)
    persons = cohort.persons[known]
    out["shuffled_labels"] = shuffled_labels(x[known], y[known], persons, pair.expected, SEED)
    return out


def _spearman(values: Array, y: Array, known: npt.NDArray[np.bool_]) -> float:
    from scipy.stats import spearmanr

    if len(values) == 0 or values[known].std() == 0:
        return float("nan")
    return float(spearmanr(values[known], y[known]).statistic)


def _pooled(pair: Pair, tested: list[Tested]) -> dict[str, object]:
    simple = pool([one.simple for one in tested])
    beyond = pool([one.partial for one in tested])
    rows = pd.DataFrame([one.row for one in tested])
    names = ("spearman", "lower", "upper")
    return {
        **_named(pair, POOLED),
        **dict(zip(names, simple, strict=True)),
        "samples": int(rows["samples"].sum()),
        "persons": int(rows["persons"].sum()),
        **dict(zip([f"partial_{name}" for name in names], beyond, strict=True)),
        "verdict": verdict(beyond[1], beyond[2], pair.expected),
    }
