"""Sparse cells without SciPy, against SciPy; and what reading imports."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.sparse import coo_matrix, csr_matrix

from tryptome.errors import ValueProblemError
from tryptome.ingest import load_cohort
from tryptome.ingest.cells import Cells

dense = arrays(
    float,
    array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.sampled_from([0.0, 0.0, 1.0, 2.5, 7.0]),
)


@given(dense)
def test_the_same_as_scipy(table):
    matrix = csr_matrix(table)
    cells = Cells.of(matrix)
    np.testing.assert_array_equal(cells.matrix().toarray(), table)
    np.testing.assert_array_equal(cells.column_sums(), table.sum(axis=0))
    turned = cells.transposed()
    assert turned.shape == table.shape[::-1]
    np.testing.assert_array_equal(turned.matrix().toarray(), table.T)
    assert turned.matrix().has_canonical_format


def test_entries_given_twice_are_added_and_the_matrix_is_left_as_it_was():
    matrix = coo_matrix(([1.0, 2.0, 3.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    rows = csr_matrix((np.array([2.0, 1.0]), np.array([1, 0]), np.array([0, 2, 2])), shape=(2, 2))
    np.testing.assert_array_equal(Cells.of(matrix.tocsr()).matrix().toarray(), [[0, 3], [3, 0]])
    assert list(Cells.of(rows).indices) == [0, 1]
    assert list(rows.indices) == [1, 0]


@pytest.mark.parametrize("heavy", ["scipy", "pandas"])
def test_reading_imports_nothing_heavy(heavy, tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("id\tS1\tS2\nOtu1\t1\t2\nOtu2\t0\t5\n")
    code = (
        "import sys\nfrom tryptome.ingest import load_cohort\n"
        f"load_cohort({str(path)!r})\nsys.exit({heavy!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_values_whose_sum_is_too_large_are_refused(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("id\tS1\tS2\nOtu1\t1e308\t1e308\nOtu2\t0\t5\n")
    with pytest.raises(ValueProblemError, match="add up to more than a number can hold"):
        load_cohort(path)
