"""Where drivers are missing it is said why; where they are of another sign than the effect, too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from tryptome.config.model import Contrast


def _formula(text: str, **more) -> dict:
    return {"c": Contrast(formula=text, **more).model_dump()}


@pytest.fixture
def single():
    """One sample a person, in a balanced design of two by two."""
    count = 40
    return pd.DataFrame(
        {
            "sample": [f"S{number:02}" for number in range(count)],
            "arm": np.tile(["animal", "plant"], count // 2),
            "phase": np.repeat(["baseline", "diet"], count // 2),
        }
    )


def test_an_interaction_by_formula_has_drivers_of_the_difference_of_differences(
    make_cohort, single
):
    raised = (single["phase"] == "diet") & (single["arm"] == "plant")
    cohort = make_cohort(single, raised)
    found, drivers = cohort.compare({}, contrasts=_formula("phase * arm"))
    values = cohort.quantities.set_index(["quantity", "sample"])["mean"]
    for quantity in ("share:trp_synthesis", "precursor_balance"):
        means = values[quantity].groupby([single["phase"].to_numpy(), single["arm"].to_numpy()])
        mean = means.mean()
        expected = (mean["diet", "plant"] - mean["diet", "animal"]) - (
            mean["baseline", "plant"] - mean["baseline", "animal"]
        )
        assert found.loc[quantity, "difference"] == pytest.approx(expected)
        assert np.isnan(found.loc[quantity, "mean_level"])
        parts = drivers[drivers["quantity"] == quantity]
        assert parts["part"].sum() == pytest.approx(expected)
        assert parts["taxon"].iloc[0] == "g__A"
        assert parts["lower"].astype(float).iloc[0] > 0


def test_every_finding_has_drivers_or_a_reason(make_cohort, single):
    cohort = make_cohort(single)
    left = pd.DataFrame({"sample": single["sample"], "quantity": "mass:diverted"})
    noise = np.random.default_rng(2).normal(60, 3, len(single))
    left = left.assign(unit="mg/day", mean=noise)
    cohort.quantities = pd.concat([cohort.quantities, left])
    cohort.set_mean("share:indole", 0.25)
    contrasts = _formula("phase + arm") | {
        "none": Contrast(column="phase", reference="diet", level="baseline").model_dump()
    }
    contrasts["none"]["where"] = {"phase": "diet"}
    found, drivers = cohort.compare({}, contrasts=contrasts)
    keys = ["contrast", "quantity", "term"]
    stated = {tuple(row) for row in found.reset_index()[keys].to_numpy()}
    assert {tuple(row) for row in drivers[keys].to_numpy()} == stated
    told = drivers["reason"] != ""
    assert (told == drivers["part"].isna()).all()
    assert drivers.loc[told, "taxon"].eq("").all()
    why = drivers[told].set_index(["contrast", "quantity"])["reason"]
    assert "no sum over taxa" in why["c", "mass:diverted"]
    assert why["c", "share:indole"].startswith("not estimable: the quantity is the same")
    assert why["none"].str.startswith("not estimable: no sample has 'baseline'").all()


def test_a_difference_against_the_adjusted_effect_is_marked(make_cohort, single):
    """Most on the diet are of the batch with less, and within each batch they have more."""
    diet = (single["phase"] == "diet").to_numpy()
    late = np.where(np.arange(len(single)) % 5 == 0, ~diet, diet)
    frame = single.assign(batch=np.where(late, "late", "early"))
    cohort = make_cohort(frame)
    noise = np.random.default_rng(3).normal(0, 0.01, len(frame))
    share = 0.6 - 0.3 * late + 0.05 * diet + noise
    cohort.set_mean("share:trp_synthesis", share, frame["sample"])
    found, drivers = cohort.compare({}, contrasts=_formula("phase + batch"))
    row = found.loc["share:trp_synthesis"]
    assert row["difference"] < 0 < row["lower"]
    marked = drivers.set_index("quantity")["agrees_sign"]
    assert marked["share:trp_synthesis"].eq("false").all()
    alike = found["difference"] * found["effect"] > 0
    for quantity, sign in alike.items():
        assert marked[quantity].eq("true" if sign else "false").all()


def test_joint_tests_are_adjusted_over_quantities(make_cohort, crossover):
    raised = crossover["phase"] == "diet"
    found, _ = make_cohort(crossover, raised).compare(
        {}, subject="person", contrasts=_formula("phase", reference="baseline")
    )
    each = found.groupby(level=0, sort=False)[["p_joint", "q_joint"]].first()
    assert found.groupby(level=0)["q_joint"].nunique().eq(1).all()
    expected = false_discovery_control(each["p_joint"].to_numpy())
    assert each["q_joint"].to_numpy() == pytest.approx(expected)
    assert (each["q_joint"] > each["p_joint"]).any()


def test_where_there_is_one_term_there_is_no_joint_test(make_cohort, single):
    found, _ = make_cohort(single).compare({}, contrasts=_formula("phase + arm"))
    assert found[["p_joint", "q_joint"]].isna().all(axis=None)
