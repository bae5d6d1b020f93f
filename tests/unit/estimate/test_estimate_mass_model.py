"""Equations and priors of the mass balance."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tryptome.config import parse
from tryptome.config.model import MassBalance
from tryptome.errors import ConfigError
from tryptome.estimate.mass.draws import CAPABILITIES, Draws, draw_shares, share_nodes
from tryptome.estimate.mass.model import fates, inert
from tryptome.estimate.mass.priors import Prior, prior_table, read_priors

ROOT = Path(__file__).parents[3]

# Chosen so that every step can be done by hand.
HAND = {
    "diet_tryptophan": 1000.0, "protein_tryptophan": 10.0, "diet_escape": 0.1,
    "endogenous_nitrogen": 1600.0, "endogenous_tryptophan": 5.0,
    "faecal_mass": 100.0, "faecal_dry": 0.25, "bacterial_solids": 0.4,
    "bacterial_protein": 0.5, "bacterial_tryptophan": 8.0,
    "maker_uptake": 0.5, "release": 0.1,
    "diversion_rate": 0.2, "mucosal_rate": 0.1, "transit_time": 5 * np.log(2),
    "activity_indole": 1.0, "activity_tryptamine": 1.0, "activity_indolelactate": 3.0,
    "activity_indolepropionate": 1.0, "activity_indoleacetate": 1.0,
}  # fmt: skip


def by_hand(**changes):
    return {name: np.array([value]) for name, value in (HAND | changes).items()}


def shares(*values):
    return np.array(values).reshape(len(CAPABILITIES), 1, 1)


def test_a_case_worked_by_hand():
    # Reaching 100 + 6.25 x 1.6 x 5 = 150; need 100 x 0.25 x 0.4 x 0.5 x 8 = 40. Of the cells,
    # half make tryptophan: released 0.1 x 0.5 x 40 = 2, biomass 40 x (0.5 + 0.25) = 30, free 122.
    # Half divert: rates 0.1 and 0.1, and exp(-0.2 x 5 ln 2) = 1/2, so 61 stay and 30.5 each go.
    # Routes 0.3 x 1 and 0.1 x 3: half and half.
    found = fates(by_hand(), shares(0.5, 0.5, 0.3, 0, 0.1, 0, 0))
    got = {name: getattr(found, name).item() for name in (
        "reaching", "released", "biomass", "diverted", "excreted", "left")}  # fmt: skip
    assert got == pytest.approx(
        {"reaching": 150, "released": 2, "biomass": 30, "diverted": 30.5, "excreted": 61,
         "left": 30.5}
    )  # fmt: skip
    assert found.routes.ravel() == pytest.approx([15.25, 0, 15.25, 0, 0])


def test_bacteria_take_no_more_than_there_is():
    found = fates(by_hand(faecal_mass=10000.0), shares(0.0, 0.5, 0.3, 0, 0.1, 0, 0))
    assert found.biomass.item() == 150
    assert found.left.item() == found.diverted.item() == found.excreted.item() == 0


def test_the_inert_community_makes_and_diverts_nothing_but_needs_all():
    found = fates(by_hand(), inert(shares(0.5, 0.5, 0.3, 0, 0.1, 0, 0)))
    assert found.released.item() == found.diverted.item() == 0
    assert found.biomass.item() == pytest.approx(40)
    # Only the mucosa: 110 x (1 - exp(-0.1 x 5 ln 2)).
    assert found.left.item() == pytest.approx(110 * (1 - 2**-0.5))


share = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(share, min_size=7, max_size=7),
    st.dictionaries(st.sampled_from(sorted(HAND)), st.floats(0, 1e4), max_size=6),
)
def test_mass_is_conserved_and_never_negative(values, changes):
    bounded = {
        name: min(value, 1.0) if name in SHARES else value for name, value in changes.items()
    }
    found = fates(by_hand(**bounded), shares(*values))
    into = found.reaching + found.released
    out = found.biomass + found.diverted + found.excreted + found.left
    assert out == pytest.approx(into, rel=1e-9)
    assert found.routes.sum(axis=0) == pytest.approx(found.diverted, rel=1e-9)
    for part in (found.biomass, found.diverted, found.excreted, found.left, found.routes):
        assert (part >= 0).all()


SHARES = {row["parameter"] for row in prior_table().to_dict("records") if row["unit"] == "share"}


def test_mass_is_conserved_in_every_draw_of_the_shipped_priors():
    draws = Draws.of(read_priors(), seed=1)
    mean = np.random.default_rng(2).uniform(0, 1, (20, 7))
    drawn = draw_shares(share_nodes(mean, 0.2 * mean * (1 - mean)), draws)
    found = fates(draws.physiology, drawn)
    into = found.reaching + found.released
    out = found.biomass + found.diverted + found.excreted + found.left
    assert np.abs(out - into).max() < 1e-9 * into.max()
    assert found.left.min() >= 0


@pytest.mark.parametrize(
    ("prior", "other"),
    [
        (Prior("uniform", 2, 5), stats.uniform(2, 3)),
        (Prior("triangular", 1, 8, 3), stats.triang(2 / 7, 1, 7)),
        (Prior("triangular", 1, 8, 1), stats.triang(0, 1, 7)),
        (Prior("loguniform", 0.005, 0.1), stats.loguniform(0.005, 0.1)),
        (Prior("lognormal", 10, 59), stats.lognorm(np.log(5.9) / 2 / 1.6448536, 0, 590**0.5)),
    ],
)
def test_quantiles_of_priors_are_those_of_scipy(prior, other):
    at = np.linspace(0.01, 0.99, 33)
    assert prior.values(at) == pytest.approx(other.ppf(at), rel=1e-6)


def test_draws_are_stratified_and_keyed_by_name():
    priors = read_priors()
    one = Draws.of(priors, seed=7)
    other = Draws.of(priors | {"release": Prior("uniform", 0.5, 0.5)}, seed=7)
    for name, values in one.uniform.items():
        assert sorted((values * len(values)).astype(int)) == list(range(len(values)))
        assert (other.uniform[name] == values).all()
    assert set(other.physiology["release"]) == {0.5}
    assert (Draws.of(priors, seed=8).uniform["release"] != one.uniform["release"]).any()


def test_every_prior_has_a_source_or_says_that_it_is_an_assumption():
    for row in prior_table().to_dict("records"):
        cited = bool(row["citation"] and row["place"] and row["seen"])
        assert cited == (row["kind"] == "cited"), row["parameter"]
        assert row["kind"] in ("cited", "assumption")
        assert row["note"]
        if not cited:
            assert not (row["doi"] or row["pmid"])


def test_the_configuration_knows_exactly_the_parameters():
    assert list(MassBalance.model_fields) == list(read_priors())
    for name, field in MassBalance.model_fields.items():
        assert ("SharePrior" in str(field.annotation)) == (name in SHARES), name


def config(**mass_balance):
    return parse({"cohorts": {"a": {"table": "a.tsv"}}, "mass_balance": mass_balance})


def test_a_replaced_prior_reaches_the_draws():
    given = config(transit_time={"low": 20, "high": 20})
    replaced = given.mass_balance.model_dump(exclude_none=True)
    assert set(Draws.of(read_priors(replaced), 1).physiology["transit_time"]) == {20.0}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"transit_tme": {"low": 1, "high": 2}}, "did you mean `transit_time`"),
        ({"transit_time": {"low": 3, "high": 2}}, "`low` is above `high`"),
        ({"transit_time": {"low": -3, "high": 2}}, "greater than or equal to 0"),
        ({"transit_time": {"low": 0, "high": 2, "distribution": "lognormal"}}, "above 0"),
        ({"transit_time": {"low": 1, "high": 2, "mode": 3}}, "`mode` is not between"),
        ({"transit_time": {"low": 1, "hihg": 2}}, "did you mean `high`"),
        ({"diet_escape": {"low": 0.1, "high": 1.2}}, "less than or equal to 1"),
        ({"diet_escape": {"low": 0.1, "high": 0.2, "distribution": "lognormal"}}, "uniform"),
    ],
)
def test_a_wrong_prior_is_refused_with_the_remedy(wrong, message):
    with pytest.raises(ConfigError, match=r"mass_balance") as caught:
        config(**wrong)
    assert message in str(caught.value)


def test_the_page_is_current():
    from scenario_page import PAGE, with_tables

    text = PAGE.read_text(encoding="utf-8")
    assert with_tables(text) == text
    assert all(f"| `{name}` |" in text for name in read_priors())
