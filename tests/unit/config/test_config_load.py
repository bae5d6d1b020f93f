"""Reading and checking configurations: what is wrong is named, with a way to mend it."""

from pathlib import Path

import pytest

from tryptome.config import load, parse
from tryptome.errors import ConfigError, MissingFileError

CONTRAST = {"column": "phase", "reference": "before", "level": "after"}


def cohorts(**keys):
    return {"cohorts": {"a": {"table": "a.tsv", **keys}}}


@pytest.mark.parametrize(
    ("content", "dotted", "suggestion"),
    [
        ({**cohorts(), "sed": 3}, "sed", "`seed`"),
        (cohorts(metdata="m.tsv"), "cohorts.a.metdata", "`metadata`"),
        ({**cohorts(), "estimate": {"copynumber": True}}, "estimate.copynumber", "`copy_number`"),
        (
            cohorts(contrasts={"x": {**CONTRAST, "refrence": "y"}}),
            "cohorts.a.contrasts.x.refrence",
            "`reference`",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_valid_one(content, dotted, suggestion):
    with pytest.raises(ConfigError) as caught:
        parse(content)
    assert caught.value.what == f"{dotted}: unknown key"
    assert suggestion in caught.value.remedy


def test_an_unknown_key_like_no_other_lists_the_valid_ones():
    with pytest.raises(ConfigError) as caught:
        parse({**cohorts(), "compare": {"zzzzzz": 1}})
    assert caught.value.remedy.startswith("valid keys here: confidence, drivers")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"cohorts": {"a": {}}}, "cohorts.a.table: a value is missing"),
        ({"cohorts": {"../a": {"table": "t"}}}, "not a valid name"),
        ({"cohorts": {"a" * 65: {"table": "t"}}}, "not a valid name"),
        (cohorts(title=3), "must be text"),
        (cohorts(values="percent"), "cohorts.a.values"),
        ({**cohorts(), "compare": {"confidence": 1}}, "compare.confidence"),
        ({**cohorts(), "seed": -1}, "seed"),
        ({"cohorts": {}}, "no cohort"),
        ([], "not a mapping"),
        (None, "not a mapping"),
        ("cohorts", "not a mapping"),
    ],
)
def test_wrong_content_is_a_clear_error(content, words):
    with pytest.raises(ConfigError, match=words) as caught:
        parse(content, place="mine.yaml")
    assert caught.value.place == "mine.yaml"
    assert caught.value.remedy


def test_several_problems_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        parse({"cohorts": {"a": {"tabel": "t"}, "b": {}}})
    assert "a.tabel: unknown key" in caught.value.what
    assert "cohorts.b.table: a value is missing" in caught.value.remedy


def test_shared_contrasts_reach_the_cohorts_that_have_none_of_their_own():
    config = parse(
        {
            "cohorts": {
                "shared": {"table": "a"},
                "own": {"table": "b", "contrasts": {"mine": CONTRAST}},
                "none": {"table": "c", "contrasts": {}},
            },
            "contrasts": {"ours": CONTRAST},
        }
    )
    names = {name: sorted(cohort.contrasts) for name, cohort in config.cohorts.items()}
    assert names == {"shared": ["ours"], "own": ["mine"], "none": []}


def test_a_sheet_adds_cohorts_and_empty_fields_mean_defaults(tmp_path):
    (tmp_path / "cohorts.tsv").write_text(
        "cohort\ttable\tmetadata\tgroups\nb\tb.tsv\t\tdiet, phase\nc\tc.tsv\tm.tsv\t\n"
    )
    config = parse({**cohorts(), "sheet": "cohorts.tsv"}, directory=tmp_path)
    assert sorted(config.cohorts) == ["a", "b", "c"]
    assert config.cohorts["b"].groups == ["diet", "phase"]
    assert config.cohorts["b"].metadata is None
    assert config.cohorts["c"].metadata == "m.tsv"


@pytest.mark.parametrize(
    ("sheet", "words", "line"),
    [
        ("cohort\ttable\na\tx.tsv\n", "defined twice", 2),
        ("cohort\ttable\nb\tx.tsv\n\ty.tsv\n", "names no cohort", 3),
        ("cohort\ttable\nb\n", "number of fields", 2),
        ("cohort\ttable\nb\tx\ty\n", "number of fields", 2),
        ("cohort\ttabel\nb\tx\n", "tabel: unknown key", 2),
    ],
)
def test_a_wrong_sheet_is_named_with_its_line(tmp_path, sheet, words, line):
    (tmp_path / "s.tsv").write_text(sheet)
    with pytest.raises(ConfigError, match=words) as caught:
        parse({**cohorts(), "sheet": "s.tsv"}, directory=tmp_path)
    assert caught.value.place == f"{tmp_path / 's.tsv'}, line {line}"


def test_a_missing_sheet_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        parse({"sheet": "s.tsv"}, directory=tmp_path)


@pytest.mark.parametrize("make", [lambda p: None, Path.mkdir, lambda p: p.write_bytes(b"\xff\xfe")])
def test_an_unreadable_configuration_is_named(tmp_path, make):
    path = tmp_path / "config.yaml"
    make(path)
    with pytest.raises(MissingFileError) as caught:
        load(path)
    assert caught.value.place == str(path)


def test_invalid_yaml_is_named_with_its_line(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("cohorts:\n  a: {table: [\n")
    with pytest.raises(ConfigError, match=r"config\.yaml, line 3, column 1: not valid YAML: exp"):
        load(path)


def test_a_sheet_with_an_unknown_column_is_an_error_even_where_it_is_empty(tmp_path):
    (tmp_path / "sheet.tsv").write_text("cohort\ttable\tmetdata\na\ta.tsv\t\n")
    with pytest.raises(ConfigError, match="did you mean `metadata`") as caught:
        parse({"sheet": "sheet.tsv"}, directory=tmp_path)
    assert caught.value.place.endswith("sheet.tsv, line 2")


def test_yaml_cannot_make_python_objects(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("cohorts: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes("\ufeffcohorts: {a: {table: t}}".encode())
    assert list(load(path).cohorts) == ["a"]
