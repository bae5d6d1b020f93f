"""Tables come back as they were written, and their bytes are the same each time."""

import csv
import math
import string
from pathlib import Path

import biom
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tryptome.formulas import is_formula
from tryptome.tables import (
    read_biom,
    read_parquet,
    read_tsv,
    write_biom,
    write_parquet,
    write_tsv,
)

fields = st.text(alphabet=string.printable + "äß菌'", max_size=12).filter(
    lambda text: not is_formula(text)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(fields, fields), min_size=1, max_size=5))
def test_any_text_comes_back_from_tsv(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    write_tsv(pd.DataFrame(rows, columns=["id", "text"]), path)
    assert [tuple(row) for row in read_tsv(path).itertuples(index=False)] == rows
    with path.open(encoding="utf-8", newline="") as handle:
        assert [tuple(row) for row in csv.reader(handle, delimiter="\t")][1:] == rows


def test_text_that_looks_like_a_number_or_a_missing_value_stays_text(tmp_path):
    ids = ["007", "1e5", "NA", "nan", "None", "TRUE", ""]
    write_tsv(pd.DataFrame({"id": ids}), tmp_path / "a.tsv")
    assert list(read_tsv(tmp_path / "a.tsv")["id"]) == ids


def test_missing_numbers_are_empty_fields_and_come_back_missing(tmp_path):
    write_tsv(pd.DataFrame({"id": ["a", "b"], "x": [0.1, math.nan]}), tmp_path / "a.tsv")
    assert (tmp_path / "a.tsv").read_bytes() == b"id\tx\na\t0.1\nb\t\n"
    numbers = read_tsv(tmp_path / "a.tsv", numeric=("x",))["x"]
    assert numbers[0] == 0.1
    assert math.isnan(numbers[1])


def test_of_many_columns_those_asked_for_are_read_as_far_as_they_are_there(tmp_path):
    table = pd.DataFrame({"id": ["a"], "x": ["1"], "y": ["2"]})
    write_tsv(table, tmp_path / "a.tsv")
    found = read_tsv(tmp_path / "a.tsv", columns=("y", "id", "z", None))
    pd.testing.assert_frame_equal(found, table[["id", "y"]], check_dtype=False)


def table() -> biom.Table:
    values = np.array([[1, 0, 3], [0, 5, 0]])
    return biom.Table(values, ["f 1", "f/2"], ["s1", "s2", "s-3"])


def test_biom_comes_back_with_its_ids_in_order(tmp_path):
    write_biom(table(), tmp_path / "a.biom")
    again = read_biom(tmp_path / "a.biom")
    assert list(again.ids("observation")) == ["f 1", "f/2"]
    assert list(again.ids()) == ["s1", "s2", "s-3"]
    assert (again.matrix_data.toarray() == table().matrix_data.toarray()).all()
    assert biom.load_table(str(tmp_path / "a.biom")) == again


def test_the_same_table_gives_the_same_bytes(tmp_path):
    frame = pd.DataFrame({"id": ["a", "b"], "x": [1 / 3, math.nan], "ok": [True, False]})
    for writer, content, name in (
        (write_tsv, frame, "t.tsv"),
        (write_parquet, frame, "t.parquet"),
        (write_biom, table(), "t.biom"),
    ):
        one, two = tmp_path / "one" / name, tmp_path / "two" / name
        writer(content, one)
        writer(content, two)
        assert one.read_bytes() == two.read_bytes(), name


def test_parquet_keeps_types_and_null(tmp_path):
    frame = pd.DataFrame({"id": ["a", "b"], "x": [0.5, math.nan], "ok": [True, False]})
    write_parquet(frame, tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(read_parquet(tmp_path / "a.parquet"), frame)


def test_nothing_is_left_beside_a_table(tmp_path: Path):
    write_tsv(pd.DataFrame({"id": ["a"]}), tmp_path / "a.tsv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.tsv"]


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb", "a\tb", 'a"b', "\r", " a ", "=", "'"])
def test_any_text_survives_a_tsv(text, tmp_path):
    frame = pd.DataFrame({"name": ["x", text], "value": [1.5, 2.0]})
    write_tsv(frame, tmp_path / "a.tsv")
    again = read_tsv(tmp_path / "a.tsv", numeric=("value",))
    assert list(again["name"]) == ["x", text]
    assert list(again["value"]) == [1.5, 2.0]
