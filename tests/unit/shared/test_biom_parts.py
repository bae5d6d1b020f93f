"""A table written part by part is the one that biom-format reads, and that slices give back."""

import biom
import numpy as np
import pytest
from scipy.sparse import csr_array

import tryptome.biom_parts
from tryptome.biom_parts import biom_parts
from tryptome.biom_slices import row_ranges, sliced
from tryptome.errors import OutputError
from tryptome.tables import read_biom

FEATURES = [f"f{number}" for number in range(37)]
SAMPLES = [f"Probe ä {number}" for number in range(91)]


@pytest.fixture
def dense():
    rng = np.random.default_rng(1)
    values = np.where(rng.random((37, 91)) < 0.2, rng.lognormal(size=(37, 91)), 0)
    values[5] = 0  # a feature and a sample without reads
    values[:, 90] = 0
    return values


@pytest.fixture(params=["observation", "sample"])
def side(request):
    return request.param


def _write(path, dense, side, rows):
    oriented = dense if side == "observation" else dense.T
    with biom_parts(path, FEATURES, SAMPLES, side, "OTU table") as append:
        for start in range(0, len(oriented), rows):
            append(csr_array(oriented[start : start + rows]))
    return path


def _few_entries_at_once(monkeypatch):
    monkeypatch.setattr(tryptome.biom_parts, "ENTRIES", 50)
    monkeypatch.setattr(tryptome.biom_parts, "IN_MEMORY", 500)


def test_biom_format_reads_the_table(tmp_path, dense, side, monkeypatch):
    _few_entries_at_once(monkeypatch)
    found = read_biom(_write(tmp_path / "a.biom", dense, side, rows=7))
    assert found == biom.Table(dense, FEATURES, SAMPLES, type="OTU table")


@pytest.mark.parametrize("entries", [1, 30, 10_000])
def test_slices_give_back_every_cell(tmp_path, dense, side, entries):
    with sliced(_write(tmp_path / "a.biom", dense, side, rows=7)) as table:
        assert (table.features, table.samples) == (FEATURES, SAMPLES)
        by_samples = [table.of_samples(*cut).toarray() for cut in table.slices("sample", entries)]
        by_features = [
            table.of_features(*cut).toarray() for cut in table.slices("observation", entries)
        ]
    np.testing.assert_array_equal(np.concatenate(by_samples), dense.T)
    np.testing.assert_array_equal(np.concatenate(by_features), dense)


def test_both_sides_and_any_parts_give_the_same_matrix_and_the_same_parts_the_same_bytes(
    tmp_path, dense, side, monkeypatch
):
    first = _write(tmp_path / "a.biom", dense, side, rows=7)
    again = _write(tmp_path / "b.biom", dense, side, rows=7)
    assert first.read_bytes() == again.read_bytes()
    _few_entries_at_once(monkeypatch)
    other = _write(tmp_path / "c.biom", dense, side, rows=11)
    with sliced(first) as one, sliced(other) as two:
        for name in ("data", "indices", "indptr"):
            for axis in ("observation", "sample"):
                a, b = (table.handle[f"{axis}/matrix/{name}"][()] for table in (one, two))
                np.testing.assert_array_equal(a, b)


def test_zeros_are_not_stored(tmp_path):
    part = csr_array((np.array([1.0, 0.0]), np.array([0, 1]), np.array([0, 2])), shape=(1, 91))
    part.resize((37, 91))
    with biom_parts(tmp_path / "a.biom", FEATURES, SAMPLES, "observation", "OTU table") as append:
        append(part)
    with sliced(tmp_path / "a.biom") as table:
        assert table.handle.attrs["nnz"] == 1
    assert part.nnz == 2


def test_a_table_that_ends_early_leaves_nothing(tmp_path, dense):
    with (
        pytest.raises(RuntimeError),
        biom_parts(tmp_path / "a.biom", FEATURES, SAMPLES, "observation", "OTU table") as append,
    ):
        append(csr_array(dense[:3]))
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_a_part_that_was_forgotten_is_an_error(tmp_path, dense):
    with pytest.raises(ValueError, match="35 rows for 37 ids"):
        _write(tmp_path / "a.biom", dense[:35], "observation", rows=7)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_an_error_of_the_output(tmp_path, dense, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tryptome.biom_parts.Turned, "append", full)
    with pytest.raises(OutputError, match="No space left"):
        _write(tmp_path / "a.biom", dense, "observation", rows=7)
    assert not list(tmp_path.iterdir())


def test_ranges_of_rows_cover_all_rows_and_hold_what_is_allowed():
    indptr = np.array([0, 0, 3, 3, 8, 20, 21])
    for entries in (1, 4, 9, 100):
        found = list(row_ranges(indptr, entries))
        assert [row for start, stop in found for row in range(start, stop)] == list(range(6))
        for start, stop in found:
            assert stop == start + 1 or indptr[stop] - indptr[start] <= entries


@pytest.mark.parametrize("entries", [1, 30, 10_000])
def test_parts_and_single_samples_are_the_same_cells(tmp_path, dense, entries):
    parts = [slice(start, min(start + 10, 91)) for start in range(0, 91, 10)]
    chosen = np.array([0, 1, 7, 40, 88, 90])
    with sliced(_write(tmp_path / "a.biom", dense, "sample", rows=7)) as table:
        found = list(table.in_parts(parts, entries))
        some = table.of_some(chosen, entries).toarray()
        none = table.of_some(chosen[:0], entries).toarray()
    assert [part for part, _ in found] == parts
    np.testing.assert_array_equal(np.concatenate([reads.toarray() for _, reads in found]), dense.T)
    np.testing.assert_array_equal(some, dense.T[chosen])
    assert none.shape == (0, 37)
