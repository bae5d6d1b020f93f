"""Estimates do not depend on how features, samples and chunks are arranged."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tryptome.errors import InputError
from tryptome.estimate.cofactors import makers_to_needers, three_points
from tryptome.estimate.community import assemble
from tryptome.estimate.compose import compose
from tryptome.estimate.inducers import either
from tryptome.estimate.quantities import quantities
from tryptome.estimate.shares import QUANTILES, Prevalence, share_of_cells
from tryptome.estimate.slices import parts
from tryptome.tables import parquet_parts

NAMES = ("trp_synthesis", "trp_diversion", "acetate", "propionate", "butyrate", "vitamin_b6")
TAXA = ("f__A", "g__B", "g__C", "s__D d", "", "")
LINEAGES = ("A", "B", "C", "D", "unknown one", "unknown two")


def prevalence(taxa):
    rng = np.random.default_rng(5)
    mean = dict(zip(sorted(set(TAXA) - {""}), rng.uniform(0.05, 0.95, (4, 6)), strict=True))
    own = np.array([mean[taxon] for taxon in taxa]).reshape(-1, 6)
    return Prevalence(
        NAMES, own, 0.2 * own * (1 - own), np.ones(own.shape, bool),
        np.full(6, 0.4), np.full(6, 0.2), ("",) * 6,
    )  # fmt: skip


def table(reads, taxa=TAXA, lineages=LINEAGES, load=None, unit="cells", chunk=None):
    """Quantities of samples x features."""
    reads = np.atleast_2d(np.asarray(reads, float))
    names = tuple(f"s{number}" for number in range(len(reads)))
    resolution = pd.DataFrame({"taxon": taxa, "lineage": lineages})
    resolution["tier"] = np.where(resolution["taxon"] == "", "bacteria", "genus")
    copies = pd.DataFrame({"taxon": [*sorted(set(TAXA) - {""}), "d__Bacteria"]})
    copies["mean"], copies["log_sd"] = [2.0, 4.0, 6.0, 3.0, 4.0], 0.2
    whole = assemble(
        names, scipy.sparse.csr_array(reads), resolution, copies, counts=True, correct_copies=True
    )
    known = prevalence(whole.taxa)
    samples = pd.DataFrame({"sample": names})
    if load is not None:
        samples["bacterial_load"] = load
    rows = []
    for part in parts(len(names), chunk or len(names)):
        own = whole.rows(part)
        shares = share_of_cells(own, known)
        blocks = compose(own, known, shares, samples.iloc[part], least=0.3, load_unit=unit)
        rows.append(quantities(own.samples, blocks))
    return pd.concat(rows, ignore_index=True)


counts = st.lists(
    st.lists(st.integers(0, 4000), min_size=6, max_size=6), min_size=1, max_size=5
).filter(lambda rows: np.sum(rows) > 0)


@settings(max_examples=40, deadline=None)
@given(reads=counts, order=st.permutations(range(6)))
def test_the_order_of_features_does_not_matter(reads, order):
    other = np.array(reads)[:, list(order)]
    again = table(other, [TAXA[k] for k in order], [LINEAGES[k] for k in order])
    pd.testing.assert_frame_equal(table(reads), again, rtol=1e-9, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(reads=counts, feature=st.integers(0, 5), part=st.floats(0, 1))
def test_splitting_a_feature_in_two_of_its_lineage_does_not_matter(reads, feature, part):
    reads = np.array(reads, float)
    first = np.floor(reads[:, feature] * part)
    split = np.column_stack([reads, reads[:, feature] - first])
    split[:, feature] = first
    again = table(split, [*TAXA, TAXA[feature]], [*LINEAGES, LINEAGES[feature]])
    pd.testing.assert_frame_equal(table(reads), again, rtol=1e-9, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(reads=counts, chunk=st.integers(1, 5))
def test_the_number_of_chunks_does_not_matter(reads, chunk):
    pd.testing.assert_frame_equal(table(reads), table(reads, chunk=chunk), rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(reads=counts)
def test_the_order_of_samples_does_not_matter(reads):
    turned = table(reads[::-1])
    last = len(reads) - 1
    turned["sample"] = [f"s{last - int(name[1:])}" for name in turned["sample"]]
    turned = turned.sort_values("sample", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(table(reads), turned, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(reads=counts)
@example(reads=[[144, 3808, 1, 0, 0, 0]])
def test_what_the_unresolved_could_make_lies_about_the_mean(reads):
    found = table(reads)
    found = found[found["assessable"]]
    assert (found["unresolved_low"] <= found["unresolved_high"]).all()
    shares = found[found["unit"] == "share of cells"]
    assert (shares["unresolved_low"] <= shares["mean"] + 1e-12).all()
    assert (shares["unresolved_high"] >= shares["mean"] - 1e-12).all()


SPREAD = ["mean", "sd", "q05", "q25", "q50", "q75", "q95"]


@settings(max_examples=40, deadline=None)
@given(reads=counts, unknown=st.integers(0, 10**6))
def test_unresolved_reads_move_only_what_is_of_all_cells(reads, unknown):
    """Mean, sd and quantiles are of the assessable cells: others have no say in them."""
    reads = np.array(reads, float)
    none, some = reads.copy(), reads.copy()
    none[:, 4:], some[:, 4:] = 0, [unknown, 0]
    load = ["1e11"] * len(reads)
    before, after = table(none, load=load), table(some, load=load)
    both = before["assessable"] & after["assessable"]
    pd.testing.assert_frame_equal(before.loc[both, SPREAD], after.loc[both, SPREAD], rtol=1e-9)
    # Where nothing is unresolved the two are one.
    of_all = before.loc[before["assessable"], [f"all_{name}" for name in SPREAD]]
    own = before.loc[before["assessable"], SPREAD]
    pd.testing.assert_frame_equal(of_all.set_axis(SPREAD, axis=1), own, rtol=1e-6, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(reads=counts)
def test_quantiles_are_in_order_about_their_own_mean(reads):
    """But where the sd is over four times the mean, or what is left to 1: nearly all lies at 0."""
    found = table(reads, load=["1e11"] * len(np.atleast_2d(reads)))
    found = found[found["assessable"]]
    for prefix in ("", "all_"):
        mean, sd, *quantiles = (found[f"{prefix}{name}"].to_numpy() for name in SPREAD)
        assert (np.diff(quantiles, axis=0) >= -1e-12).all()
        share = (found["unit"] == "share of cells").to_numpy()
        skewed = share & (sd > 4 * np.minimum(mean, 1 - mean))
        inside = (quantiles[0] <= mean) & (mean <= quantiles[-1])
        assert (inside | skewed).all()


def test_bounds_of_a_share_worked_by_hand():
    # 40 reads of 4 copies are 10 cells; 40 unresolved ones, at the prior's 4 copies, 10 too.
    found = table([0, 40, 0, 0, 30, 10]).set_index("quantity")
    row = found.loc["share:trp_synthesis"]
    assert row["assessable_cells"] == pytest.approx(0.5)
    assert row["unresolved_low"] == pytest.approx(row["mean"] / 2)
    assert row["unresolved_high"] == pytest.approx(row["mean"] / 2 + 0.5)


def test_cells_per_gram_worked_by_hand():
    # 40 reads of g__B (4 copies) and 60 of g__C (6): 20 cells of 100 copies.
    reads = [[0, 40, 60, 0, 0, 0]] * 2
    by_cells = table(reads, load=["1e11", ""]).set_index(["sample", "quantity"])
    by_copies = table(reads, load=["1e11", ""], unit="copies").set_index(["sample", "quantity"])
    share = by_cells.loc[("s0", "share:butyrate"), "mean"]
    at = ("s0", "cells_per_gram:butyrate")
    assert by_cells.loc[at, "mean"] == pytest.approx(1e11 * share)
    assert by_copies.loc[at, "mean"] == pytest.approx(1e11 * share / 5)
    empty = by_cells.loc[("s1", "cells_per_gram:butyrate")]
    assert np.isnan(empty["mean"])
    assert not empty["assessable"]
    assert "bacterial_load" in empty["reason"]
    assert not any(name.startswith("cells_per_gram") for name in table(reads)["quantity"])


@pytest.mark.parametrize("unknown", ["", " ", "NA", "nan", "Not collected"])
def test_a_load_that_is_not_known_is_missing_whatever_the_word(unknown):
    found = table([[1, 2, 3, 4, 5, 6]] * 2, load=["1e11", unknown])
    rows = found[found["quantity"].str.startswith("cells_per_gram")]
    assert rows.groupby("sample")["assessable"].all().to_dict() == {"s0": True, "s1": False}


@pytest.mark.parametrize("bad", ["many", "-3", "0", "inf", "1,5"])
def test_a_load_that_is_no_number_names_the_sample(bad):
    with pytest.raises(InputError, match=r"sample `s1`, column `bacterial_load`"):
        table([[1, 2, 3, 4, 5, 6]] * 2, load=["1e11", bad])


def test_three_points_agree_with_draws():
    rng = np.random.default_rng(1)
    for a, b in ((0.5, 0.7), (2, 5), (0.8, 6), (30, 12)):
        drawn = makers_to_needers(rng.beta(a, b, 400_000))
        mean, sd = three_points(np.quantile(drawn, QUANTILES)[None])
        assert abs(mean[0] - drawn.mean()) < 0.08 * drawn.std()
        assert abs(sd[0] / drawn.std() - 1) < 0.1


def test_either_of_two_agrees_with_draws():
    known = prevalence(sorted(set(TAXA) - {""}))
    union = either(known, ("acetate", "propionate"))
    rng = np.random.default_rng(2)
    at = [NAMES.index("acetate"), NAMES.index("propionate")]
    m, v = known.mean[:, at], known.variance[:, at]
    k = m * (1 - m) / v - 1
    theta = rng.beta(m * k, (1 - m) * k, (200_000, *m.shape))
    drawn = 1 - (1 - theta).prod(axis=2)
    np.testing.assert_allclose(union.mean[:, 0], drawn.mean(0), atol=0.004)
    np.testing.assert_allclose(union.variance[:, 0], drawn.var(0), rtol=0.02)


def test_a_table_in_parts_is_the_table(tmp_path):
    frame = table(np.arange(24).reshape(4, 6))
    with parquet_parts(tmp_path / "parts.parquet") as append:
        for sample in ("s0", "s1", "s2", "s3"):
            append(frame[frame["sample"] == sample])
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "parts.parquet"), frame, check_dtype=False
    )
