"""The index as HTML: a row a cohort, what was found, and where its report is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from tryptome import __version__
from tryptome.report import page, wording
from tryptome.report.brief import Brief
from tryptome.report.strips import Scale, scale, strip

TEMPLATES = Path(__file__).with_name("templates")

FILES = (
    ("quantities", "estimate/quantities.parquet"),
    ("contrasts", "compare/contrasts.tsv"),
    ("long table", "export/long.tsv.gz"),
    ("BIOM", "export/capabilities.biom"),
    ("QIIME 2", "export/quantities.qza"),
)
"""Files to take away that the page links, by what they are called there."""


@dataclass(frozen=True)
class Row:
    """A cohort on the page.

    Attributes
    ----------
    brief : Brief
        The head of its report.
    assessable : float
        Share of its samples.
    strip : Markup
        Plot of the balance; empty where it cannot be assessed.
    """

    brief: Brief
    assessable: float
    strip: Markup


def rows(briefs: Sequence[Brief]) -> list[Row]:
    """Rows of the table, in the order of the cohorts; their plots share one scale."""
    on = scale([end for one in briefs for end in (one.lower, one.upper)])
    return [
        Row(one, one.assessable / one.samples if one.samples else 0.0, _strip(one, on))
        for one in briefs
    ]


def render(briefs: Sequence[Brief], *, together: bool) -> str:
    """Render the page; everything from users is escaped, and nothing comes from elsewhere.

    Parameters
    ----------
    briefs : sequence of Brief
        Heads of the reports.
    together : bool
        Whether there is a page of the cohorts together.

    Returns
    -------
    str
        HTML, whose links are relative to the folder of results.
    """
    style, script = (page.static(name) for name in ("style.css", "table.js"))
    environment = page.environment(TEMPLATES)
    return environment.get_template("index.html.jinja").render(
        rows=rows(briefs),
        samples=sum(one.samples for one in briefs),
        judged=sum(one.verdict_level != "bad" for one in briefs),
        files=FILES,
        together=together,
        interval=wording.interval,
        version=__version__,
        style=style,
        script=script,
        style_digest=page.digest(style),
        script_digest=page.digest(script),
    )


def _strip(one: Brief, on: Scale) -> Markup:
    if one.balance is None or one.lower is None or one.upper is None:
        return Markup("")
    return strip(on, one.balance, (one.lower, one.upper))
