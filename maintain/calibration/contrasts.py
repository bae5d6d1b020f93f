"""False positives, power and coverage of contrasts in real cohorts; a page and a figure.

Labels are dealt out anew within the cohorts, so that nothing is there to find; effects
are planted by raising one taxon in one group.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse
from scipy.special import nctdtr, stdtrit

from calibration.cohorts import BALANCE, SEED, Array, Cohort, load
from tryptome.atomic import write_text
from tryptome.compare.contrast import Comparison
from tryptome.compare.finding import Finding
from tryptome.compare.general import GeneralComparison
from tryptome.compare.shared import Shared
from tryptome.compare.table import detectable, half_width
from tryptome.config.model import Contrast

FOLDERS = {
    "HE": "HE_INFANTS_MFGM_2019",
    "JACOBS": "JACOBS_IBD_FAMILIES_2016",
    "KANG": "KANG_AUTISM_2017",
    "KIM": "KIM_ADENOMAS_2020",
    "POYET": "POYET_BIO_ML_2019",
    "SINHA": "SINHA_CRC_2016",
    "WANDRO": "WANDRO_PRETERMS_2018",
}
SINGLE = ("JACOBS", "KANG", "KIM", "SINHA")
REPEATED = ("HE", "POYET", "WANDRO")
LEVELS = {"column": "label", "reference": "a", "level": "b"}
LEVEL = 0.05
CONFIDENCE = 0.95
LIMITS = (0.035, 0.065)
"""Share of false positives at 5 % that is taken for 5 %."""

FULL = 1000
MOST_PERSONS_IN_B = 0.35

Labels = Callable[[Cohort, np.random.Generator], Array]


def groups(cohort: Cohort, rng: np.random.Generator) -> Array:
    """Deal the labels of the two largest groups of a cohort out anew; others are left out."""
    found = cohort.metadata["group"].to_numpy(object)
    names = pd.Series(found).value_counts().index[:2]
    inside = np.isin(found, list(names))
    labels = np.full(len(found), "out", dtype=object)
    labels[inside] = rng.permutation(np.where(found[inside] == names[0], "a", "b"))
    return labels


def of_persons(cohort: Cohort, rng: np.random.Generator) -> Array:
    """Deal persons out to a larger and a smaller group."""
    codes = pd.factorize(cohort.metadata["person"])[0]
    persons = codes.max() + 1
    chosen = rng.permutation(persons) < MOST_PERSONS_IN_B * persons
    return np.where(chosen[codes], "b", "a").astype(object)


def within(cohort: Cohort, rng: np.random.Generator) -> Array:
    """Deal the samples of each person out to two halves."""
    codes = pd.factorize(cohort.metadata["person"])[0]
    order = rng.permutation(len(codes))
    place = pd.Series(codes[order]).groupby(codes[order]).cumcount().to_numpy()
    labels = np.empty(len(codes), dtype=object)
    labels[order] = np.where(place % 2, "b", "a")
    return labels


def three(cohort: Cohort, rng: np.random.Generator) -> Array:
    """Deal samples out to three unequal groups."""
    return rng.choice(["a", "b", "c"], len(cohort.metadata), p=[0.5, 0.3, 0.2]).astype(object)


def numbers(cohort: Cohort, rng: np.random.Generator) -> Array:
    """Give every sample a number."""
    return np.array([f"{value:.6f}" for value in rng.exponential(size=len(cohort.metadata))])


@dataclass(frozen=True)
class Design:
    """A kind of contrast with nothing to find.

    Attributes
    ----------
    title : str
    cohorts : tuple of str
        Taken in turn.
    labels : callable
        Deals labels out.
    share : float
        Part of the number of contrasts that is asked for.
    contrast : mapping
        As in the configuration.
    thin : bool
        Whether one group has a tenth of its reads.
    further : float
        Contrasts after those, as a part of the same number: of a design whose first reading
        lay outside :data:`LIMITS`. Nothing is taken out for them.
    """

    title: str
    cohorts: tuple[str, ...]
    labels: Labels
    share: float
    contrast: Mapping[str, Any]
    thin: bool = False
    further: float = 0.0

    def first(self, contrasts: int) -> int:
        """Contrasts of the first reading."""
        return round(self.share * contrasts)

    def total(self, contrasts: int) -> int:
        """Contrasts of the first reading and after it."""
        return self.first(contrasts) + round(self.further * contrasts)


FORMULA = {"formula": "label"}
DESIGNS = (
    Design("two groups, one sample a person", SINGLE, groups, 0.2, LEVELS),
    Design("two groups of persons who repeat", REPEATED, of_persons, 0.15, LEVELS),
    Design("within persons who repeat", REPEATED, within, 0.15, LEVELS),
    Design("two groups, one with a tenth of the reads", SINGLE[:3], groups, 0.15, LEVELS, True),
    Design("the same, of persons who repeat", REPEATED, of_persons, 0.2, LEVELS, True, 0.58),
    Design(
        "three levels, by formula (joint test)",
        (*SINGLE, "HE"),
        three,
        0.075,
        FORMULA,
        further=0.525,
    ),
    Design("a number, by formula", ("KIM", "HE", "POYET"), numbers, 0.075, FORMULA),
)


def findings(
    cohort: Cohort, contrast: Mapping[str, Any], labels: Array, outcome: Mapping[str, Array]
) -> Iterator[tuple[str, Finding]]:
    """First finding of a contrast on each quantity."""
    samples = cohort.metadata.assign(label=labels)
    subject = "person" if cohort.metadata["person"].duplicated().any() else None
    content = Contrast.model_validate(contrast).model_dump()
    kind = GeneralComparison if contrast is FORMULA else Comparison
    comparison = kind("null", content, samples, subject, SEED)
    for quantity, values in outcome.items():
        found = comparison.find(values)
        yield quantity, found[0] if isinstance(found, list) else found


def null(cohorts: Mapping[str, Cohort], contrasts: int) -> pd.DataFrame:
    """P values where nothing is there; one row a contrast and quantity."""
    return pd.DataFrame(
        row
        for number, design in enumerate(DESIGNS)
        for turn in range(design.total(contrasts))
        for row in _dealt(cohorts, number, turn)
    )


def _dealt(cohorts: Mapping[str, Cohort], number: int, turn: int) -> Iterator[dict[str, Any]]:
    """P values of one contrast, which its number alone decides."""
    design = DESIGNS[number]
    rng = np.random.default_rng([SEED, number, turn])
    cohort = cohorts[design.cohorts[turn % len(design.cohorts)]]
    labels = design.labels(cohort, rng)
    outcome = cohort.outcomes
    if design.thin:
        outcome = {
            name: np.where(labels == "b", cohort.thin[name], values)
            for name, values in outcome.items()
        }
    for quantity, found in findings(cohort, design.contrast, labels, outcome):
        if found.estimate is None:
            continue
        half = half_width(found.estimate, 0.0, CONFIDENCE)
        joint = found.p_joint is not None
        yield {
            "design": design.title, "contrast": turn, "quantity": quantity,
            "p": found.p_joint if joint else found.p,
            "model": np.nan if joint else found.p_model,
            "permutation": np.nan if joint else found.p_permutation,
            "covered": abs(found.estimate.effect) <= half,
        }  # fmt: skip


def rate(rows: pd.DataFrame, column: str) -> tuple[float, float]:
    """Share of p values at most 5 %, and its standard error over contrasts."""
    hits = (rows[column] <= LEVEL).where(rows[column].notna())
    each = hits.astype(float).groupby(rows["contrast"]).mean().dropna()
    if each.empty:
        return np.nan, np.nan
    return float(each.mean()), float(each.std() / np.sqrt(len(each)))


def sound(rows: pd.DataFrame) -> bool:
    """Whether false positives, all designs together, are within :data:`LIMITS`.

    A short run may be off by three standard errors more.
    """
    whole = rows.assign(contrast=rows["design"] + rows["contrast"].astype(str))
    found, error = rate(whole, "p")
    slack = 0.0 if whole["contrast"].nunique() >= FULL else 3 * error
    return LIMITS[0] - slack <= found <= LIMITS[1] + slack


def coverage(cohort: Cohort, labels_of: Labels, times: int) -> pd.DataFrame:
    """How often intervals cover a planted effect whose size the true prevalences decide.

    One taxon is raised threefold in group b. Truth is a draw of prevalences and copy numbers from
    their posterior: its effect is the mean over all samples of what raising the taxon
    does to them. The estimate knows the posterior means alone.
    """
    reads = cohort.community.reads
    common = np.argsort(-np.asarray(reads.sum(axis=0)).ravel())[:8]
    before = cohort.shared(reads)
    rows = []
    for turn in range(times):
        rng = np.random.default_rng([SEED, 7, turn])
        raised = np.ones(reads.shape[1])
        raised[common[turn % len(common)]] = 3
        after = cohort.shared(scipy.sparse.csr_array(reads * raised))
        labels = labels_of(cohort, rng)
        b = labels == "b"
        for name in ("share:trp_synthesis", "share:butyrate", "share:vitamin_b6", BALANCE):
            rows += _covered(cohort, (before, after), name, labels, b, turn)
    return pd.DataFrame(rows)


def _covered(
    cohort: Cohort, both: tuple[Shared, Shared], name: str, labels: Array, b: Array, turn: int
) -> list[dict[str, float]]:
    from tryptome.compare.scale import to_scale

    drawn = [to_scale(name, every) for shared in both if (every := shared.draws(name)) is not None]
    posterior = [drawn_mean(shared, name) for shared in both]
    outcome = np.where(b, posterior[1], posterior[0])
    _, found = next(findings(cohort, LEVELS, labels, {name: outcome}))
    if found.estimate is None:
        return []
    at, estimate = found.selection.rows, found.estimate
    truth = float((drawn[1] - drawn[0])[turn % len(drawn[0])].mean())
    mixed = np.where(b[at], drawn[1][:, at], drawn[0][:, at])
    shared = float(np.std(mixed @ estimate.weights, ddof=1))
    off = abs(estimate.effect - truth)
    return [{
        "model": off <= half_width(estimate, 0.0, CONFIDENCE),
        "both": off <= half_width(estimate, shared, CONFIDENCE),
    }]  # fmt: skip


def drawn_mean(shared: Shared, name: str) -> Array:
    """A quantity on its scale at the posterior means."""
    from tryptome.compare.scale import to_scale
    from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR

    def share(capability: str) -> Array:
        ((total, made),) = shared.community.assessed([capability]).values()
        return np.asarray(made / total)

    if name == BALANCE:
        return np.log2((share(NUMERATOR) + EPSILON) / (share(DENOMINATOR) + EPSILON))
    return to_scale(name, share(name.removeprefix("share:")))


SIZES = (6, 12, 30)
STEPS = (0.0, 0.4, 0.8, 1.2, 1.6, 2.0)


def power(cohort: Cohort, times: int) -> pd.DataFrame:
    """Share of planted effects that are found, by size of the groups and of the effect."""
    outcome = cohort.outcomes["share:butyrate"]
    spread = float(np.std(outcome))
    rows = []
    for size in SIZES:
        for step in STEPS:
            hits = 0
            for turn in range(times):
                rng = np.random.default_rng([SEED, 11, size, turn])
                labels = np.full(len(outcome), "out", dtype=object)
                chosen = rng.permutation(len(outcome))[: 2 * size]
                labels[chosen[:size]], labels[chosen[size:]] = "a", "b"
                moved = outcome + step * spread * (labels == "b")
                _, found = next(findings(cohort, LEVELS, labels, {"share:butyrate": moved}))
                hits += found.p is not None and found.p <= LEVEL
            df, center = 2 * size - 2, step * np.sqrt(size / 2)
            critical = stdtrit(df, 1 - LEVEL / 2)
            theory = 1 - nctdtr(df, center, critical) + nctdtr(df, center, -critical)
            rows.append({"size": size, "step": step, "found": hits / times, "theory": theory})
    return pd.DataFrame(rows)


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


def page(
    rows: pd.DataFrame, contrasts: int, covered: Mapping[str, pd.DataFrame], curve: pd.DataFrame
) -> str:
    """Write the page; ``contrasts`` is the number that was asked for."""
    whole = rows.assign(contrast=rows["design"] + rows["contrast"].astype(str))
    total = whole["contrast"].nunique()
    lines = [HEADER.format(total=total, quantities=rows["quantity"].nunique())]
    for title, block in rows.groupby("design", sort=False):
        cells = [_cell(*rate(block, column)) for column in ("p", "model", "permutation")]
        shown = f"{block['covered'].mean():.1%}"
        lines.append(f"| {title} | {block['contrast'].nunique()} | {' | '.join(cells)} | {shown} |")
    cells = [_cell(*rate(whole, column)) for column in ("p", "model", "permutation")]
    shown = f"{rows['covered'].mean():.1%}"
    lines += [f"| **all** | {total:,} | {' | '.join(cells)} | {shown} |", "", outside(rows), ""]
    lines += [continued(rows, contrasts), ""]
    lines.append(QUANTITIES)
    for name, block in whole.groupby("quantity", sort=False):
        lines.append(f"| `{name}` | {_cell(*rate(block, 'p'))} |")
    lines += ["", COVERAGE]
    for name, block in covered.items():
        lines.append(
            f"| {name} | {len(block)} | {block['model'].mean():.1%} | {block['both'].mean():.1%} |"
        )
    lines += ["", POWER]
    for size in SIZES:
        block = curve[curve["size"] == size]
        found = " | ".join(f"{value:.0%}" for value in block["found"])
        sd = detectable(np.sqrt(2 / size), 2 * size - 2)
        lines.append(f"| {size} | {found} | {sd:.2f} |")
    return "\n".join([*lines, ""])


def outside(rows: pd.DataFrame) -> str:
    """Name the designs whose false positives are outside :data:`LIMITS`."""
    found = [
        f"{title} ({_cell(*rate(block, 'p'))})"
        for title, block in rows.groupby("design", sort=False)
        if not LIMITS[0] <= rate(block, "p")[0] <= LIMITS[1]
    ]
    return f"Outside {LIMITS[0]:.1%} to {LIMITS[1]:.1%}: {'; '.join(found) or 'none'}."


def continued(rows: pd.DataFrame, contrasts: int) -> str:
    """Tell the first reading of designs that were run further from what came after it."""
    lines = [CONTINUED, ""]
    limits = {design.title: design.first(contrasts) for design in DESIGNS}
    early = rows["contrast"] < rows["design"].map(limits)
    for design in (one for one in DESIGNS if one.further):
        block = rows["design"] == design.title
        before, after = rows[block & early], rows[block & ~early]
        lines.append(
            f"- {design.title}: {_cell(*rate(before, 'p'))} in the first "
            f"{before['contrast'].nunique()}, {_cell(*rate(after, 'p'))} in "
            f"{after['contrast'].nunique()} further ones"
        )
    whole = rows[early].assign(contrast=rows["design"] + rows["contrast"].astype(str))
    count = whole["contrast"].nunique()
    return "\n".join([*lines, f"- all first readings ({count:,}): {_cell(*rate(whole, 'p'))}"])


def _cell(value: float, error: float) -> str:
    return "" if np.isnan(value) else f"{value:.1%} ± {error:.1%}"


HEADER = """# Do contrasts find what is there, and nothing else?

Written by `make calibration`. Labels are dealt out anew in seven real cohorts, {total:,}
contrasts in all, each on {quantities} quantities: nothing is there to find, and 5 % of the p values
should be at most 0.05. *p* is the one of the table (of the permutation where groups are small),
± the standard error over contrasts. The last column is how often the 95 % interval of the model's
residual covers no effect.

| contrast | contrasts | p | of the model | of the permutation | interval covers |
| --- | --- | --- | --- | --- | --- |"""

CONTINUED = """\
Where a first reading lay outside, the design was run further, and its row holds all that
was run:"""

QUANTITIES = """By quantity, all designs together:

| quantity | p |
| --- | --- |"""

COVERAGE = """## Planted effects

One common taxon is raised threefold in one group, and the truth is a draw of prevalences and 16S
copies from their posterior, which the estimate does not know. How often the 95 % interval covers
the true effect, without and with what the samples share (`se_shared`):

| cohort | effects | interval of the residual alone | of both variances |
| --- | --- | --- | --- |"""

POWER = f"""## Power

Groups drawn from one cohort (KIM, share of butyrate makers), an effect planted in one, in standard
deviations of the samples. The last column is the effect that `detectable` names for such groups:
80 % of those should be found.

![Share of planted effects found, by size of the groups](validation/contrasts_power.svg)

| a group | {" | ".join(f"{step:g}" for step in STEPS)} | detectable |
| --- | {" | ".join("---" for _ in STEPS)} | --- |"""


def main(contrasts: str, output: str) -> None:
    """Simulate so many contrasts, and write the page and its figure."""
    data = os.environ.get("TRYPTOME_DATA")
    if not data:
        raise SystemExit("set TRYPTOME_DATA to the folder that holds cohorts/")
    count = int(contrasts)
    cohorts = {name: load(name, Path(data, "cohorts", folder)) for name, folder in FOLDERS.items()}
    rows = null(cohorts, count)
    covered = {
        "KIM, two groups": coverage(cohorts["KIM"], groups, count // 10),
        "HE, persons who repeat": coverage(cohorts["HE"], of_persons, count // 10),
    }
    curve = power(cohorts["KIM"], max(count // 4, 20))
    path = Path(output)
    draw(curve, path.with_name("contrasts_power.svg"))
    write_text(path, page(rows, count, covered, curve))
    if not sound(rows):
        raise SystemExit(f"{path}: false positives are outside {LIMITS}")


if __name__ == "__main__":
    main(*sys.argv[1:])
