"""The mass balance of a cohort: metadata, the median community, parts, budget, literature."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from scipy.stats import sobol_indices, uniform

from tryptome.errors import InputError
from tryptome.estimate.balance import precursor_balance
from tryptome.estimate.community import assemble
from tryptome.estimate.mass import budget as budgets
from tryptome.estimate.mass import scenario as scenarios
from tryptome.estimate.mass.budget import SOURCES, balance_parts, budget, first_order, share_parts
from tryptome.estimate.mass.checks import compare_with_literature, intervals
from tryptome.estimate.mass.draws import CAPABILITIES, ROUTES, Draws
from tryptome.estimate.mass.metadata import personal, read_columns
from tryptome.estimate.mass.model import fates
from tryptome.estimate.mass.priors import read_priors
from tryptome.estimate.mass.scenario import (
    QUANTITIES,
    Reference,
    quantiles_of,
    scenario,
    scenario_shares,
)
from tryptome.estimate.shares import QUANTILES, Prevalence, share_of_cells

TAXA = ("f__A", "g__B", "g__C", "s__D d")
READS = [[500, 300, 200, 0, 50], [100, 0, 800, 100, 0], [20, 900, 0, 80, 10], [9, 0, 0, 0, 991]]


def cohort(reads=READS, counts=True, unknown=("",) * 7):
    reads = np.asarray(reads, float)
    names = tuple(f"s{number}" for number in range(len(reads)))
    resolution = pd.DataFrame({"taxon": [*TAXA, ""], "lineage": [*"ABCD", "unknown"]})
    resolution["tier"] = ["genus"] * 4 + ["bacteria"]
    copies = pd.DataFrame({"taxon": [*TAXA, "d__Bacteria"], "mean": [2.0, 4, 6, 3, 4]})
    copies["log_sd"] = 0.2
    community = assemble(
        names, scipy.sparse.csr_array(reads), resolution, copies, counts=counts,
        correct_copies=True,
    )  # fmt: skip
    mean = np.random.default_rng(5).uniform(0.05, 0.95, (4, 7))
    told = np.array([why == "" for why in unknown])
    prevalence = Prevalence(
        CAPABILITIES, mean * told, 0.05 * mean * (1 - mean) * told, np.ones((4, 7), bool) & told,
        np.full(7, 0.4), np.full(7, 0.1), tuple(unknown),
    )  # fmt: skip
    shares = share_of_cells(community, prevalence)
    return community, prevalence, shares, pd.DataFrame({"sample": names})


def work_out(made, priors=None, **more):
    settings = {"draws": Draws.of(priors or read_priors(), 3), "least": 0.5} | more
    return scenario(*made, **settings)


def of(found, quantity, what="mean"):
    return getattr(found.block.own, what)[:, QUANTITIES.index(quantity)]


def test_means_conserve_mass_and_add_up_over_routes():
    found = work_out(cohort())
    into = of(found, "mass:reaching") + of(found, "mass:released")
    parts = ("biomass", "diverted", "excreted", "left")
    assert sum(of(found, f"mass:{part}") for part in parts) == pytest.approx(into)
    routes = sum(of(found, f"mass:diverted:{route}") for route in ROUTES)
    assert routes == pytest.approx(of(found, "mass:diverted"))
    assert (np.diff(found.block.own.quantiles, axis=-1) >= 0).all()
    masses = [name.startswith("mass:") for name in QUANTITIES]
    assert (found.block.own.quantiles[:, masses] >= 0).all()


def test_what_cannot_be_assessed_says_why():
    found = work_out(cohort())
    assert (found.block.reason[:3] == "").all()
    assert set(found.block.reason[3]) == {"under 50% of the bacterial cells can be assessed"}
    blind = work_out(cohort(unknown=("", "", "no source", "", "", "", "")))
    reason = dict(zip(QUANTITIES, blind.block.reason[0], strict=True))
    assert {name for name, why in reason.items() if why} == {"mass:diverted:indole"}
    assert reason["mass:diverted:indole"] == "no source"


def test_the_median_community_contributes_nothing_beyond_itself():
    community, prevalence, shares, samples = cohort([READS[0]] * 3)
    found = work_out((community, prevalence, shares, samples))
    for quantity in ("gut_contribution:median", "gut_contribution_percent:median"):
        assert of(found, quantity) == pytest.approx(0, abs=1e-9)
        assert of(found, quantity, "sd") == pytest.approx(0, abs=1e-9)
    assert (of(found, "gut_contribution:inert", "sd") > 0).all()


def test_the_median_leaves_out_what_cannot_be_assessed():
    made = cohort()
    middle = Reference.of(scenario_shares(made[1], made[2]), 0.5)
    assert middle.mean == pytest.approx(np.median(made[2].mean[:3], axis=0))


def test_a_sample_comes_out_the_same_whatever_stands_beside_it(monkeypatch):
    community, prevalence, shares, samples = cohort()
    whole = work_out((community, prevalence, shares, samples))
    middle = Reference.of(scenario_shares(prevalence, shares), 0.5)
    alone = work_out(
        (community.rows(slice(1, 2)), prevalence, shares.rows(slice(1, 2)), samples.iloc[1:2]),
        reference=middle,
    )
    monkeypatch.setattr(scenarios, "PART", 2)
    parts = work_out((community, prevalence, shares, samples))
    for field in ("mean", "sd", "quantiles"):
        assert (getattr(alone.block.own, field)[0] == getattr(whole.block.own, field)[1]).all()
        assert (getattr(parts.block.own, field) == getattr(whole.block.own, field)).all()


def test_metadata_stand_for_a_prior_where_they_say_something():
    community, prevalence, shares, samples = cohort([READS[0]] * 4)
    samples["diet_tryptophan_mg_per_day"] = ["2000", "", "NA", ""]
    samples["diet_protein_g_per_day"] = ["50", "100", "", ""]
    samples["transit_time_h"] = ["", "", "", "5"]
    columns = read_columns(samples)
    draws = Draws.of(read_priors(), 3)
    own = personal(draws.physiology, columns)
    assert (own["diet_tryptophan"][0] == 2000).all()
    assert (own["diet_tryptophan"][1] == 100 * draws.physiology["protein_tryptophan"]).all()
    assert (own["diet_tryptophan"][2] == draws.physiology["diet_tryptophan"]).all()
    found = work_out((community, prevalence, shares, samples))
    assert of(found, "mass:reaching")[0] > of(found, "mass:reaching")[2]
    assert of(found, "mass:excreted")[3] > of(found, "mass:excreted")[2]
    percent = of(found, "gut_contribution_percent:inert")[0]
    assert percent == pytest.approx(of(found, "gut_contribution:inert")[0] / 20)


@pytest.mark.parametrize("text", ["much", "-3", "0", "inf", "1,5"])
def test_a_bad_value_is_told_with_its_sample_and_column(text):
    community, prevalence, shares, samples = cohort()
    samples["faecal_mass_g_per_day"] = ["100", text, "", ""]
    with pytest.raises(InputError, match=r"`s1`.*`faecal_mass_g_per_day`"):
        work_out((community, prevalence, shares, samples))


def test_a_longer_transit_and_more_diversion_leave_what_they_should():
    fast = read_priors({"transit_time": {"distribution": "uniform", "low": 5, "high": 5}})
    slow = read_priors({"transit_time": {"distribution": "uniform", "low": 80, "high": 80}})
    one, two = work_out(cohort(), fast), work_out(cohort(), slow)
    assert (of(one, "mass:excreted") > of(two, "mass:excreted")).all()
    assert (of(one, "mass:reaching") == of(two, "mass:reaching")).all()


def test_quantiles_are_those_of_numpy():
    values = np.sort(np.random.default_rng(1).normal(size=(3, 4, 101)), axis=-1)
    expected = np.moveaxis(np.quantile(values, QUANTILES, axis=-1), 0, -1)
    assert quantiles_of(values) == pytest.approx(expected)


def divide(made, **more):
    return budget(*made, priors=read_priors(), seed=3, least=0.5, **more)


def test_the_budget_adds_up_to_one_for_each_quantity():
    table = divide(cohort())
    assert table.groupby("quantity")["mean"].sum().to_numpy() == pytest.approx(1)
    assert (table[["mean", "q05"]].to_numpy() >= -1e-12).all()
    assert set(table["samples"]) == {3}
    priors = table[table["source"].str.startswith("prior:")]
    assert priors.groupby("quantity").size().eq(len(read_priors())).all()
    assert set(priors["quantity"]) == set(budgets.SCENARIO)


def with_others(unknown=""):
    """The cohort, of whose prevalences two are of acids, one of butyrate and one of a vitamin."""
    community, prevalence, _, samples = cohort()
    names = {"butyrate": 2, "acetate": 3, "propionate": 4, "vitamin_b6": 5}
    at = [*range(7), *names.values()]
    told = np.array([not unknown or name != "butyrate" for name in (*CAPABILITIES, *names)])
    wider = Prevalence(
        (*CAPABILITIES, *names),
        prevalence.mean[:, at] * told, prevalence.variance[:, at] * told,
        prevalence.assessable[:, at] & told,
        prevalence.prior_mean[at], prevalence.prior_variance[at],
        tuple("" if yes else unknown for yes in told),
    )  # fmt: skip
    return community, wider, share_of_cells(community, wider), samples


def test_a_cofactor_and_an_inducer_have_the_parts_of_their_share():
    table = divide(with_others()).set_index(["quantity", "source"])["mean"]
    for quantity, route in (("cofactor:vitamin_b6", ROUTES[3]), ("host_drive:butyrate", ROUTES[0])):
        own, share = table[quantity], table[f"share:{route}"]
        assert own.to_numpy() == pytest.approx(share.to_numpy())
        assert list(own.index) == list(SOURCES)


def test_the_parts_of_two_acids_are_those_of_having_either():
    """By hand: without reads to sample and copies to err, names and prevalence are left."""
    community, prevalence, shares, samples = with_others()
    sure = replace(community, counts=False, log_sd=np.zeros(4))
    found = divide((sure, prevalence, shares, samples)).set_index(["quantity", "source"])["mean"]
    parts = found["host_drive:scfa"]
    assert parts["counts"] == parts["copy number"] == 0
    first, second = prevalence.mean[:, 8], prevalence.mean[:, 9]
    spread = prevalence.variance[:, 8], prevalence.variance[:, 9]
    neither = (1 - first) * (1 - second)
    variance = ((1 - first) ** 2 + spread[0]) * ((1 - second) ** 2 + spread[1]) - neither**2
    cells = sure.cells.toarray()[:3]
    unnamed = sure.unresolved[:3] * sure.unseen_per_read
    prior = (0.6**2 + 0.1) ** 2 - 0.6**4
    known, names = cells**2 @ variance, unnamed**2 * prior
    assert parts["prevalence"] == pytest.approx((known / (known + names)).mean())


def test_what_cannot_be_told_in_any_sample_has_an_empty_budget():
    table = divide(with_others("no source")).set_index("quantity")
    assert table.loc["host_drive:butyrate", "mean"].isna().all()
    assert (table.loc["host_drive:butyrate", "samples"] == 0).all()
    assert table.loc["host_drive:scfa", "mean"].sum() == pytest.approx(1)


def test_a_cohort_without_assessable_samples_has_an_empty_budget():
    table = divide(cohort([READS[3]] * 2))
    assert table["mean"].isna().all()
    assert set(table["samples"]) == {0}


def test_parts_of_shares_are_the_variance_of_the_shares():
    for counts in (True, False):
        community, prevalence, shares, _ = cohort(counts=counts)
        parts = share_parts(community, prevalence, shares)
        assert parts.sum(axis=-1) == pytest.approx(shares.all_variance)
        assert (parts[..., SOURCES.index("counts")] > 0).all() == counts


def test_parts_of_the_balance_are_about_its_variance():
    deep = cohort([[5000, 3000, 2000, 4000, 5]] * 2)
    parts = share_parts(*deep[:3])
    found = balance_parts(*deep[:3], parts).sum(axis=-1) / np.log(2) ** 2
    assert np.sqrt(found) == pytest.approx(precursor_balance(*deep[:3]).of_all.sd[:, 0], rel=0.15)


def test_indices_of_a_product_and_a_sum_are_those_worked_by_hand():
    # Var(xy) = 7/144 for uniform x and y, and Var(x/2) = 1/48: 3/7 each, 1/7 over.
    rng = np.random.default_rng(0)
    x, y, z = ((rng.permutation(2048) + 0.5) / 2048 for _ in range(3))
    values = np.stack([x * y, 3 * x + 4 * y])
    found = first_order(values, {"x": x, "y": y, "z": z})
    assert found == pytest.approx(np.array([[3 / 7, 3 / 7, 0], [0.36, 0.64, 0]]), abs=0.03)


def test_indices_of_the_model_are_those_of_scipy():
    free = ("mucosal_rate", "diversion_rate", "transit_time", "diet_escape")
    priors = read_priors()
    middle = {name: prior.values(np.array([0.5])) for name, prior in priors.items()}
    shares = np.full((7, 1, 1), 0.4)

    def left(at):
        drawn = {name: priors[name].values(u) for name, u in zip(free, at, strict=True)}
        everyone = np.broadcast_to(shares, (7, 1, at.shape[1]))
        return fates(middle | drawn, everyone).left

    expected = sobol_indices(
        func=left, n=4096, dists=[uniform()] * len(free), rng=np.random.default_rng(4)
    ).first_order.ravel()
    draws = Draws.of({name: priors[name] for name in free}, 3, budgets.DRAWS)
    at = {name: draws.uniform[name] for name in free}
    assert first_order(left(np.stack(list(at.values()))), at)[0] == pytest.approx(
        expected, abs=0.04
    )


def test_indole_in_a_gram_of_stool_is_what_is_formed_over_the_stool():
    one = read_priors({"faecal_mass": {"distribution": "uniform", "low": 250, "high": 250}})
    found = work_out(cohort(), one)
    at = list(scenarios.RATIOS).index("mass:diverted:indole/faecal_mass")
    expected = of(found, "mass:diverted:indole", "quantiles") / 250 * 1000
    assert found.ratios[:, at] == pytest.approx(expected)


def test_the_literature_stands_beside_the_cohort():
    table = compare_with_literature(intervals(work_out(cohort())))
    assert {"mass:diverted:indole", "mass:diverted/diet_tryptophan"} <= set(table["quantity"])
    assert (table["literature_low"] <= table["literature_high"]).all()
    meets = (table["q05"] <= table["literature_high"]) & (table["q95"] >= table["literature_low"])
    assert (table["agrees"] == meets.map({True: "true", False: "false"})).all()
    # 1.0 to 19.5 µg of indole (117.15 g/mol) in a gram of stool, and 0.30 to 6.64 mM.
    stool = table[table["quantity"] == "mass:diverted:indole/faecal_mass"]
    ends = stool[["literature_low", "literature_high"]].to_numpy().ravel() / 204.23
    assert set(stool["unit"]) == {"µg tryptophan/g"}
    assert ends == pytest.approx([1 / 117.15, 19.5 / 117.15, 0.3, 6.64], rel=0.01)
    # 5 to 20 mg of indoxyl sulfate (213.2 g/mol) in mg of tryptophan (204.23 g/mol).
    indican = table[table["figure"].str.contains("indican")].iloc[0]
    assert [indican["literature_low"], indican["literature_high"]] == pytest.approx(
        [5 * 204.23 / 213.2, 20 * 204.23 / 213.2], rel=0.01
    )
    nobody = compare_with_literature(intervals(work_out(cohort([READS[3]] * 2))))
    assert nobody["q50"].isna().all() and set(nobody["agrees"]) == {""}
