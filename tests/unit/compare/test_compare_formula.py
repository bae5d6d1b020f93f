"""Contrasts by formula: against statsmodels, lme4 and SciPy; not estimable; hostile text."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from tryptome.compare.contrast import Comparison
from tryptome.compare.exchange import Exchange
from tryptome.compare.finding import Finding, of_term
from tryptome.compare.formula import read_formula
from tryptome.compare.general import GeneralComparison
from tryptome.compare.layout import Layout, select_for_formula
from tryptome.config.model import Contrast
from tryptome.contrasts import check_contrasts
from tryptome.errors import ContrastError

LME4 = Path(__file__).parents[2] / "data" / "lme4"


@pytest.fixture(scope="module")
def samples() -> pd.DataFrame:
    rng = np.random.default_rng(21)
    n = 90
    return pd.DataFrame(
        {
            "sample": [f"s{i}" for i in range(n)],
            "person": [f"p{i // 3}" for i in range(n)],
            "diet": rng.choice(["a", "b", "c"], n),
            "phase": rng.choice(["x", "y"], n),
            "age": [str(age) for age in rng.integers(20, 60, n)],
            "batch": rng.choice(["1", "2", "3", "4", "5"], n),
            "severity": rng.choice(["none", "mild", "severe"], n),
            "weight": [f"{w:.2f}" for w in rng.uniform(0.5, 3, n)],
            "outcome": rng.normal(size=n),
        }
    )


def find(samples, formula, subject=None, **settings) -> list[Finding]:
    contrast = Contrast.model_validate({"formula": formula} | settings).model_dump()
    columns = samples.drop(columns="outcome").astype(str)
    comparison = GeneralComparison("c", contrast, columns, subject, 1)
    return comparison.find(samples["outcome"].to_numpy(float))


def numeric(samples):
    return samples.assign(age=samples["age"].astype(float), w=samples["weight"].astype(float))


def test_levels_beside_a_covariate_are_those_of_statsmodels(samples):
    found = find(samples, "~ diet + age")
    theirs = smf.ols("outcome ~ diet + age", numeric(samples)).fit(cov_type="HC2")
    assert [one.term for one in found] == ["diet: b against a", "diet: c against a"]
    for finding, name in zip(found, ["diet[T.b]", "diet[T.c]"], strict=True):
        assert finding.estimate.effect == pytest.approx(theirs.params[name])
        assert finding.estimate.se == pytest.approx(theirs.bse[name])


def test_a_number_has_an_effect_per_unit(samples):
    (finding,) = find(samples, "age + diet")
    theirs = smf.ols("outcome ~ diet + age", numeric(samples)).fit(cov_type="HC2")
    assert finding.estimate.effect == pytest.approx(theirs.params["age"])
    assert finding.estimate.se == pytest.approx(theirs.bse["age"])
    slope = stats.linregress(samples["age"].astype(float), samples["outcome"]).slope
    assert finding.weights.difference @ samples["outcome"] == pytest.approx(slope)


def test_an_interaction_is_that_of_statsmodels(samples):
    found = find(samples, "diet * age")
    theirs = smf.ols("outcome ~ diet * age", numeric(samples)).fit()
    assert [one.term for one in found] == ["diet: b against a × age", "diet: c against a × age"]
    effects = [one.estimate.effect for one in found]
    assert effects == pytest.approx(
        [theirs.params["diet[T.b]:age"], theirs.params["diet[T.c]:age"]]
    )
    outcome = samples["outcome"].to_numpy(float)
    weighted = [float(one.weights.difference @ outcome[one.selection.rows]) for one in found]
    assert weighted == pytest.approx(effects)


def test_steps_of_a_scale_are_numbers_and_none_is_one_of_them(samples):
    order = ["none", "mild", "severe"]
    (finding,) = find(samples, "severity", order={"severity": order})
    steps = samples["severity"].map(order.index)
    assert finding.estimate.effect == pytest.approx(
        stats.linregress(steps, samples["outcome"]).slope
    )
    assert len(finding.selection) == len(samples)


@pytest.mark.parametrize(
    ("formula", "kind", "per"),
    [
        ("C(batch) + age", "difference", ""),
        ("age + diet", "slope", "age"),
        ("severity", "step of 3 levels", "severity"),
        ("diet:age + diet + age", "difference by slope", "age"),
        ("age:severity + age + severity", "slope by step of 3 levels", "age × severity"),
    ],
)
def test_an_effect_says_what_sort_it_is_and_what_it_is_per(samples, formula, kind, per):
    order = {"order": {"severity": ["none", "mild", "severe"]}} if "severity" in formula else {}
    for finding in find(samples, formula, **order):
        assert finding.estimate is not None
        assert (finding.kind, finding.per) == (kind, per)


def test_weights_of_samples_are_those_of_weighted_least_squares(samples):
    found = find(samples, "diet + age", weights="weight")
    data = numeric(samples)
    theirs = smf.wls("outcome ~ diet + age", data, weights=data["w"]).fit(cov_type="HC2")
    for finding, name in zip(found, ["diet[T.b]", "diet[T.c]"], strict=True):
        assert finding.estimate.effect == pytest.approx(theirs.params[name])
        assert finding.estimate.se == pytest.approx(theirs.bse[name])


def test_the_joint_test_is_near_that_of_equal_variances():
    rng = np.random.default_rng(22)
    diet = np.repeat(["a", "b", "c"], 60)
    frame = pd.DataFrame({"sample": range(180), "diet": diet})
    frame["outcome"] = rng.normal(size=180) + 0.5 * (diet == "c")
    found = find(frame, "diet")
    classic = stats.f_oneway(*(frame["outcome"][diet == level] for level in "abc")).pvalue
    assert found[0].p_joint == found[1].p_joint
    assert np.log10(found[0].p_joint) == pytest.approx(np.log10(classic), abs=0.25)


@pytest.mark.parametrize(
    ("model", "formula", "settings", "names", "joint"),
    [
        ("levels", "diet + age", {}, ["dietb", "dietc"], "diet"),
        ("weighted", "diet + age", {"weights": "w"}, ["dietb", "dietc"], "diet"),
        ("crossed", "diet * age", {}, ["dietb:age", "dietc:age"], "diet:age"),
        ("steps", "diet + age", {"order": {"diet": ["a", "b", "c"]}}, ["step"], None),
    ],
)
def test_groupings_that_cross_are_those_of_lmertest(model, formula, settings, names, joint):
    samples = pd.read_csv(LME4 / "samples.tsv", sep="\t").rename(columns={"y": "outcome"})
    samples.insert(0, "sample", [f"s{row}" for row in range(len(samples))])
    samples["w"] = 1 + np.arange(1, len(samples) + 1) % 4 / 2
    table = pd.read_csv(LME4 / "reference.tsv", sep="\t", keep_default_na=False)
    theirs = table.set_index(["model", "what", "name"])["value"].sort_index()
    found = find(samples, f"{formula} + (1|person) + (1|batch)", **settings)
    for finding, name in zip(found, names, strict=True):
        assert finding.estimate.effect == pytest.approx(theirs[model, "estimate", name], rel=1e-3)
        assert finding.estimate.se == pytest.approx(theirs[model, "se", name], rel=1e-3)
    if joint:
        assert found[0].p_joint == pytest.approx(theirs[model, "p", joint], rel=0.02)
    assert "random intercept of person and of batch" in found[0].estimate.model


@pytest.mark.parametrize("subject", [None, "person"])
def test_whole_blocks_of_one_level_are_exchanged_in_every_way(subject):
    rng = np.random.default_rng(31)
    # Six sixths add up to a little less than one, which is no level of its own.
    family = np.repeat(np.arange(9), [2, 6, 3, 4, 2, 3, 6, 3, 4])
    frame = pd.DataFrame({"family": family, "diet": np.where(family < 4, "a", "b")})
    frame["sample"] = range(len(frame))
    frame["person"] = np.arange(len(frame)) // 2 + 100 * family  # at most two samples a person
    frame["outcome"] = rng.normal(size=9)[family] + rng.normal(size=len(frame)) + (family > 3)
    (finding,) = find(frame, "diet + (1|family)", subject)
    means = frame.groupby("family")["outcome"].mean()

    def welch(x, y, axis):
        return abs(stats.ttest_ind(x, y, axis=axis, equal_var=False).statistic)

    theirs = stats.permutation_test(
        (means[:4], means[4:]), welch, n_resamples=np.inf, alternative="greater", vectorized=True
    )
    assert finding.permutations == 126
    assert finding.p == finding.p_permutation == pytest.approx(theirs.pvalue)
    assert "p by all 126 permutations of blocks of family" in finding.estimate.model


def test_whole_families_count_as_persons_do():
    rng = np.random.default_rng(33)
    family = np.repeat(np.arange(24), 4)
    frame = pd.DataFrame({"sample": range(96), "family": family})
    frame["diet"] = np.where(family < 12, "a", "b")
    frame["outcome"] = rng.normal(size=96)  # of one family no more alike than others
    (finding,) = find(frame, "diet + (1|family)")
    (as_persons,) = find(frame, "diet", "family")
    means = frame.groupby("family")["outcome"].mean()
    welch = stats.ttest_ind(means[12:], means[:12], equal_var=False)
    estimate = finding.estimate
    assert estimate.effect / estimate.se == pytest.approx(welch.statistic)
    assert estimate.df < 24
    assert (estimate.se, estimate.df) == pytest.approx(
        (as_persons.estimate.se, as_persons.estimate.df)
    )
    assert finding.p == pytest.approx(as_persons.p) == pytest.approx(welch.pvalue, rel=0.01)


def test_weights_of_samples_make_no_group_of_few_a_scale():
    rng = np.random.default_rng(32)
    frame = pd.DataFrame({"sample": range(40), "diet": ["a"] * 34 + ["b"] * 6})
    frame["weight"] = rng.uniform(0.5, 3, 40).round(3)
    frame["outcome"] = rng.normal(size=40)
    (finding,) = find(frame, "diet", weights="weight")
    assert finding.p == finding.p_permutation != finding.p_model
    assert "p by 1,000 permutations of samples" in finding.estimate.model


def test_few_units_are_dealt_out_in_every_way():
    rng = np.random.default_rng(23)
    frame = pd.DataFrame({"sample": range(11), "diet": ["a"] * 6 + ["b"] * 5})
    frame["outcome"] = rng.normal(size=11) + np.repeat([0, 1.2], [6, 5])
    (finding,) = find(frame, "diet")

    def welch(x, y, axis):
        return abs(stats.ttest_ind(x, y, axis=axis, equal_var=False).statistic)

    groups = (frame["outcome"][6:], frame["outcome"][:6])
    theirs = stats.permutation_test(
        groups, welch, n_resamples=np.inf, alternative="greater", vectorized=True
    )
    assert finding.permutations == 462
    assert finding.p_permutation == pytest.approx(theirs.pvalue)
    assert finding.p == finding.p_permutation
    assert "p by all 462 permutations of samples" in finding.estimate.model
    levels = {"column": "diet", "reference": "a", "level": "b"}
    two = Comparison("c", levels, frame.astype(str), None, 1).find(frame["outcome"].to_numpy())
    assert two.p == finding.p
    assert two.estimate.effect == pytest.approx(finding.estimate.effect)


def test_inside_strata_it_is_every_deal_within_each():
    rng = np.random.default_rng(24)
    strata = np.repeat([0, 1], 6)
    diet = np.tile([0, 0, 0, 1, 1, 1], 2)
    outcome = rng.normal(size=12) + 3 * strata + 0.8 * diet
    frame = pd.DataFrame({"sample": range(12), "diet": diet, "site": strata, "outcome": outcome})
    frame = frame.astype({"diet": str, "site": str}).replace({"diet": {"0": "a", "1": "b"}})
    (finding,) = find(frame, "diet", strata="site")

    def t(group):
        data = pd.DataFrame({"y": outcome, "x": group, "s": strata})
        return abs(smf.ols("y ~ x + s", data).fit(cov_type="HC2").tvalues["x"])

    picks = [np.isin(np.arange(6), chosen) for chosen in combinations(range(6), 3)]
    every = [t(np.concatenate(pair).astype(float)) for pair in product(picks, repeat=2)]
    assert finding.permutations == len(every) == 400
    expected = np.mean(np.array(every) >= t(diet.astype(float)) * (1 - 1e-9))
    assert finding.p_permutation == pytest.approx(expected)


def test_within_persons_signs_of_scores_are_those_of_differences():
    rng = np.random.default_rng(25)
    frame = pd.DataFrame(
        {
            "sample": range(16),
            "person": np.repeat([f"p{i}" for i in range(8)], 2),
            "phase": ["x", "y"] * 8,
            "outcome": rng.normal(size=16) + np.tile([0, 0.9], 8),
        }
    )
    (finding,) = find(frame, "phase", "person")
    differences = frame["outcome"].to_numpy().reshape(8, 2) @ [-1, 1]
    exact = stats.permutation_test((differences,), np.mean, permutation_type="samples")
    assert finding.permutations == 2**7
    assert finding.p == pytest.approx(exact.pvalue)
    assert finding.p_model == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, rel=1e-4)


def test_scores_of_persons_are_sums_of_what_dense_matrices_leave(samples):
    contrast = {"formula": "diet + age + (1 | batch)", "weights": "weight"}
    settings = Contrast.model_validate(contrast).model_dump()
    told = samples.drop(columns="outcome").astype(str)
    layout = Layout.of(select_for_formula(told, settings, "person"), settings, "person")
    trial = Exchange.of(layout, [1]).trial(np.array([0.6, 0.8]), joint=False)
    root = np.sqrt(numeric(samples)["w"] / numeric(samples)["w"].mean()).to_numpy()
    other = pd.get_dummies(samples["diet"]).to_numpy(float)[:, 1:] @ [0.8, -0.6]
    person = pd.get_dummies(samples["person"], dtype=float)
    beside = [pd.get_dummies(samples["batch"], dtype=float), person, other, numeric(samples)["age"]]
    nuisance = np.column_stack(beside) * root[:, None]
    free = np.eye(len(samples)) - nuisance @ np.linalg.pinv(nuisance)
    target = pd.get_dummies(samples["diet"]).to_numpy(float)[:, 1:] @ [0.6, 0.8]
    outcome = samples["outcome"].to_numpy()
    products = (free @ (root * target)) * (free @ (root * outcome))
    varying = samples.groupby("person", sort=True)["diet"].nunique() > 1
    assert trial.weights @ outcome == pytest.approx((person.T @ products)[varying].to_numpy())


def test_a_term_of_persons_permutes_persons():
    rng = np.random.default_rng(26)
    person = np.repeat(np.arange(24), 4)
    frame = pd.DataFrame({"sample": range(96), "person": [f"p{p}" for p in person]})
    frame["diet"] = np.where(person % 2, "b", "a")
    frame["outcome"] = rng.normal(size=24)[person] + 0.1 * rng.normal(size=96)
    (finding,) = find(frame, "diet", "person")
    means = frame.groupby("person", sort=False)["outcome"].mean().to_numpy()
    assert finding.p_model == pytest.approx(
        stats.ttest_ind(means[1::2], means[::2]).pvalue, rel=1e-2
    )
    assert finding.p_permutation == pytest.approx(finding.p_model, abs=0.05)


@pytest.mark.parametrize(
    ("formula", "settings", "said"),
    [
        ("diet", {"where": {"diet": "a"}}, "'diet' has one level only ('a', "),
        ("diet + Diet", {}, "'diet: b against a' cannot be told apart from the covariates (samp"),
        (
            "diet + site",
            {},
            "the covariate 'age' is constant or collinear with others (samples: a ",
        ),
        ("diet * kind", {}, "no sample has 'c' and 'y' (samples: a "),
        ("diet + C(sample)", {}, "cannot be told apart"),
        ("diet + C(age)", {"where": {"batch": "1"}}, "too few samples"),
        ("diet", {"weights": "bad"}, "weights 'bad' are not all numbers above 0"),
        ("diet + lost", {}, "all that the formula names (left out: no 'lost' in 90)"),
        ("diet + age", {"test": "diet:age"}, "no term 'diet:age'"),
        ("diet", {"reference": "none"}, "no sample of the reference 'none' is left"),
    ],
)
def test_what_cannot_be_estimated_says_why_and_how_many(samples, formula, settings, said):
    frame = samples.assign(
        Diet=samples["diet"].str.upper(),
        kind=np.where(samples["diet"] == "c", "x", samples["phase"]),
        bad="0",
        lost="NA",
        site=np.where(samples["batch"] == "7", "k", "l"),
    )
    if "site" in formula:
        frame["site"] = [str(number) for number in 2 * frame["age"].astype(int)]
        formula += " + age"
    (finding,) = find(frame, formula, **settings)
    assert finding.estimate is None
    assert said in finding.reason


@pytest.mark.parametrize(
    "formula",
    [
        *(
            "__import__('os')",
            "diet + (1|batch",
            "diet ++ age",
            "",
            "log(age)",
            "diet[0]",
            "0 + diet",
        ),
        *("diet - 1", "outcome ~ diet", "(1|batch)", "diet:age*sex", "diet +", "{diet}", "Q('x')"),
    ],
)
def test_what_is_outside_the_grammar_is_refused(formula):
    with pytest.raises(ValueError, match="formula"):
        read_formula(formula)


def test_a_term_that_is_not_left_has_no_other_ones_effect(samples):
    found = find(samples[samples["diet"] != "b"].reset_index(drop=True), "diet")
    assert of_term(found, found[0].term) is found[0]
    other = of_term(found, "b against a")
    assert other.estimate is None
    assert "'b against a'" in other.reason


def test_names_and_levels_are_never_code(samples):
    hostile = "__import__('os').system('x')"
    frame = samples.rename(columns={"diet": hostile}).replace(
        {hostile: {"a": "a]:v1[T.L0", "b": "L1", "c": "=1+1"}}
    )
    found = find(frame, f"`{hostile}` + age")
    plain = find(samples, "diet + age", reference="c")
    # "=1+1" sorts first and is the reference, as c is beside it
    assert found[0].term == f"{hostile}: L1 against =1+1"
    assert found[0].estimate.effect == pytest.approx(plain[1].estimate.effect)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"formula": "diet", "level": "a"}, "level: put it into the formula"),
        ({"formula": "diet", "test": "age"}, "no term 'age'"),
        ({"formula": "diet", "column": "age"}, "column: leave it out"),
        ({"column": "diet", "reference": "a"}, "level: missing"),
        ({"column": "diet", "reference": "a", "level": "b", "strata": "x"}, "strata: it needs"),
    ],
)
def test_a_contrast_is_a_formula_or_two_levels(settings, said):
    with pytest.raises(ValueError, match=said):
        Contrast.model_validate(settings)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"formula": "diet + agee"}, "contrasts.c.formula: the metadata have no column 'agee'"),
        ({"formula": "diet + (1|bath)"}, "did you mean 'batch'"),
        ({"formula": "diet", "strata": "site"}, "contrasts.c.strata: the metadata have no column"),
        ({"formula": "diet", "reference": "A"}, "contrasts.c.reference: no sample has 'A'"),
        ({"formula": "diet", "where": {"phase": "z"}}, "contrasts.c.where: no sample has 'z'"),
        ({"formula": "severity", "order": {"severity": ["mild", "bad"]}}, "no sample has 'bad'"),
    ],
)
def test_what_the_metadata_lack_is_named(samples, settings, said):
    contrast = Contrast.model_validate(settings).model_dump()
    with pytest.raises(ContrastError) as caught:
        check_contrasts({"c": contrast}, samples.drop(columns="outcome"))
    assert said in str(caught.value)


def test_the_stage_writes_a_row_for_each_term(make_cohort, crossover):
    rng = np.random.default_rng(27)
    frame = crossover.assign(dose=rng.integers(1, 9, len(crossover)).astype(str))
    contrasts = {
        "phases": Contrast(formula="phase + dose").model_dump(),
        "dose": Contrast(formula="dose + phase").model_dump(),
    }
    found, drivers = make_cohort(frame, frame["phase"] == "diet").compare(
        {}, subject="person", contrasts=contrasts
    )
    phases = found[found["contrast"] == "phases"].loc["share:trp_synthesis"].set_index("term")
    assert list(phases.index) == ["phase: diet against baseline", "phase: washout against baseline"]
    assert phases["p"].iloc[0] < 0.01 < phases["p"].iloc[1]
    assert phases["p_joint"].nunique() == 1
    for (contrast, quantity, term), block in drivers.groupby(["contrast", "quantity", "term"]):
        row = found[(found["contrast"] == contrast) & (found["term"] == term)].loc[quantity]
        assert block["part"].sum() == pytest.approx(row["difference"], abs=1e-9)
    dose = found[found["contrast"] == "dose"].loc["share:trp_synthesis"]
    assert np.isnan(dose["mean_level"])
    assert np.isfinite(dose["se_shared"])
