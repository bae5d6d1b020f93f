"""The page of posterior scores: its parts worked by hand, and the page as committed."""

from pathlib import Path

import numpy as np
import pytest

import validate_posterior
from tryptome.annotate.hierarchy import Beta
from tryptome.paths import resource
from validate_posterior import (
    CHANCE,
    FEW,
    REAL,
    Case,
    brier,
    exceptions,
    log_loss,
    pit,
    reasons,
    slope,
)

PAGE = Path(__file__).parents[3] / "docs" / "knowledge" / "posterior.md"


def case(genomes, positives, mean, variance=0.05):
    mean = np.asarray(mean, float)
    model = Beta(mean, np.full_like(mean, variance))
    return Case(
        np.asarray(genomes, float), np.asarray(positives, float), model, {"all": mean * 0 + 0.5}
    )


def test_scores_of_two_species_worked_by_hand():
    made = case([4, 1], [3, 0], [0.8, 0.1])
    expected = [-(0.75 * np.log(0.8) + 0.25 * np.log(0.2)), -np.log(0.9)]
    np.testing.assert_allclose(log_loss(made, made.model.mean), expected)
    np.testing.assert_allclose(brier(made, made.model.mean), [0.05**2, 0.1**2])


def test_a_baseline_never_sees_what_is_left_out():
    share = np.array([1.0, 0.0, 0.0, 1.0])
    seen = np.array([True, True, True, True])
    group, alone = np.array([0, 0, 0, 1]), np.arange(4)
    found = validate_posterior._mean_of_others(share, seen, group, alone)
    # Smoothed by one species at the overall rate, (2 + 1/2) / (4 + 1) = 1/2.
    np.testing.assert_allclose(found, [0.5 / 3, 1.5 / 3, 1.5 / 3, 0.5])
    together = validate_posterior._mean_of_others(share, seen, group * 0, group)
    np.testing.assert_allclose(together, [1.5 / 2] * 3 + [1.5 / 4])


def test_predictions_drawn_from_the_model_are_calibrated():
    rng = np.random.default_rng(3)
    mean = rng.uniform(0.05, 0.95, 4000)
    k = mean * (1 - mean) / 0.02 - 1
    mean, k = mean[k > 0.1], k[k > 0.1]
    p = rng.beta(mean * k, (1 - mean) * k)
    genomes = rng.integers(1, 12, len(p))
    made = case(genomes, rng.binomial(genomes, p), mean, 0.02)
    assert slope(made) == pytest.approx(1, abs=0.06)
    assert pit(made) < 0.03
    assert "model worse" not in exceptions({"made": made})


def test_the_page_says_why_a_baseline_was_better():
    rng = np.random.default_rng(5)
    positives = np.repeat([1, 0], 200)
    swayed = {
        "few": case(np.ones(400), np.arange(400) < 5, np.full(400, 0.6)),
        "real": case(np.ones(400), positives, np.where(positives > 0, 0.3, 0.7)),
        "chance": case(np.ones(400), positives, 0.5 + rng.choice([-0.05, 0.05], 400)),
        "good": case(np.ones(400), positives, np.where(positives > 0, 0.7, 0.3)),
    }
    told = reasons(swayed)
    for name, why in (("few", FEW), ("real", REAL), ("chance", CHANCE)):
        assert f"- `{name}`:\n  {why}" in told
    assert "good" not in told.split("`")
    assert reasons({"good": swayed["good"]}) == ""


def test_a_model_that_is_too_sure_shows():
    rng = np.random.default_rng(4)
    genomes = np.full(3000, 5)
    sure = rng.choice([0.02, 0.98], 3000)
    made = case(genomes, rng.binomial(genomes, np.where(sure > 0.5, 0.8, 0.2)), sure, 0.005)
    assert slope(made) < 0.6
    assert pit(made) > 0.1


def test_the_page_is_what_the_knowledge_base_gives(tmp_path):
    made = tmp_path / "posterior.md"
    validate_posterior.main(str(resource("knowledge")), str(made))
    assert made.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
