"""Which conclusions hang on which choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.knowledge import Capability
from tryptome.report.contrasts import BALANCE_TITLE
from tryptome.report.results import BALANCE, Results, records
from tryptome.report.settings import Settings
from tryptome.report.wording import (
    interval,
    missing,
    number,
    p_value,
    percent,
    plural,
    signed,
    signed_interval,
)

if TYPE_CHECKING:
    import pandas as pd

MOST = 4
"""Most contrasts that are shown."""

MOST_NAMED = 5
"""Most choices that a conclusion is said to hang on."""

MAIN = "main"

FIXED_WORDS = {
    "copy_number=true": "16S copies corrected for",
    "copy_number=false": "16S copies not corrected for",
    "rank=genus": "names taken to their genus",
    "rank=family": "names taken to their family",
    "evidence=close": "no name known by its family only",
    "covariates=false": "no covariates",
}


@dataclass(frozen=True)
class Row:
    """One quantity of one contrast under all choices.

    Attributes
    ----------
    quantity, label : str
        Name of the quantity, and for people.
    effect, interval, p : str
        Of the main specification.
    others : str
        Range of the effects over the other specifications.
    tried, estimable : int
        How many others there are, and how many of them have an effect.
    sign, call : str
        Share of those that agree in sign, and in significance.
    verdict : str
        What that comes to, in words.
    """

    quantity: str
    label: str
    effect: str
    interval: str
    p: str
    others: str
    tried: int
    estimable: int
    sign: str
    call: str
    verdict: str


@dataclass(frozen=True)
class Shift:
    """One quantity over all samples, where there is no contrast: what moves its median."""

    label: str
    median: str
    lowest: str
    highest: str
    most: str


@dataclass(frozen=True)
class Sensitivity:
    """The section.

    Attributes
    ----------
    tables : mapping of str to list of Row
        By title of the contrast.
    shifts : list of Shift
        Of all samples; empty where there are contrasts.
    more : int
        Contrasts that are not shown.
    """

    tables: Mapping[str, list[Row]]
    shifts: list[Shift]
    more: int


def describe(
    results: Results, settings: Settings, capabilities: Sequence[Capability]
) -> Sensitivity | None:
    """Sum up what other choices would have given.

    Parameters
    ----------
    results : Results
        The result files.
    settings : Settings
        Titles of the contrasts, and the confidence level.
    capabilities : sequence of Capability
        What the shares are called.

    Returns
    -------
    Sensitivity or None
        ``None`` where the stage was not run.
    """
    if results.specifications is None or results.medians is None:
        return None
    words = Words(results, {f"share:{c.name}": c.title for c in capabilities})
    contrasts = list(results.specifications.groupby("contrast", sort=False))
    tables = {
        settings.contrast_title(str(name)): [
            _row(block, words, 1 - settings.confidence)
            for _, block in rows.groupby(["quantity", "term"], sort=False)
        ]
        for name, rows in contrasts[:MOST]
    }
    shifts = [] if contrasts else _shifts(results.medians, words)
    return Sensitivity(tables, shifts, max(0, len(contrasts) - MOST))


def curves(results: Results, settings: Settings, quantity: str) -> dict[str, pd.DataFrame]:
    """Specifications of a quantity by title of the contrast, of those that are drawn."""
    if results.specifications is None:
        return {}
    rows = results.specifications
    rows = rows[rows["quantity"] == quantity]
    drawable = {
        " ".join(filter(None, [settings.contrast_title(str(name)), str(term)])): block
        for (name, term), block in rows.groupby(["contrast", "term"], sort=False)
        if block["effect"].notna().any()
    }
    return dict(list(drawable.items())[:MOST])


class Words:
    """Names of quantities and of choices for people."""

    def __init__(self, results: Results, titles: Mapping[str, str]) -> None:
        self._results = results
        self._titles = {BALANCE: BALANCE_TITLE, **titles}

    def quantity(self, name: str) -> str:
        """Name of a quantity."""
        return self._titles.get(name, name)

    def choice(self, row: Mapping[str, Any]) -> str:
        """Say what is chosen otherwise in a specification that changes one thing."""
        name = str(row["specification"])
        if row["left_out"]:
            return f"without {self._results.taxon_label(str(row['left_out']))}"
        if row.get("without_covariate"):
            return f"without the covariate {row['without_covariate']}"
        if name in FIXED_WORDS:
            return FIXED_WORDS[name]
        if name.startswith("min_prevalence="):
            least = percent(float(row["min_prevalence"]))
            return f"only taxa in at least {least} of samples"
        told = name.removeprefix("evidence=")
        capability, _, source = told.partition(" from ")
        title = self.quantity(f"share:{capability}").lower()
        return f"{title} by {source}" if source else told


def _row(block: pd.DataFrame, words: Words, significant: float) -> Row:
    main = block[block["specification"] == MAIN].iloc[0]
    quantity, term = str(main["quantity"]), str(main["term"])
    others = block[block["specification"] != MAIN]
    told = others.dropna(subset=["effect"])
    return Row(
        quantity=quantity,
        label=words.quantity(quantity) + (f": {term}" if term else ""),
        effect=signed(main["effect"]),
        interval=interval(main["lower"], main["upper"]),
        p=p_value(main["p"]),
        others=signed_interval(told["effect"].min(), told["effect"].max()),
        tried=len(others),
        estimable=len(told),
        sign=_share(told["agrees_sign"]),
        call=_share(told["agrees_significance"]),
        verdict=_verdict(main, others, words, significant),
    )


def _share(agrees: pd.Series) -> str:
    known = agrees[agrees != ""]
    return percent(float((known == "true").mean()) if len(known) else None)


def _verdict(main: pd.Series, others: pd.DataFrame, words: Words, significant: float) -> str:
    """Say whether the conclusion stands, and on which single choices it hangs."""
    if missing(main["effect"]):
        return "Cannot be estimated."
    found = main["p"] < significant
    broken = others[(others["agrees_significance"] == "false") | _turned(others, found)]
    told = int(others["effect"].notna().sum())
    if broken.empty:
        if not found:
            return f"No difference could be told under any of {plural(told, 'other choice')}."
        return f"A difference under all {plural(told, 'other choice')}."
    what = "The difference is lost" if found else "A difference would be called"
    single = [words.choice(row) for row in records(broken) if row["changed"] == 1]
    named = "; ".join(single[:MOST_NAMED])
    more = f"; and {len(single) - MOST_NAMED} more" if len(single) > MOST_NAMED else ""
    lost = f"{what} under {len(broken)} of {plural(told, 'other choice')}"
    if not single:
        return f"{lost}, only where choices are combined."
    alone = "; one alone does it" if len(single) == 1 else "; each of these alone does it"
    alone = "" if len(single) == len(broken) else alone
    return f"{lost}{alone}: {named}{more}."


def _turned(others: pd.DataFrame, found: bool) -> pd.Series:
    """Specifications whose effect has the other sign, which matters where a difference is told."""
    return (others["agrees_sign"] == "false") & found


def _shifts(medians: pd.DataFrame, words: Words) -> list[Shift]:
    return [
        _shift(str(quantity), block, words)
        for quantity, block in medians.groupby("quantity", sort=False)
        if block["median"].notna().any()
    ]


def _shift(quantity: str, block: pd.DataFrame, words: Words) -> Shift:
    shown = number if quantity == BALANCE else percent
    main = block.loc[block["specification"] == MAIN, "median"].iloc[0]
    single = block[(block["changed"] == 1) & block["median"].notna()]
    moved = (single["median"] - main).abs()
    most = "" if single.empty or missing(main) else _most(single.loc[[moved.idxmax()]], words)
    ends = (shown(block["median"].min()), shown(block["median"].max()))
    return Shift(words.quantity(quantity), shown(main), *ends, most)


def _most(row: pd.DataFrame, words: Words) -> str:
    return words.choice(records(row)[0])
