"""Real cohorts, to exactly the dimensions and totals that were counted in their files."""

import os
import time
from pathlib import Path

import pytest

from tryptome.ingest import load_cohort

pytestmark = pytest.mark.data

COHORTS = {
    # Samples, genera and sums, counted with awk from the files as they are.
    "HE_INFANTS_MFGM_2019": (277, 295, 2_862_942),
    "JACOBS_IBD_FAMILIES_2016": (90, 508, 48_216_127),
    "KANG_AUTISM_2017": (44, 321, 825_105),
    "KIM_ADENOMAS_2020": (240, 499, 5_173_146),
    "POYET_BIO_ML_2019": (164, 353, 5_299_002),
    "SINHA_CRC_2016": (131, 86, 131),
    "WANDRO_PRETERMS_2018": (75, 82, 2_053_729),
}


@pytest.fixture(scope="module")
def data():
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    return Path(os.environ["TRYPTOME_DATA"])


@pytest.mark.parametrize("name", COHORTS)
def test_paired_cohorts(data, name):
    folder = data / "cohorts" / name
    (table,) = folder.glob("genera*.tsv")
    cohort = load_cohort(table, metadata=folder / "metadata.tsv")
    ledger = cohort.ledger
    assert (ledger["samples_out"], ledger["features_out"]) == COHORTS[name][:2]
    assert ledger["total"] == pytest.approx(COHORTS[name][2], abs=1e-3)
    assert ledger["sample_column"] == "Sample"
    assert ledger["samples_without_metadata"] == ledger["metadata_without_samples"] == []
    assert ledger["values"] == ("relative" if name.startswith("SINHA") else "counts")
    assert ledger["orientation"] == "samples_as_rows"
    with table.open() as handle:
        assert cohort.table.features == handle.readline().rstrip("\n").split("\t")[1:]


def test_trailing_blank_of_a_group_is_kept(data):
    folder = data / "cohorts" / "KANG_AUTISM_2017"
    cohort = load_cohort(folder / "genera.counts.tsv", metadata=folder / "metadata.tsv")
    assert (cohort.samples["Study.Group"] == "Autistic ").sum() == 23


def test_metadata_that_are_not_of_the_table(data):
    cohort = load_cohort(
        data / "formats" / "hmp2_closedref" / "all_samples_taxonomy_closed_reference.tsv",
        metadata=data / "formats" / "hmp2_closedref" / "metadata_recoded.txt",
    )
    assert len(cohort.ledger["samples_without_metadata"]) == 5
    assert len(cohort.samples) == 183


def test_large_table_in_seconds(data):
    begin = time.perf_counter()
    ledger = load_cohort(data / "large" / "TwinsUK.biom.gz").ledger
    assert (ledger["samples_out"], ledger["features_out"]) == (1024, 8480)
    assert time.perf_counter() - begin < 5
