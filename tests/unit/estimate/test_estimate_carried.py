"""Contributions by group against sums worked out sample by sample."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from tryptome.estimate.carried import EVERYTHING, Carried, Members, carried_by_group
from tryptome.estimate.community import Community
from tryptome.estimate.shares import Prevalence, mask, share_of_cells
from tryptome.vocabulary import REST

CAPABILITIES = ("trp_synthesis", "trp_diversion")
SAMPLES, TAXA = 40, 25


@pytest.fixture
def world():
    rng = np.random.default_rng(5)
    reads = rng.multinomial(900, rng.dirichlet(np.full(TAXA, 0.3)), size=SAMPLES).astype(float)
    reads[7] = 0  # can be assessed in nothing
    community = Community(
        samples=tuple(f"s{n}" for n in range(SAMPLES)),
        taxa=tuple(f"g__T{n:02d}" for n in range(TAXA)),
        reads=scipy.sparse.csr_array(reads),
        unresolved=rng.uniform(0, 900, SAMPLES),  # some samples under half assessable
        unresolved_squares=np.zeros(SAMPLES),
        unresolved_fourths=np.zeros(SAMPLES),
        per_read=1 / rng.uniform(1, 9, TAXA),
        log_sd=np.zeros(TAXA),
        unseen_per_read=0.3,
        counts=True,
    )
    mean = rng.uniform(0, 1, (TAXA, 2))
    seen = np.ones((TAXA, 2), bool)
    prior = np.full(2, 0.4), np.full(2, 0.09)
    known = Prevalence(CAPABILITIES, mean, 0 * mean + 0.01, seen, *prior, ("", ""))
    metadata = pd.DataFrame({"sample": community.samples})
    metadata["diet"] = np.array(["plant", "animal", ""])[rng.integers(0, 3, SAMPLES)]
    metadata["person"] = [f"P{n}" for n in rng.integers(0, 12, SAMPLES)]
    return community, known, metadata


def table_of(world, *, columns=("diet",), subject="person", cover=0.95, size=SAMPLES):
    community, known, metadata = world
    shares = mask(share_of_cells(community, known), 0.5)
    members = Members.of(metadata, columns, {}, subject)
    carried = Carried(members, ~np.isnan(shares.mean), TAXA)
    sums = carried.none()
    for start in range(0, SAMPLES, size):
        part = slice(start, start + size)
        carried.add(sums, part, community.rows(part), shares.rows(part))
    found = carried_by_group(sums, members.labels, community.taxa, known, cover=cover)
    return found, shares


def by_hand(world, shares, column, rows):
    """Mean over persons of the mean over their samples of each taxon's contribution."""
    community, known, metadata = world
    cells = community.reads.toarray() * community.per_read
    parts = cells * known.mean[:, column] / shares.cells[:, [column]]
    told = [n for n in rows if not np.isnan(shares.mean[n, column])]
    people = sorted({metadata["person"][n] for n in told})
    mine = {who: [n for n in told if metadata["person"][n] == who] for who in people}
    whole = np.mean([np.mean([shares.mean[n, column] for n in mine[who]]) for who in people])
    return np.mean([parts[mine[who]].mean(axis=0) for who in people], axis=0), whole


def test_each_person_counts_once_in_a_group(world):
    table, shares = table_of(world, cover=1)
    labels = {EVERYTHING: None, "plant": "plant", "animal": "animal", "(no value)": ""}
    assert set(table["group"]) == set(labels)
    for label, level in labels.items():
        diet = world[2]["diet"]
        rows = range(SAMPLES) if level is None else np.flatnonzero(diet == level)
        for column, name in enumerate(CAPABILITIES):
            parts, whole = by_hand(world, shares, column, rows)
            here = table[(table["group"] == label) & (table["quantity"] == f"share:{name}")]
            named = here[here["taxon"] != REST].set_index("taxon")["mean"]
            expected = pd.Series(parts, index=world[0].taxa)
            assert set(named.index) == set(expected.index[expected > 0])
            np.testing.assert_allclose(named, expected[named.index], rtol=1e-12)
            np.testing.assert_allclose(here["mean"].sum(), whole, rtol=1e-12)
            np.testing.assert_allclose(here["share"].sum(), 1, rtol=1e-12)


def test_named_taxa_cover_the_share_and_stand_in_every_group(world):
    table, _ = table_of(world)
    whole, _ = table_of(world, cover=1)
    assert len(table) < len(whole)
    exact = whole[whole["taxon"] != REST].groupby(["group", "quantity"])["taxon"].agg(set)
    for (group, quantity), rows in table.groupby(["group", "quantity"]):
        named = rows[rows["taxon"] != REST]
        assert (np.diff(named["mean"]) <= 0).all()
        assert list(rows["taxon"])[-1] == REST
        assert named["share"].sum() >= 0.95
        of_all = table[(table["quantity"] == quantity) & (table["taxon"] != REST)]["taxon"].unique()
        assert set(named["taxon"]) == set(of_all) & exact[group, quantity]


def test_parts_of_the_cohort_add_up(world):
    whole, _ = table_of(world)
    parts, _ = table_of(world, size=7)
    assert whole.drop(columns=["mean", "share"]).equals(parts.drop(columns=["mean", "share"]))
    np.testing.assert_allclose(whole["mean"], parts["mean"], rtol=1e-12)


def test_without_groups_and_persons_it_is_the_mean_over_samples(world):
    table, shares = table_of(world, columns=(), subject=None)
    assert set(table["group"]) == {EVERYTHING}
    means = table.groupby("quantity", sort=False)["mean"].sum()
    np.testing.assert_allclose(means, np.nanmean(shares.mean, axis=0), rtol=1e-12)
