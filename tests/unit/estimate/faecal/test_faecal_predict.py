"""Predictions: distributions, what is not predicted, applicability."""

import numpy as np
import pytest
import scipy.sparse
from scipy.stats import norm

from tryptome.estimate.community import Community
from tryptome.estimate.faecal.applicability import Training, applicability, describe
from tryptome.estimate.faecal.block import faecal
from tryptome.estimate.faecal.features import Families, features
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.model import distribution, load
from tryptome.tables import write_tsv

TAXA = ("f__Bacteroidaceae", "f__Lachnospiraceae", "f__Ruminococcaceae")
CAPABILITIES = ("trp_synthesis", "trp_auxotrophy", "butyrate")


def community(samples, seed=1):
    rng = np.random.default_rng(seed)
    reads = rng.poisson(50, size=(samples, len(TAXA))).astype(float)
    return Community(
        tuple(f"s{number}" for number in range(samples)),
        TAXA,
        scipy.sparse.csr_array(reads),
        np.zeros(samples),
        np.zeros(samples),
        np.zeros(samples),
        np.ones(len(TAXA)),
        np.zeros(len(TAXA)),
        1.0,
        True,
    )


def found_in(it):
    shares = np.random.default_rng(2).random((len(it.samples), len(CAPABILITIES)))
    return features(CAPABILITIES, shares, Families.of(it.taxa), it.cells)


def test_distribution_agrees_with_a_monte_carlo():
    score, strength = np.array([[-1.3], [0.4]]), np.array([0.6])
    mean, sd, quantiles = distribution(score, strength)
    noise = np.random.default_rng(0).normal(size=(2, 200_000))
    drawn = norm.cdf(0.6 * score + 0.8 * noise)
    assert mean[:, 0] == pytest.approx(drawn.mean(axis=1), abs=0.003)
    assert sd[:, 0] == pytest.approx(drawn.std(axis=1), abs=0.003)
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    assert quantiles[:, 0] == pytest.approx(np.quantile(drawn, levels, axis=1).T, abs=0.005)


def test_features_by_hand():
    it = community(1)
    it.reads.data[:] = [50, 25, 25]
    found = features(CAPABILITIES, np.array([[0.1, 0.9, np.nan]]), Families.of(it.taxa), it.cells)
    assert found.names[:3] == ("share:trp_synthesis", "share:butyrate", "shannon")
    # 1.5 bits in nats, by hand.
    assert found.values[0, [0, 2, 3]] == pytest.approx([0.1, 1.5 * np.log(2), 0.5])
    assert np.isnan(found.values[0, 1])
    asked = found.columns(["family:Nobody", "share:nothing"])
    assert asked[0, 0] == 0
    assert np.isnan(asked[0, 1])


def test_small_cohorts_and_what_cannot_be_predicted_say_so():
    few = community(19)
    assert (faecal(few, found_in(few), 0.5).reason != "").all()
    enough = community(20)
    block = faecal(enough, found_in(enough), 0.5)
    reasons = dict(zip(block.names, block.reason[0], strict=True))
    assert reasons["faecal:tryptophan"] == ""
    assert "no training cohort" in reasons["faecal:indole"]
    assert ((block.own.quantiles > 0) & (block.own.quantiles < 1)).all()


def test_what_ships_is_complete_and_signed():
    model = load()
    for number, metabolite in enumerate(METABOLITES):
        by_name = dict(zip(model.features, model.coefficients[:, number], strict=True))
        assert by_name.get(f"share:{metabolite.capability}", 0) >= 0
        for name in metabolite.consumers:
            assert by_name.get(f"share:{name}", 0) <= 0


def test_applicability_knows_its_own_and_strangers(tmp_path):
    it = community(60)
    write_tsv(describe({"home": found_in(it)}), tmp_path / "training.tsv")
    training = Training.load(tmp_path)
    known = applicability(it.samples, found_in(it), training)
    assert (known["like_training"] == "true").mean() == pytest.approx(0.95, abs=0.03)
    other = community(3)
    other.reads.data[:] = [0, 0, 90] * 2 + [0, 0, 0]
    stranger = applicability(other.samples, found_in(other), training)
    assert list(stranger["like_training"]) == ["false", "false", ""]
