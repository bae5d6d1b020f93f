"""Taxa that lead a share: found as a sort finds them, and kept apart in its quantiles."""

import numpy as np
import pytest
import scipy.sparse
from test_estimate_shares import community, prevalence

from tryptome.estimate.leading import LEADS, leading
from tryptome.estimate.shares import share_of_cells


def test_leading_taxa_are_those_of_the_largest_variance():
    rng = np.random.default_rng(1)
    cells = rng.poisson(0.7, (40, 9)) * rng.uniform(0.1, 1, (40, 9))
    cells[3] = 0
    variance = rng.uniform(0, 0.2, (9, 2)) * (rng.random((9, 2)) < 0.8)
    taxon, amount = leading(scipy.sparse.csr_array(cells), variance)
    for sample in range(40):
        for column in range(2):
            carried = cells[sample] ** 2 * variance[:, column]
            order = np.argsort(-carried)[:LEADS]
            found = amount[sample, column]
            assert found == pytest.approx(np.where(carried[order] > 0, cells[sample, order], 0))
            led = found > 0
            assert (taxon[sample, column][led] == order[led]).all()


def test_two_strains_leave_four_shares_and_nothing_between():
    """A beta distribution of that mean and variance has its quartiles at 0.5 and 0.95."""
    mean = np.array([[0.9, 0.9], [0.5, 0.5]])
    known = prevalence(mean, np.sqrt(0.9999 * mean * (1 - mean)))
    shares = share_of_cells(community([60, 40], counts=False), known)
    # 0, 0.4, 0.6 and 1 with chances of 5, 5, 45 and 45 %.
    assert shares.quantiles()[0, 0, [1, 3]] == pytest.approx([0.6, 1], abs=0.02)
    assert shares.quantiles()[0, 0, 0] < 0.41


def test_no_samples_have_no_quantiles():
    known = prevalence(np.array([[0.9, 0.9], [0.5, 0.5]]), np.full((2, 2), 0.1))
    none = share_of_cells(community([60, 40], counts=False), known).rows(slice(0, 0))
    assert none.quantiles().shape == (0, 2, 5)
