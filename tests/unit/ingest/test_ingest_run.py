"""What the stage writes: the contract of docs/files.md."""

import json

import biom
import numpy as np
import pytest

from tryptome.errors import OutputError
from tryptome.ingest.run import run
from tryptome.paths import resource
from tryptome.tables import read_biom, read_tsv

OUTPUTS = {
    "table_out": "table.biom",
    "features_out": "features.tsv",
    "samples_out": "samples.tsv",
    "ledger_out": "ledger.json",
}
CONTRACT = {
    "values",
    "format",
    "orientation",
    "samples_in",
    "samples_out",
    "features_in",
    "features_out",
    "total",
    "subject_column",
    "sample_column",
    "empty_samples",
    "samples_without_metadata",
    "metadata_without_samples",
    "notes",
}


def ingest(folder, table, **settings):
    run(str(table), **{key: str(folder / name) for key, name in OUTPUTS.items()}, **settings)
    return folder


@pytest.fixture
def demo(tmp_path):
    return ingest(
        tmp_path / "out",
        resource("demo", "david2014.biom"),
        metadata=str(resource("demo", "david2014.tsv")),
        orientation="auto",
        values="auto",
        sample_column=None,
        subject_column="person",
    )


def test_files_agree_with_each_other_and_with_the_input(demo):
    given = biom.load_table(str(resource("demo", "david2014.biom")))
    table = read_biom(demo / "table.biom")
    assert list(table.ids("observation")) == list(given.ids("observation"))
    assert list(table.ids()) == list(given.ids())
    np.testing.assert_array_equal(table.matrix_data.toarray(), given.matrix_data.toarray())
    features = read_tsv(demo / "features.tsv")
    assert list(features.columns) == ["feature", "lineage", "sequence"]
    assert list(features["feature"]) == list(table.ids("observation"))
    samples = read_tsv(demo / "samples.tsv")
    assert list(samples.columns) == ["sample", "subject", "person", "day", "diet", "phase"]
    assert list(samples["sample"]) == list(table.ids())


def test_ledger_holds_what_the_contract_says(demo):
    ledger = json.loads((demo / "ledger.json").read_text())
    assert set(ledger) >= CONTRACT
    assert ledger["samples_in"] == ledger["samples_out"] == 236
    assert ledger["features_in"] == ledger["features_out"] == 184
    assert ledger["total"] == 9_932_678
    assert ledger["subject_column"] == "person"
    assert ledger["empty_samples"] == ledger["samples_without_metadata"] == []


def test_same_bytes_each_time(demo, tmp_path):
    again = ingest(
        tmp_path / "again",
        resource("demo", "david2014.biom"),
        metadata=str(resource("demo", "david2014.tsv")),
        subject_column="person",
    )
    for name in OUTPUTS.values():
        assert (demo / name).read_bytes() == (again / name).read_bytes(), name


def test_odd_ids_survive_the_round_trip(tmp_path):
    (tmp_path / "t.csv").write_text(
        'OTU,"a ""b"", c",001,=> 1,<script>,ü\nOtu1,1,2,3,4,5\n"Otu 2",6,7,8,9,0\n'
    )
    ingest(tmp_path / "out", tmp_path / "t.csv")
    expected = ['a "b", c', "001", "=> 1", "<script>", "ü"]
    assert list(read_biom(tmp_path / "out" / "table.biom").ids()) == expected
    assert list(read_tsv(tmp_path / "out" / "samples.tsv")["sample"]) == expected


def test_output_that_cannot_be_written(tmp_path):
    (tmp_path / "t.tsv").write_text("OTU\tS1\nOtu1\t1\n")
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="cannot write"):
        ingest(tmp_path / "out", tmp_path / "t.tsv")
