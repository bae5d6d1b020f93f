"""Estimates read quantity by quantity: against the same file read whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tryptome.report import estimates
from tryptome.report.estimates import LISTED_NUMBERS, NUMBERS, Estimates

SAMPLES = [f"s{number}" for number in range(9)]
QUANTITIES = ["share:b", "share:a", "balance", "mass:left", "mass:diverted"]


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = pd.MultiIndex.from_product([SAMPLES, QUANTITIES], names=["sample", "quantity"])
    frame = pd.DataFrame(
        rng.normal(size=(len(rows), len(LISTED_NUMBERS))), columns=list(LISTED_NUMBERS)
    )
    frame.insert(0, "quantity", rows.get_level_values("quantity"))
    frame.insert(0, "sample", rows.get_level_values("sample"))
    known = rng.random(len(frame)) > 0.3
    frame.loc[~known, "mean"] = np.nan
    reason = np.where(known, "", np.where(rng.random(len(frame)) > 0.5, "no reads", "too few"))
    unit = frame["quantity"].str.startswith("mass").map({True: "mg", False: "share"})
    return frame.assign(assessable=known, reason=reason, unit=unit)


def written(table: pd.DataFrame, path, rows: int):
    pq.write_table(pa.Table.from_pandas(table), path, row_group_size=rows)
    return path


@pytest.mark.parametrize("at_once", [1, 2 * len(NUMBERS) * len(SAMPLES), 2**20])
@pytest.mark.parametrize("shuffled", [False, True])
def test_each_table_is_that_of_the_whole_file(tmp_path, monkeypatch, table, at_once, shuffled):
    monkeypatch.setattr(estimates, "AT_ONCE", at_once)
    stored = table.sample(frac=1, random_state=1) if shuffled else table
    order = pd.Index(SAMPLES[::-1])
    found = Estimates(written(stored, tmp_path / "q.parquet", 7), order, ["balance", "share:a"])
    assert sorted(found.names) == sorted(QUANTITIES)
    for name in [*found.names, *found.names[::-1]]:
        expected = table[table["quantity"] == name].set_index("sample").loc[order]
        told = found.table(name)
        expected = expected[list(told.columns)].astype({"unit": "category", "reason": "category"})
        pd.testing.assert_frame_equal(told, expected, check_categorical=False, check_names=False)


def test_the_file_is_read_once_where_all_may_be_held_and_in_turns_else(
    tmp_path, monkeypatch, table
):
    path = written(table, tmp_path / "q.parquet", 10)
    reads = {}
    for at_once in (2**20, 2 * len(NUMBERS) * len(SAMPLES)):
        monkeypatch.setattr(estimates, "AT_ONCE", at_once)
        found = Estimates(path, pd.Index(SAMPLES), ["balance"])
        seen = []
        read = found._read
        monkeypatch.setattr(
            found, "_read", lambda names, read=read, seen=seen: seen.append(1) or read(names)
        )
        for name in found.names:
            found.table(name)
        reads[at_once] = len(seen)
    assert list(reads.values()) == [2, 3]


def test_of_the_first_samples_no_more_is_read_than_holds_them(tmp_path, monkeypatch, table):
    path = written(table, tmp_path / "q.parquet", len(QUANTITIES))  # a sample in each part
    found = Estimates(path, pd.Index(SAMPLES[:2]), QUANTITIES, LISTED_NUMBERS)
    parts, seen = found._parts, []
    counted = lambda columns: (seen.append(1) or part for part in parts(columns))  # noqa: E731
    monkeypatch.setattr(found, "_parts", counted)
    told = found.table("share:a")
    expected = table[table["quantity"] == "share:a"].set_index("sample").loc[SAMPLES[:2]]
    pd.testing.assert_frame_equal(
        told[list(LISTED_NUMBERS)], expected[list(LISTED_NUMBERS)], check_names=False
    )
    assert len(seen) == 2
