"""Simulated worlds: the same each time, honest where nothing is planted, and quoted as found."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from calibration import coverage, worlds
from tryptome.annotate.hierarchy import Concentrations, Counts

ROOT = Path(__file__).parents[3]


def test_worlds_are_the_same_each_time_and_differ_from_each_other(tmp_path):
    demo, knowledge = coverage._demo(), coverage.load()
    one, again, other = (
        coverage.world(number, demo, knowledge, tmp_path / folder)
        for number, folder in ((0, "a"), (0, "b"), (1, "c"))
    )
    assert one == again
    assert {row["of"] for row in one} == {coverage.ASSESSABLE, coverage.ALL}
    assert [row["error"] for row in one] != [row["error"] for row in other]
    assert {row["quantity"] for row in one} == {*coverage.NAMES, coverage.BALANCE}
    assert {row["depth"] for row in one} == set(coverage.DEPTHS)


def test_planted_prevalences_have_the_means_and_the_spread_asked_for():
    rng = np.random.default_rng(2)
    genus = np.repeat(np.arange(2000), 2)
    counts = Counts(np.ones((4000, 1)), np.zeros((4000, 1)), genus, np.arange(2000), 2000)
    kappa = Concentrations(np.array([0.5]), np.array([2.0]), np.array([1.0]))
    planted = worlds.plant(rng, counts, np.array([0.3]), kappa)
    assert abs(planted.family.mean() - 0.3) < 0.03
    assert abs(planted.species.mean() - 0.3) < 0.03
    # Var of Beta(m, k) is m (1 - m) / (k + 1).
    assert abs(planted.family.var() / (0.21 / 2) - 1) < 0.1


def test_the_report_quotes_the_page():
    page = (ROOT / "docs" / "validation" / "calibration.md").read_text(encoding="utf-8")
    pairs = re.findall(r"\| ([\d.]+)% \| ([\d.]+)% \|", page)
    assert len(pairs) == 2 * 18  # of the cells that can be assessed, then of all
    outer, inner = ([float(v) for v in found] for found in zip(*pairs[:18], strict=True))
    limits = (ROOT / "src/tryptome/report/templates/limits.html.jinja").read_text(encoding="utf-8")
    said = re.search(r"in (\d+) to (\d+)% of cases \(50% intervals in (\d+) to (\d+)%\)", limits)
    found = [round(v) for v in (min(outer), max(outer), min(inner), max(inner))]
    assert [int(v) for v in said.groups()] == found


def test_the_page_names_what_lies_outside_the_limits():
    table = pd.DataFrame({"quantity": ["a", "b"], "depth": [500, 5_000]})
    table = table.assign(**{"in 90 %": [0.9, 0.945], "in 50 %": [0.54, 0.5]})
    # 1.5 points beyond 93 %, where one error of 400 worlds is sqrt(.9 x .1 / 400), 1.5 points.
    named = "b at 5,000 reads (94.5% in 90 %, 1.0 errors outside)."
    assert coverage.outside(table, 400).endswith(f"quantity: {named}")
    assert coverage.outside(table.head(1), 400).endswith("quantity: none.")


def test_intervals_cover_in_a_few_worlds(tmp_path):
    """Short form of `make calibration`: 30 worlds, four shares and the balance.

    Quantities of a world are correlated, so that 150 intervals are worth fewer:
    the limits leave three binomial errors of 60 independent ones.
    """
    demo, knowledge = coverage._demo(), coverage.load()
    rows = pd.DataFrame(
        row
        for number in range(1000, 1030)
        for row in coverage.world(number, demo, knowledge, tmp_path / str(number))
    ).dropna()
    for _, at_depth in rows.groupby(["of", "depth"]):
        assert 0.78 <= at_depth["in 90 %"].mean() <= 0.99
        assert 0.31 <= at_depth["in 50 %"].mean() <= 0.69
    shares = rows[rows["quantity"] != coverage.BALANCE]
    for _, of in shares.groupby("of"):
        assert abs(of["error"].mean()) < 0.1 * of["width"].mean()


def test_a_true_share_is_that_of_the_cells_asked_for():
    truth = coverage.Planted(
        np.array([1.0, 2.0, 1.0]), np.array([[1.0], [0.5], [0.0]]), np.array(["a", "b", ""])
    )
    assert truth.shares() == 0.5
    assert truth.shares(np.array([[True], [True], [False]])) == 2 / 3


def test_a_run_that_was_stopped_goes_on_with_the_same_page(tmp_path, monkeypatch):
    worked = []

    def world(number, *_):
        worked.append(number)
        return coverage_rows(number)

    monkeypatch.setattr(coverage, "world", world)
    coverage.main("3", str(tmp_path / "short.md"), str(tmp_path / "kept"))
    coverage.main("5", str(tmp_path / "long.md"), str(tmp_path / "kept"))
    assert worked == [0, 1, 2, 3, 4]
    coverage.main("3", str(tmp_path / "again.md"), str(tmp_path / "kept"))
    assert (tmp_path / "again.md").read_bytes() == (tmp_path / "short.md").read_bytes()
    # Other code has worlds worked out anew.
    monkeypatch.setattr(coverage, "source_digest", lambda: "other")
    coverage.main("1", str(tmp_path / "other.md"), str(tmp_path / "kept"))
    assert worked[5:] == [0]


def coverage_rows(number):
    return [
        {"world": number, "depth": 500, "of": of, "quantity": name, "error": 0.01 * number,
         "width": 0.5, "in 90 %": True, "in 50 %": number % 2 == 0}
        for of in (coverage.ASSESSABLE, coverage.ALL)
        for name in (*coverage.NAMES, coverage.BALANCE)
    ]  # fmt: skip
