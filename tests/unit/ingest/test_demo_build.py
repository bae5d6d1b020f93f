"""The embedded demo: what it holds, and that it can be derived again."""

import gzip
import importlib.util
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tryptome.paths import resource, share
from tryptome.tables import read_biom, read_tsv

FILES = ("david2014.biom", "david2014.tsv", "david2014.persons.tsv")


@pytest.fixture(scope="module")
def raw() -> Path:
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    return Path(os.environ["TRYPTOME_DATA"], "formats", "mothur_david_diet")


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location(
        "demo_build", share() / "maintain" / "demo_build.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_demo_is_small():
    assert sum(path.stat().st_size for path in resource("demo").iterdir()) < 2**20


def test_phases_follow_days():
    metadata = read_tsv(resource("demo", "david2014.tsv"), numeric=("day",))
    range_of = metadata.groupby("phase")["day"].agg(["min", "max"])
    assert range_of.loc["baseline", "max"] == -1
    assert tuple(range_of.loc["diet"]) == (0, 4)
    assert range_of.loc["washout", "min"] == 5
    assert list(metadata["sample"]) == list(read_biom(resource("demo", "david2014.biom")).ids())


def test_eleven_persons_of_whom_nine_are_in_both_arms():
    metadata = read_tsv(resource("demo", "david2014.tsv"))
    arms = metadata.groupby("person")["diet"].nunique()
    assert len(arms) == 11
    assert list(arms[arms == 1].index) == ["P07", "P11"]
    assert (metadata.groupby("subject")["person"].nunique() == 1).all()


def test_codes_of_one_person_must_be_mutually_nearest(build):
    abundance = pd.DataFrame(
        [[9.0, 1.0], [1.0, 9.0], [1.0, 9.0], [9.0, 1.0]], index=list("abcd"), columns=["x", "y"]
    )
    metadata = pd.DataFrame(
        {
            "sample": list("abcd"),
            "subject": ["Plant1", "Plant2", "Animal1", "Animal2"],
            "phase": "baseline",
        }
    )
    with pytest.raises(ValueError, match="number 1 are not the most alike"):
        build.persons(abundance, metadata)


@pytest.mark.data
def test_rebuilding_gives_the_same_bytes(build, raw, tmp_path):
    build.build(raw, tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == resource("demo", name).read_bytes(), name


@pytest.mark.data
def test_every_count_of_the_raw_table_is_kept(raw):
    with gzip.open(raw / "abundance.csv.gz", "rt") as handle:
        next(handle)
        depth = {}
        for line in handle:
            name, *counts = line.rstrip("\n").split(",")
            depth[name.strip('"')] = sum(map(int, counts))
    table = read_biom(resource("demo", "david2014.biom"))
    assert table.shape == (184, 236)
    assert sum(depth.values()) == table.sum() == 9_932_678
    np.testing.assert_array_equal(table.sum("sample"), [depth[name] for name in table.ids()])
