"""The answer in a sentence or two, worded from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tryptome.report.results import BALANCE, Results, records
from tryptome.report.settings import Settings
from tryptome.report.summary import Summary
from tryptome.report.taxa import Carrier
from tryptome.report.wording import (
    confidence,
    interval,
    missing,
    number,
    percent,
    plural,
    signed,
    statistic,
    times,
)

MOST = 4
"""Most contrasts that the answer names."""

SIGNIFICANT = 0.05
"""Corrected p value below which a difference counts as told apart."""

CAVEAT = (
    "This is what genomes with these names can do, not what the cells did; stool, not the gut's "
    "lumen; and an association, not a cause."
)
CAVEAT_OF_CONTRASTS = "Whatever else differs between the groups cannot be told apart from it here."


@dataclass(frozen=True)
class Finding:
    """What one contrast says of the balance.

    Attributes
    ----------
    title : str
        Name of the contrast.
    text : str
        Its finding.
    told_apart : bool
        Whether its interval leaves zero out and it stands after correction.
    """

    title: str
    text: str
    told_apart: bool


@dataclass(frozen=True)
class Answer:
    """The head of the report.

    Attributes
    ----------
    headline : str
        The cohort as a whole, in words.
    figures : str
        The numbers behind the headline.
    findings : tuple of Finding
        The contrasts, at most four.
    more : int
        Contrasts that are not named.
    told : int
        Contrasts, named or not, in which the balance differs after correction.
    caveat : str
        What the answer does not say.
    """

    headline: str
    figures: str
    findings: tuple[Finding, ...]
    more: int
    told: int
    caveat: str


def word(
    results: Results,
    settings: Settings,
    overall: Summary,
    carriers: Sequence[tuple[str, Sequence[Carrier]]],
) -> Answer:
    """Word the answer of a cohort.

    Parameters
    ----------
    results : Results
        The result files.
    settings : Settings
        Titles of the contrasts, and the confidence level.
    overall : Summary
        Precursor balance of all samples.
    carriers : sequence
        Taxa that carry the two sides of the balance: of making, then of diverting.
    """
    rows = records(results.contrasts.loc[results.contrasts["quantity"] == BALANCE])
    findings = [_finding(row, settings) for row in rows]
    caveat = f"{CAVEAT} {CAVEAT_OF_CONTRASTS}" if findings else CAVEAT
    return Answer(
        headline=" ".join(filter(None, [_headline(overall), _contrasts_headline(findings)])),
        figures=" ".join(filter(None, [_figures(overall, settings), _carriers(carriers)])),
        findings=tuple(findings[:MOST]),
        more=max(0, len(findings) - MOST),
        told=sum(finding.told_apart for finding in findings),
        caveat=caveat,
    )


def _headline(overall: Summary) -> str:
    if not overall.samples:
        return "This cohort cannot be judged: none of its samples can be assessed."
    if overall.lower > 0:
        return "In these communities more cells can make tryptophan than can divert it."
    if overall.upper < 0:
        return "In these communities more cells can divert tryptophan than can make it."
    return (
        "It is open whether more cells can make tryptophan or divert it: the interval allows both."
    )


def _contrasts_headline(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    told = sum(finding.told_apart for finding in findings)
    if told:
        return f"The balance differs in {told} of {plural(len(findings), 'contrast')}."
    if len(findings) == 1:
        return "In the contrast the balance does not differ after correction."
    return f"In none of {len(findings)} contrasts does the balance differ after correction."


def _carriers(carriers: Sequence[tuple[str, Sequence[Carrier]]]) -> str:
    """Name the taxon that carries most of each side, and how much of it."""
    leading = []
    for _, rows in carriers:
        total = sum(row.parts[0] or 0.0 for row in rows)
        if len(rows) > 1 and total > 0:
            leading.append((rows[0].label, percent((rows[0].parts[0] or 0.0) / total)))
    if len(leading) < len(carriers):
        return ""
    (maker, made), (diverter, diverted) = leading
    if maker == diverter:
        return f"The largest part of both rests on {maker} ({made} and {diverted})."
    return (
        f"The largest part of making rests on {maker} ({made}), that of diverting on {diverter} "
        f"({diverted})."
    )


def _figures(overall: Summary, settings: Settings) -> str:
    if not overall.samples:
        return "What stood in the way is listed under accounting."
    level = confidence(settings.confidence)
    balance = f"{number(overall.mean)} ({level} interval {interval(overall.lower, overall.upper)})"
    ratio = times(overall.mean)
    pair = ("making", "diverting") if overall.mean >= 0 else ("diverting", "making")
    among = plural(overall.samples, "sample")
    if overall.persons != overall.samples:
        among += f" of {plural(overall.persons, 'person')}"
    return (
        f"The precursor balance over {among} is {balance}: "
        f"{ratio} {pair[0]} cells for each {pair[1]} one."
    )


def _finding(row: dict[str, Any], settings: Settings) -> Finding:
    title = settings.contrast_heading(str(row["contrast"]))
    if missing(row["effect"]):
        return Finding(title, f"cannot be estimated ({row['reason']}).", told_apart=False)
    level = confidence(settings.confidence)
    ends = f"{level} interval {interval(row['lower'], row['upper'])}"
    numbers = f"{ends}; {statistic('q', row['q'])}"
    excludes_zero = row["lower"] > 0 or row["upper"] < 0
    direction = "higher" if row["effect"] > 0 else "lower"
    size = number(abs(row["effect"]))
    if not excludes_zero:
        text = f"no difference could be told ({signed(row['effect'])}; {numbers})."
        return Finding(title, text, told_apart=False)
    if not row["q"] < SIGNIFICANT:
        text = f"{direction} by {size}, but that does not stand after correction ({numbers})."
        return Finding(title, text, told_apart=False)
    return Finding(title, f"balance {direction} by {size} ({numbers}).", told_apart=True)
