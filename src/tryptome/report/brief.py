"""What the index of a run says of a cohort: the head of its report, in a small file."""

from __future__ import annotations

from dataclasses import dataclass

from tryptome import groups
from tryptome.report import accounting
from tryptome.report.accounting import Verdict
from tryptome.report.answer import Answer
from tryptome.report.content import Content
from tryptome.report.results import BALANCE
from tryptome.report.wording import confidence, missing


@dataclass(frozen=True)
class Brief:
    """A cohort in a few words and numbers, as ``brief.json`` holds it.

    Attributes
    ----------
    cohort, title : str
        As configured.
    samples, persons : int
        Persons are 0 where the cohort names none.
    assessable : int
        Samples whose balance can be assessed.
    resolved : float or None
        Share of reads that stand for reference genomes; None where there are no reads.
    balance, lower, upper : float or None
        Mean precursor balance (log2 ratio) over persons with its interval; None where no sample
        is assessable.
    level : str
        Confidence level of the interval, in words.
    headline : str
        The answer in words.
    told, contrasts : int
        Contrasts whose balance differs after correction, and all.
    findings : list of str
        Titles of the former, as far as the report's answer names them.
    verdict, verdict_level, reason : str
        Whether the cohort can be judged, as :class:`tryptome.report.accounting.Verdict` has it.
    """

    cohort: str
    title: str
    samples: int
    persons: int
    assessable: int
    resolved: float | None
    balance: float | None
    lower: float | None
    upper: float | None
    level: str
    headline: str
    told: int
    contrasts: int
    findings: list[str]
    verdict: str
    verdict_level: str
    reason: str


def brief(content: Content, said: Answer, verdict: Verdict) -> Brief:
    """Shorten a report to its head.

    Parameters
    ----------
    content : Content
        The cohort.
    said : Answer
        The answer that its page shows.
    verdict : Verdict
        Whether it can be judged, likewise.
    """
    overall = content.summaries(BALANCE)[0]
    return Brief(
        cohort=content.settings.cohort,
        title=content.settings.title,
        samples=len(content.results.samples),
        persons=content.named_persons,
        assessable=overall.samples,
        resolved=accounting.resolved(content.bars[groups.EVERYTHING]),
        balance=_known(overall.mean),
        lower=_known(overall.lower),
        upper=_known(overall.upper),
        level=confidence(content.settings.confidence),
        headline=said.headline,
        told=said.told,
        contrasts=len(said.findings) + said.more,
        findings=[finding.title for finding in said.findings if finding.told_apart],
        verdict=verdict.text,
        verdict_level=verdict.level,
        reason=verdict.reason,
    )


def _known(value: float) -> float | None:
    return None if missing(value) else value
