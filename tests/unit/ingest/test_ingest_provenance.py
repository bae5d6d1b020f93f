"""Every real file, read to the dimensions that an independent reader saw, or refused.

`provenance.tsv` beside this file has one row for each file of PROVENANCE.tsv:

- `read_as`: `table`, `taxonomy` or `metadata`;
- `with`: the taxonomy that goes with a table; for metadata the table that they describe, or the
  column of ids (else the first);
- `rows`: features of a table, or rows of a file, where the independent reader only counted lines
  (with comments, directives and repeated ranks, or without a first row that is no header);
- `refused`, `reason`: the error, and a regular expression that its message matches.
"""

import csv
import os
import re
from pathlib import Path

import pytest

from tryptome import errors
from tryptome.ingest import load_cohort
from tryptome.ingest.metadata import align, find_sample_column, read_metadata
from tryptome.ingest.taxonomy import assign, read_taxonomy

pytestmark = pytest.mark.data


def table_of(path):
    with path.open(newline="", encoding="utf-8") as handle:
        return {row["file"]: row for row in csv.DictReader(handle, delimiter="\t")}


EXPECTED = table_of(Path(__file__).with_name("provenance.tsv"))

READ = [name for name, row in EXPECTED.items() if not row["refused"]]
REFUSED = [name for name, row in EXPECTED.items() if row["refused"]]


@pytest.fixture(scope="module")
def formats():
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    return Path(os.environ["TRYPTOME_DATA"]) / "formats"


@pytest.fixture(scope="module")
def provenance(formats):
    return table_of(formats / "PROVENANCE.tsv")


def read(formats, name):
    """Read a file as what it is; give the ledger of a table, or the number of rows."""
    row = EXPECTED[name]
    path = formats / name
    if row["read_as"] == "table":
        return load_cohort(path, formats / row["with"] if row["with"] else None).ledger
    if row["read_as"] == "taxonomy":
        taxonomy = read_taxonomy(path)
        lineages, _ = assign(list(taxonomy.lineages), taxonomy)
        return len(lineages)
    if row["with"].startswith(name.split("/")[0]):
        return len(load_cohort(formats / row["with"], metadata=path).samples)
    metadata = read_metadata(path)
    column = row["with"] or metadata.columns[0]
    ids = metadata.values(column)
    return len(align(metadata, ids, find_sample_column(metadata, ids, [], column)).rows)


def test_every_file_is_expected(provenance):
    assert list(EXPECTED) == list(provenance)


@pytest.mark.parametrize("name", READ)
def test_read_to_its_dimensions(formats, provenance, name):
    seen, expected = provenance[name], EXPECTED[name]
    found = read(formats, name)
    rows = int(expected["rows"] or seen["n_features_or_rows"])
    if expected["read_as"] != "table":
        assert found == rows
        return
    assert found["features_out"] == rows
    note = seen["independent_reader_note"]
    # Profilers' reports are one sample each, and the independent reader only counted their lines.
    assert found["samples_out"] == int(seen["n_samples"] or 1)
    if total := re.search(r"total=([\d.e+]+)", note):
        # That reader summed every row of profiles, which repeat the same reads at every rank.
        everything = found.get("ranks", {}).get("sum_of_all_rows", found["total"])
        assert f"{everything:g}" == f"{float(total[1].rstrip('.')):g}"
        assert found["features_in"] == int(seen["n_features_or_rows"])
    if empty := re.search(r"empty_samples=(\d+)", note):
        assert len(found["empty_samples"]) == int(empty[1])


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_right_reason(formats, name):
    row = EXPECTED[name]
    with pytest.raises(getattr(errors, row["refused"]), match=row["reason"]) as caught:
        read(formats, name)
    assert caught.value.remedy
