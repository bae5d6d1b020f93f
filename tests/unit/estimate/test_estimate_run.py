"""A cohort is worked out in parts, whose size does not matter, and in shards."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages import annotated
from tryptome.estimate import slices
from tryptome.estimate.run import run
from tryptome.estimate.shards import run_shard, run_survey
from tryptome.paths import resource
from tryptome.tables import read_parquet, read_tsv

TEXT = ("accounting.tsv", "depth.tsv", "applicability.tsv", "budget.tsv", "scenario_checks.tsv")
INPUTS = (
    "table.biom", "ledger.json", "samples.tsv",
    "resolution.tsv", "capabilities.parquet", "copy_number.parquet",
)  # fmt: skip
SETTINGS = {"copy_number_correction": True, "min_assessable": 0.5, "cover": 0.95}
SHARDS = 3
"""Of four blocks."""
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
        *(before[name] for name in INPUTS),
        **{f"{name.split('.')[0]}_out": str(folder / name) for name in FILES},
        **SETTINGS,
        **settings,
    )
    return folder


@pytest.mark.parametrize("form", ["samples", "groups"])
def test_parts_of_any_size_give_the_same_files(tmp_path, before, monkeypatch, form):
    whole = made(tmp_path / "whole", before, contributions=form)
    monkeypatch.setattr(slices, "PART", 50)
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


@pytest.mark.parametrize("form", ["samples", "groups"])
def test_shards_give_the_bytes_of_one_job(tmp_path, before, monkeypatch, form):
    monkeypatch.setattr(slices, "PART", 32)
    monkeypatch.setattr(slices, "BLOCK", 2)
    settings = {"contributions": form, "groups": ["phase"], "subject_column": "person"}
    whole = made(tmp_path / "whole", before, **settings)
    given = {Path(name).stem: before[name] for name in INPUTS} | SETTINGS | settings
    survey, budget = str(tmp_path / "survey"), str(tmp_path / "budget.tsv")
    run_survey(survey_out=survey, budget_out=budget, **given)
    folders = [str(tmp_path / f"shard{number}") for number in range(SHARDS)]
    for number in reversed(range(SHARDS)):
        run_shard(survey=survey, shard_out=folders[number], number=number, shards=SHARDS, **given)
    joined = made(tmp_path / "joined", before, divided=budget, shards=folders, **settings)
    for name in FILES:
        assert (whole / name).read_bytes() == (joined / name).read_bytes(), name
    assert read_parquet(joined / "quantities.parquet")["sample"].nunique() > 100
