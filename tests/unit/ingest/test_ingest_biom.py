"""BIOM 1.0 and 2.x, against biom-format's own reader, and files that are broken or hostile."""

import gzip
import io
import json

import biom
import h5py
import numpy as np
import pytest

from tryptome.errors import EmptyTableError, FormatError, ValueProblemError
from tryptome.ingest import load_cohort
from tryptome.tables import write_biom

TAXONOMY = [
    ["k__Bacteria", "p__Firmicutes", "g__Blautia"],
    ["k__Bacteria", "p__Bacteroidota", "g__"],
    ["Unassigned"],
]


@pytest.fixture
def table():
    return biom.Table(
        np.array([[1, 0, 2, 0], [0, 0, 7, 1], [3, 4, 0, 0]]),
        ["Otu1", "Otu2", "Otu3"],
        ["001", "S-2", "S 3", "ü"],
        observation_metadata=[{"taxonomy": names} for names in TAXONOMY],
    )


@pytest.fixture
def hdf5(table, tmp_path):
    path = tmp_path / "table.biom"
    write_biom(table, path)
    return path


def same(cohort, table):
    assert cohort.table.features == list(table.ids("observation"))
    assert cohort.table.samples == list(table.ids())
    np.testing.assert_array_equal(cohort.table.values.toarray(), table.matrix_data.toarray())


def test_hdf5(hdf5, table):
    cohort = load_cohort(hdf5)
    same(cohort, table)
    assert cohort.ledger["format"] == "BIOM 2.1 (HDF5)"
    assert list(cohort.features["lineage"]) == ["; ".join(names) for names in TAXONOMY]


def test_gzip_is_told_by_content_not_by_name(hdf5, table, tmp_path):
    packed = tmp_path / "table.csv"
    packed.write_bytes(gzip.compress(hdf5.read_bytes()))
    same(load_cohort(packed), table)


@pytest.mark.parametrize("direct", [True, False])
def test_json(table, tmp_path, direct):
    path = tmp_path / "table.json"
    content = table.to_json("tests")
    path.write_bytes(content.encode() if direct else gzip.compress(content.encode()))
    cohort = load_cohort(path)
    same(cohort, table)
    assert list(cohort.features["lineage"]) == ["; ".join(names) for names in TAXONOMY]


def test_json_dense(table, tmp_path):
    document = json.loads(table.to_json("tests"))
    document |= {"matrix_type": "dense", "data": table.matrix_data.toarray().tolist()}
    path = tmp_path / "table.biom"
    path.write_text(json.dumps(document))
    same(load_cohort(path), table)


@pytest.mark.parametrize("kept", [9, 600, 0.5, 0.9])
def test_truncated_hdf5(hdf5, kept):
    content = hdf5.read_bytes()
    hdf5.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    with pytest.raises(FormatError, match=r"truncated|no sound BIOM") as caught:
        load_cohort(hdf5)
    assert caught.value.place == str(hdf5)
    assert caught.value.remedy


def test_truncated_gzip(hdf5, tmp_path):
    packed = tmp_path / "table.biom.gz"
    packed.write_bytes(gzip.compress(hdf5.read_bytes())[:-400])
    with pytest.raises(FormatError, match="gzip file is damaged or truncated"):
        load_cohort(packed)


def test_truncated_json(table, tmp_path):
    path = tmp_path / "table.biom"
    path.write_text(table.to_json("tests")[:-40])
    with pytest.raises(FormatError, match=r"BIOM 1\.0 file is damaged or truncated"):
        load_cohort(path)


def test_deeply_nested_json(tmp_path):
    path = tmp_path / "table.biom"
    path.write_text('{"rows": ' + "[" * 100_000)
    with pytest.raises(FormatError, match="damaged"):
        load_cohort(path)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"shape": [10**9, 10**9]}, FormatError, "shape is not that of"),
        ({"data": [[0, 9, 1]]}, FormatError, "does not have"),
        ({"data": [[-1, 0, 1]]}, FormatError, "does not have"),
        ({"data": [[0, 0, 1], [0, 0, 2]]}, FormatError, "same cell more than once"),
        ({"data": [[0, 0]]}, FormatError, "no triples"),
        ({"data": [[0, 0, 1], [0]]}, FormatError, "differ in length"),
        ({"data": [[0, 0, None]]}, ValueProblemError, "no number"),
        ({"matrix_element_type": "unicode"}, ValueProblemError, "holds text"),
        ({"rows": {}}, FormatError, "no list"),
        ({"rows": [{"metadata": None}]}, FormatError, "has no id"),
        ({"rows": [], "shape": [0, 4]}, EmptyTableError, "0 features"),
    ],
)
def test_unsound_json(table, tmp_path, change, error, match):
    path = tmp_path / "table.biom"
    path.write_text(json.dumps(json.loads(table.to_json("tests")) | change))
    with pytest.raises(error, match=match):
        load_cohort(path)


def replace(handle, name, value, **options):
    del handle[name]
    handle.create_dataset(name, data=value, **options)


def test_hdf5_without_matrix(hdf5):
    with h5py.File(hdf5, "a") as handle:
        del handle["observation/matrix/indptr"]
    with pytest.raises(FormatError, match="no `observation/matrix/indptr`"):
        load_cohort(hdf5)


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("indices", [0, 2, 2, 3, 0, 99], "names samples that it does not have"),
        ("indices", [0, 2, 2, 3, 0, -1], "names samples that it does not have"),
        ("indices", [0, 0, 2, 3, 0, 1], "same cell more than once"),
        ("indptr", [0, 2, 4], "another size"),
        ("indptr", [0, 5, 4, 6], "do not add up"),
        ("data", [1.0], "another size"),
        ("data", [b"a"] * 6, "does not hold numbers"),
    ],
)
def test_hdf5_arrays_that_contradict_each_other(hdf5, name, value, match):
    with h5py.File(hdf5, "a") as handle:
        replace(handle, f"observation/matrix/{name}", value)
    with pytest.raises(FormatError, match=match):
        load_cohort(hdf5)


def test_matrix_that_was_left_behind_when_samples_were_taken_out(hdf5, table):
    """As in a file that R made: only the ids, the shape and one of two copies know of it."""
    kept = table.filter(["001", "ü"], inplace=False)
    with h5py.File(hdf5, "a") as handle:
        replace(handle, "sample/ids", [name.encode() for name in kept.ids()])
        by_sample = kept.matrix_data.tocsc()
        for name in ("data", "indices", "indptr"):
            replace(handle, f"sample/matrix/{name}", getattr(by_sample, name))
        handle.attrs["shape"], handle.attrs["nnz"] = kept.shape, [kept.nnz]
    cohort = load_cohort(hdf5)
    same(cohort, kept)
    assert "its matrix by samples fits both, and was read" in " ".join(cohort.ledger["notes"])
    with h5py.File(hdf5, "a") as handle:
        handle.attrs["nnz"] = "many"
    with pytest.raises(FormatError, match="names samples that it does not have"):
        load_cohort(hdf5)


def test_levels_whose_ranks_are_named(hdf5):
    """As taxpasta writes NCBI's lineages, with clades between the ranks."""
    levels = [
        ["cellular organisms", "Bacteria", "Bacillati", "", "Bacillota"],
        ["cellular organisms", "Bacteria", "", "", ""],
        ["", "", "", "", ""],
    ]
    with h5py.File(hdf5, "a") as handle:
        replace(handle, "observation/metadata/taxonomy", np.array(levels, dtype="S"))
        names = b"no rank;superkingdom;kingdom;clade;phylum"
        handle.create_dataset("observation/group-metadata/ranks", data=[names])
    cohort = load_cohort(hdf5)
    assert list(cohort.features["lineage"]) == ["Bacteria;Bacillota", "Bacteria;NA", ""]


def test_absurd_declared_shape_is_refused_before_it_is_allocated(hdf5):
    with h5py.File(hdf5, "a") as handle:
        del handle["observation/matrix/data"]
        handle.create_dataset("observation/matrix/data", shape=(10**12,), dtype="f8", chunks=True)
    with pytest.raises(FormatError, match="1,000,000,000,000 entries"):
        load_cohort(hdf5)


def test_bomb_below_the_absolute_bound_is_refused_by_its_ratio(hdf5):
    with h5py.File(hdf5, "a") as handle:
        del handle["observation/matrix/data"]
        handle.create_dataset("observation/matrix/data", shape=(10**8,), dtype="f8", chunks=True)
    with pytest.raises(FormatError, match="stores 0 bytes"):
        load_cohort(hdf5)


def test_large_array_that_is_packed_beyond_measure(hdf5, monkeypatch):
    monkeypatch.setattr("tryptome.ingest.hdf5_arrays.LARGE", 2**20)
    ones = {"data": np.ones(2**18), "chunks": (2**16,), "compression": "gzip"}
    with h5py.File(hdf5, "a") as handle:
        del handle["observation/matrix/data"]
        stored = handle.create_dataset("observation/matrix/data", **ones).id.get_storage_size()
    assert 2**21 / 2000 < stored < 2**21 / 100
    with pytest.raises(FormatError, match=r"declares 262,144 entries and stores"):
        load_cohort(hdf5)


def test_data_in_another_file_are_not_followed(hdf5, tmp_path):
    secret = tmp_path / "other.h5"
    with h5py.File(secret, "w") as other:
        other["data"] = np.ones(6)
    with h5py.File(hdf5, "a") as handle:
        del handle["observation/matrix/data"]
        handle["observation/matrix/data"] = h5py.ExternalLink(str(secret), "data")
    with pytest.raises(FormatError, match="is a link"):
        load_cohort(hdf5)


def test_gzip_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr("tryptome.ingest.source.MAX_EXPANDED", 10**6)
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(gzip.compress(b"OTU\tS1\n" + b"Otu1\t1\n" * 10**6))
    with pytest.raises(FormatError, match="unpacks to more than"):
        load_cohort(path)


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"PK\x03\x04rest", "zip archive"), (b"RDX3\n", "R data")],
)
def test_known_formats_that_are_not_read_say_so(tmp_path, content, match):
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=match) as caught:
        load_cohort(path)
    assert caught.value.remedy


def test_pickle_is_not_loaded(tmp_path):
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    path = tmp_path / "table.biom"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(FormatError):
        load_cohort(path)


def test_json_that_is_too_long(table, tmp_path, monkeypatch):
    monkeypatch.setattr("tryptome.ingest.biom_json.MAX_CHARACTERS", 100)
    path = tmp_path / "table.biom.gz"
    path.write_bytes(gzip.compress(table.to_json("tests").encode()))
    with pytest.raises(FormatError, match="more than 0 million characters") as caught:
        load_cohort(path)
    assert "biom convert --to-hdf5" in caught.value.remedy
