"""What 16S copies leave uncertain of a load in copies, against draws of them."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from tryptome.estimate.blocks import Spread
from tryptome.estimate.community import assemble
from tryptome.estimate.compose import share_block
from tryptome.estimate.load import cells_per_gram, widened
from tryptome.estimate.shares import Prevalence, share_of_cells

TAXA = ("f__A", "g__B", "g__C")
READS = np.array([[5e5, 3e5, 2e5], [8e5, 1e5, 6e5]])
COPIES, MEAN = np.array([2.0, 6.0, 3.0]), np.array([[0.9, 0.3], [0.1, 0.2], [0.6, 0.25]])
DRAWS = 200_000


def cohort(log_sd, unknown=(0.0, 0.0)):
    reads = np.column_stack([READS, unknown])
    resolution = pd.DataFrame({"taxon": [*TAXA, ""], "lineage": [*"ABC", "unknown"]})
    resolution["tier"] = ["genus"] * 3 + ["bacteria"]
    copies = pd.DataFrame({"taxon": [*TAXA, "d__Bacteria"], "mean": [*COPIES, 4.0]})
    copies["log_sd"] = log_sd
    community = assemble(
        ("s0", "s1"), scipy.sparse.csr_array(reads), resolution, copies, counts=False,
        correct_copies=True,
    )  # fmt: skip
    known = Prevalence(
        ("one", "other"), MEAN, 0.02 * MEAN * (1 - MEAN), np.ones((3, 2), bool),
        np.full(2, 0.4), np.full(2, 0.1), ("", ""),
    )  # fmt: skip
    return community, known, share_of_cells(community, known)


def drawn(log_sd):
    """Cells of 1e11 copies with each capability, in draws of copies and of prevalence."""
    rng = np.random.default_rng(2)
    per_read = np.exp(rng.normal(0, log_sd, (DRAWS, 1, 3))) / COPIES
    size = 1 / 0.02 - 1
    theta = rng.beta(MEAN * size, (1 - MEAN) * size, (DRAWS, *MEAN.shape))
    cells = READS * per_read
    whole = 1e11 * cells.sum(axis=-1) / READS.sum(axis=-1)
    share = np.einsum("dst,dtc->dsc", cells, theta) / cells.sum(axis=-1)[..., None]
    return whole[..., None] * share


def per_gram(log_sd, unit="copies"):
    community, known, shares = cohort(log_sd)
    samples = pd.DataFrame({"sample": ["s0", "s1"], "bacterial_load": ["1e11", "1e11"]})
    share = share_block(community, known, shares, 0.5)
    return cells_per_gram(community, known, share, samples, unit)[0].own


@pytest.mark.parametrize("log_sd", [0.05, 0.15])
def test_the_spread_is_that_of_draws(log_sd):
    found, expected = per_gram(log_sd), drawn(log_sd)
    assert found.mean == pytest.approx(expected.mean(axis=0), rel=0.02)
    assert found.sd == pytest.approx(expected.std(axis=0), rel=0.05)
    ends = np.quantile(expected, [0.05, 0.95], axis=0)
    width = found.quantiles[..., 4] - found.quantiles[..., 0]
    assert width == pytest.approx(ends[1] - ends[0], rel=0.06)


def test_a_load_in_cells_has_the_spread_of_the_share():
    community, known, shares = cohort(0.15)
    share, found = share_block(community, known, shares, 0.5), per_gram(0.15, "cells")
    assert found.sd == pytest.approx(1e11 * share.own.sd)
    assert found.quantiles == pytest.approx(1e11 * share.own.quantiles)


def test_copies_that_are_certain_widen_nothing_and_unknown_bacteria_do():
    community, known, shares = cohort(0.0)
    own, _ = Spread.both(shares)
    assert widened(community, known, shares.mean, own, 1.0) == pytest.approx(1)
    unsure, _, others = cohort([0.0, 0.0, 0.0, 0.3], unknown=(2e5, 0.0))
    _, of_all = Spread.both(others)
    wider = widened(unsure, known, others.mean, of_all, others.assessable_cells)
    assert (wider[0] > 1).all()
    assert wider[1] == pytest.approx(1)
