"""The whole community, beside what it can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.knowledge import Capability
from tryptome.report.contrasts import BALANCE_TITLE
from tryptome.report.results import BALANCE, Results, records
from tryptome.report.settings import Settings
from tryptome.report.wording import (
    count,
    interval,
    missing,
    p_value,
    percent,
    plural,
    signed,
    statistic,
)

if TYPE_CHECKING:
    import pandas as pd

MOST = 4
"""Most contrasts whose taxa and quantities are listed."""

MOST_TAXA = 8
SIGNIFICANT = 0.05
"""q below which a taxon counts as different."""

METHODS = {"ancombc2": "ANCOM-BC2", "dirmult_ttest": "Dirichlet-multinomial t test"}
"""Methods of the file, for people."""

NOT_TESTED = "\N{EN DASH}"
"""What stands where there is no test; the reason stands once, beside the contrast."""

COMPOSITIONS = ("permanova", "permdisp", "mantel", "ancombc2")
"""Tests of compositions and of their taxa."""

WITHIN = "within persons"
"""What the words of units say where persons are compared with themselves."""


@dataclass(frozen=True)
class Side:
    """One contrast (and term): diversity, composition, taxa and the balance.

    Attributes
    ----------
    title : str
        Name of the contrast for people.
    shannon, aitchison, bray_curtis, dispersion : str
        Difference of diversity, parts of the variation between compositions (of a number
        the correlation of distances), and whether their scatter differs, each with its p.
    units : list of str
        What was compared, and why something was not, each reason once.
    taxa : str
        How many taxa differ, of how many, by each method, and samples that are left out.
    balance, given : str
        Effect on the balance, as it is and given diversity.
    verdict : str
    """

    title: str
    shannon: str
    aitchison: str
    bray_curtis: str
    dispersion: str
    units: list[str]
    taxa: str
    balance: str
    given: str
    verdict: str


@dataclass(frozen=True)
class Held:
    """A quantity with and without diversity in the model."""

    title: str
    label: str
    plain: str
    given: str
    verdict: str


@dataclass(frozen=True)
class Differing:
    """A taxon that differs in abundance, and what it can do."""

    title: str
    label: str
    method: str
    change: str
    q: str
    make: str
    divert: str


@dataclass(frozen=True)
class Community:
    """The section.

    Attributes
    ----------
    sides : list of Side
    held : list of Held
    taxa : list of Differing
    several : bool
        Whether a contrast has several terms, which its compositions are tested for at once.
    numbers : bool
        Whether a contrast is of a number.
    within : bool
        Whether persons are compared with themselves.
    more : int
        Contrasts whose taxa and quantities are not listed.
    ordinated, left_out : int
        Samples in the ordination, and those with reads that a large cohort has beside them.
    """

    sides: list[Side]
    held: list[Held]
    taxa: list[Differing]
    several: bool
    numbers: bool
    within: bool
    more: int
    ordinated: int
    left_out: int


def describe(
    results: Results, settings: Settings, capabilities: Sequence[Capability]
) -> Community | None:
    """Set the community beside the function, contrast by contrast.

    Parameters
    ----------
    results : Results
        The result files.
    settings : Settings
        Titles of the contrasts.
    capabilities : sequence of Capability
        What the shares are called.

    Returns
    -------
    Community or None
        ``None`` where the stage was not run.
    """
    tests, taxa, beyond = results.tests, results.abundance, results.beyond_diversity
    if tests is None or taxa is None or beyond is None:
        return None
    labels = {BALANCE: BALANCE_TITLE} | {f"share:{c.name}": c.title for c in capabilities}
    shown = list(dict.fromkeys(beyond["contrast"]))
    rows = records(beyond[beyond["contrast"].isin(shown[:MOST])])
    return Community(
        [
            _side(row, tests, taxa, settings)
            for row in records(beyond[beyond["quantity"] == BALANCE])
        ],
        [_held(row, labels, settings) for row in rows],
        [one for name in shown[:MOST] for one in _differing(name, taxa, results, settings)],
        bool(beyond.duplicated(["contrast", "quantity"]).any()),
        bool((tests["test"] == "mantel").any()),
        bool(tests["units"].str.contains(WITHIN).where(tests["test"] != "contrast").any()),
        max(0, len(shown) - MOST),
        *_ordinated(results.ordination),
    )


def _ordinated(axes: pd.DataFrame | None) -> tuple[int, int]:
    """Samples in the ordination, and those that are left out of it."""
    if axes is None or axes.empty:
        return 0, 0
    return int(axes["sample"].nunique()), int(axes["left_out"].iloc[0])


def _title(row: dict[str, Any], settings: Settings) -> str:
    title = settings.contrast_title(str(row["contrast"]))
    return f"{title}: {row['term']}" if row["term"] else title


def _side(row: dict[str, Any], tests: pd.DataFrame, taxa: pd.DataFrame, settings: Settings) -> Side:
    own = tests[(tests["contrast"] == row["contrast"]) & tests["term"].isin(["", row["term"]])]
    by_kind = {(one["metric"], one["test"]): one for one in records(own)}
    listed = taxa[(taxa["contrast"] == row["contrast"]) & (taxa["term"] == row["term"])]
    return Side(
        title=_title(row, settings),
        # Its terms are not there where diversity could not be compared, or the balance not.
        shannon=_effect(by_kind.get(("shannon", "contrast"), {}), "statistic", "p"),
        aitchison=_composition(by_kind, "aitchison"),
        bray_curtis=_composition(by_kind, "bray_curtis"),
        dispersion=_p(by_kind.get(("aitchison", "permdisp"), {})),
        units=_compared(own[own["test"].isin(COMPOSITIONS)]),
        taxa=_counted(listed),
        balance=_effect(row, "effect", "p"),
        given=_effect(row, "effect_given_shannon", "p_given_shannon"),
        verdict=str(row["verdict"]),
    )


def _compared(tests: pd.DataFrame) -> list[str]:
    """Units of the tests of compositions, then every reason why there is none, each once."""
    return list(dict.fromkeys(filter(None, [*tests["units"], *tests["reason"]])))


def _effect(row: dict[str, Any], effect: str, p: str) -> str:
    if missing(row.get(effect)):
        return NOT_TESTED
    return f"{signed(row[effect])} ({statistic('p', row[p])})"


def _composition(by_kind: dict[tuple[str, str], dict[str, Any]], metric: str) -> str:
    """Part of the variation between groups; of a number the correlation of distances."""
    groups, number = by_kind.get((metric, "permanova"), {}), by_kind.get((metric, "mantel"), {})
    if not missing(groups.get("p")):
        return f"{percent(groups['r2'])} ({statistic('p', groups['p'])})"
    if not missing(number.get("p")):
        return f"\N{GREEK SMALL LETTER RHO} {signed(number['statistic'])} ({_p(number)})"
    return NOT_TESTED


def _p(row: dict[str, Any]) -> str:
    return NOT_TESTED if missing(row.get("p")) else statistic("p", row["p"])


def _counted(taxa: pd.DataFrame) -> str:
    """How many taxa differ by each method, and how many samples of the contrast are left out."""
    parts = [
        f"{count((rows['q'] < SIGNIFICANT).sum())} of {count(len(rows))} "
        f"({METHODS.get(str(method), method)})"
        for method, rows in taxa.groupby("method", sort=False)
    ]
    left_out = int(taxa["left_out"].iloc[0]) if parts else 0
    if left_out:
        parts.append(f"{plural(left_out, 'sample')} left out")
    return "; ".join(parts) or NOT_TESTED


def _held(row: dict[str, Any], labels: dict[str, str], settings: Settings) -> Held:
    ends = "", "_given_shannon"
    plain, given = (
        NOT_TESTED
        if missing(row[f"effect{end}"])
        else f"{signed(row[f'effect{end}'])} "
        f"({interval(row[f'lower{end}'], row[f'upper{end}'])}; {statistic('p', row[f'p{end}'])})"
        for end in ends
    )
    label = labels.get(str(row["quantity"]), str(row["quantity"]))
    return Held(_title(row, settings), label, plain, given, str(row["verdict"]))


def _differing(
    name: str, taxa: pd.DataFrame, results: Results, settings: Settings
) -> list[Differing]:
    rows = taxa[(taxa["contrast"] == name) & (taxa["q"] < SIGNIFICANT)]
    return [
        Differing(
            title=settings.contrast_title(name),
            label=results.taxon_label(str(row["taxon"])),
            method=METHODS.get(str(row["method"]), str(row["method"])),
            change=signed(row["log2_fold_change"]),
            q=p_value(row["q"]),
            make=percent(row["prevalence_trp_synthesis"]),
            divert=percent(row["prevalence_trp_diversion"]),
        )
        for row in records(rows.sort_values("p", kind="stable").head(MOST_TAXA))
    ]
