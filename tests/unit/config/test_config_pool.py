"""Which contrasts are one question, as the configuration says it."""

import pytest
import yaml

from tryptome.cli import main
from tryptome.config import parse
from tryptome.config.pooling import questions
from tryptome.errors import ConfigError

CONTRAST = {"column": "group", "reference": "0", "level": "1"}


def config(pool=None, a=("cancer",), b=("cancer",)):
    cohorts = {
        name: {"table": "t.tsv", "contrasts": dict.fromkeys(contrasts, CONTRAST)}
        for name, contrasts in (("a", a), ("b", b))
    }
    return parse({"cohorts": cohorts} | ({"pool": pool} if pool else {}))


def test_contrasts_of_one_name_are_one_question():
    found = questions(config(a=("cancer", "diet"), b=("age", "cancer")))
    assert {name: q.contrasts for name, q in found.items()} == {
        "cancer": {"a": "cancer", "b": "cancer"}
    }


def test_contrasts_at_the_top_level_are_shared():
    found = parse(
        {"cohorts": {"a": {"table": "t"}, "b": {"table": "t"}}, "contrasts": {"c": CONTRAST}}
    )
    assert list(questions(found)) == ["c"]


def test_named_questions_take_the_place_of_shared_names():
    pool = {"questions": {"ill": {"contrasts": {"a": "cancer", "b": "crc"}}}}
    found = questions(config(pool, b=("crc", "cancer")))
    assert {name: q.contrasts for name, q in found.items()} == {"ill": {"a": "cancer", "b": "crc"}}


@pytest.mark.parametrize(
    ("contrasts", "message"),
    [
        ({"a": "cancer"}, "at least 2"),
        ({"a": "cancer", "c": "cancer"}, "no cohort `c`"),
        ({"a": "cancer", "b": "cancr"}, "did you mean `cancer`"),
    ],
)
def test_a_question_must_name_what_there_is(contrasts, message):
    with pytest.raises(ConfigError, match=message):
        config({"questions": {"ill": {"contrasts": contrasts}}})


def test_a_term_is_of_all_cohorts_or_of_each():
    contrasts = {"contrasts": {"a": "cancer", "b": "cancer"}}
    ill, diet = (
        questions(config({"questions": {"q": contrasts | {"term": term}}}))["q"]
        for term in ("dx: 1 against 0", {"b": "dx: 2 against 0"})
    )
    assert [ill.term_of(cohort) for cohort in "ab"] == ["dx: 1 against 0"] * 2
    assert [diet.term_of(cohort) for cohort in "ab"] == [None, "dx: 2 against 0"]
    with pytest.raises(ConfigError, match=r"pool\.questions\.q\.term: .* no cohort `c`"):
        config({"questions": {"q": contrasts | {"term": {"c": "dx: 2 against 0"}}}})


def test_metadata_must_name_cohorts_that_there_are():
    with pytest.raises(ConfigError, match=r"pool\.metadata\.sex: no cohort `z`"):
        config({"metadata": {"sex": {"z": {"column": "Sex"}}}})


def test_check_says_what_is_pooled_and_which_column_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.tsv").write_text("lineage\ts1\ts2\ng__Blautia\t3\t4\ng__Roseburia\t1\t2\n")
    (tmp_path / "m.tsv").write_text("sample\tgroup\ns1\t0\ns2\t1\n")
    cohort = {"table": "t.tsv", "metadata": "m.tsv", "contrasts": {"ill": CONTRAST}}
    content = {"cohorts": {"a": cohort, "b": cohort}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(content))
    assert main(["check", "config.yaml"]) == 0
    assert "ill: ill in a, ill in b" in capsys.readouterr().out
    content["pool"] = {"metadata": {"sex": {"b": {"column": "Sex"}}}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(content))
    assert main(["check", "config.yaml"]) == 2
    assert "pool.metadata.sex.b: the metadata have no column 'Sex'" in capsys.readouterr().out


METADATA = {
    "group": {
        "b": {"column": "Dx", "levels": {"0": "control", "1": "case", "2": "case"}},
    },
    "age": {"b": {"column": "Years"}},
}
SHARED = {"column": "group", "reference": "control", "level": "control", "adjust": ["age", "sex"]}


def translated(contrast, cohort="b"):
    cohorts = {"a": {"table": "t"}, "b": {"table": "t"}}
    content = {"cohorts": cohorts, "contrasts": {"c": contrast}, "pool": {"metadata": METADATA}}
    return parse(content).cohorts[cohort].contrasts["c"]


def test_shared_contrasts_are_said_in_each_cohorts_words():
    found = translated(SHARED)
    assert (found.column, found.reference, found.adjust) == ("Dx", "0", ["Years", "sex"])
    same = translated(SHARED, "a")
    assert (same.column, same.reference, same.adjust) == ("group", "control", ["age", "sex"])


def test_a_condition_may_stand_for_several_levels():
    found = translated(SHARED | {"where": {"group": "case"}})
    assert found.where == {"Dx": ["1", "2"]}


def test_an_interaction_is_translated_too():
    other = {"column": "group", "reference": "control", "level": "control"}
    contrast = {"column": "diet", "reference": "x", "level": "y", "interaction": other}
    found = translated(contrast)
    assert (found.column, found.interaction.column, found.interaction.level) == ("diet", "Dx", "0")


@pytest.mark.parametrize(
    ("contrast", "message"),
    [
        (SHARED | {"level": "case"}, r"`case` of `group` stands for several levels \(1, 2\)"),
        ({"formula": "age + sex"}, "`age` is a name of `pool.metadata`"),
    ],
)
def test_what_cannot_be_translated_is_said(contrast, message):
    with pytest.raises(ConfigError, match=message):
        translated(contrast)


def test_a_contrast_of_the_cohorts_own_is_left_alone():
    cohorts = {"b": {"table": "t", "contrasts": {"c": CONTRAST | {"column": "group"}}}}
    found = parse({"cohorts": cohorts, "pool": {"metadata": METADATA}})
    assert found.cohorts["b"].contrasts["c"].column == "group"
