"""Samples are counted before a table is read; a large cohort has shards."""

import gzip
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from tryptome.config.model import Cohort
from tryptome.estimate.slices import BLOCK, PART, shard
from tryptome.paths import STAGES
from tryptome.workflow import Plan, plan
from tryptome.workflow.samples import MOST, samples_in, shards_for

SAMPLES = 60_000
HEADER = "\t".join(["feature", *(f"S{number}" for number in range(SAMPLES))])
TEXT = f"# Constructed from a biom file\n{HEADER}\nk__A;p__B{chr(9) + '1'}\n"
LINES = "sample\ta\tb\n" + "S\t1\t2\n" * SAMPLES


def counted(path, content: bytes, **settings):
    path.write_bytes(content)
    return samples_in(Cohort(table=str(path), **settings))


def test_samples_of_text_are_columns_or_lines(tmp_path):
    path = tmp_path / "table.tsv"
    for content in (TEXT.encode(), gzip.compress(TEXT.encode())):
        assert counted(path, content) == pytest.approx(SAMPLES, abs=1)
    by_rows = {"orientation": "samples_as_rows"}
    assert counted(path, LINES.encode(), **by_rows) == pytest.approx(SAMPLES, abs=1)


def test_samples_of_hdf5_are_read_of_its_shape(tmp_path):
    path = tmp_path / "table.biom"
    with h5py.File(path, "w") as handle:
        handle.attrs["shape"] = (7, SAMPLES)
    assert samples_in(Cohort(table=str(path))) == SAMPLES


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b'{"shape": [1, 2]}', b"\x89HDF\r\n\x1a\n broken", b"\x1f\x8b broken"],
)
def test_what_does_not_say_how_many_is_not_known(tmp_path, content):
    assert counted(tmp_path / "table", content) is None
    assert samples_in(Cohort(table=str(tmp_path / "gone"))) is None


@pytest.mark.parametrize("shards", [2, 3, 7])
@pytest.mark.parametrize("samples", [50_001, 98_305, 100_000, 999_999])
def test_shards_are_whole_blocks_that_make_up_the_cohort(samples, shards):
    found = [shard(samples, number, shards) for number in range(shards)]
    assert [one.start for one in found[1:]] == [one.stop for one in found[:-1]]
    assert (found[0].start, found[-1].stop) == (0, samples)
    assert all(one.start % (BLOCK * PART) == 0 for one in found)
    sizes = np.array([one.stop - one.start for one in found])
    assert sizes.max() - sizes.min() < 2 * BLOCK * PART
    assert sizes.min() > 0


@pytest.mark.parametrize("samples", [10, MOST, MOST + 1, 10_000_000])
def test_no_cohort_is_more_than_twelve_jobs(samples):
    shards = shards_for(samples)
    alone = len(STAGES)  # each one job
    assert alone + (shards + 1 if shards > 1 else 0) <= 12


def test_only_large_cohorts_are_sharded(tmp_path, monkeypatch):
    (tmp_path / "large.tsv").write_text(TEXT)
    (tmp_path / "small.tsv").write_text(TEXT.replace("S", ""))
    names = {"large": SimpleNamespace(cohort="large"), "small": SimpleNamespace(cohort="small")}
    content = {"cohorts": {name: {"table": str(tmp_path / f"{name}.tsv")} for name in names}}
    monkeypatch.setattr(plan, "ONE_SHARD", (tmp_path / "large.tsv").stat().st_size / 1e6 - 0.01)
    of = Plan.of(content)
    assert {name: of.shards(job) for name, job in names.items()} == {"large": 2, "small": 1}
    assert of.sharded(names["small"]) == {}
    assert len(of.sharded(names["large"])["shards"]) == 2
    assert of.any_sharded
    # One more job, of what was measured, would be the 13th.
    content["cohorts"]["large"]["measured"] = "measured.tsv"
    assert Plan.of(content).shards(names["large"]) == 1
    forced = Plan.of(content | {"estimate": {"shards": 3}})
    assert {forced.shards(job) for job in names.values()} == {3}
    # Results do not depend on it, so nothing but the shards is told of it.
    for job in names.values():
        assert forced.estimate(job) == of.estimate(job) == of.estimate_survey(job)
        assert forced.report(job) == of.report(job)


def test_a_shard_asks_for_its_part_and_knows_the_settings_of_all(tmp_path):
    (tmp_path / "table.tsv").write_bytes(b"0" * 6_000_000)
    cohort = {"table": str(tmp_path / "table.tsv"), "groups": ["diet"]}
    of = Plan.of({"cohorts": {"a": cohort}, "estimate": {"shards": 4}})
    whole, part = SimpleNamespace(cohort="a"), SimpleNamespace(cohort="a", number="2")
    assert of.size(part) == of.size(whole) / 4
    # Contributions go by group where the cohort is large, however small its shards.
    assert of.estimate_shard(part) == of.estimate(whole) | {"number": 2, "shards": 4}
    assert "groups" in of.estimate(whole)
