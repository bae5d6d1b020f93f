"""KO and EC numbers come out of annotated genomes as they were put in."""

import gzip

import pytest
from Bio import SeqIO
from Bio.Seq import Seq
from Bio.SeqFeature import SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from tryptome.errors import FormatError, MissingFileError
from tryptome.extend import annotations
from tryptome.extend.annotations import check_annotation, read_annotation

EGGNOG = "## emapper-2.1\n#query\tseed_ortholog\tEC\tKEGG_ko\tPFAMs\n{rows}## 2 queries scanned\n"


def genbank(path, *genes, kind="CDS"):
    """Write a GenBank file of genes with these qualifiers, by Biopython."""
    record = SeqRecord(Seq("ATG" * 100), id="c1", name="c1", annotations={"molecule_type": "DNA"})
    record.features = [
        SeqFeature(SimpleLocation(9 * i, 9 * i + 9, strand=1), type=kind, qualifiers=qualifiers)
        for i, qualifiers in enumerate(genes)
    ]
    SeqIO.write([record], path, "genbank")
    return path


def test_genbank_numbers_are_read_from_every_usual_place(tmp_path):
    path = genbank(
        tmp_path / "a.gbk",
        {"product": "tryptophanase", "EC_number": ["4.1.99.1", "1.1.1.-"]},
        {"db_xref": ["KO:K00929", "GI:123"], "note": "see EC:2.7.2.7"},
        {"em_KEGG_ko": ["ko:K00634"]},
        {"EC_number": ["2.7.2.1"], "pseudo": [""]},
        {"product": "K12345-like protein 9.9.9.9"},
    )
    found = read_annotation(path, "genbank")
    assert found.numbers == {"4.1.99.1", "K00929", "2.7.2.7", "K00634"}
    assert found.kinds == {"ko", "ec"}


def test_a_genome_annotated_by_ec_alone_says_nothing_of_ko(tmp_path):
    path = genbank(tmp_path / "a.gbk", {"EC_number": ["4.1.99.1"]})
    assert read_annotation(path, "genbank").kinds == {"ec"}


def test_a_compressed_genome_is_the_same_genome(tmp_path):
    plain = genbank(tmp_path / "a.gbk", {"EC_number": ["4.1.99.1"]})
    packed = tmp_path / "a.gbk.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_annotation(packed, "genbank") == read_annotation(plain, "genbank")


def test_eggnog_rows_hold_several_numbers_or_none(tmp_path):
    path = tmp_path / "a.emapper.annotations"
    rows = "g1\tx\t4.1.99.1,1.2.-.-\tko:K01667,ko:K00001\tP\ng2\tx\t-\t-\t-\n"
    path.write_text(EGGNOG.format(rows=rows))
    found = read_annotation(path, "eggnog")
    assert found.numbers == {"4.1.99.1", "K01667", "K00001"}
    assert found.kinds == {"ko", "ec"}


@pytest.mark.parametrize(
    "text",
    [
        "g1\tK01667\ng2\ng3\tK00001\n",
        "#\tgene name\tKO\tthrshld\tscore\tE-value\tKO definition\n"
        "*\tg1\tK01667\t100\t200\t1e-9\ttnaA\n\tg1\tK09999\t100\t50\t1e-3\tx\n"
        "*\tg3\tK00001\t10\t20\t1e-9\tx\n",
        "# gene name  KO     thrshld  score   E-value KO definition\n"
        "* g1        K01667  100.00  200.0   1e-09 tryptophanase\n"
        "  g1        K09999  100.00   50.0   1e-03 other\n"
        "* g3        K00001   10.00   20.0   1e-09 x\n",
    ],
    ids=["mapper", "detail-tsv", "detail"],
)
def test_kofamscan_hits_above_their_threshold_count(tmp_path, text):
    path = tmp_path / "kofam.txt"
    path.write_text(text)
    found = read_annotation(path, "kofamscan")
    assert found.numbers == {"K01667", "K00001"}
    assert found.kinds == {"ko"}


@pytest.mark.parametrize("format", ["genbank", "eggnog", "kofamscan"])
@pytest.mark.parametrize("text", ["", ">seq\nACGT\n", "a,b\n1,2\n", "LOCUS nonsense\n//\n"])
def test_a_file_of_another_format_is_refused(tmp_path, format, text):
    path = tmp_path / "a.txt"
    path.write_text(text)
    with pytest.raises(FormatError) as caught:
        read_annotation(path, format)
    assert str(path) in str(caught.value)
    with pytest.raises(FormatError) as told_early:
        check_annotation(path, format)
    assert str(path) in str(told_early.value)


def test_a_genome_without_features_is_refused(tmp_path):
    with pytest.raises(FormatError, match="no features of the type CDS"):
        read_annotation(genbank(tmp_path / "a.gbk"), "genbank")
    with pytest.raises(FormatError, match="no features of the type CDS"):
        check_annotation(tmp_path / "a.gbk", "genbank")


def test_an_annotated_genome_passes_the_early_look(tmp_path):
    check_annotation(genbank(tmp_path / "a.gbk", {"EC_number": "4.1.99.1"}), "genbank")


def test_a_genome_without_numbers_is_refused(tmp_path):
    path = genbank(tmp_path / "a.gbk", {"product": "tryptophanase"})
    with pytest.raises(FormatError, match="no gene of this genome has a KO"):
        read_annotation(path, "genbank")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00binary", b"\x1f\x8bdamaged"])
def test_bytes_that_are_no_text_are_refused(tmp_path, content):
    path = tmp_path / "a.gbk"
    path.write_bytes(content)
    for read in (read_annotation, check_annotation):
        with pytest.raises(MissingFileError, match="cannot read the annotated genome"):
            read(path, "genbank")


def test_a_file_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(annotations, "MAX_SIZE", 1000)
    path = tmp_path / "a.gbk.gz"
    path.write_bytes(gzip.compress(b"a" * 1001))
    with pytest.raises(FormatError, match="has more than"):
        read_annotation(path, "genbank")
