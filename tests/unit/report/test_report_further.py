"""What is estimated beside the balance, against the result files."""

import numpy as np
import pandas as pd
import pytest
from conftest import make
from html_page import Page

from tryptome import knowledge
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.paths import resource
from tryptome.report import page
from tryptome.report.pictures import Embedded

FEW = "a rank within a cohort of under 20 samples says little"
REASON = "not predictable: no training cohort measures it"
UNITS = {"faecal": "rank within cohort", "cofactor": "log2 ratio", "host_drive": "share of cells"}
UNITS |= {"cells_per_gram": "cells per gram"}


class AnyPicture(dict):
    def __missing__(self, name):
        return Embedded(name, "", "", "data:,", 1, 1)


def rows(samples, quantity, mean, reason=""):
    block = {"sample": samples, "quantity": quantity, "unit": UNITS[quantity.partition(":")[0]]}
    numbers = {name: mean * by for name, by in (("mean", 1), ("sd", 0.1), ("q05", 0.8))}
    numbers |= {"q25": 0.9 * mean, "q50": mean, "q75": 1.1 * mean, "q95": 1.3 * mean}
    told = {name: np.nan if reason else value for name, value in numbers.items()}
    block |= told | {"assessable": not reason, "reason": reason, "assessable_cells": 0.9}
    return pd.DataFrame(block)


def blocks(samples, *, load=None, faecal=True):
    random = np.random.default_rng(3)
    found = []
    for one in METABOLITES:
        reason = REASON if one.name == "indole" else "" if faecal else FEW
        found.append(rows(samples, f"faecal:{one.name}", random.uniform(0.2, 0.7), reason))
    for name in ("vitamin_b6", "vitamin_b9", "vitamin_b3", "vitamin_b2"):
        found.append(rows(samples, f"cofactor:{name}", random.uniform(0.5, 3, len(samples))))
    for name in ("butyrate", "deoxycholate", "spore_formers", "scfa"):
        found.append(rows(samples, f"host_drive:{name}", random.uniform(0.01, 0.6, len(samples))))
    if load is not None:
        for name in ("trp_synthesis", "trp_diversion", "butyrate", "vitamin_b1"):
            found.append(rows(samples, f"cells_per_gram:{name}", load))
    return found


def shown(folder, metadata, settings=None, **more):
    made = make(folder, metadata, **(settings or {}))
    made.quantities = pd.concat([made.quantities, *blocks(list(metadata["sample"]), **more)])
    made.quantities = made.quantities.reset_index(drop=True)
    return made, page.render(made.content().context(AnyPicture()))


def of_table(html, name):
    (body,) = Page(html).named(name)
    return {
        found["data-quantity"]: [(text, float(exact)) for text, exact in cells if exact is not None]
        for found, cells in body
        if "data-quantity" in found
    }


def section(html, name):
    return html.split(f'<section id="{name}"')[1].split("</section>", maxsplit=1)[0]


@pytest.fixture(scope="module")
def grouped(tmp_path_factory, crossover, design):
    load = np.linspace(2e10, 9e10, len(crossover))
    return shown(tmp_path_factory.mktemp("further"), crossover, design, load=load)


@pytest.mark.parametrize(
    ("table", "prefix", "number"),
    [
        ("faecal-table", "faecal:", 9),
        ("cofactor-table", "cofactor:", 4),
        ("drive-table", "host_drive:", 4),
        ("per-gram-table", "cells_per_gram:", 3),
    ],
)
def test_every_group_has_the_mean_of_its_persons(grouped, table, prefix, number):
    made, html = grouped
    found = of_table(html, table)
    assert len(found) == number
    joined = made.quantities.merge(made.metadata, on="sample")
    for quantity, cells in found.items():
        assert quantity.startswith(prefix)
        own = joined[joined["quantity"] == quantity]
        everybody = own.groupby("person")["mean"].mean().mean()
        each = own.groupby(["diet", "phase", "person"])["mean"].mean()
        groups = each.groupby(["diet", "phase"]).mean()
        assert cells[0][1] == pytest.approx(everybody, rel=1e-9)
        assert sorted(exact for _, exact in cells[1:]) == pytest.approx(sorted(groups), rel=1e-9)


def test_what_is_not_predictable_says_why_and_has_no_number(grouped):
    _, html = grouped
    assert f"Indole: {REASON}</li>" in section(html, "further")
    assert "faecal:indole" not in of_table(html, "faecal-table")


def test_the_coverage_is_that_of_the_cohorts_that_measured_it(grouped):
    accuracy = pd.read_csv(resource("prediction", "accuracy.tsv"), sep="\t")
    for name in ("butyrate", "tryptamine"):
        own = accuracy[accuracy["quantity"] == f"faecal:{name}"]["coverage_90"].dropna()
        ends = dict.fromkeys(f"{100 * end:.0f}" for end in (own.min(), own.max()))
        said = f"held in {' to '.join(ends)}%, {len(own)} cohort"
        assert said in section(grouped[1], "further")


def test_an_inducer_leads_to_the_reports_that_were_read_and_one_without_says_so(grouped):
    text = section(grouped[1], "further")
    table = knowledge.load().literature
    induces = table[table["direction"] == "induces"].set_index("capability")["doi"]
    of_row = {
        part.split('"')[0]: part.split("</th>")[0] for part in text.split('<tr data-quantity="')[1:]
    }
    for name, capability in (("butyrate", "butyrate"), ("spore_formers", "spore_forming")):
        assert f'href="https://doi.org/{induces[capability]}"' in of_row[f"host_drive:{name}"]
    assert "deoxycholate" not in induces
    assert "no report of it was read" in of_row["host_drive:deoxycholate"]


def test_cells_are_counted_in_what_there_is_one_or_more_of(tmp_path, crossover):
    for load, unit, text in ((2.5e10, "Billion cells", "25 "), (3.1e6, "Million cells", "3.1 ")):
        folder = tmp_path / text.strip()
        _, html = shown(folder, crossover, load=np.full(len(crossover), load))
        assert f"<caption>{unit} per gram.</caption>" in html
        (cell,) = of_table(html, "per-gram-table")["cells_per_gram:trp_synthesis"]
        assert cell[1] == pytest.approx(load)
        assert cell[0].startswith(text)


def test_limits_say_that_numbers_are_not_known_only_where_no_load_is_given(
    tmp_path, crossover, grouped
):
    unknown = "Total numbers of bacteria are not known"
    assert unknown not in section(grouped[1], "limits")
    assert 'href="#per-gram"' in section(grouped[1], "limits")
    _, html = shown(tmp_path, crossover)
    assert unknown in section(html, "limits")
    assert 'id="per-gram"' not in html


def test_a_small_cohort_has_no_predictions_and_no_empty_table(tmp_path, crossover):
    _, html = shown(tmp_path, crossover, faecal=False)
    text = section(html, "further")
    assert 'id="faecal-table"' not in text
    assert text.count(FEW) == len(METABOLITES) - 1
    assert "Indole: not predictable" in text


def test_without_such_quantities_there_is_no_section(tmp_path, crossover):
    html = page.render(make(tmp_path, crossover).content().context(AnyPicture()))
    assert 'id="further"' not in html
    assert 'href="#further"' not in html
    assert "Total numbers of bacteria are not known" in section(html, "limits")
