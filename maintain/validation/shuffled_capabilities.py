"""What predictions are worth once capabilities are shuffled between taxa, and fitted anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from tryptome.estimate.faecal.features import SHARE
from tryptome.estimate.faecal.fit import Training, fit
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.nested import Nested
from tryptome.estimate.faecal.ranks import ranks
from validation.baselines import SHUFFLES, correlations, extreme
from validation.cohorts import Paired

Array = npt.NDArray[np.float64]


def shuffled_capabilities(
    cohorts: list[Paired], nested: Nested, seed: int, shuffles: int = SHUFFLES
) -> dict[tuple[str, str], float]:
    """95 % quantile of the correlation of ``faecal:`` quantities, by metabolite and cohort.

    In each shuffle a taxon has, in all cohorts, all capabilities of another taxon. What is
    known of families and diversity stays, and the cohort that is scored is left out of the
    fit. Weights of the candidates are those of the data as they are.
    """
    found: dict[tuple[str, str], list[Array]] = {}
    for trained in shuffled(cohorts, nested, seed, shuffles):
        for out in trained:
            others = [cohort for cohort in trained if cohort is not out]
            for metabolite in METABOLITES:
                if metabolite.name in out.measured:
                    weights = nested.weights({out.name})
                    score = out.x @ fit(others, metabolite.name, weights)
                    found.setdefault((metabolite.name, out.name), []).append(score)
    return {
        key: extreme(
            correlations(np.column_stack(scores), nested.cohorts[key[1]].measured[key[0]]), 1
        )
        for key, scores in found.items()
    }


def shuffled(
    cohorts: list[Paired], nested: Nested, seed: int, shuffles: int
) -> Iterator[list[Training]]:
    """Cohorts of which the shares are those of shuffled capabilities."""
    profiles = pd.concat([cohort.prevalence for cohort in cohorts])
    profiles = profiles[~profiles.index.duplicated()].sort_index()
    rng = np.random.default_rng(seed)
    for _ in range(shuffles):
        other = profiles.set_axis(profiles.index[rng.permutation(len(profiles))])
        yield [_trained(cohort, nested.cohorts[cohort.name], other) for cohort in cohorts]


def _trained(cohort: Paired, trained: Training, profiles: pd.DataFrame) -> Training:
    columns = [n for n, name in enumerate(trained.names) if name.startswith(SHARE)]
    capabilities = [trained.names[n].removeprefix(SHARE) for n in columns]
    given = profiles.reindex(index=list(cohort.taxa), columns=capabilities).to_numpy(float)
    told = cohort.cells @ (~np.isnan(given)).astype(float)
    having = cohort.cells @ np.nan_to_num(given)
    x = trained.x.copy()
    x[:, columns] = ranks(np.where(told > 0, having / np.where(told > 0, told, 1), np.nan))
    return replace(trained, x=x)
