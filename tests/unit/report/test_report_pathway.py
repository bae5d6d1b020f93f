"""The map of the pathway: flows as wide as they are large, which say what they are."""

from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import make, unassessable

from tryptome.report import pathway_svg
from tryptome.report.pathway import FATES, LEAST, POOL, SOURCES
from tryptome.report.scenario import ROUTES


@pytest.fixture(scope="module")
def content(tmp_path_factory, crossover, design):
    return make(tmp_path_factory.mktemp("pathway"), crossover, **design).content()


@pytest.fixture(scope="module")
def drawn(content):
    return ElementTree.fromstring(pathway_svg.draw(content.pathway))


def test_flows_are_as_tall_as_the_means_are_large(content):
    means = {row.quantity: row.bands[0].mean for row in content.scenario.terms}
    incoming = sum(means[name] for name in SOURCES)
    for ribbon in content.pathway.ribbons:
        expected = POOL * means[ribbon.quantity] / incoming
        assert ribbon.height == pytest.approx(max(LEAST, expected))


def test_what_leaves_the_pool_fills_it_without_gaps(content):
    leaving = [r for r in content.pathway.ribbons if r.quantity in FATES]
    ends = [(r.start[1], r.start[1] + r.height) for r in leaving]
    assert [lower for _, lower in ends[:-1]] == pytest.approx([upper for upper, _ in ends[1:]])
    assert ends[-1][1] - ends[0][0] == pytest.approx(POOL)


def test_labels_of_one_column_do_not_overlap(content):
    columns: dict[float, list[float]] = {}
    for bar in content.pathway.bars:
        columns.setdefault(bar.at[0], []).append(bar.at[1])
    for heights in columns.values():
        assert all(np.diff(sorted(heights)) >= 17)


def test_every_flow_is_reached_by_keyboard_and_says_its_interval(drawn, content):
    flows = [g for g in drawn if g.tag == "g"]
    assert len(flows) == len(SOURCES) + len(FATES) + len(ROUTES)
    for flow in flows:
        assert flow.get("tabindex") == "0"
        assert flow.get("aria-label") == flow.findtext("title")
        assert "90% interval" in flow.get("aria-label")
    assert "of the cells have the route" in flows[-1].get("aria-label")


def test_the_text_alternative_states_the_finding(content):
    row = next(r for r in content.scenario.terms if r.quantity == "mass:left")
    assert f"left, for the mucosa to meet {row.bands[0].mean:.0f} (" in content.pathway.finding
    assert content.pathway.finding.endswith("A scenario, not a measurement.")


def test_a_route_that_cannot_be_told_is_not_drawn(tmp_path, crossover):
    made = make(tmp_path, crossover)
    rows = made.quantities["quantity"] == "mass:diverted:tryptamine"
    made.quantities.loc[rows, ["mean", "q05", "q95"]] = np.nan
    made.quantities.loc[rows, "assessable"] = False
    drawn = {ribbon.quantity for ribbon in made.content().pathway.ribbons}
    assert "mass:diverted:tryptamine" not in drawn
    assert "mass:diverted:indole" in drawn


def test_there_is_no_map_of_what_cannot_be_assessed(tmp_path, crossover):
    made = make(tmp_path, crossover)
    unassessable(made, list(crossover["sample"]))
    assert made.content().pathway is None
