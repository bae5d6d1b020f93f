"""Parts of taxa in a difference of the balance: by quadrature, by hand, and as properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.sparse import csr_array

from tryptome.compare.cells import Held
from tryptome.compare.contrast import Comparison
from tryptome.compare.drivers import Community
from tryptome.compare.driving import Difference, Wanted, drivers_of
from tryptome.vocabulary import REST

TAXA = ["g__A", "g__B", "g__C", "g__D"]
MAKE = np.array([0.9, 0.2, np.nan, 0.4])
DIVERT = np.array([0.1, 0.7, 0.3, np.nan])
EPSILON = 0.01
CONTRAST = {"column": "diet", "reference": "plant", "level": "animal"}


def community(cells, sd=0.0):
    means = {"trp_synthesis": MAKE, "trp_diversion": DIVERT}
    return Community(TAXA, Held(csr_array(cells)), means, {name: np.full(4, sd) for name in means})


def share(mean, cells):
    known = ~np.isnan(mean)
    return mean[known] @ cells[known] / cells[known].sum(axis=0)


def balance(cells, make=MAKE, divert=DIVERT):
    return np.log2((share(make, cells) + EPSILON) / (share(divert, cells) + EPSILON))


def compared(cells):
    half = cells.shape[1] // 2
    diet = ["plant"] * half + ["animal"] * (cells.shape[1] - half)
    metadata = pd.DataFrame({"sample": [f"s{n}" for n in range(len(diet))], "diet": diet})
    difference = Difference.of(Comparison("c", CONTRAST, metadata, None, 1).find(balance(cells)))
    assert difference is not None
    return difference


def table(cells, difference, sd=0.0, most=4, values=None):
    values = balance(cells)[difference.rows] if values is None else values
    name = "precursor_balance"
    wanted = [Wanted(name, difference, values)]
    (found,) = drivers_of(community(cells, sd), wanted, most=most, confidence=0.95)
    return found.set_index("taxon")


def all_parts(cells, means, weights):
    """Part of every taxon in a difference over all samples."""
    samples, of = np.arange(len(weights)), Community(TAXA, Held(csr_array(cells)), means)
    wanted = Wanted("precursor_balance", Difference(samples, weights, samples, ()), samples)
    carrier = wanted.carrier(of, of.assessed(wanted.capabilities))
    return carrier.all_parts(of.weighted(carrier.columns()))


def by_quadrature(mean, cells, taxon, groups):
    """Integral, along the line from the mean composition, of a taxon's share in the slope."""
    part = np.nan_to_num(mean)[:, None] * cells / cells[~np.isnan(mean)].sum(axis=0)
    middle = (part[:, groups[0]].mean(axis=1) + part[:, groups[1]].mean(axis=1)) / 2
    found = []
    for one in part.T:

        def slope(t, end=one):
            return 1 / ((middle + t * (end - middle)).sum() + EPSILON) / np.log(2)

        found.append((one - middle)[taxon] * quad(slope, 0, 1)[0])
    return np.array(found)


def test_parts_are_the_integral_along_the_line():
    cells = np.random.default_rng(1).gamma(1, 50, size=(4, 13))
    difference = compared(cells)
    groups = (slice(0, 6), slice(6, 13))
    found = table(cells, difference)
    for at, taxon in enumerate(TAXA):
        line = by_quadrature(MAKE, cells, at, groups) - by_quadrature(DIVERT, cells, at, groups)
        expected = line[groups[1]].mean() - line[groups[0]].mean()
        assert found.loc[taxon, "part"] == pytest.approx(expected, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_parts_add_up_and_change_sign_with_the_groups(seed, most):
    cells = np.random.default_rng(seed).gamma(0.3, 50, size=(4, 12)) + 1e-6
    found = table(cells, compared(cells), most=most)
    value = balance(cells)
    assert found["part"].sum() == pytest.approx(value[6:].mean() - value[:6].mean(), abs=1e-9)
    if most == 4:
        assert found.loc[REST, "part"] == pytest.approx(0, abs=1e-9)
    turned = cells[:, [*range(6, 12), *range(6)]]
    other = table(turned, compared(turned), most=most)
    pd.testing.assert_series_equal(other["part"], -found["part"], check_exact=False, atol=1e-9)


def test_a_taxon_that_is_the_same_everywhere_carries_nothing():
    """Only B and C exchange cells; A, which makes most, is a fifth of all in every sample."""
    rng = np.random.default_rng(2)
    moving = rng.uniform(0.1, 0.7, 16)
    cells = np.vstack([np.full(16, 0.2), moving, 0.8 - moving, np.zeros(16)])
    make, divert = np.array([0.9, 0.2, 0.1, 0.4]), np.array([0.1, 0.7, 0.3, 0.2])
    means = {"trp_synthesis": make, "trp_diversion": divert}
    parts = all_parts(cells, means, np.repeat([-1 / 8, 1 / 8], 8))
    assert parts[[0, 3]] == pytest.approx([0, 0], abs=1e-12)
    assert parts.sum() == pytest.approx(
        np.diff(balance(cells, make, divert).reshape(2, 8).mean(axis=1))[0]
    )


def test_what_the_posterior_adds_is_in_the_rest():
    cells = np.random.default_rng(3).gamma(1, 50, size=(4, 12))
    difference = compared(cells)
    moved = balance(cells)[difference.rows] + np.where(difference.weights > 0, 0.25, 0)
    assert table(cells, difference, values=moved).loc[REST, "part"] == pytest.approx(0.25)


def test_without_a_taxon_the_difference_is_that_of_the_others():
    cells = np.random.default_rng(4).gamma(2, 50, size=(4, 20))
    difference = compared(cells)
    found = table(cells, difference)
    for at, taxon in enumerate(TAXA):
        kept = np.delete(np.arange(4), at)
        value = balance(cells[kept], MAKE[kept], DIVERT[kept])
        expected = value[10:].mean() - value[:10].mean()
        assert found.loc[taxon, "difference_without"] == pytest.approx(expected)


def test_prevalence_moves_a_part_as_it_would_worked_out_anew():
    """Small sd, no scatter within groups: the interval is that of the part's derivative."""
    cells = np.repeat(np.array([[40.0, 30, 20, 10], [10.0, 50, 25, 15]]), 4, axis=0).T
    difference = compared(cells + np.random.default_rng(5).normal(0, 1e-6, cells.shape))
    found = table(cells, difference, sd=1e-3)
    step, moves = 1e-5, []
    for name in ("make", "divert"):
        means = {"make": MAKE.copy(), "divert": DIVERT.copy()}
        means[name][0] += step
        named = {"trp_synthesis": means["make"], "trp_diversion": means["divert"]}
        anew = all_parts(cells, named, difference.weights)
        moves.append((anew[0] - found.loc["g__A", "part"]) / step)
    half = (found.loc["g__A", "upper"] - found.loc["g__A", "lower"]) / 2
    assert half == pytest.approx(1.959964 * 1e-3 * np.hypot(*moves), rel=1e-3)
