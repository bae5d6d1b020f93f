"""Means of the estimates read part by part: against the file read whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tryptome.tables import parquet_parts
from tryptome.values import read_values

QUANTITIES = ["share:b", "balance", "share:a"]


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    samples = [f"s{number}" for number in range(11)]
    rows = pd.MultiIndex.from_product([samples, QUANTITIES], names=["sample", "quantity"])
    frame = pd.DataFrame(index=rows).reset_index()
    frame["mean"] = rng.normal(size=len(frame))
    frame["reason"] = rng.choice(["", "no reads", "too few cells"], len(frame))
    frame.loc[frame["reason"] != "", "mean"] = np.nan
    units = {"share:a": "share", "share:b": "share", "balance": "log2"}
    return frame.assign(unit=frame["quantity"].map(units))


def _place(column: pd.Series) -> pd.Series:
    """Order of samples as they are, or of quantities as of the first sample."""
    first = column.drop_duplicates().tolist()
    return column.map(first.index)


@pytest.mark.parametrize("order", ["sample", "quantity"])
@pytest.mark.parametrize("wanted", [QUANTITIES, ["share:a", "share:b"], ["balance"], []])
def test_values_are_those_of_the_whole_file(tmp_path, table, wanted, order):
    path = str(tmp_path / "quantities.parquet")
    with parquet_parts(path) as append:
        for samples in (slice(0, 12), slice(12, 18), slice(18, 33)):
            append(table.iloc[samples].sort_values(order, key=_place, kind="stable"))
    found = read_values(path, wanted=lambda name: name in wanted)
    kept = [name for name in QUANTITIES if name in wanted]
    assert list(found.quantities) == kept
    assert found.units == tuple("log2" if name == "balance" else "share" for name in kept)
    wide = table.pivot(index="sample", columns="quantity", values=["mean", "reason"])
    wide = wide.loc[list(found.samples)]
    assert found.samples == (tuple(table["sample"].unique()) if kept else ())
    np.testing.assert_array_equal(found.mean, wide["mean"][kept].to_numpy(float))
    said = np.array(found.words, dtype=object)[found.reason]
    np.testing.assert_array_equal(said, wide["reason"][kept].to_numpy(object))
    turned = found.of(found.samples[::-1])
    np.testing.assert_array_equal(turned.mean, found.mean[::-1])
