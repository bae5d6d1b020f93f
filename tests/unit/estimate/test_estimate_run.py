"""A cohort is worked out in parts, whose size does not matter."""

import numpy as np
import pandas as pd
import pytest

from stages import annotated
from tryptome.estimate import cohort as cohorts
from tryptome.estimate.run import run
from tryptome.paths import resource
from tryptome.tables import read_parquet, read_tsv

TEXT = ("accounting.tsv", "depth.tsv", "applicability.tsv", "budget.tsv", "scenario_checks.tsv")
FILES = ("composition.biom", "quantities.parquet", "contributions.parquet", *TEXT)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    folder = tmp_path_factory.mktemp("before")
    demo = resource("demo", "david2014.biom")
    metadata = str(resource("demo", "david2014.tsv"))
    return annotated(folder, demo, metadata=metadata)


def made(folder, before, **settings):
    folder.mkdir()
    run(
        before["table.biom"], before["ledger.json"], before["samples.tsv"],
        before["resolution.tsv"], before["capabilities.parquet"], before["copy_number.parquet"],
        **{f"{name.split('.')[0]}_out": str(folder / name) for name in FILES},
        copy_number_correction=True, min_assessable=0.5, cover=0.95, **settings,
    )  # fmt: skip
    return folder


@pytest.mark.parametrize("form", ["samples", "groups"])
def test_parts_of_any_size_give_the_same_files(tmp_path, before, monkeypatch, form):
    whole = made(tmp_path / "whole", before, contributions=form)
    monkeypatch.setattr(cohorts, "PART", 50)
    parts = made(tmp_path / "parts", before, contributions=form, threads=2)
    for name in TEXT:
        assert (whole / name).read_bytes() == (parts / name).read_bytes(), name
    assert (whole / "composition.biom").stat().st_size > 10_000
    quantities = [read_parquet(folder / "quantities.parquet") for folder in (whole, parts)]
    pd.testing.assert_frame_equal(*quantities, rtol=1e-12)  # the last digit of logarithms
    one, two = (read_parquet(folder / "contributions.parquet") for folder in (whole, parts))
    keys = ["taxon", "quantity", "sample" if form == "samples" else "group"]
    assert one[keys].equals(two[keys])
    # Sums over groups are added in another order.
    np.testing.assert_allclose(one["mean"], two["mean"], rtol=1e-12)
    assert list(quantities[1]["sample"].unique()) == list(read_tsv(before["samples.tsv"])["sample"])
    # Each part is ranked among the whole cohort.
    ranked = quantities[1][quantities[1]["quantity"].str.startswith("faecal:")].dropna(
        subset="mean"
    )
    assert ranked.groupby("quantity")["mean"].mean().between(0.4, 0.6).all()
