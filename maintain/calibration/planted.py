"""Planted effects: how often intervals cover them, and how often they are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse
from scipy.special import nctdtr, stdtrit

from calibration.cohorts import BALANCE, SEED, Array, Cohort
from calibration.deals import Columns, Deal
from calibration.designs import CONFIDENCE, LEVELS, findings
from calibration.rates import LEVEL
from tryptome.compare.scale import to_scale
from tryptome.compare.shared import Shared
from tryptome.compare.table import half_width
from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR

RAISED = ("share:trp_synthesis", "share:butyrate", "share:vitamin_b6", BALANCE)
COMMON = 8
"""Taxa that are raised in turn, the most abundant ones."""

STREAM = 200
"""Apart from the streams of random numbers of designs and of communities."""

SIZES = (6, 12, 30)
STEPS = (0.0, 0.4, 0.8, 1.2, 1.6, 2.0)


def coverage(cohort: Cohort, deal: Deal, times: int) -> pd.DataFrame:
    """How often intervals cover a planted effect whose size the true prevalences decide.

    One taxon is raised threefold in group b. Truth is a draw of prevalences and copy numbers from
    their posterior: its effect is the mean over all samples of what raising the taxon
    does to them. The estimate knows the posterior means alone.
    """
    reads = cohort.community.reads
    common = np.argsort(-np.asarray(reads.sum(axis=0)).ravel())[:COMMON]
    before = cohort.shared(reads)
    rows: list[dict[str, float]] = []
    for turn in range(times):
        rng = np.random.default_rng([SEED, STREAM, turn])
        raised = np.ones(reads.shape[1])
        raised[common[turn % len(common)]] = 3
        after = cohort.shared(scipy.sparse.csr_array(reads * raised))
        columns = deal(cohort, rng)
        for name in RAISED:
            rows += _covered(cohort, (before, after), name, columns, turn)
    return pd.DataFrame(rows)


def _covered(
    cohort: Cohort, both: tuple[Shared, Shared], name: str, columns: Columns, turn: int
) -> list[dict[str, float]]:
    drawn = [to_scale(name, every) for shared in both if (every := shared.draws(name)) is not None]
    posterior = [drawn_mean(shared, name) for shared in both]
    b = columns["label"] == "b"
    outcome = np.where(b, posterior[1], posterior[0])
    _, found = next(findings(cohort, LEVELS, columns, {name: outcome}))
    if found.estimate is None:
        return []
    at, estimate = found.selection.rows, found.estimate
    truth = float((drawn[1] - drawn[0])[turn % len(drawn[0])].mean())
    mixed = np.where(b[at], drawn[1][:, at], drawn[0][:, at])
    shared = float(np.std(mixed @ estimate.weights, ddof=1))
    off = abs(estimate.effect - truth)
    return [{
        "contrast": turn,
        "model": float(off <= half_width(estimate, 0.0, CONFIDENCE)),
        "both": float(off <= half_width(estimate, shared, CONFIDENCE)),
    }]  # fmt: skip


def drawn_mean(shared: Shared, name: str) -> Array:
    """A quantity on its scale at the posterior means."""

    def share(capability: str) -> Array:
        ((total, made),) = shared.community.assessed([capability]).values()
        return np.asarray(made / total)

    if name == BALANCE:
        return np.log2((share(NUMERATOR) + EPSILON) / (share(DENOMINATOR) + EPSILON))
    return to_scale(name, share(name.removeprefix("share:")))


def power(cohort: Cohort, times: int) -> pd.DataFrame:
    """Share of planted effects that are found, by size of the groups and of the effect."""
    outcome = cohort.outcomes["share:butyrate"]
    known = np.flatnonzero(~np.isnan(outcome))
    spread = float(np.std(outcome[known]))
    rows = []
    for size in SIZES:
        for step in STEPS:
            hits = 0
            for turn in range(times):
                rng = np.random.default_rng([SEED, STREAM + size, turn])
                labels = np.full(len(outcome), "out", dtype=object)
                chosen = rng.permutation(known)[: 2 * size]
                labels[chosen[:size]], labels[chosen[size:]] = "a", "b"
                moved = {"share:butyrate": outcome + step * spread * (labels == "b")}
                _, found = next(findings(cohort, LEVELS, {"label": labels}, moved))
                hits += found.p is not None and found.p <= LEVEL
            theory = _of_t_test(size, step)
            rows.append({"size": size, "step": step, "found": hits / times, "theory": theory})
    return pd.DataFrame(rows)


def _of_t_test(size: int, step: float) -> float:
    """Power of a t test in theory."""
    df, center = 2 * size - 2, step * np.sqrt(size / 2)
    critical = stdtrit(df, 1 - LEVEL / 2)
    return float(1 - nctdtr(df, center, critical) + nctdtr(df, center, -critical))


def draw(curve: pd.DataFrame, path: Path) -> None:
    """Draw the power curves, the same bytes each time."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "tryptome"
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for size, rows in curve.groupby("size"):
        (line,) = axes.plot(rows["step"], rows["found"], "o-", label=f"{size} a group")
        axes.plot(rows["step"], rows["theory"], ":", color=line.get_color())
    axes.axhline(0.8, color="0.8", lw=1)
    axes.set(
        xlabel="Planted effect (standard deviations)", ylabel="Share found at 5 %", ylim=(0, 1)
    )
    axes.legend(title="Found; dotted: t test in theory", frameon=False)
    figure.savefig(path, metadata={"Date": None})
