"""Representative sequences: kept, checked against hashes, and used to find lineages."""

import gzip
import hashlib
import json

import pytest

from tryptome.errors import DuplicateIdError, FormatError, MismatchError, MissingFileError
from tryptome.ingest import load_cohort
from tryptome.ingest.run import run
from tryptome.tables import read_tsv

ONE, TWO = "ACGT" * 20, "TTGCA" * 16
LINEAGES = ("d__Bacteria;g__Blautia", "d__Bacteria;g__Bacteroides")


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def table(folder, ids):
    path = folder / "table.tsv"
    rows = [f"{name}\t{3 + k}\t{5 + k}\n" for k, name in enumerate(ids)]
    path.write_text("#OTU ID\ts1\ts2\n" + "".join(rows))
    return path


def fasta(folder, records, name="seqs.fasta"):
    path = folder / name
    path.write_text("".join(f">{i} some words\n{s[:30]}\n{s[30:]}\n" for i, s in records))
    return path


def taxonomy(folder, ids):
    path = folder / "taxonomy.tsv"
    rows = "".join(f"{i}\t{lineage}\n" for i, lineage in zip(ids, LINEAGES, strict=True))
    path.write_text("Feature ID\tTaxon\n" + rows)
    return path


def test_sequences_are_kept_with_their_features(tmp_path):
    ids = ["ASV1", "ASV2", "ASV3"]
    out = {f"{n}_out": str(tmp_path / n) for n in ("table", "features", "samples", "ledger")}
    given = fasta(tmp_path, [("ASV2", TWO), ("ASV1", ONE), ("other", "ACGTACGT")])
    run(str(table(tmp_path, ids)), sequences=str(given), **out)
    assert list(read_tsv(out["features_out"])["sequence"]) == [ONE, TWO, ""]
    ledger = json.loads((tmp_path / "ledger").read_text())
    assert ledger["sequences"] == {
        "given": 3, "matched": 2, "features_without_sequence": ["ASV3"], "not_md5": [],
    }  # fmt: skip


def test_without_a_file_only_ids_that_are_sequences_have_one(tmp_path):
    cohort = load_cohort(table(tmp_path, [ONE, TWO]))
    assert cohort.sequences == [ONE, TWO]
    assert cohort.ledger["sequences"] is None
    assert load_cohort(table(tmp_path, ["a", "b"])).sequences == ["", ""]


def test_hashes_are_checked(tmp_path):
    ids = [md5(ONE), md5(TWO)]
    good = fasta(tmp_path, [(md5(ONE), ONE), ("named otherwise", TWO)])
    assert load_cohort(table(tmp_path, ids), sequences=good).sequences == [ONE, TWO]
    mixed = fasta(tmp_path, [(md5(ONE), ONE), (md5(TWO), TWO[:-3])])
    cohort = load_cohort(table(tmp_path, ids), sequences=mixed)
    assert cohort.sequences == [ONE, ""]
    assert cohort.ledger["sequences"]["not_md5"] == [md5(TWO)]
    wrong = fasta(tmp_path, [(md5(ONE), TWO), (md5(TWO), ONE)], "wrong.fasta")
    with pytest.raises(MismatchError, match="none is the MD5 of its sequence"):
        load_cohort(table(tmp_path, [md5("x"), md5("y")]), sequences=fasta(
            tmp_path, [(md5("x"), ONE), (md5("y"), TWO)], "other.fasta"))  # fmt: skip
    # A sequence is where its hash says, whatever the record is called.
    assert load_cohort(table(tmp_path, ids), sequences=wrong).sequences == [ONE, TWO]


@pytest.mark.parametrize("key", [lambda s: s, md5], ids=["sequences", "hashes"])
def test_a_taxonomy_keyed_by_sequence_finds_its_features(tmp_path, key):
    cohort = load_cohort(
        table(tmp_path, ["ASV2", "ASV1"]),
        taxonomy(tmp_path, [key(ONE), key(TWO)]),
        sequences=fasta(tmp_path, [("ASV1", ONE), ("ASV2", TWO)]),
    )
    assert list(cohort.features["lineage"]) == [LINEAGES[1], LINEAGES[0]]
    assert any("through their sequences" in note for note in cohort.ledger["notes"])


def test_gzip_byte_order_mark_and_old_line_ends_are_read(tmp_path):
    path = tmp_path / "seqs.fasta.gz"
    text = f"\ufeff>ASV1\r{ONE}\r>ASV2\r{TWO}\r"
    path.write_bytes(gzip.compress(text.encode("utf-8")))
    assert load_cohort(table(tmp_path, ["ASV1", "ASV2"]), sequences=path).sequences == [ONE, TWO]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", FormatError, "not in FASTA format"),
        ("ACGT\n", FormatError, "not in FASTA format"),
        (">a\nACGT\n>a\nACGA\n", DuplicateIdError, "more than once"),
        (">a\nMKVL*\n", FormatError, "record `a`: the record has no id, or no sequence"),
        (">a\n>b\nACGT\n", FormatError, "record `a`"),
        (">\nACGT\n", FormatError, "the record has no id"),
        (">a\n" + "A" * 100_001, FormatError, "more than 100,000 letters"),
        (">z\nACGT\n", MismatchError, "no feature of the table has a sequence"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, content, error, message):
    path = tmp_path / "seqs.fasta"
    path.write_text(content)
    with pytest.raises(error, match=message) as caught:
        load_cohort(table(tmp_path, ["a", "b"]), sequences=path)
    assert "seqs.fasta" in caught.value.place
    assert caught.value.remedy


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(MissingFileError, match="does not exist"):
        load_cohort(table(tmp_path, ["a"]), sequences=tmp_path / "none.fasta")
