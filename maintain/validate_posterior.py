"""Judge the posteriors with whole species and whole genera left out; write a page of tables.

Each reference species is predicted from its relatives alone: by the
hierarchical model, and by three baselines that a reader would think of first,
each smoothed by half a species of either kind: the mean of the other species
of its genus, of its family, and of all. Every species weighs the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from tryptome.annotate.hierarchy import Array, Beta, Counts, Index
from tryptome.annotate.posterior import FEW_SPECIES, Reference, reference
from tryptome.atomic import write_text
from tryptome.knowledge.base import KnowledgeBase

SEED = 1
HALF = 0.5
SURE = 2  # standard errors
BINS = (0.0, 0.02, 0.1, 0.3, 0.7, 0.9, 0.98, 1.0)


@dataclass(frozen=True)
class Case:
    """Species of one capability that have genomes, with what their relatives say.

    Attributes
    ----------
    genomes, positives : ndarray, shape (species,)
    model : Beta
        Predicted prevalence.
    baselines : dict of str to ndarray
        Predicted means.
    """

    genomes: Array
    positives: Array
    model: Beta
    baselines: dict[str, Array]

    @property
    def observed(self) -> Array:
        """Share of each species' genomes that have the capability."""
        return self.positives / self.genomes


def main(folder: str, output: str) -> None:
    """Judge the knowledge base in ``folder`` and write the Markdown page ``output``."""
    knowledge = KnowledgeBase(Path(folder))
    known = reference(knowledge)
    names = [c.name for c in knowledge.capabilities if c.source and not c.derived_from]
    species = {name: species_left_out(known, name) for name in names}
    genera = {name: genera_left_out(known, name) for name in names}
    parts = [
        HEADER,
        "## Whole species left out\n",
        table(species, ("genus", "family", "all")),
        BETTER,
        exceptions(species),
        reasons(species),
        "\n## Whole genera left out\n",
        table(genera, ("family", "all")),
        BETTER,
        exceptions(genera),
        reasons(genera),
        "\n## Calibration curve\n",
        CURVE,
        curve(species),
    ]
    write_text(output, "\n".join(parts))


def species_left_out(known: Reference, name: str) -> Case:
    """Predict each species from the rest of its genus, its family and the others."""
    counts, column = known.observed, known.capabilities.index(name)
    model = known.hierarchy.unseen_species
    family = counts.family[counts.genus]
    groups = {"genus": counts.genus, "family": family, "all": np.zeros_like(family)}
    return _case(counts, column, model, groups, leave=np.arange(len(family)))


def genera_left_out(known: Reference, name: str) -> Case:
    """Predict each species with its whole genus left out."""
    counts, column = known.observed, known.capabilities.index(name)
    unseen = known.hierarchy.unseen_genus
    model = Beta(unseen.mean[counts.genus], unseen.variance[counts.genus])
    family = counts.family[counts.genus]
    groups = {"family": family, "all": np.zeros_like(family)}
    return _case(counts, column, model, groups, leave=counts.genus)


def _case(counts: Counts, column: int, model: Beta, groups: dict[str, Index], leave: Index) -> Case:
    n, k = counts.genomes[:, column], counts.positives[:, column]
    seen = n > 0
    share = np.divide(k, n, out=np.zeros_like(k), where=seen)
    return Case(
        n[seen],
        k[seen],
        Beta(model.mean[seen, column], model.variance[seen, column]),
        {name: _mean_of_others(share, seen, g, leave)[seen] for name, g in groups.items()},
    )


def _mean_of_others(share: Array, seen: npt.NDArray[np.bool_], group: Index, leave: Index) -> Array:
    """Smoothed mean of the other species of the group, without those left out together.

    Where no other species is left, the smoothing alone decides, at the mean of all.
    """
    weight = seen.astype(float)
    total, number = (np.bincount(group, w, minlength=group.max() + 1)[group]
                     for w in (share * weight, weight))  # fmt: skip
    own, size = (np.bincount(leave, w, minlength=leave.max() + 1)[leave]
                 for w in (share * weight, weight))  # fmt: skip
    base = (share[seen].sum() + HALF) / (seen.sum() + 2 * HALF)
    return np.asarray((total - own + 2 * HALF * base) / (number - size + 2 * HALF))


def log_loss(case: Case, p: Array) -> Array:
    """Negative log probability of a genome drawn from each species."""
    y = case.observed
    return np.asarray(-(y * np.log(p) + (1 - y) * np.log1p(-p)))


def brier(case: Case, p: Array) -> Array:
    """Squared difference of the predicted and the observed share of each species."""
    return np.asarray((case.observed - p) ** 2)


def slope(case: Case) -> float:
    """Slope of a logistic regression of the observed on the predicted log-odds; 1 is right."""
    import statsmodels.api as sm

    logit = np.log(case.model.mean) - np.log1p(-case.model.mean)
    model = sm.GLM(case.observed, sm.add_constant(logit), family=sm.families.Binomial())
    return float(model.fit().params[1])


def pit(case: Case) -> float:
    """Kolmogorov-Smirnov distance of the randomised PIT from the uniform distribution."""
    from scipy.stats import betabinom, kstest

    a = case.model.mean * case.model.concentration
    b = (1 - case.model.mean) * case.model.concentration
    below = np.asarray(betabinom.cdf(case.positives - 1, case.genomes, a, b))
    at = np.asarray(betabinom.pmf(case.positives, case.genomes, a, b))
    draws = below + np.random.default_rng(SEED).random(len(below)) * at
    return float(kstest(draws, "uniform").statistic)


def table(cases: dict[str, Case], baselines: tuple[str, ...]) -> str:
    """Markdown table of the scores, one row a capability."""
    scores = [f"{kind}, {name}" for kind in ("log loss", "Brier") for name in ("model", *baselines)]
    head = ["capability", "species", "positive", *scores, "slope", "PIT"]
    rows = []
    for name, case in cases.items():
        predictions = [case.model.mean, *(case.baselines[b] for b in baselines)]
        losses = [float(log_loss(case, p).mean()) for p in predictions]
        squares = [float(brier(case, p).mean()) for p in predictions]
        positive = positive_species(case)
        mark = " (few)" if positive < FEW_SPECIES else ""
        rows.append([
            f"`{name}`", str(len(case.genomes)), f"{positive}{mark}",
            *_best_bold(losses), *_best_bold(squares), f"{slope(case):.2f}", f"{pit(case):.3f}",
        ])  # fmt: skip
    return _markdown(head, rows)


def worse(case: Case) -> Iterator[tuple[str, str, float, float]]:
    """Score, baseline, gap and its standard error wherever a baseline scored better."""
    scores: dict[str, Callable[[Case, Array], Array]] = {"log loss": log_loss, "Brier": brier}
    for kind, score in scores.items():
        for baseline, p in case.baselines.items():
            gap = score(case, case.model.mean) - score(case, p)
            if gap.mean() > 0:
                yield kind, baseline, float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(len(gap)))


def positive_species(case: Case) -> int:
    """Species with a positive genome."""
    return int((case.positives > 0).sum())


def exceptions(cases: dict[str, Case]) -> str:
    """Markdown table of where a baseline scored better than the model, and how surely."""
    rows = [
        [f"`{name}`", str(positive_species(case)), kind, baseline, f"{gap:.4f} ± {error:.4f}"]
        for name, case in cases.items()
        for kind, baseline, gap, error in worse(case)
    ]
    if not rows:
        return "No baseline scored better than the model for any capability.\n"
    head = ["capability", "positive species", "score", "baseline", "model worse by (± s.e.)"]
    return _markdown(head, rows)


def reasons(cases: dict[str, Case]) -> str:
    """Say why, of each capability for which a baseline scored better."""
    found: dict[str, list[str]] = {FEW: [], CHANCE: [], REAL: []}
    for name, case in cases.items():
        sure = [gap > SURE * error for _, _, gap, error in worse(case)]
        if sure and positive_species(case) < FEW_SPECIES:
            found[FEW].append(f"`{name}`")
        elif sure:
            found[REAL if any(sure) else CHANCE].append(f"`{name}`")
    lines = [f"- {', '.join(names)}:\n  {why}\n" for why, names in found.items() if names]
    return "\nWhy:\n\n" + "".join(lines) if lines else ""


def _best_bold(values: list[float]) -> list[str]:
    texts = [f"{value:.4f}" for value in values]
    best = int(np.argmin(values))
    texts[best] = f"**{texts[best]}**"
    return texts


def curve(cases: dict[str, Case]) -> str:
    """Markdown table of predicted against observed shares, over all capabilities."""
    p = np.concatenate([case.model.mean for case in cases.values()])
    y = np.concatenate([case.observed for case in cases.values()])
    rows = []
    for low, high in pairwise(BINS):
        chosen = (p >= low) & (p < high)
        rows.append([
            f"{low:g} to {high:g}", str(int(chosen.sum())),
            f"{p[chosen].mean():.3f}", f"{y[chosen].mean():.3f}",
        ])  # fmt: skip
    return _markdown(["predicted", "predictions", "mean predicted", "observed"], rows)


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


HEADER = f"""# How well relatives predict a species

Written by `maintain/validate_posterior.py`. Each reference species is predicted without its own
genomes. *Model* is the hierarchical beta-binomial of `tryptome.annotate.hierarchy`; *genus*,
*family* and *all* are means of the other species there, smoothed by one species at the overall
rate. Log loss and Brier score: lower is better, the best in bold, every species weighing the
same. *Slope*: of the observed on the predicted log-odds, 1 is right, below 1 is too sure. *PIT*:
Kolmogorov-Smirnov distance of the randomised probability integral transform from uniform, 0 is
right. *Few*: under {FEW_SPECIES} positive species, so that scores rest on a handful of cases;
such a capability takes the concentrations that all share.

The concentrations were fitted on the same species, each with its own genomes left out: three
numbers for all capabilities, and as many for each that are held close to those.
"""

BETTER = """Where a baseline scored better than the model (differences within two standard errors
are chance; with few positive species, one or two decide):
"""

FEW = f"""under {FEW_SPECIES} positive species. They cannot tell how alike relatives are, which
  the model then takes from the other capabilities, and one or two species decide which prediction
  scores better. A mean near zero scores well on the many species without the capability, and
  never finds one that has it. The wide prior and the flag in results are for this."""
CHANCE = """within two standard errors by every score: these species do not tell
  the model from the baseline. What is left of the relatives says much the same to both."""
REAL = """more than two standard errors. The concentrations are held close to those that all
  capabilities share, which suits this one less than the plain mean does."""

CURVE = """All capabilities together, species left out.
"""

if __name__ == "__main__":
    main(*sys.argv[1:3])
