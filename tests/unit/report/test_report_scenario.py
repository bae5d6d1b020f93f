"""The scenario on the page, and whether measured accuracy applies."""

import re

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from conftest import make, unassessable

from tryptome.paths import share
from tryptome.report.scenario import TERMS
from tryptome.report.summary import band


def rows_of(html: str, table: str) -> dict[str, list[float]]:
    """Exact values of the rows of a table of quantities."""
    body = html.split(f'id="{table}"')[1].split("</table>", maxsplit=1)[0]
    rows = re.findall(r'<tr data-(?:quantity|budget)="([^"]+)"(.*?)</tr>', body, flags=re.DOTALL)
    return {
        name: [float(v) for v in re.findall(r'data-value="([^"]+)"', row)] for name, row in rows
    }


def section(html: str, name: str) -> str:
    return html.split(f'<section id="{name}"')[1].split("</section>", maxsplit=1)[0]


@pytest.fixture(scope="module")
def made(tmp_path_factory, crossover, design):
    cohort = make(tmp_path_factory.mktemp("scenario"), crossover, **design)
    cohort.run()
    return cohort


def test_masses_are_those_of_the_file_and_add_up_in_every_column(made):
    shown = rows_of(made.html, "mass-table")
    assert list(shown) == list(TERMS)
    table = made.quantities.merge(made.metadata, on="sample")
    for quantity, values in shown.items():
        own = table[table["quantity"] == quantity]
        by_person = own.groupby("person")["mean"].mean()
        assert values[0] == pytest.approx(by_person.mean(), rel=1e-9)
        groups = own.groupby(["diet", "phase"])["mean"].mean()
        assert sorted(values[1:]) == pytest.approx(sorted(groups), rel=1e-9)
    columns = {name: np.array(values) for name, values in shown.items()}
    came = columns["mass:reaching"] + columns["mass:released"]
    went = sum(columns[f"mass:{term}"] for term in ("biomass", "diverted", "excreted", "left"))
    assert came == pytest.approx(went)
    routes = sum(v for name, v in columns.items() if name.startswith("mass:diverted:"))
    assert routes == pytest.approx(columns["mass:diverted"])


def test_contributions_stand_for_every_group_with_what_they_leave_out(made):
    shown = rows_of(made.html, "contribution-table")
    assert set(shown) == {
        f"gut_contribution{kind}:{other}"
        for kind in ("", "_percent")
        for other in ("median", "inert")
    }
    assert all(len(values) == 5 for values in shown.values())
    text = section(made.html, "scenario")
    for left_out in ("TPH1", "kynurenine pathway", "the brain", "not a measurement"):
        assert left_out in text


def test_the_caveat_of_germ_free_animals_has_the_sources_of_the_documentation(made):
    caveat = made.html.split('id="germ-free"')[1].split("</p>")[0]
    documented = (share() / "docs" / "scenario.md").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]+)"', caveat)
    assert len(links) == 2
    assert all(link in documented for link in links)


def test_budgets_are_those_of_the_file(made):
    shown = rows_of(made.html, "budget-table")
    for quantity, (sample, priors) in shown.items():
        own = made.budget[made.budget["quantity"] == quantity].set_index("source")["mean"]
        prior = own.index.str.startswith("prior:")
        assert priors == pytest.approx(own[prior].sum())
        assert sample == pytest.approx(own[~prior].drop("interactions").sum())
    assert "prevalence 50%, prior of mucosal rate 25%" in section(made.html, "scenario")


def test_a_figure_of_the_literature_that_is_missed_is_said(made):
    text = section(made.html, "scenario")
    assert "1 of 2 meet this cohort's range" in text
    row = next(r for r in text.split("<tr>") if "Far off" in r)
    assert "<td>no</td>" in row
    assert "12 (1 to 65)" in row


def test_a_band_is_the_mean_of_quantiles_joined_with_the_spread_between_persons():
    means = [50.0, 60.0, 75.0]
    low, high = [20.0, 30.0, 25.0], [90.0, 150.0, 180.0]
    table = pd.DataFrame({"mean": means, "q05": low, "q95": high, "assessable": True})
    found = band(table, np.arange(3))
    half = scipy.stats.ttest_1samp(means, 0).confidence_interval(0.9)
    spread = (half.high - half.low) / 2
    middle = np.mean(means)
    assert found.mean == pytest.approx(middle)
    assert found.lower == pytest.approx(middle - np.hypot(middle - np.mean(low), spread))
    assert found.upper == pytest.approx(middle + np.hypot(np.mean(high) - middle, spread))


def test_a_band_of_one_person_is_that_of_its_samples_and_of_masses_never_negative():
    table = pd.DataFrame({"mean": [1.0, 9.0], "q05": [0.0, 0.0], "q95": [2.0, 20.0]})
    table["assessable"] = True
    alone = band(table.iloc[:1], np.arange(1))
    assert (alone.lower, alone.upper) == pytest.approx((0.0, 2.0))
    assert band(table, np.arange(2)).lower == 0.0


def test_samples_unlike_those_that_were_measured_are_said(tmp_path, crossover):
    made = make(tmp_path, crossover)
    made.applicability["like_training"] = "false"
    assert "Most of them are not" in section(made.run(), "accuracy")
    made.applicability[["distance", "limit"]] = np.nan
    assert 'id="applicability"' not in made.run()


def test_what_cannot_be_assessed_has_no_mass(tmp_path, crossover):
    made = make(tmp_path, crossover)
    unassessable(made, list(crossover["sample"]))
    made.scenario_checks[["q05", "q50", "q95"]] = np.nan
    made.scenario_checks["agrees"] = ""
    made.budget[["mean", "q05", "q95"]] = np.nan
    html = made.run()
    assert all(values == [] for values in rows_of(html, "mass-table").values())
    assert 'id="budget-table"' not in html
    assert "0 of 2 meet" in section(html, "scenario")
