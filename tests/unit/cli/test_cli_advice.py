"""Lines that `check` proposes: valid where they are said to go."""

import pytest
import yaml

from tryptome.cli.advice import lines_to_add
from tryptome.cli.findings import validate
from tryptome.cli.screen import describe
from tryptome.config import parse
from tryptome.workflow import Plan

PERSONS = "ppqqrrsst"
GROUPS = ("control", "case") * 4 + ("case",)
METADATA = 'id\tSubject\tStudy.Group (1)\tdiet: "x"\n' + "".join(
    f"{'I.1' if name == 'I' else name}\t{person}\t{group}\t{'plant' if name < 'E' else 'meat'}\n"
    for name, person, group in zip("ABCDEFGHI", PERSONS, GROUPS, strict=True)
)
TABLE = "\tA\tB\tC\tD\tE\tF\tG\tH\tI-1\n" + "".join(
    f"{name}\t1.5{end}\n" for name, end in (("Blautia", "\t2\t3" * 4), ("Dorea", "\t9\t1" * 4))
)


@pytest.fixture
def findings(tmp_path):
    (tmp_path / "t.tsv").write_text(TABLE)
    (tmp_path / "m.tsv").write_text(METADATA)

    def read(**settings):
        content = {"table": str(tmp_path / "t.tsv"), "metadata": str(tmp_path / "m.tsv")}
        cohort = parse({"cohorts": {"c": content | settings}}).cohorts["c"]
        return validate("c", cohort)

    return read


def test_lines_are_a_valid_configuration_that_leaves_nothing_open(findings):
    added = yaml.safe_load("\n".join(lines_to_add(findings())))
    assert added["sample_ids"] == {"ignore_separators": True}
    assert added["subject_column"] == "Subject"
    assert added["values"] == "counts"
    assert added["contrasts"]["Study_Group_1"] == {
        "column": "Study.Group (1)",
        "reference": "control",
        "level": "case",
    }
    again = findings(**added)
    assert again.errors == []
    assert again.cohort.ledger["samples_without_metadata"] == []
    assert lines_to_add(again) == []


def test_the_screen_shows_types_levels_and_the_lines(findings):
    said = describe(findings())
    assert "`Study.Group (1)` (levels): `case` 4, `control` 4" in said
    assert "below `c:` in the configuration" in said
    assert "    sample_ids: {ignore_separators: true}" in said
    assert "1 more samples would match" in said
    assert len(said.splitlines()) < 60


def test_a_change_of_a_file_of_a_folder_is_seen_by_the_workflow(tmp_path):
    for name in ("b.report", "a.report", ".hidden"):
        (tmp_path / name).write_text("x")
    plan = Plan(parse({"cohorts": {"c": {"table": str(tmp_path)}}}))
    wildcards = type("Wildcards", (), {"cohort": "c"})
    assert plan.profiles(wildcards) == [str(tmp_path / "a.report"), str(tmp_path / "b.report")]
    assert plan.inputs(wildcards) == {"table": str(tmp_path)}
