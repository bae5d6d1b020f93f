"""Variance components and their tests against lme4 and lmerTest (``tests/data/lme4``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime

from tryptome.compare.mixed import MixedModel
from tryptome.compare.reml import RandomEffect, Reml

FOLDER = Path(__file__).parents[2] / "data" / "lme4"


@pytest.fixture(scope="module")
def samples() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "samples.tsv", sep="\t")


@pytest.fixture(scope="module")
def lme4() -> pd.Series:
    table = pd.read_csv(FOLDER / "reference.tsv", sep="\t", keep_default_na=False)
    return table.set_index(["model", "what", "name"])["value"].sort_index()


def _codes(column: pd.Series) -> np.ndarray:
    return pd.factorize(column, sort=True)[0]


def _fixed(samples: pd.DataFrame, model: str) -> tuple[np.ndarray, list[str]]:
    columns = {"(Intercept)": np.ones(len(samples))}
    if model == "levels":
        columns |= {f"diet{level}": (samples["diet"] == level).to_numpy(float) for level in "bc"}
    else:
        columns["x"] = samples["x"].to_numpy(float)
    columns["age"] = samples["age"].to_numpy(float)
    return np.column_stack(list(columns.values())), list(columns)


def _fit(samples: pd.DataFrame, model: str):
    fixed, names = _fixed(samples, model)
    x = samples["x"].to_numpy(float)
    blocks = [] if model == "slope" else [("batch", _codes(samples["batch"]))]
    responses = [x] if model == "slope" else []
    mixed = MixedModel.build(fixed, _codes(samples["person"]), responses, ["x"], blocks)
    return mixed.fit(samples["y"].to_numpy(float)), names


@pytest.mark.parametrize("model", ["slope", "batch", "levels"])
def test_fixed_effects_and_variances_are_those_of_lme4(samples, lme4, model):
    fit, names = _fit(samples, model)
    expected = [lme4[model, "estimate", name] for name in names]
    assert fit.components.fixed == pytest.approx(expected, rel=2e-4)
    residual = fit.components.residual
    found = sorted([*(fit.components.ratios * residual), residual])
    # lme4's optimum of a nearly flat criterion is good to a few parts in a thousand
    assert found == pytest.approx(sorted(lme4[model, "variance"]), rel=5e-3)


@pytest.mark.parametrize("model", ["batch", "levels"])
def test_errors_and_degrees_of_freedom_with_batches_are_those_of_lmertest(samples, lme4, model):
    fit, names = _fit(samples, model)
    for row, name in zip(np.eye(len(names)), names, strict=True):
        estimate = fit.estimate(row)
        assert estimate.se == pytest.approx(lme4[model, "se", name], rel=1e-3)
        # lmerTest takes the observed information, here it is the expected one
        assert estimate.df == pytest.approx(lme4[model, "df", name], rel=0.2)


def test_errors_by_persons_are_near_those_of_the_model(samples, lme4):
    fit, names = _fit(samples, "slope")
    estimate = fit.estimate(np.eye(len(names))[names.index("x")])
    assert estimate.se == pytest.approx(lme4["slope", "se", "x"], rel=0.35)
    assert 10 < estimate.df < 24


def test_errors_by_persons_are_those_of_whole_matrices_of_persons(samples):
    fit, names = _fit(samples, "slope")
    fixed, person = fit.model.reml.fixed, _codes(samples["person"])
    pairs = zip(fit.components.ratios, fit.model.reml.effects, strict=True)
    covariance = np.eye(len(samples)) + sum(r * one.matrix @ one.matrix.T for r, one in pairs)
    whole = np.linalg.inv(fixed.T @ np.linalg.solve(covariance, fixed))
    chosen = np.eye(len(names))[names.index("x")]
    weights = np.linalg.solve(covariance, fixed) @ whole @ chosen
    member = (person == np.unique(person)[:, None]).astype(float)
    leaning = member @ (weights[:, None] * fixed)
    model = np.diag(leaning @ whole @ chosen) - leaning @ whole @ leaning.T
    moves = member @ (weights * (samples["y"].to_numpy(float) - fixed @ fit.components.fixed))
    factors = (leaning @ whole @ chosen) / model.diagonal()
    estimate = fit.estimate(chosen)
    assert estimate.se**2 == pytest.approx(factors @ moves**2)
    weighed = np.diag(factors) @ model
    assert estimate.df == pytest.approx(np.trace(weighed) ** 2 / np.trace(weighed @ weighed))


def test_the_information_of_variances_is_that_of_whole_matrices_of_samples(samples):
    fit, _ = _fit(samples, "batch")
    fixed, effects = fit.model.reml.fixed, fit.model.reml.effects
    designs = [one.matrix for one in effects]
    pairs = zip(fit.components.ratios, designs, strict=True)
    inverse = np.linalg.inv(np.eye(len(samples)) + sum(r * one @ one.T for r, one in pairs))
    free = inverse - inverse @ fixed @ np.linalg.inv(fixed.T @ inverse @ fixed) @ fixed.T @ inverse
    parts = [free @ one for one in [*(one @ one.T for one in designs), np.eye(len(samples))]]
    information = np.array([[np.trace(one @ other) for other in parts] for one in parts]) / 2
    assert fit._uncertainty == pytest.approx(np.linalg.inv(information))


def test_weights_of_samples_give_the_effect(samples):
    outcome = samples["y"].to_numpy(float)
    for model in ("slope", "batch"):
        fit, names = _fit(samples, model)
        for row in np.eye(len(names)):
            estimate = fit.estimate(row)
            assert estimate.weights @ outcome == pytest.approx(estimate.effect)


def test_the_gradient_is_that_of_finite_differences(samples):
    person, batch = _codes(samples["person"]), _codes(samples["batch"])
    x, ones = samples["x"].to_numpy(float), np.ones(len(samples))
    effects = [RandomEffect(person, ones), RandomEffect(person, x), RandomEffect(batch, ones)]
    reml = Reml(_fixed(samples, "slope")[0], effects)
    at = np.array([0.4, 0.9, 0.6])
    outcome = samples["y"].to_numpy(float)
    numeric = approx_fprime(at, lambda theta: reml._criterion(theta, outcome)[0], 1e-6)
    assert reml._criterion(at, outcome)[1] == pytest.approx(numeric, rel=1e-4)


@pytest.mark.parametrize("ratios", [(0.5, 0.3, 0.8), (0.5, 0.3, 0)])
def test_the_inverse_with_what_crosses_is_that_of_the_whole_covariance(samples, ratios):
    person, batch = _codes(samples["person"]), _codes(samples["batch"])
    x, ones = samples["x"].to_numpy(float), np.ones(len(samples))
    effects = [RandomEffect(person, ones), RandomEffect(person, x), RandomEffect(batch, ones)]
    reml = Reml(_fixed(samples, "slope")[0], effects)
    assert max(members.shape[1] for members in reml.blocks) < len(samples)
    pairs = zip(ratios, effects, strict=True)
    whole = np.eye(len(samples)) + sum(r * one.matrix @ one.matrix.T for r, one in pairs)
    inverse = reml.inverse(np.array(ratios))
    assert inverse.solve(np.eye(len(samples))) == pytest.approx(np.linalg.inv(whole))
    assert inverse.solve(reml.fixed) == pytest.approx(np.linalg.solve(whole, reml.fixed))
    assert inverse.logdet == pytest.approx(np.linalg.slogdet(whole)[1])


def test_an_effect_that_is_not_there_has_no_variance(samples):
    rng = np.random.default_rng(3)
    person = _codes(samples["person"])
    noise = rng.normal(size=len(samples))
    means = np.bincount(person, noise) / np.bincount(person)
    reml = Reml(np.ones((len(samples), 1)), [RandomEffect(person, np.ones(len(samples)))])
    assert reml.fit(noise - means[person]).ratios == pytest.approx([0], abs=1e-8)
