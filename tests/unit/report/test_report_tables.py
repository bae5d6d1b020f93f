"""Numbers of the page's tables against the result files, with pandas alone."""

import pandas as pd
import pytest
from conftest import make
from html_page import Page

from tryptome.paths import resource
from tryptome.report import page
from tryptome.report.pictures import Embedded
from tryptome.vocabulary import TIERS

HERE = {"capability-table", "mass-table", "contribution-table", "drivers", "tier-table"}
HERE |= {"unresolved-table", "check-table", "budget-table", "accuracy-table"}
HERE |= {"drivers balance-drivers"}
ELSEWHERE = {"balance-table", "sample-table", "contrast", "carriers", "accuracy-by-cohort"}
ELSEWHERE |= {"accuracy-baselines"}
"""Tables that `test_report_page.py` compares."""


class AnyPicture(dict):
    """Stands for the figures, which are not drawn here."""

    def __missing__(self, name):
        return Embedded(name, "", "", "data:,", 1, 1)


def values(cells):
    return [float(value) for _, value in cells if value is not None]


@pytest.fixture(scope="module")
def made(tmp_path_factory, crossover, design):
    return make(tmp_path_factory.mktemp("made"), crossover, **design)


@pytest.fixture(scope="module")
def tables(made):
    content = made.content()
    return Page(page.render(content.context(AnyPicture())))


def over_persons(made, quantity):
    """Mean of persons' means: over all, then in each group."""
    rows = made.quantities[made.quantities["quantity"] == quantity].merge(made.metadata)
    everybody = rows.groupby("person")["mean"].mean().mean()
    each = rows.groupby(["diet", "phase", "person"], sort=False)["mean"].mean()
    groups = each.groupby(["diet", "phase"], sort=False).mean()
    return everybody, sorted(groups)


def test_no_table_with_values_is_left_out(tables):
    found = {name for name, rows in tables.tables if any(values(cells) for _, cells in rows)}
    assert found >= HERE
    assert found <= HERE | ELSEWHERE


@pytest.mark.parametrize("table", ["capability-table", "mass-table", "contribution-table"])
def test_means_over_persons_are_those_of_the_quantities(made, tables, table):
    (rows,) = tables.named(table)
    seen = [(found["data-quantity"], values(cells)) for found, cells in rows if values(cells)]
    assert len(seen) > 3
    for quantity, shown in seen:
        everybody, groups = over_persons(made, quantity)
        assert shown[0] == pytest.approx(everybody, rel=1e-9)
        assert sorted(shown[1:]) == pytest.approx(groups, rel=1e-9)


def test_parts_of_drivers_are_those_of_the_file(made, tables):
    label = dict(zip(made.taxa["taxon"], made.taxa["label"], strict=True))
    label["rest"] = "all other taxa"
    of_balance = made.drivers["quantity"] == "precursor_balance"
    for name, own, place in (
        ("drivers", ~of_balance, 3),
        ("drivers balance-drivers", of_balance, 1),
    ):
        groups = made.drivers[own].groupby(["contrast", "quantity"], sort=False)
        shown = tables.named(name)
        assert len(shown) == groups.ngroups >= 2
        for rows, (_, block) in zip(shown, groups, strict=True):
            parts = dict(zip(block["taxon"].map(label), block["part"], strict=True))
            seen = {cells[0][0]: float(cells[place][1]) for _, cells in rows[1:]}
            assert seen == pytest.approx(parts, rel=1e-9)


def test_tiers_are_means_of_the_accounting(made, tables):
    (rows,) = tables.named("tier-table")
    means = made.accounting[list(TIERS)].mean()
    everybody = values(rows[-1][1]) if len(rows) == 2 else values(rows[1][1])
    assert everybody[0] == pytest.approx(means[list(TIERS[:3])].sum())
    assert everybody[1:] == pytest.approx(list(means))


def test_names_that_were_not_resolved_have_the_reads_of_the_file(made, tables):
    (rows,) = tables.named("unresolved-table")
    lost = made.resolution[made.resolution["taxon"] == ""]
    expected = {row.lineage: [row.reads, row.share] for row in lost.itertuples()}
    shown = {cells[0][0]: values(cells) for _, cells in rows[1:]}
    assert list(shown) == list(expected)
    for lineage, numbers in shown.items():
        assert numbers == pytest.approx(expected[lineage], rel=1e-9)


def test_checks_and_budget_are_those_of_their_files(made, tables):
    (checks,) = tables.named("check-table")
    assert [values(cells) for _, cells in checks[1:]] == [[q] for q in made.scenario_checks["q50"]]
    (budget,) = tables.named("budget-table")
    prior = made.budget["source"].str.startswith("prior:")
    for found, cells in budget[1:]:
        own = made.budget["quantity"] == found["data-budget"]
        both = made.budget["source"] == "interactions"
        sample = made.budget.loc[own & ~prior & ~both, "mean"].sum()
        assert values(cells) == pytest.approx([sample, made.budget.loc[own & prior, "mean"].sum()])


def test_the_pooled_accuracy_is_that_of_the_table(tables):
    table = pd.read_csv(resource("prediction", "accuracy.tsv"), sep="\t")
    last = table.groupby(["quantity", "metabolite"], sort=False).tail(1)
    (rows,) = tables.named("accuracy-table")
    assert len(rows) - 1 == len(last) > 10
    for (_, cells), row in zip(rows[1:], last.itertuples(), strict=True):
        assert cells[0][0].split(",")[0] == f"{row.quantity} {row.metabolite}"
        numbers = [] if row.cohort == "none" else [row.spearman, row.partial_spearman]
        assert values(cells) == pytest.approx(numbers, rel=1e-9)
