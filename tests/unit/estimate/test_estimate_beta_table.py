"""Quantiles that are read off a table, against those of SciPy's distribution."""

import numpy as np
from scipy.special import expit
from scipy.stats import beta

from tryptome.estimate.beta_table import ERROR, WIDEST, quantiles_read_off
from tryptome.estimate.leading import LEAST, NODES


def exact(mean, ratio):
    size = 1 / ratio - 1
    return beta.ppf(NODES, mean * size, (1 - mean) * size)


def test_quantiles_are_within_the_error_that_is_stated():
    rng = np.random.default_rng(7)
    even = rng.uniform(LEAST, 1 - LEAST, 1500), rng.uniform(1e-6, 1 - 1e-6, 1500)
    odds = rng.uniform(-13.8, 13.8, 1500), rng.uniform(-14, 5, 1500)
    means = np.concatenate([even[0], np.clip(expit(odds[0]), LEAST, 1 - LEAST)])
    ratios = np.concatenate([even[1], expit(odds[1])])
    found = quantiles_read_off(means, ratios * means * (1 - means), NODES)
    expected = np.array([exact(*one) for one in zip(means, ratios, strict=True)])
    assert (ratios < WIDEST).sum() > 1000
    assert (ratios > WIDEST).sum() > 500
    assert np.abs(found - expected).max() <= ERROR
    assert (np.diff(found) >= -ERROR).all()


def test_what_is_null_stays_null():
    mean = np.array([0.3, np.nan, 0.3])
    found = quantiles_read_off(mean, np.array([0.01, 0.01, np.nan]), NODES)
    assert np.isnan(found).all(axis=1).tolist() == [False, True, True]
