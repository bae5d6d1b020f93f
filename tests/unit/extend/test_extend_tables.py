"""A user's tables of evidence and genomes: what is wrong with them is said with its line."""

import pytest

from tryptome.errors import (
    DuplicateIdError,
    EmptyTableError,
    FormatError,
    MissingFileError,
    NameNotFoundError,
    ValueProblemError,
)
from tryptome.extend.tables import read_evidence, read_genomes
from tryptome.knowledge import load

EVIDENCE = "species\tcapability\tsource\tgenomes\tpositives\tcitation\n"
GENOMES = "genome\tspecies\tfile\tformat\tcompleteness\n"
GOOD = "Blautia obeum\tindole\tmylab\t3\t2\tA thesis\n"


def evidence(tmp_path, text):
    path = tmp_path / "evidence.tsv"
    path.write_text(text, encoding="utf-8")
    return read_evidence(path, load().capabilities, [s.name for s in load().sources])


def genomes(tmp_path, text):
    path = tmp_path / "genomes.tsv"
    path.write_text(text, encoding="utf-8")
    return read_genomes(path)


def test_a_row_is_read_as_it_stands(tmp_path):
    (claim,) = evidence(tmp_path, EVIDENCE + GOOD)
    assert (claim.organism.species, claim.capability, claim.source) == (
        "Blautia obeum", "indole", "mylab",
    )  # fmt: skip
    assert (claim.genomes, claim.positives, claim.citation) == (3, 2, "A thesis")


@pytest.mark.parametrize(
    ("row", "error", "told"),
    [
        ("Blautia obeum\tindol\tmylab\t3\t2\tx\n", NameNotFoundError, "did you mean `indole`"),
        ("Blautia obeum\ttrp_auxotrophy\tmylab\t3\t2\tx\n", NameNotFoundError, "trp_synthesis"),
        ("Blautia obeum\tindole\tmylab\t3\t4\tx\n", ValueProblemError, "4 of 3"),
        ("Blautia obeum\tindole\tmylab\t0\t0\tx\n", ValueProblemError, "0 of 0"),
        ("Blautia obeum\tindole\tmylab\t3\t-1\tx\n", ValueProblemError, "no count"),
        ("Blautia obeum\tindole\tmylab\t3\t1.5\tx\n", ValueProblemError, "no count"),
        ("Blautia obeum\tindole\tmylab\t3\t\u0663\tx\n", ValueProblemError, "no count"),
        ("Blautia obeum\tindole\tmylab\t3\t2\t \n", FormatError, "`citation` is empty"),
        ("Blautia obeum\tindole\tmcseed\t3\t2\tx\n", FormatError, "mcseed"),
        ("Blautia obeum\tindole\t../x\t3\t2\tx\n", FormatError, "source of yours"),
        ("\tindole\tmylab\t3\t2\tx\n", FormatError, "names no species"),
        ("Blautia obeum\tindole\tmylab\t3\t2\n", FormatError, "5 fields"),
        (f"{'B' * 10_001}\tindole\tmylab\t3\t2\tx\n", FormatError, "10,000 characters"),
        ("Blautia obeum\tbutyrate\tmylab\t3\t2\t=cmd()\n", FormatError, "as a formula"),
        (GOOD, DuplicateIdError, "line 2"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path, row, error, told):
    with pytest.raises(error) as caught:
        evidence(tmp_path, EVIDENCE + GOOD + row)
    assert "evidence.tsv, line 3" in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("", EmptyTableError, "empty"),
        (EVIDENCE, EmptyTableError, "no rows"),
        (EVIDENCE.replace("citation", "citaton") + GOOD, FormatError, "did you mean `citation`"),
        (EVIDENCE.replace("\tcitation", "") + GOOD, FormatError, "`citation` is missing"),
    ],
)
def test_a_wrong_header_is_told(tmp_path, text, error, told):
    with pytest.raises(error, match=told):
        evidence(tmp_path, text)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "evidence.tsv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(MissingFileError, match="UTF-8"):
        read_evidence(tmp_path / "evidence.tsv", load().capabilities, [])


@pytest.mark.parametrize(("text", "share"), [("1", 1), ("0.93", 0.93), ("93.1", 0.931)])
def test_completeness_is_a_share_or_a_percentage(tmp_path, text, share):
    (genome,) = genomes(tmp_path, f"{GENOMES}mag1\tBlautia obeum\ta.gbk\tgenbank\t{text}\n")
    assert genome.completeness == pytest.approx(share)


@pytest.mark.parametrize(
    ("row", "error", "told"),
    [
        ("mag2\tBlautia obeum\tb.gbk\tgenbank\t\n", FormatError, "`completeness` is empty"),
        ("mag2\tBlautia obeum\tb.gbk\tgenbank\t0\n", ValueProblemError, "no share"),
        ("mag2\tBlautia obeum\tb.gbk\tgenbank\t101\n", ValueProblemError, "no share"),
        ("mag2\tBlautia obeum\tb.gbk\tgenbank\tnan\n", ValueProblemError, "no share"),
        ("mag2\tBlautia obeum\tb.gbk\tgenebank\t1\n", FormatError, "did you mean `genbank`"),
        ("mag1\tBlautia obeum\tb.gbk\tgenbank\t1\n", DuplicateIdError, "line 2"),
        ("mag2\tBlautia obeum\ta.gbk\tgenbank\t1\n", DuplicateIdError, "this file"),
    ],
)
def test_a_wrong_genome_is_told_with_its_line(tmp_path, row, error, told):
    with pytest.raises(error) as caught:
        genomes(tmp_path, f"{GENOMES}mag1\tBlautia obeum\ta.gbk\tgenbank\t1\n{row}")
    assert "genomes.tsv, line 3" in str(caught.value)
    assert told in str(caught.value)
