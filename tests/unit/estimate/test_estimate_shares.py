"""Closed forms against hand-worked cases, brute-force Monte Carlo, and properties."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from tryptome.estimate.balance import EPSILON, precursor_balance
from tryptome.estimate.beta import beta_quantiles
from tryptome.estimate.blocks import NO_READS
from tryptome.estimate.community import Community
from tryptome.estimate.compose import balance_block, share_block
from tryptome.estimate.contributions import contributions
from tryptome.estimate.quantities import quantities
from tryptome.estimate.shares import QUANTILES, Prevalence, mask, share_of_cells
from tryptome.vocabulary import REST

CAPABILITIES = ("trp_synthesis", "trp_diversion")


def community(reads, *, copies=None, log_sd=None, unresolved=None, counts=True):
    reads = np.atleast_2d(np.asarray(reads, dtype=float))
    n = reads.shape[1]
    return Community(
        samples=tuple(f"s{i}" for i in range(len(reads))),
        taxa=tuple(f"g__T{i:02d}" for i in range(n)),
        reads=scipy.sparse.csr_array(reads),
        unresolved=np.zeros(len(reads)) if unresolved is None else np.asarray(unresolved, float),
        unresolved_squares=np.zeros(len(reads))
        if unresolved is None
        else np.asarray(unresolved, float) ** 2,
        unresolved_fourths=np.zeros(len(reads))
        if unresolved is None
        else np.asarray(unresolved, float) ** 4,
        per_read=1 / (np.ones(n) if copies is None else np.asarray(copies, float)),
        log_sd=np.zeros(n) if log_sd is None else np.asarray(log_sd, float),
        unseen_per_read=0.5,
        counts=counts,
    )


def prevalence(mean, sd, *, assessable=None, prior_mean=0.4, prior_sd=0.3):
    mean = np.asarray(mean, float).reshape(-1, len(CAPABILITIES))
    seen = np.ones_like(mean, bool) if assessable is None else np.asarray(assessable, bool)
    variance = np.broadcast_to(np.asarray(sd, float) ** 2, mean.shape)
    width = len(CAPABILITIES)
    return Prevalence(
        CAPABILITIES,
        np.where(seen, mean, 0),
        np.where(seen, variance, 0),
        seen,
        np.full(width, prior_mean),
        np.full(width, prior_sd**2),
        ("",) * width,
    )


def table_of(world, known, shares):
    """Table of shares and balance."""
    blocks = [block(world, known, shares, 0.5) for block in (share_block, balance_block)]
    return quantities(world.samples, blocks)


def draws(world, known, size, rng):
    """Shares by brute force: Dirichlet reads, log-normal copies, beta prevalences."""
    reads = world.reads.toarray()[0]
    alpha = np.append(reads, world.unseen)
    pi = rng.dirichlet(alpha[alpha > 0], size)
    full = np.zeros((size, len(alpha)))
    full[:, alpha > 0] = pi
    log_sd = np.append(world.log_sd, 0)
    ratio = np.append(world.per_read, world.unseen_per_read)
    cells = full * ratio * np.exp(log_sd * rng.standard_normal((size, len(alpha))))
    out = []
    for column in range(len(CAPABILITIES)):
        m = np.append(known.mean[:, column], known.prior_mean[column])
        v = np.append(known.variance[:, column], known.prior_variance[column])
        k = m * (1 - m) / v - 1
        theta = rng.beta(m * k, (1 - m) * k, (size, len(m)))
        out.append((cells * theta).sum(1) / cells.sum(1))
    return np.array(out)


def test_share_is_the_weighted_mean_worked_by_hand():
    # 60 reads / 6 copies = 10 cells, 40 / 2 = 20 cells, none unseen (relative).
    world = community([60, 40], copies=[6, 2], counts=False)
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 0.1)
    shares = share_of_cells(world, known)
    np.testing.assert_allclose(shares.mean, [[(10 * 0.9 + 20 * 0.3) / 30, (2 + 10) / 30]])
    # Only prevalence is uncertain: sqrt((1/3)^2 + (2/3)^2) * 0.1.
    np.testing.assert_allclose(np.sqrt(shares.variance), 0.1 * np.sqrt(5) / 3)
    np.testing.assert_allclose(shares.assessable_cells, 1)


def test_unresolved_reads_lower_what_is_assessable_and_not_the_share():
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 0.1)
    without = share_of_cells(community([60, 40], counts=False), known)
    with_unknown = share_of_cells(community([60, 40], unresolved=[100], counts=False), known)
    np.testing.assert_allclose(with_unknown.mean, without.mean)
    # 100 unresolved reads are 50 cells at the prior's copies (0.5 cells per read).
    np.testing.assert_allclose(with_unknown.assessable_cells, 100 / 150)
    # One unknown name, a third of the cells: a bacterium of mean 0.4 and sd 0.3.
    np.testing.assert_allclose(with_unknown.all_mean, (100 * without.mean + 50 * 0.4) / 150)
    expected = (100 / 150) ** 2 * without.variance + (50 / 150) ** 2 * 0.3**2
    np.testing.assert_allclose(with_unknown.all_variance, expected)
    np.testing.assert_allclose(with_unknown.variance, without.variance)
    low, high = with_unknown.bounds()
    np.testing.assert_allclose(low, without.mean * 100 / 150)
    np.testing.assert_allclose(high, (without.mean * 100 + 50) / 150)


def test_many_unknown_names_even_out_and_one_does_not():
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 0.1)
    one = community([60, 40], unresolved=[100], counts=False)
    many = replace(one, unresolved_squares=np.array([100 * 1.0**2]))
    plain = share_of_cells(community([60, 40], counts=False), known).variance * (100 / 150) ** 2
    added = [share_of_cells(world, known).all_variance - plain for world in (one, many)]
    np.testing.assert_allclose(added[0], 100 * added[1])


def test_taxa_that_cannot_be_assessed_are_left_out_of_the_denominator():
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 0.1, assessable=[[1, 1], [0, 1]])
    shares = share_of_cells(community([50, 50], counts=False), known)
    np.testing.assert_allclose(shares.mean, [[0.9, 0.35]])
    np.testing.assert_allclose(shares.assessable_cells, [[0.5, 1.0]])


@pytest.mark.parametrize("depth", [50, 500, 5000])
def test_mean_and_sd_agree_with_monte_carlo(depth):
    """Of the cells that can be assessed, though a third of all cannot."""
    rng = np.random.default_rng(depth)
    mean = rng.uniform(0.02, 0.98, (12, 2))
    known = prevalence(mean, 0.4 * np.sqrt(mean * (1 - mean)))
    reads = rng.multinomial(depth, rng.dirichlet(np.full(12, 0.5)))
    world = community(
        reads, copies=rng.uniform(1, 10, 12), log_sd=np.full(12, 0.25), unresolved=[depth / 3]
    )
    sample = draws(world, known, 200_000, rng)
    shares = share_of_cells(world, known)
    # First order in the copies: the errors below are measured, not Monte Carlo noise.
    np.testing.assert_allclose(shares.mean[0], sample.mean(1), atol=0.006)
    np.testing.assert_allclose(np.sqrt(shares.variance[0]), sample.std(1), rtol=0.04)
    quantiles = shares.quantiles()[0]
    expected = np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1).T
    np.testing.assert_allclose(quantiles, expected, atol=0.02)


def test_quartiles_of_strains_are_nearer_to_monte_carlo_than_those_of_a_beta():
    """Taxa of one strain each, which has the capability or has not; a few carry most cells."""
    off = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        chance = np.clip(rng.beta(0.3, 0.3, 40), 0.01, 0.99)
        cells = rng.lognormal(3, 1, 40).round()
        twice = np.column_stack([chance, chance])
        known = prevalence(twice, np.sqrt(0.999 * twice * (1 - twice)))
        shares = share_of_cells(community(cells, counts=False), known)
        has = rng.random((100_000, 40)) < chance
        truth = np.quantile(has @ cells / cells.sum(), [0.25, 0.75])
        smooth = beta_quantiles(shares.mean, shares.variance, QUANTILES)[0, 0]
        found = shares.quantiles()[0, 0]
        off.append([q[3] - q[1] - np.diff(truth)[0] for q in (found, smooth)])
    ours, beta = np.abs(off).mean(axis=0)
    assert ours < 0.4 * beta


@pytest.mark.parametrize("depth", [50, 5000])
def test_balance_agrees_with_monte_carlo(depth):
    rng = np.random.default_rng(depth)
    mean = rng.uniform(0.05, 0.95, (12, 2))
    known = prevalence(mean, 0.3 * np.sqrt(mean * (1 - mean)))
    reads = rng.multinomial(depth, rng.dirichlet(np.full(12, 0.7)))
    world = community(reads, copies=rng.uniform(1, 10, 12), log_sd=np.full(12, 0.3))
    synthesis, diversion = draws(world, known, 200_000, rng)
    ratio = np.log2((synthesis + EPSILON) / (diversion + EPSILON))
    balance = precursor_balance(world, known, share_of_cells(world, known))
    np.testing.assert_allclose(balance.own.mean[0, 0], ratio.mean(), atol=0.05)
    np.testing.assert_allclose(balance.own.sd[0, 0], ratio.std(), rtol=0.08)
    expected = np.quantile(ratio, [0.05, 0.25, 0.5, 0.75, 0.95])
    np.testing.assert_allclose(balance.own.quantiles[0, 0], expected, atol=0.2 * ratio.std())


def test_shared_reads_make_the_balance_narrower_than_independence_would():
    # The same capability twice: what reads and copies add to both cancels in the ratio.
    world = community([80, 20], log_sd=[0.5, 0.5])
    known = prevalence([[0.9, 0.9], [0.2, 0.2]], 1e-4, prior_mean=0.5, prior_sd=1e-4)
    shares = share_of_cells(world, known)
    balance = precursor_balance(world, known, shares)
    assert np.sqrt(shares.variance[0, 0]) > 0.04
    assert balance.own.sd[0, 0] < 0.01


world_reads = st.lists(st.integers(0, 3000), min_size=4, max_size=4)


@settings(max_examples=60, deadline=None)
@given(reads=world_reads, order=st.permutations(range(4)))
def test_the_order_of_taxa_does_not_matter(reads, order):
    rng = np.random.default_rng(7)
    mean, copies = rng.uniform(0.05, 0.95, (4, 2)), rng.uniform(1, 9, 4)
    order = list(order)
    one = share_of_cells(
        community(reads, copies=copies, log_sd=np.full(4, 0.2)), prevalence(mean, 0.1)
    )
    two = share_of_cells(
        community(np.array(reads)[order], copies=copies[order], log_sd=np.full(4, 0.2)),
        prevalence(mean[order], 0.1),
    )
    np.testing.assert_allclose(one.mean, two.mean, rtol=1e-9)
    np.testing.assert_allclose(one.variance, two.variance, rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(reads=world_reads)
def test_shares_stay_between_the_prevalences_and_intervals_in_order(reads):
    rng = np.random.default_rng(11)
    mean = rng.uniform(0.1, 0.9, (4, 2))
    known = prevalence(mean, 0.2)
    shares = share_of_cells(community(reads), known)
    if sum(reads) == 0:
        assert np.isnan(shares.mean).all()
        assert (shares.assessable_cells == 0).all()
        return
    low, high = min(mean.min(), 0.4), max(mean.max(), 0.4)
    assert ((shares.mean >= low - 1e-12) & (shares.mean <= high + 1e-12)).all()
    quantiles = beta_quantiles(shares.mean, shares.variance, QUANTILES)
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    assert ((quantiles >= 0) & (quantiles <= 1)).all()


def test_fewer_reads_give_a_wider_interval():
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 0.05)
    widths = [share_of_cells(community([6 * k, 4 * k]), known).variance for k in (1, 10, 1000)]
    assert (widths[0] > widths[1]).all()
    assert (widths[1] > widths[2]).all()


def test_contributions_add_up_and_are_the_fewest():
    rng = np.random.default_rng(3)
    reads = rng.multinomial(4000, rng.dirichlet(np.full(30, 0.3)), size=3)
    reads[1] = 0
    world = community(reads, copies=rng.uniform(1, 9, 30))
    known = prevalence(rng.uniform(0, 1, (30, 2)), 0.1)
    shares = share_of_cells(world, known)
    table = contributions(world, known, shares, cover=0.95)
    assert set(table["sample"]) == {"s0", "s2"}
    for (sample, quantity), rows in table.groupby(["sample", "quantity"]):
        column = CAPABILITIES.index(quantity.removeprefix("share:"))
        whole = shares.mean[int(sample[1:]), column]
        np.testing.assert_allclose(rows["mean"].sum(), whole, rtol=1e-12)
        np.testing.assert_allclose(rows["share"].sum(), 1, rtol=1e-12)
        assert list(rows["taxon"])[-1] == REST
        named = rows["mean"].to_numpy()[:-1]
        assert (np.diff(named) <= 0).all()
        assert named.sum() >= 0.95 * whole > named[:-1].sum()


def test_a_sample_without_reads_is_kept_and_not_assessable():
    world = community([[10, 20], [0, 0]])
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 0.05)
    shares = share_of_cells(world, known)
    table = table_of(world, known, shares)
    empty = table[table["sample"] == "s1"]
    assert len(empty) == 3
    assert not empty["assessable"].any()
    assert set(empty["reason"]) == {NO_READS}
    assert empty[["mean", "sd", "q05", "q95"]].isna().all(axis=None)
    assert table[table["sample"] == "s0"]["assessable"].all()


def test_a_value_for_too_few_cells_is_null_with_its_reason():
    world = community([[50, 50]], unresolved=[400])
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 0.05)
    shares = share_of_cells(world, known)
    table = table_of(world, known, shares)
    assert not table["assessable"].any()
    assert set(table["reason"]) == {"under 50% of the bacterial cells can be assessed"}
    assert (table["assessable_cells"] > 0).all()
    assert np.isnan(mask(shares, 0.5).mean).all()


def test_relative_abundance_has_no_sampling_uncertainty_and_no_prior():
    known = prevalence([[0.9, 0.2], [0.3, 0.5]], 1e-6)
    relative = share_of_cells(community([0.25, 0.75], counts=False), known)
    counted = share_of_cells(community([25, 75]), known)
    assert (relative.variance < 1e-9).all()
    assert (counted.variance > 1e-4).all()
    scaled = share_of_cells(replace(community([25, 75]), counts=False), known)
    np.testing.assert_allclose(relative.mean, scaled.mean)


def test_share_of_all_cells_agrees_with_monte_carlo_within_its_error():
    """With equal copies nothing is first order but the spread within a sampled read."""
    rng = np.random.default_rng(8)
    size, depth, names = 400_000, 300, np.array([90.0, 40.0, 20.0])
    mean = rng.uniform(0.05, 0.95, (8, 2))
    known = prevalence(mean, 0.4 * np.sqrt(mean * (1 - mean)))
    reads = rng.multinomial(depth, rng.dirichlet(np.full(8, 0.6)))
    world = replace(
        community(reads, copies=np.full(8, 2.0), unresolved=[names.sum()]),
        unresolved_squares=np.array([(names**2).sum()]),
        unresolved_fourths=np.array([(names**4).sum()]),
    )
    assessed = draws(world, known, size, rng)
    part = names / (depth + names.sum())  # every cell has two copies
    k = 0.4 * 0.6 / 0.3**2 - 1
    missing = rng.beta(0.4 * k, 0.6 * k, (2, size, 3)) @ part
    whole = assessed * depth / (depth + names.sum()) + missing
    shares = share_of_cells(world, known)
    error = whole.std(axis=1) / np.sqrt(size)
    assert (abs(shares.all_mean[0] - whole.mean(axis=1)) < 4 * error).all()
    of_square = ((whole - whole.mean(axis=1, keepdims=True)) ** 2).std(axis=1) / np.sqrt(size)
    limit = 4 * of_square + shares.all_variance[0] / depth
    assert (abs(shares.all_variance[0] - whole.var(axis=1)) < limit).all()
    ratio = np.log2((whole[0] + EPSILON) / (whole[1] + EPSILON))
    balance = precursor_balance(world, known, shares)
    np.testing.assert_allclose(balance.of_all.sd[0, 0], ratio.std(), rtol=0.05)
    expected = np.quantile(ratio, [0.05, 0.25, 0.5, 0.75, 0.95])
    np.testing.assert_allclose(balance.of_all.quantiles[0, 0], expected, atol=0.1 * ratio.std())


@pytest.mark.parametrize(("mean", "sd"), [((0.1, 0.7), (0.15, 0.2)), ((0.02, 0.4), (0.03, 0.3))])
def test_the_balance_of_two_beta_shares_agrees_with_draws(mean, sd):
    rng = np.random.default_rng(4)
    size = 400_000
    drawn = []
    for m, s in zip(mean, sd, strict=True):
        k = m * (1 - m) / s**2 - 1
        drawn.append(np.log2(rng.beta(m * k, (1 - m) * k, size) + EPSILON))
    ratio = drawn[0] - drawn[1]
    # One taxon of which everything is known but these two prevalences.
    known = prevalence([mean], np.array(sd))
    balance = precursor_balance(
        world := community([1.0], counts=False), known, share_of_cells(world, known)
    )
    np.testing.assert_allclose(balance.own.mean[0, 0], ratio.mean(), atol=0.02 * ratio.std())
    np.testing.assert_allclose(balance.own.sd[0, 0], ratio.std(), rtol=0.02)
    expected = np.quantile(ratio, [0.05, 0.25, 0.5, 0.75, 0.95])
    np.testing.assert_allclose(balance.own.quantiles[0, 0], expected, atol=0.06 * ratio.std())
