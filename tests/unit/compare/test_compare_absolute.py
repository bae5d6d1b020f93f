"""Cells per gram: compared as log2, beside the shares and not instead of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control, ttest_ind

from tryptome.compare.cells import Held
from tryptome.compare.drivers import Community
from tryptome.compare.scale import BOUND
from tryptome.compare.shared import Effect, Shared

SAMPLES = 24
PHASE = {"column": "phase", "reference": "baseline", "level": "diet"}


@pytest.fixture
def cohort(make_cohort):
    """Shares that do not differ, of a load that is fourfold on the diet."""
    phase = np.repeat(["baseline", "diet"], SAMPLES // 2)
    frame = pd.DataFrame({"sample": [f"S{n:02}" for n in range(SAMPLES)], "phase": phase})
    made = make_cohort(frame)
    noise = np.random.default_rng(5).lognormal(0, 0.2, SAMPLES)
    load = pd.Series(1e10 * np.where(phase == "diet", 4, 1) * noise, frame["sample"])
    shares = made.quantities[made.quantities["quantity"].str.startswith("share:")]
    cells = shares.assign(
        quantity=shares["quantity"].str.replace("share:", "cells_per_gram:"),
        unit="cells per gram",
        mean=shares["mean"] * shares["sample"].map(load),
    )
    made.quantities = pd.concat([made.quantities, cells], ignore_index=True)
    return made


def test_a_difference_in_load_is_found_in_cells_and_not_in_shares(cohort):
    found, drivers = cohort.compare(PHASE)
    means = cohort.quantities.set_index(["quantity", "sample"])["mean"]
    for name in ("trp_synthesis", "indole"):
        row = found.loc[f"cells_per_gram:{name}"]
        values = np.log2(means[f"cells_per_gram:{name}"].to_numpy())
        low, high = values[: SAMPLES // 2], values[SAMPLES // 2 :]
        assert row["effect"] == pytest.approx(high.mean() - low.mean())
        assert row["p_model"] == pytest.approx(ttest_ind(high, low).pvalue, rel=1e-6)
        assert row["lower"] < 2 < row["upper"]
        assert found.loc[f"share:{name}", "p"] > 0.05
        assert row["difference"] == pytest.approx(
            np.diff(means[f"cells_per_gram:{name}"].to_numpy().reshape(2, -1).mean(axis=1)).item()
        )
        why = drivers.set_index("quantity").loc[f"cells_per_gram:{name}", "reason"]
        assert why == "the load is of no taxon; see the share"


def test_cells_are_a_family_of_their_own(cohort):
    found, _ = cohort.compare(PHASE)
    cells = found[found["family"] == "absolute"]
    assert list(cells.index) == ["cells_per_gram:trp_synthesis", "cells_per_gram:indole"]
    assert cells["scale"].eq("log2 ratio").all()
    for _, block in found.groupby("family"):
        expected = false_discovery_control(block["p"].to_numpy())
        assert block["q"].to_numpy() == pytest.approx(expected)


def test_samples_without_a_load_are_left_out_and_counted(cohort):
    cohort.set_mean("cells_per_gram:indole", np.nan, ["S01", "S20"])
    found, _ = cohort.compare(PHASE)
    assert found.loc["cells_per_gram:indole", ["samples", "left_out"]].tolist() == [22, 2]
    assert found.loc["share:indole", ["samples", "left_out"]].tolist() == [24, 0]


def test_what_samples_share_is_that_of_the_share(cohort):
    rng = np.random.default_rng(3)
    taxa = [f"g__{letter}" for letter in "ABC"]
    cells = rng.gamma(1.0, 40.0, size=(len(taxa), SAMPLES))
    community = Community(taxa, Held(csr_array(cells)), {"indole": np.array([0.3, 0.0001, 0.6])})
    shared = Shared(community, {"indole": np.array([0.1, 0.0001, 0.1])}, np.full(3, 0.2), 1)
    weights = rng.normal(size=SAMPLES)
    (found,) = shared.se([Effect("cells_per_gram:indole", np.arange(SAMPLES), weights)])
    shares = np.maximum(shared.draws("share:indole"), BOUND)
    assert found == pytest.approx(np.std(np.log2(shares) @ weights, ddof=1))
