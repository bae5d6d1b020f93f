"""Heaps by which HDF5's library would never end reading are told from sound ones."""

import io
import struct

import h5py
import pytest

from tryptome.errors import FormatError
from tryptome.ingest import load_cohort
from tryptome.ingest.hdf5_heaps import SIGNATURE, has_endless_heap


def file_of(texts):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as handle:
        handle.create_dataset("ids", data=texts, dtype=h5py.string_dtype())
    return buffer


@pytest.mark.parametrize("texts", [["a"], ["", "b" * 7, "c" * 8], ["x" * 100_000] * 30])
def test_what_the_library_writes_is_sound(texts):
    buffer = file_of(texts)
    assert SIGNATURE in buffer.getvalue()
    assert not has_endless_heap(buffer)
    assert [text.decode() for text in h5py.File(buffer)["ids"][()]] == texts


def endless(content, index, length):
    """Give the first object of the first heap another index and length."""
    start = content.index(SIGNATURE) + 16
    header = struct.pack("<HHIQ", index, 1, 0, length)
    return content[:start] + header + content[start + 16 :]


@pytest.mark.parametrize(("index", "length"), [(0, 0), (1, 2**64 - 16)])
def test_an_object_without_a_step_is_found(index, length):
    content = endless(file_of(["a", "b"]).getvalue(), index, length)
    assert has_endless_heap(io.BytesIO(content))


@pytest.mark.parametrize("before", [0, 2**20 - 20, 2**20 - 4, 2**20 + 3])
def test_it_is_found_wherever_it_lies(before):
    heap = SIGNATURE + struct.pack("<Q", 4096) + struct.pack("<HHIQ", 0, 0, 0, 0)
    assert has_endless_heap(io.BytesIO(bytes(before) + heap))


def test_such_a_table_is_refused(tmp_path):
    path = tmp_path / "t.biom"
    path.write_bytes(endless(file_of(["a", "b"]).getvalue(), 0, 0))
    with pytest.raises(FormatError, match="the BIOM file is damaged") as caught:
        load_cohort(path)
    assert "export the file again" in caught.value.remedy
