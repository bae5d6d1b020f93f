"""What a user sees of every kind of error, and the page that explains them."""

import inspect

import pytest

import error_page
from tryptome.atomic import write_text
from tryptome.cli import main
from tryptome.errors import InputError, TryptomeError

KINDS = list(error_page.kinds())
BASES = (TryptomeError, InputError)
"""Never raised themselves; test_errors.py holds how they read."""

TABLE = "id\tS1\tS2\nOtu1\t1\t2\nOtu2\t0\t5\n"
METADATA = "sample\tdiet\nS1\tplant\nS2\tmeat\n"
CONFIG = "cohorts: {a: {table: table.tsv, metadata: metadata.tsv}}\n"
CONTRAST = CONFIG + "contrasts: {c: {column: diet, reference: plant, level: meet}}\n"

SEEN: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "T100": (
        {"config.yaml": "cohorts: {a: {table: table.tsv, metdata: m.tsv}}\n"},
        ("config.yaml: cohorts.a.metdata: unknown key", "did you mean `metadata`?"),
    ),
    "T201": (
        {"config.yaml": CONFIG.replace("table.tsv", "tabel.tsv")},
        ("tabel.tsv: the table does not exist", "did you mean `table.tsv`?"),
    ),
    "T202": (
        {"table.tsv": TABLE + "Otu3\t1\n"},
        ("table.tsv, line 4: the row has 2 fields, the header 3", "check delimiters and quotes"),
    ),
    "T203": (
        {"table.tsv": TABLE.replace("5", "-5")},
        ("table.tsv, feature `Otu2`, sample `S2`: ", "-5", "negative", "before any log"),
    ),
    "T204": (
        {"table.tsv": TABLE.replace("Otu2", "Otu1")},
        ("table.tsv: ", "more than once", "`Otu1`", "give each feature an id of its own"),
    ),
    "T205": (
        {"metadata.tsv": METADATA.replace("S", "s")},
        ("metadata.tsv: 0 of 2 samples", "`S1`, `S2`", "`s1`, `s2`", "2 of 2 would match"),
    ),
    "T206": (
        {"table.tsv": "id\tS1\tS2\nOtu1\t0\t0\n"},
        ("table.tsv: the table holds nothing but zeros", "check the export"),
    ),
    "T300": (
        {"config.yaml": CONTRAST},
        ("metadata.tsv: contrasts.c.level: no sample has 'meet'", "did you mean 'meat'?"),
    ),
}
"""By code: the files that are changed, and what the message must say of place, cause and remedy."""


@pytest.mark.parametrize("code", SEEN)
def test_the_message_of_check(code, tmp_path, capsys):
    files = {"table.tsv": TABLE, "metadata.tsv": METADATA, "config.yaml": CONFIG} | SEEN[code][0]
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    words = ["check", str(tmp_path / "config.yaml"), "--directory", str(tmp_path)]
    assert main(words) == 2
    shown = " ".join("".join(capsys.readouterr()).split())  # the screen indents
    assert [words for words in SEEN[code][1] if words not in shown] == []
    assert "To mend it: " in shown
    assert f"[{code}]" in shown
    assert "Traceback" not in shown


def test_the_message_where_nothing_can_be_written(tmp_path):
    (tmp_path / "results").write_text("a file where a folder should be")
    with pytest.raises(TryptomeError) as caught:
        write_text(tmp_path / "results" / "a.tsv", "")
    place = tmp_path / "results" / "a.tsv"
    assert str(caught.value) in (
        f"{place}: cannot write ({reason})\n  To mend it: check permissions and free space of the "
        "folder [T400]"
        for reason in ("Not a directory", "File exists")
    )


def test_the_message_of_a_name_that_nobody_knows(capsys):
    assert main(["lookup", "Xyzzyella"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("Error: ")
    assert "Xyzzyella" in shown
    assert "[T500]" in shown


def test_every_kind_has_a_test_of_its_message():
    tested = {*SEEN, "T400", "T500", *(kind.code for kind in BASES)}
    assert {kind.code for kind in KINDS} == tested


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_means_and_what_to_do(kind):
    assert inspect.cleandoc(kind.__doc__)
    assert "code" in vars(kind)
    assert "advice" in vars(kind)
    assert kind.advice.endswith(".")


def test_the_page_agrees_with_the_code():
    assert error_page.PAGE.read_text(encoding="utf-8") == error_page.page()
