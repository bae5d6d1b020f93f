"""QIIME 2 artifacts and what hides in archives: made here by hand, without QIIME 2."""

import gzip
import hashlib
import json
import zipfile

import biom
import numpy as np
import pytest

from tryptome.errors import FormatError
from tryptome.ingest import load_cohort
from tryptome.ingest.archive import SMALL
from tryptome.ingest.metadata import read_metadata
from tryptome.ingest.taxonomy import read_taxonomy
from tryptome.tables import write_biom

ROOT = "21184fc9-6616-47d6-9ab8-725ccc742c44"
SEQUENCES = ["ACGT" * 20, "TTGA" * 20]


@pytest.fixture
def table():
    hashes = [hashlib.md5(name.encode()).hexdigest() for name in SEQUENCES]
    return biom.Table(np.array([[1, 0, 5], [2, 7, 0]]), hashes, ["001", "S-2", "ü"])


@pytest.fixture
def content(table, tmp_path):
    write_biom(table, tmp_path / "content.biom")
    return (tmp_path / "content.biom").read_bytes()


def described(kind):
    return f"uuid: {ROOT}\ntype: {kind}\nformat: BIOMV210DirFmt\n"


def pack(path, kind, files, root=ROOT, method=zipfile.ZIP_DEFLATED):
    """Write an artifact: its description of itself, and files below its root."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(f"{root}/VERSION", "QIIME 2\narchive: 5\nframework: 2023.9.0\n")
        archive.writestr(f"{root}/metadata.yaml", described(kind))
        for name, text in files.items():
            archive.writestr(name if isinstance(name, zipfile.ZipInfo) else f"{root}/{name}", text)
    return path


@pytest.fixture
def artifact(content, tmp_path):
    files = {"data/feature-table.biom": content, "provenance/VERSION": "QIIME 2\n"}
    return pack(tmp_path / "table.zip", "FeatureTable[Frequency]", files)


def test_table(artifact, table):
    cohort = load_cohort(artifact)
    assert cohort.table.features == list(table.ids("observation"))
    assert cohort.table.samples == list(table.ids())
    np.testing.assert_array_equal(cohort.table.values.toarray(), table.matrix_data.toarray())
    assert cohort.ledger["format"] == "QIIME 2 artifact FeatureTable[Frequency], BIOM 2.1 (HDF5)"
    assert cohort.ledger["values"] == "counts"


def test_gzipped_as_well(artifact, tmp_path):
    packed = tmp_path / "table.qza.gz"
    packed.write_bytes(gzip.compress(artifact.read_bytes()))
    assert load_cohort(packed).ledger["total"] == 15


def test_json_inside(table, tmp_path):
    files = {"data/feature-table.biom": table.to_json("tests")}
    path = pack(tmp_path / "table.qza", "FeatureTable[Frequency]", files)
    assert load_cohort(path).ledger["format"].endswith("BIOM 1.0 (JSON)")


def test_relative_frequency_is_said(content, tmp_path):
    files = {"data/feature-table.biom": content}
    path = pack(tmp_path / "table.qza", "FeatureTable[RelativeFrequency]", files)
    ledger = load_cohort(path).ledger
    # The values are whole numbers: only the artifact's type tells.
    assert ledger["values"] == "relative"
    assert "relative abundances: so the file says" in ledger["notes"]
    assert load_cohort(path, values="counts").ledger["values"] == "counts"


@pytest.mark.parametrize(
    ("kind", "match"),
    [
        ("FeatureTable[PresenceAbsence]", "not how abundant they are"),
        ("FeatureTable[Composition]", "a pseudocount was added"),
        ("FeatureTable[Balance]", "log-ratios"),
        ("FeatureData[Sequence]", "of type FeatureData.Sequence., and no table"),
        ("SampleData[AlphaDiversity]", "which is not read"),
        ("Visualization", "which is not read"),
    ],
)
def test_other_types_are_refused_with_the_reason(content, tmp_path, kind, match):
    files = {"data/feature-table.biom": content, "data/dna-sequences.fasta": ">a\nACGT\n"}
    path = pack(tmp_path / "table.qza", kind, files)
    with pytest.raises(FormatError, match=match) as caught:
        load_cohort(path)
    assert kind in caught.value.what
    assert caught.value.remedy


def test_taxonomy_whose_ids_are_the_sequences_of_hashes(artifact, tmp_path):
    rows = [f"{name}\tk__Bacteria; g__G{i}\t0.9" for i, name in enumerate(SEQUENCES)]
    files = {"data/taxonomy.tsv": "\n".join(["Feature ID\tTaxon\tConfidence", *rows])}
    taxonomy = pack(tmp_path / "taxonomy.qza", "FeatureData[Taxonomy]", files)
    cohort = load_cohort(artifact, taxonomy)
    assert list(cohort.features["lineage"]) == ["k__Bacteria; g__G0", "k__Bacteria; g__G1"]
    assert "MD5 hashes are the ids of 2 features" in " ".join(cohort.ledger["notes"])


def test_metadata(tmp_path):
    files = {"data/metadata.tsv": "id\tg\n#q2:types\tcategorical\nS1\tx\n"}
    path = pack(tmp_path / "metadata.qza", "ImmutableMetadata", files)
    assert read_metadata(path).rows == [["S1", "x"]]


@pytest.mark.parametrize(("read", "role"), [(read_taxonomy, "taxonomy"), (read_metadata, "metad")])
def test_an_artifact_of_another_role(artifact, read, role):
    with pytest.raises(FormatError, match=rf"FeatureTable.Frequency., and no {role}"):
        read(artifact)


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/evil", f"{ROOT}/../../evil", "..\\evil", "C:\\evil"]
)
def test_names_outside_of_the_archive(content, tmp_path, name):
    files = {zipfile.ZipInfo(name): "x", "data/feature-table.biom": content}
    path = pack(tmp_path / "table.qza", "FeatureTable[Frequency]", files)
    with pytest.raises(FormatError, match="lies outside of the archive"):
        load_cohort(path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["content.biom", "table.qza"]


def test_links_are_refused(tmp_path):
    link = zipfile.ZipInfo(f"{ROOT}/data/feature-table.biom")
    link.external_attr = 0o120777 << 16
    path = pack(tmp_path / "table.qza", "FeatureTable[Frequency]", {link: "/etc/passwd"})
    with pytest.raises(FormatError, match="is a link"):
        load_cohort(path)


def test_two_files_of_one_name(content, tmp_path):
    twice = zipfile.ZipInfo(f"{ROOT}/data/feature-table.biom")
    files = {"data/feature-table.biom": content, twice: content}
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = pack(tmp_path / "table.qza", "FeatureTable[Frequency]", files)
    with pytest.raises(FormatError, match="two files of the same name"):
        load_cohort(path)


def test_bomb(tmp_path):
    files = {"data/feature-table.biom": b"\0" * (SMALL + 1)}
    path = pack(tmp_path / "table.qza", "FeatureTable[Frequency]", files)
    assert path.stat().st_size < SMALL / 500
    with pytest.raises(FormatError, match="unpacks to more than 200 times its size"):
        load_cohort(path)


def test_gzip_bomb_is_refused_by_its_ratio(tmp_path, monkeypatch):
    monkeypatch.setattr("tryptome.ingest.source.SMALL", 2**16)
    path = tmp_path / "table.tsv.gz"
    path.write_bytes(gzip.compress(b"#OTU ID\tS1\n" + b"0\t" * 2**20))
    with pytest.raises(FormatError, match="unpacks to more than"):
        load_cohort(path)


def test_size_that_the_archive_hides(artifact):
    """The entry says a smaller size than it unpacks to."""
    content = bytearray(artifact.read_bytes())
    name = b"data/feature-table.biom"
    entry = content.rindex(name) - 46 - len(ROOT) - 1
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    artifact.write_bytes(content)
    with pytest.raises(FormatError, match=r"damaged|truncated"):
        load_cohort(artifact)


@pytest.mark.parametrize("kept", [40, 0.3, 0.7, 0.99])
def test_truncated(artifact, kept):
    content = artifact.read_bytes()
    artifact.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    with pytest.raises(FormatError) as caught:
        load_cohort(artifact)
    assert caught.value.place == str(artifact)


@pytest.mark.parametrize(
    ("description", "match"),
    [
        ("type: !!python/object/apply:os.system ['touch evil']", "names no type"),
        ("a: &a [x, x]\nb: &b [*a, *a]\ntype: [*b, *b]", "names no type"),
        ("[" * 10_000, "cannot be read"),
        ("type: [FeatureTable]", "names no type"),
        ("uuid: 1", "names no type"),
        ("\x00", "cannot be read"),
    ],
)
def test_description_that_is_none(content, tmp_path, description, match, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("table.qza", "w") as archive:
        archive.writestr(f"{ROOT}/metadata.yaml", description)
        archive.writestr(f"{ROOT}/data/feature-table.biom", content)
    with pytest.raises(FormatError, match=match):
        load_cohort("table.qza")
    assert not (tmp_path / "evil").exists()


def test_archive_that_is_neither_artifact_nor_workbook(tmp_path):
    path = tmp_path / "table.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("table.tsv", "OTU\tS1\nOtu1\t1\n")
    for read in (load_cohort, read_taxonomy, read_metadata):
        with pytest.raises(FormatError, match="zip archive") as caught:
            read(path)
        assert "unpack" in caught.value.remedy


def test_files_beside_the_root(content, tmp_path):
    other = zipfile.ZipInfo("another/file")
    files = {"data/feature-table.biom": content, other: "x"}
    path = pack(tmp_path / "table.qza", "FeatureTable[Frequency]", files)
    with pytest.raises(FormatError, match="not all of it lies in one folder"):
        load_cohort(path)


def test_json_bomb_inside(tmp_path):
    text = json.dumps({"rows": []})[:-1] + ', "data": ' + "[" * 200_000
    path = pack(
        tmp_path / "table.qza", "FeatureTable[Frequency]", {"data/feature-table.biom": text}
    )
    with pytest.raises(FormatError, match="damaged or truncated"):
        load_cohort(path)


@pytest.mark.parametrize("content", [b"0\t" * 2**16, b'"\n"\t' * 2**15])
def test_a_row_without_end(tmp_path, monkeypatch, content):
    monkeypatch.setattr("tryptome.ingest.source.MAX_LINE", 2**16)
    monkeypatch.setattr("tryptome.ingest.fields.MAX_LINE", 2**16)
    path = tmp_path / "table.tsv"
    path.write_bytes(b"#OTU ID\tS1\nOtu1\t1\n" + content)
    with pytest.raises(FormatError, match="more than 0 million characters"):
        load_cohort(path)


def test_what_is_held_in_memory_is_bounded(artifact, content, tmp_path, monkeypatch):
    monkeypatch.setattr("tryptome.ingest.source.MAX_HELD", 1000)
    for name, packed in (("table.qza.gz", artifact.read_bytes()), ("table.biom.gz", content)):
        path = tmp_path / name
        path.write_bytes(gzip.compress(packed))
        with pytest.raises(FormatError, match="is not read in order"):
            load_cohort(path)
