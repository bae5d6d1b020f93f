"""A table that stays in its file and is read part by part is the same cohort as one in memory."""

from itertools import pairwise

import biom
import h5py
import numpy as np
import pytest

import tryptome.ingest.biom_matrix
import tryptome.ingest.cells
from tryptome.errors import FormatError, ValueProblemError
from tryptome.ingest import load_cohort
from tryptome.ingest.biom_matrix import Stored
from tryptome.ingest.run import write
from tryptome.tables import write_biom

FILES = ("table.biom", "features.tsv", "samples.tsv", "ledger.json")


def _table(values):
    features = [f"f{number}" for number in range(values.shape[0])]
    return biom.Table(values, features, [f"s{number}" for number in range(values.shape[1])])


@pytest.fixture
def counts():
    rng = np.random.default_rng(1)
    return np.where(rng.random((40, 30)) < 0.3, np.ceil(rng.lognormal(2, 1.5, (40, 30))), 0)


@pytest.fixture
def large(monkeypatch):
    """Make a table of more than 20 entries large."""

    def switch():
        for module in (tryptome.ingest.biom_matrix, tryptome.ingest.cells):
            monkeypatch.setattr(module, "ENTRIES", 20)

    return switch


def _written(path, folder):
    folder.mkdir()
    write(load_cohort(path), *(str(folder / name) for name in FILES))
    return [_arrays(folder / FILES[0]), *((folder / name).read_bytes() for name in FILES[1:])]


def _arrays(path):
    """Every array of the file. Where it puts them depends on the parts they are written in."""
    found = {}
    with h5py.File(path) as handle:
        handle.visititems(
            lambda name, item: (
                found.update({name: item[()].tolist()}) if isinstance(item, h5py.Dataset) else None
            )
        )
    assert "sample/matrix/data" in found
    return found


@pytest.mark.parametrize("kind", ["counts", "shares"])
def test_the_same_is_written_as_from_memory(tmp_path, counts, large, kind):
    values = counts if kind == "counts" else counts / counts.sum(axis=0)
    write_biom(_table(values), tmp_path / "a.biom")
    in_memory = _written(tmp_path / "a.biom", tmp_path / "memory")
    large()
    assert isinstance(load_cohort(tmp_path / "a.biom").table.cells, Stored)
    assert _written(tmp_path / "a.biom", tmp_path / "parts") == in_memory


def test_columns_out_of_order_are_put_in_order(tmp_path, counts, large):
    write_biom(_table(counts), tmp_path / "a.biom")
    with h5py.File(tmp_path / "a.biom", "a") as handle:
        matrix = handle["observation/matrix"]
        ends = matrix["indptr"][()]
        for start, stop in pairwise(ends):
            for name in ("data", "indices"):
                matrix[name][start:stop] = matrix[name][start:stop][::-1]
    large()
    found = load_cohort(tmp_path / "a.biom").table
    np.testing.assert_array_equal(found.values.toarray(), counts)
    parts = [part.array().toarray() for part in found.cells.parts()]
    assert len(parts) > 1
    np.testing.assert_array_equal(np.concatenate(parts), counts)


def test_first_bad_value_and_the_number_of_them_are_named(tmp_path, counts, large):
    counts[7, 3] = counts[21, 0] = counts[39, 29] = -5
    counts[30, 2] = np.inf
    write_biom(_table(counts), tmp_path / "a.biom")
    with pytest.raises(ValueProblemError) as in_memory:
        load_cohort(tmp_path / "a.biom")
    large()
    with pytest.raises(ValueProblemError, match="infinite") as by_parts:
        load_cohort(tmp_path / "a.biom")
    assert str(by_parts.value) == str(in_memory.value)
    counts[30, 2] = 0
    write_biom(_table(counts), tmp_path / "b.biom")
    with pytest.raises(ValueProblemError, match=r"`f7`, sample `s3`.* -5 is negative \(and 2 more"):
        load_cohort(tmp_path / "b.biom")


@pytest.mark.parametrize(
    ("place", "value", "match"),
    [(-1, 30, "names samples that it does not have"), (-1, None, "the same cell more than once")],
)
def test_unsound_columns_far_down_are_found(tmp_path, counts, large, place, value, match):
    counts[39] = 1
    write_biom(_table(counts), tmp_path / "a.biom")
    with h5py.File(tmp_path / "a.biom", "a") as handle:
        indices = handle["observation/matrix/indices"]
        indices[place] = indices[place - 1] if value is None else value
    large()
    with pytest.raises(FormatError, match=match):
        load_cohort(tmp_path / "a.biom")


def test_damage_far_down_is_found(tmp_path, counts, large):
    write_biom(_table(counts), tmp_path / "a.biom")
    with h5py.File(tmp_path / "a.biom") as handle:
        data = handle["observation/matrix/data"]
        where = data.id.get_chunk_info(data.id.get_num_chunks() - 1)
    content = bytearray((tmp_path / "a.biom").read_bytes())
    content[where.byte_offset : where.byte_offset + where.size] = b"x" * where.size
    (tmp_path / "a.biom").write_bytes(content)
    large()
    with pytest.raises(FormatError, match="damaged or truncated"):
        load_cohort(tmp_path / "a.biom")
