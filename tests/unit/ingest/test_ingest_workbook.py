"""Excel workbooks: what is in their cells, and what is made to do harm."""

import datetime
import zipfile

import openpyxl
import pytest
from defusedxml import EntitiesForbidden

from tryptome.errors import EmptyTableError, FormatError, ValueProblemError
from tryptome.ingest import load_cohort
from tryptome.ingest.metadata import read_metadata
from tryptome.ingest.taxonomy import read_taxonomy

SHEET = "xl/worksheets/sheet1.xml"


def workbook(path, rows, **others):
    """Write a workbook with one sheet, or several."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for name, cells in others.items():
        sheet = made.create_sheet(name)
        for row in cells:
            sheet.append(row)
    made.save(path)
    return path


def rewrite(path, change, part=SHEET):
    """Change the text of one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


TABLE = [["OTU", "S1", "S2"], ["Otu1", 1, 0], ["Otu2", 3, 2.5]]


def test_table(tmp_path):
    path = workbook(tmp_path / "table.csv", TABLE)  # told by content, not by name
    cohort = load_cohort(path)
    assert cohort.table.features == ["Otu1", "Otu2"]
    assert cohort.table.samples == ["S1", "S2"]
    assert cohort.table.values.toarray().tolist() == [[1, 0], [3, 2.5]]
    assert cohort.ledger["format"] == "Excel workbook"


def test_metadata_as_text(tmp_path):
    day = datetime.datetime(2020, 1, 5)
    rows = [
        ["sample", "age", "day", "smokes", "note", "share"],
        ["001", 31, day, True, None, 0.1],
        [2, 40.0, day.replace(hour=6), False, "a,b", 1e-7],
    ]
    path = workbook(tmp_path / "metadata.xlsx", rows)
    metadata = read_metadata(path)
    assert "2 cells are dates for Excel; written as 2020-01-31" in metadata.notes
    assert metadata.rows == [
        ["001", "31", "2020-01-05", "TRUE", "", "0.1"],
        ["2", "40", "2020-01-05 06:00:00", "FALSE", "a,b", "1e-07"],
    ]


def test_taxonomy(tmp_path):
    rows = [["Feature ID", "Taxon"], ["Otu1", "k__Bacteria; g__Blautia"]]
    path = workbook(tmp_path / "taxonomy.xlsx", rows)
    assert read_taxonomy(path).lineages == {"Otu1": "k__Bacteria; g__Blautia"}


def test_first_sheet_that_holds_anything(tmp_path):
    path = workbook(tmp_path / "table.xlsx", [], Data=TABLE, More=[["x"]])
    notes = load_cohort(path).ledger["notes"]
    assert "read from the sheet `Data` of an Excel workbook" in notes
    assert "other sheets are not read: `Sheet`, `More`" in notes


def test_empty(tmp_path):
    with pytest.raises(EmptyTableError, match="no sheet of the workbook holds anything"):
        load_cohort(workbook(tmp_path / "table.xlsx", [["", None]]))


def test_stored_result_of_a_formula_is_read_and_none_is_refused(tmp_path):
    path = workbook(tmp_path / "table.xlsx", [*TABLE[:2], ["Otu2", "=1+1", 2]])
    with pytest.raises(FormatError, match="formula without a stored result") as caught:
        load_cohort(path)
    assert "sheet `Sheet`, cell B3" in caught.value.place
    rewrite(path, lambda text: text.replace("<f>1+1</f><v />", "<f>1+1</f><v>7</v>"))
    # What is stored, not what the formula would give.
    ledger = load_cohort(path).ledger
    assert ledger["total"] == 1 + 7 + 2
    assert "1 cells hold formulas: their stored results are read" in ledger["notes"]


def test_empty_cell_of_a_table_is_no_zero(tmp_path):
    path = workbook(tmp_path / "table.xlsx", [["OTU", "S1", "S2"], ["a", 1, 2], ["b", None, 3]])
    with pytest.raises(ValueProblemError, match="the field is empty"):
        load_cohort(path)


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1:A1"])
def test_declared_size_is_not_believed(tmp_path, dimension):
    path = workbook(tmp_path / "table.xlsx", TABLE)
    rewrite(path, lambda text: text.replace('ref="A1:C3"', f'ref="{dimension}"'))
    assert load_cohort(path).ledger["total"] == 6.5


def test_row_at_the_end_of_the_world(tmp_path):
    path = workbook(tmp_path / "table.xlsx", TABLE)
    rewrite(path, lambda text: text.replace('r="3"', 'r="999999999999"'))
    with pytest.raises(FormatError, match=r"more than 1,048,576 rows"):
        load_cohort(path)


def causes(error):
    """Errors that led to one, with it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_entities_are_not_expanded(tmp_path):
    path = workbook(tmp_path / "table.xlsx", TABLE)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    rewrite(path, lambda text: bomb + text[text.index("<worksheet") :])
    with pytest.raises(FormatError, match="damaged") as caught:
        load_cohort(path)
    assert any(isinstance(error, EntitiesForbidden) for error in causes(caught.value))


def test_bomb(tmp_path):
    path = workbook(tmp_path / "table.xlsx", TABLE)
    rewrite(path, lambda text: text.replace("</sheetData>", " " * 2**25 + "</sheetData>"))
    with pytest.raises(FormatError, match="unpacks to more than 200 times its size"):
        load_cohort(path)


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "[Content_Types].xml"])
@pytest.mark.parametrize("change", [lambda text: "", lambda text: text[: len(text) // 2]])
def test_damaged_parts(tmp_path, part, change):
    path = rewrite(workbook(tmp_path / "table.xlsx", TABLE), change, part)
    with pytest.raises(FormatError, match="damaged") as caught:
        load_cohort(path)
    assert caught.value.place == str(path)


def test_old_workbooks_are_refused(tmp_path):
    path = tmp_path / "table.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(FormatError, match="old Excel workbook") as caught:
        load_cohort(path)
    assert ".xlsx" in caught.value.remedy
