"""What jobs ask of a cluster: more for larger inputs, twice as much after a failure."""

import gzip
import os
import zipfile
from types import SimpleNamespace

import pytest

from tryptome.workflow import Plan, resources
from tryptome.workflow.sizes import UNPACKED, megabytes

A_PARTITION_OF_AN_HOUR = 60
STAGES = (
    "ingest",
    "resolve",
    "annotate",
    "estimate",
    "compare",
    "community",
    "sensitivity",
    "report",
)


@pytest.fixture
def plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.tsv").write_bytes(b"0" * 1_000)
    (tmp_path / "large.tsv").write_bytes(b"0" * 40_000_000)
    (tmp_path / "packed.tsv.gz").write_bytes(gzip.compress(b"0\t1\n" * 25_000_000, 1))
    names = {"small": "small.tsv", "large": "large.tsv", "packed": "packed.tsv.gz", "gone": "x"}
    return Plan.of({"cohorts": {name: {"table": path} for name, path in names.items()}})


def asked(plan, stage, attempt=1, **wildcards):
    job = SimpleNamespace(**wildcards)
    return plan.mem_mb(stage)(job, attempt), plan.runtime(stage)(job, attempt)


@pytest.mark.parametrize("stage", STAGES)
def test_needs_grow_with_the_input_and_double_with_each_attempt(plan, stage):
    gone, small, large, packed = (
        asked(plan, stage, cohort=name) for name in ("gone", "small", "large", "packed")
    )
    for lesser, greater in ((small, large), (large, packed)):
        assert all(a < b for a, b in zip(lesser, greater, strict=True))
    assert all(a <= b for a, b in zip(gone, small, strict=True))
    assert asked(plan, stage, 2, cohort="large") == tuple(2 * value for value in large)


def test_only_a_large_cohort_is_estimated_by_two_threads_and_by_groups(plan):
    jobs = {name: SimpleNamespace(cohort=name) for name in ("small", "large", "packed")}
    threads = {name: plan.estimate_threads(job) for name, job in jobs.items()}
    assert threads == {"small": 1, "large": 1, "packed": 2}
    settings = {name: plan.estimate(job) for name, job in jobs.items()}
    # A change of groups reruns the estimates only where contributions may go by group.
    assert ["groups" in settings[name] for name in jobs] == [False, True, True]
    assert [settings[name].get("threads", 1) for name in jobs] == [1, 1, 2]


def test_estimates_of_a_large_cohort_ask_for_little(plan):
    # 100,000 samples: 74 MB of BIOM, 370 MB as text; 536 MiB were seen.
    assert 536 < resources.memory("estimate", 370, 1) < 2048


def test_surveys_and_shards_ask_for_three_times_what_was_seen():
    # MiB with 100,000 and 1,000,000 samples, 370 and 3,175 MB as text, in 3 and 21 shards.
    for size, shards, survey, shard in ((370, 3, 284, 376), (3175, 21, 1056, 840)):
        assert 3 * survey < resources.memory("estimate_survey", size, 1) < 4 * 1024
        assert 3 * shard < resources.memory("estimate_shard", size / shards, 1) < 3 * 1024


def test_half_of_a_million_samples_asks_for_three_times_what_a_million_took():
    # 1,313 MiB in one job; without more shards than two no job of the shards has more samples.
    assert 3 * 1313 < resources.memory("estimate_shard", 3175 / 2, 1) < 4.5 * 1024


def test_a_job_about_all_cohorts_asks_for_all_of_them(plan):
    assert asked(plan, "pool")[0] > asked(plan, "pool", cohort="packed")[0]


def test_a_small_cohort_fits_into_an_hour_at_first(plan):
    """Snakemake adds up the minutes of the stages that it makes one job of."""
    minutes = sum(asked(plan, stage, cohort="small")[1] for stage in STAGES)
    assert minutes <= A_PARTITION_OF_AN_HOUR
    assert all(isinstance(resources.minutes(stage, 0.3, 1), int) for stage in STAGES)


SEEN = {
    **{"ingest": (354, 4), "resolve": (250, 1), "annotate": (189, 1), "estimate": (406, 34)},
    **{"compare": (501, 32), "community": (496, 53), "sensitivity": (681, 72)},
    **{"export": (564, 94), "report": (640, 22)},
}
"""MiB and seconds of processor that 50,000 samples took, 194 MB as text."""


@pytest.mark.parametrize("stage", SEEN)
def test_fifty_thousand_samples_ask_for_three_times_what_they_took_and_little_more(stage):
    peak, seconds = SEEN[stage]
    assert 3 * peak < resources.memory(stage, 194, 1) < 2200
    assert 3 * seconds < 60 * resources.minutes(stage, 194, 1) < 1500


SEEN_OF_A_MILLION = {
    **{"compare": 1211, "community": 1408, "sensitivity": 1036, "report": 1408},
    **{"pool": 1451},
    **{"ingest": 607, "resolve": 284, "estimate": 1338},
}
"""MiB that 1,000,000 samples took, 3,175 MB as text."""


@pytest.mark.parametrize("stage", SEEN_OF_A_MILLION)
def test_a_million_samples_ask_for_three_times_what_they_took(stage):
    assert 3 * SEEN_OF_A_MILLION[stage] < resources.memory(stage, 3175, 1)


SPARSE = b"".join(b"lineage %d\t" % row + b"0\t" * 5_000 + b"1\n" for row in range(300))


def sizes(path, content):
    path.write_bytes(content)
    return 1e6 * megabytes([path])


def test_packed_text_counts_as_what_it_holds(tmp_path):
    packed = gzip.compress(SPARSE, mtime=0)
    assert len(SPARSE) > 28 * len(packed)
    assert sizes(tmp_path / "one.tsv.gz", packed) == pytest.approx(len(SPARSE), rel=0.1)
    # The end of a file of many parts tells the size of the last one.
    many = gzip.compress(os.urandom(100_000)) + 20 * packed
    assert sizes(tmp_path / "many.tsv.gz", many) >= len(SPARSE)
    block = [SPARSE[at : at + 60_000] for at in range(0, len(SPARSE), 60_000)]
    blocks = b"".join(map(gzip.compress, block))
    assert sizes(tmp_path / "blocks.tsv.gz", blocks) == pytest.approx(len(SPARSE), rel=0.1)
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.tsv", SPARSE)
        archive.writestr("table.biom", b"0" * 1_000)
    assert 1e6 * megabytes([tmp_path / "z.zip"]) == len(SPARSE) + 1_000 * UNPACKED


@pytest.mark.parametrize("name", ["t.tsv.gz", "t.zip", "t.xlsx", "t.biom"])
def test_what_cannot_be_opened_counts_as_packed(tmp_path, name):
    assert sizes(tmp_path / name, b"neither the one nor the other") == 29 * UNPACKED


@pytest.mark.parametrize(
    ("found", "put"),
    [(b"name", b"\xff\xfe\xff\xfe"), (b"PK\x01\x02\x14\x03", b"PK\x01\x02\x14\x03\x63")],
)
def test_an_odd_archive_counts_as_packed(tmp_path, found, put):
    """Names that are no UTF-8, or an unknown version of zip: the plan is made all the same."""
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("nameé", "1")
    content = path.read_bytes()
    at = content.rindex(found)
    path.write_bytes(content[:at] + put + content[at + len(put) :])
    assert 1e6 * megabytes([path]) == len(content) * UNPACKED


def test_an_empty_file_counts_nothing(tmp_path):
    assert [sizes(tmp_path / name, b"") for name in ("a.tsv", "b.tsv.gz", "c.biom")] == [0, 0, 0]
