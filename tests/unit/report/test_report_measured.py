"""The section on the cohort's own measured metabolites."""

import numpy as np
import pandas as pd
import pytest
from conftest import make
from html_page import part
from numbers_shown import Sheet

from tryptome.measured.correlation import BEYOND, NO_EVIDENCE
from tryptome.paths import resource
from tryptome.report import measured
from tryptome.report.run import run
from tryptome.tables import read_tsv, write_tsv

NUMBERS = (
    *("spearman", "spearman_lower", "spearman_upper", "partial", "partial_lower"),
    *("partial_upper", "shannon"),
)
ABSENT = dict.fromkeys(NUMBERS, np.nan)


def row(metabolite, quantity, numbers, verdict, reason=""):
    counts = {"metabolite": metabolite, "quantity": quantity, "samples": 1234, "persons": 61}
    held = 0.87 if quantity == "faecal:butyrate" else np.nan
    told = {"verdict": verdict, "reason": reason, "coverage_90": held}
    return counts | {"detected": 0.5} | numbers | told


@pytest.fixture
def table():
    high = dict(zip(NUMBERS, (0.91, 0.83, 0.97, 0.42, 0.31, 0.52, -0.21), strict=True))
    low = dict(zip(NUMBERS, (0.11, -0.13, 0.34, 0.05, -0.17, 0.27, 0.08), strict=True))
    return pd.DataFrame(
        [
            row("butyrate", "faecal:butyrate", high, BEYOND),
            row("butyrate", "share:butyrate", low, NO_EVIDENCE),
            row("indole", "faecal:indole", ABSENT, "", "not assessable in <this> cohort"),
        ]
    )


def test_rows_stand_beside_the_pooled_accuracy_elsewhere(table):
    found = measured.describe(table)
    assert (found.beyond, found.judged) == (1, 2)
    shipped = read_tsv(resource("prediction", "accuracy.tsv"), numeric=("spearman", "upper"))
    pooled = shipped[(shipped["quantity"] == "faecal:butyrate") & (shipped["cohort"] == "pooled")]
    assert found.rows[0].elsewhere.spearman == pooled["spearman"].item()
    assert pooled["upper"].item() < 0.83
    assert [one.agrees for one in found.rows] == [False, True, None]
    assert found.rows[2].elsewhere is None  # no cohort measured indole


def test_the_page_shows_them_only_where_there_are_any(table, tmp_path, crossover, design):
    made = make(tmp_path, crossover, **design)
    assert made.content().context({})["measured"] is None
    write_tsv(table, tmp_path / "measured.tsv")
    run(
        **made.inputs(),
        measured=str(tmp_path / "measured.tsv"),
        report_out=str(made.report),
        figures_out=str(made.report.with_name("figures")),
        manifest_out=str(made.report.with_name("manifest.tsv")),
        brief_out=str(made.report.with_name("brief.json")),
        **made.settings,
    )
    section = part(made.html, "measured")
    assert section.count("unlike here") == 1
    assert "not assessable in &lt;this&gt; cohort" in section
    assert unaccounted(section, table) == []


def unaccounted(section, table):
    """Numbers of the section that are neither the cohort's nor those of the validation."""
    sheet = Sheet(section, ["90% interval"])
    sheet.says(sheet.root.find(".//p"), 1, 2)
    shipped = read_tsv(resource("prediction", "accuracy.tsv"))
    for (_, cells), row in zip(
        sheet.body(sheet.named("measured-table")), table.to_dict("records"), strict=True
    ):
        sheet.says(cells[1], row["samples"], row["persons"])
        if not row["reason"]:
            names = ("spearman", "spearman_lower", "spearman_upper")
            sheet.says(cells[2], *(row[name] for name in names))
            sheet.says(cells[3], row["partial"], row["partial_lower"], row["partial_upper"])
            sheet.says(cells[4], row["shannon"])
        same = (shipped["quantity"] == row["quantity"]) & (
            shipped["metabolite"] == row["metabolite"]
        )
        known = shipped[same & (shipped["samples"] != "0")].tail(1)
        sheet.says(cells[-4], row["detected"])
        sheet.says(cells[-3], *([] if np.isnan(row["coverage_90"]) else [row["coverage_90"]]))
        sheet.says(cells[-1], *known[["spearman", "lower", "upper"]].to_numpy().ravel())
    return sheet.left()
