"""Real files, to exactly the dimensions and totals that an independent reader saw."""

import csv
import os
import re
import time
from pathlib import Path

import pytest

from tryptome.errors import EmptyTableError, FormatError, ValueProblemError
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
READ = {
    "biom_format_tests/edgecase_issue_952.biom": None,
    "biom_format_tests/test.biom": None,
    "biom_format_tests/test.json": None,
    "biom_format_tests/test_grp_metadata.biom": None,
    "biom_spec_examples/min_dense_otu_table.biom": None,
    "biom_spec_examples/min_sparse_otu_table_hdf5.biom": None,
    "biom_spec_examples/rich_dense_otu_table.biom": None,
    "biom_spec_examples/rich_sparse_otu_table.biom": None,
    "biom_spec_examples/rich_sparse_otu_table_hdf5.biom": None,
    "calour_cfs/chronic-fatigue-syndrome.biom": None,
    "dada2_karelia/abundance.csv.gz": "dada2_karelia/dada2_placements.csv",
    "hmp2_closedref/all_samples_taxonomy_closed_reference.tsv": None,
    "mia_extdata/Aggregated_humanization2.biom": None,
    "mia_extdata/complete.biom": None,
    "mia_extdata/less_ranks.biom": None,
    "mia_extdata/more_ranks.biom": None,
    "mia_extdata/simple.biom": None,
    "mlrepo_turnbaugh_twins/gg__taxatable.txt": None,
    "mlrepo_turnbaugh_twins/refseq__taxatable.txt": None,
    "mothur_david_diet/abundance.csv.gz": "mothur_david_diet/mothur_placements.csv",
    "mothur_sze_crc/brim_genera_shared.csv": None,
    "q2_types_tests/feature-table-with-taxonomy-metadata_v210.biom": None,
    "q2_types_tests/feature-table_v100.biom": None,
}
REFUSED = {
    "biom_format_tests/empty.biom": (EmptyTableError, "0 features and 0 samples"),
    "biom_spec_examples/rich_dense_char.biom": (ValueProblemError, "holds text"),
    "mia_extdata/taxpasta_no_type.biom": (FormatError, "samples that it does not have"),
    "mothur_sze_crc/baxter_subsample_genera.csv": (FormatError, "no column of ids"),
    "mothur_sze_crc/brim.shared": (FormatError, "mothur"),
    "mia_extdata/table.qza": (FormatError, "QIIME 2 artifact"),
}


@pytest.fixture(scope="module")
def data():
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    return Path(os.environ["TRYPTOME_DATA"])


@pytest.fixture(scope="module")
def provenance(data):
    with (data / "formats" / "PROVENANCE.tsv").open(newline="") as handle:
        return {row["file"]: row for row in csv.DictReader(handle, delimiter="\t")}


@pytest.mark.parametrize("name", READ)
def test_dimensions_and_totals(data, provenance, name):
    taxonomy = READ[name] and data / "formats" / READ[name]
    ledger = load_cohort(data / "formats" / name, taxonomy).ledger
    row = provenance[name]
    assert ledger["samples_out"] == int(row["n_samples"])
    assert ledger["features_out"] == int(row["n_features_or_rows"])
    total = re.search(r"total=([\d.e+]+)", row["independent_reader_note"])
    assert f"{ledger['total']:g}" == f"{float(total[1].rstrip('.')):g}"
    empty = re.search(r"empty_samples=(\d+)", row["independent_reader_note"])
    assert len(ledger["empty_samples"]) == int(empty[1])


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_right_reason(data, name):
    error, reason = REFUSED[name]
    with pytest.raises(error, match=reason) as caught:
        load_cohort(data / "formats" / name)
    assert caught.value.remedy


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
