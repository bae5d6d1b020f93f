"""The closed-form hierarchy against the model simulated, and against its limits."""

import numpy as np
import pytest
from scipy.stats import betabinom

from tryptome.annotate.hierarchy import (
    Beta,
    Concentrations,
    Counts,
    effective,
    log_predictive,
    posteriors,
)


def tree(genomes, positives, genus, family):
    return Counts(
        np.array(genomes, float)[:, None],
        np.array(positives, float)[:, None],
        np.array(genus),
        np.array(family),
        max(family) + 1,
    )


def kappa(species=0.3, genus=1.5, family=1.0):
    return Concentrations(*(np.array([value]) for value in (species, genus, family)))


def test_effective_trials_saturate_so_that_species_weigh_and_not_genomes():
    one, many = effective(np.array([1.0, 155.0]), np.array(0.3))
    assert one == pytest.approx(1)
    assert many < 1.3
    assert effective(np.array(7.0), np.array(1e12)) == pytest.approx(7)


def test_a_child_has_the_mean_and_the_total_variance_of_a_compound_beta():
    rng = np.random.default_rng(1)
    parent = Beta(np.array(0.3), np.array(0.02))
    k = parent.concentration
    m = rng.beta(0.3 * k, 0.7 * k, 400_000)
    draws = rng.beta(m * 2, (1 - m) * 2)
    child = parent.child(np.array(2.0))
    assert child.mean == pytest.approx(draws.mean(), abs=0.003)
    assert child.variance == pytest.approx(draws.var(), rel=0.01)


def simulate(rng, size, k):
    """Worlds of one family with two genera of three and two species, 1, 4 and 20 genomes."""
    genomes = np.array([1, 4, 20, 1, 4])
    genus = np.array([0, 0, 0, 1, 1])
    m0 = rng.beta(0.5, 0.5, size).clip(1e-6, 1 - 1e-6)
    m_f = rng.beta(m0 * k.family, (1 - m0) * k.family).clip(1e-6, 1 - 1e-6)
    m_g = rng.beta(*(np.stack([m_f, m_f]) * k.genus, np.stack([1 - m_f, 1 - m_f]) * k.genus))
    m_g = m_g.clip(1e-6, 1 - 1e-6)
    p = rng.beta(m_g[genus] * k.species, (1 - m_g[genus]) * k.species)
    return genomes, genus, m_g, p, rng.binomial(genomes[:, None], p)


def test_posteriors_are_calibrated_on_worlds_drawn_from_the_model():
    rng = np.random.default_rng(2)
    k = kappa()
    genomes, genus, _, p, seen = simulate(rng, 3000, k)
    means, sds, truths = [], [], []
    for world in range(seen.shape[1]):
        counts = tree(genomes, seen[:, world], genus, [0, 0])
        found = posteriors(counts, k).species
        means.append(found.mean[:, 0])
        sds.append(np.sqrt(found.variance[:, 0]))
        truths.append(p[:, world])
    mean, sd, truth = np.array(means), np.array(sds), np.array(truths)
    assert (truth - mean).mean() == pytest.approx(0, abs=0.02)
    # The variance stated is the squared error made, for each of the five species.
    made, stated = ((truth - mean) ** 2).mean(axis=0), (sd**2).mean(axis=0)
    np.testing.assert_allclose(made, stated, rtol=0.15)
    # Calibration: among cells predicted high or low, as many are so.
    for low, high in ((0, 0.2), (0.2, 0.8), (0.8, 1)):
        chosen = (mean >= low) & (mean <= high)
        assert truth[chosen].mean() == pytest.approx(mean[chosen].mean(), abs=0.04)


def test_a_species_left_out_is_predicted_without_its_own_genomes():
    genus, family = [0, 0, 1], [0, 0]
    one = posteriors(tree([5, 3, 2], [5, 0, 1], genus, family), kappa())
    two = posteriors(tree([5, 3, 2], [0, 0, 1], genus, family), kappa())
    assert one.unseen_species.mean[0] == pytest.approx(two.unseen_species.mean[0])
    assert one.species.mean[0] > 0.9
    assert two.species.mean[0] < 0.1


def test_positives_and_negatives_are_treated_alike():
    genomes, hits = [5, 3, 2, 1], [5, 0, 1, 0]
    misses = [n - k for n, k in zip(genomes, hits, strict=True)]
    one = posteriors(tree(genomes, hits, [0, 0, 1, 2], [0, 0, 1]), kappa())
    two = posteriors(tree(genomes, misses, [0, 0, 1, 2], [0, 0, 1]), kappa())
    for level in ("species", "genus", "family", "root"):
        a, b = getattr(one, level), getattr(two, level)
        np.testing.assert_allclose(a.mean, 1 - b.mean, rtol=1e-9)
        np.testing.assert_allclose(a.variance, b.variance, rtol=1e-9)


def test_uncertainty_grows_from_species_to_genus_to_family():
    counts = tree([10, 8, 9, 7], [10, 8, 9, 7], [0, 0, 1, 2], [0, 0, 1])
    found = posteriors(counts, kappa())
    assert found.species.variance[0] < found.genus.variance[0] < found.family.variance[0]
    assert found.species.mean[0] > found.genus.mean[0] > found.family.mean[0]


def test_log_predictive_is_the_beta_binomial_of_scipy():
    counts = tree([4, 3, 2], [3, 0, 1], [0, 0, 1], [0, 0])
    prior = posteriors(counts, kappa()).unseen_species
    a = (prior.mean * prior.concentration)[:, 0]
    b = ((1 - prior.mean) * prior.concentration)[:, 0]
    n, k = counts.genomes[:, 0], counts.positives[:, 0]
    from scipy.special import comb

    expected = betabinom.logpmf(k, n, a, b) - np.log(comb(n, k))
    np.testing.assert_allclose(log_predictive(counts, kappa())[:, 0], expected, rtol=1e-9)
