"""How far estimates of single samples are from draws of their own model: a table of docs/method.md.

PYTHONPATH=maintain python -m calibration.draws
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from calibration.coverage import NAMES, _demo
from tryptome.annotate.copy_number import copies
from tryptome.annotate.posterior import prevalence
from tryptome.estimate.balance import EPSILON, precursor_balance
from tryptome.estimate.community import Array, Community, assemble
from tryptome.estimate.shares import QUANTILES, Prevalence, share_of_cells
from tryptome.knowledge.base import load
from tryptome.vocabulary import BACTERIUM

SEED = 1
DRAWS = 20_000
EVERY = 12
"""One sample of the demo in so many."""

SHOWN = (*NAMES, "indole", "deoxycholate")
SURE = 1e-12
STRAIN = 0.01
"""Parameters of a beta distribution under which it is a yes or a no."""


def main() -> None:
    """Print the median, the 90 % point and the greatest of the errors."""
    table = pd.DataFrame(rows(), columns=["of", "mean", "sd", "q05", "q25", "q50", "q75", "q95"])
    for of, found in table.groupby("of"):
        print(of, len(found))
        print(found.drop(columns="of").abs().quantile([0.5, 0.9, 1]).round(3).to_string())


def rows() -> Iterator[tuple[object, ...]]:
    """Errors of each share and balance: in sds of the draws, of the sd relative."""
    community, known = _cohort()
    shares = share_of_cells(community, known)
    balance = precursor_balance(community, known, shares).own
    columns = [known.capabilities.index(name) for name in SHOWN]
    own = shares.columns(columns)
    quantiles, sd = own.quantiles(), np.sqrt(own.variance)
    rng = np.random.default_rng(SEED)
    for sample in range(len(community.samples)):
        drawn = draw(community.rows(slice(sample, sample + 1)), known, columns, rng)
        for at, values in enumerate(drawn):
            found = own.mean[sample, at], sd[sample, at], quantiles[sample, at]
            yield "share", *_errors(values, *found)
        ratio = np.log2((drawn[0] + EPSILON) / (drawn[1] + EPSILON))
        one = balance.mean[sample, 0], balance.sd[sample, 0], balance.quantiles[sample, 0]
        yield "balance", *_errors(ratio, *one)


def draw(
    one: Community, known: Prevalence, columns: list[int], rng: np.random.Generator
) -> list[Array]:
    """Shares of one sample by brute force: Dirichlet reads, log-normal copies, beta prevalences."""
    reads = one.reads.toarray()[0]
    present = np.flatnonzero(reads)
    depth = rng.gamma(np.append(reads[present], 1.0), size=(DRAWS, len(present) + 1))
    log_sd = np.append(one.log_sd[present], 0)
    per_read = np.append(one.per_read[present], one.unseen_per_read)
    cells = depth * per_read * np.exp(log_sd * rng.standard_normal(depth.shape))
    found = []
    for column in columns:
        mean = np.append(known.mean[present, column], known.prior_mean[column])
        variance = np.append(known.variance[present, column], known.prior_variance[column])
        among = cells * np.append(known.assessable[present, column], True)
        theta = _prevalences(mean, variance, rng)
        found.append((among * theta).sum(axis=1) / among.sum(axis=1))
    return found


def _prevalences(mean: Array, variance: Array, rng: np.random.Generator) -> Array:
    """Draws of beta distributions, those too near to a yes or a no for NumPy as just that."""
    size = mean * (1 - mean) / np.maximum(variance, 1e-15) - 1
    a, b = np.maximum(mean * size, 1e-8), np.maximum((1 - mean) * size, 1e-8)
    drawn = rng.beta(a, b, (DRAWS, len(mean)))
    strain = np.isnan(drawn) | (np.maximum(a, b) < STRAIN)
    drawn = np.where(strain, rng.random(drawn.shape) < mean, drawn)
    return np.where(variance > SURE, drawn, mean)


def _errors(drawn: Array, mean: float, sd: float, quantiles: Array) -> tuple[float, ...]:
    true = drawn.std()
    off = (quantiles - np.quantile(drawn, QUANTILES)) / true
    return ((mean - drawn.mean()) / true, sd / true - 1, *off)


def _cohort() -> tuple[Community, Prevalence]:
    demo, knowledge = _demo(), load()
    taxa = [*sorted(set(demo.resolution["taxon"]) - {""}), BACTERIUM]
    samples = tuple(str(number) for number in range(demo.reads.shape[0]))
    community = assemble(
        samples, demo.reads, demo.resolution, copies(taxa, knowledge),
        counts=True, correct_copies=True,
    )  # fmt: skip
    community = community.rows(np.arange(5, len(samples), EVERY))
    return community, Prevalence.of(prevalence(taxa, knowledge), community.taxa)


if __name__ == "__main__":
    main()
