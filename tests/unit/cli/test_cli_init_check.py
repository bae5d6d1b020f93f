"""`init` and `check`: from a table to a configuration, and what is said of it."""

import argparse
import json
from types import SimpleNamespace

import pytest
import yaml

from tryptome.cli import check, init
from tryptome.cli.levels import person_column, proposals
from tryptome.config import load
from tryptome.errors import (
    ConfigError,
    ContrastError,
    MismatchError,
    MissingFileError,
    OutputError,
    TryptomeError,
)
from tryptome.ingest import load_cohort
from tryptome.paths import resource, share
from tryptome.workflow.plan import Plan

TABLE = "OTU\tS1\tS2\tS3\tS4\tS5\tS6\n" + "".join(
    f"d__Bacteria;p__Bacillota;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae;g__{genus}\t"
    + "\t".join(str(10 * i + j) for j in range(1, 7))
    + "\n"
    for i, genus in enumerate(("Blautia", "Roseburia"))
)
METADATA = (
    "Sample,Subject,Group,empty\n"
    "S1,a,case ,\nS2,a,Control,\nS3,b,case ,\nS4,b,Control,\nS5,c,case ,\nS6,d,Control,\n"
)


def command(module, *words):
    parser = argparse.ArgumentParser()
    module.configure(parser)
    return module.execute(parser.parse_args(list(words)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.tsv").write_text(TABLE)
    (tmp_path / "metadata.csv").write_text(METADATA)
    return tmp_path


@pytest.fixture
def configured(folder):
    content = {
        "cohorts": {
            "mine": {
                "table": "table.tsv",
                "metadata": "metadata.csv",
                "contrasts": {"c": {"column": "Group", "reference": "Control", "level": "case "}},
            }
        }
    }

    def write(**changes):
        content["cohorts"]["mine"] |= changes
        (folder / "c.yaml").write_text(yaml.safe_dump(content))
        return "c.yaml"

    return write


def test_init_writes_a_configuration_that_loads(folder, capsys):
    assert (
        command(init, "table.tsv", "--metadata", "metadata.csv", "--name", "mine", "-o", "c") == 0
    )
    config = load(folder / "c")
    cohort = config.cohorts["mine"]
    assert (cohort.table, cohort.metadata) == ("table.tsv", "metadata.csv")
    assert cohort.subject_column == "Subject"
    assert cohort.contrasts == {}
    assert "tryptome check c" in capsys.readouterr().out


def test_contrasts_that_init_proposes_are_valid_once_uncommented(folder, capsys):
    command(init, "table.tsv", "--metadata", "metadata.csv", "-o", "c.yaml")
    lines = (folder / "c.yaml").read_text().splitlines()
    begin = lines.index("    # contrasts:")
    text = "\n".join(
        line.replace("    # ", "    ", 1) if number >= begin else line
        for number, line in enumerate(lines)
    )
    (folder / "c.yaml").write_text(text)
    contrast = load(folder / "c.yaml").cohorts["table"].contrasts["Group"]
    assert (contrast.column, contrast.reference, contrast.level) == ("Group", "Control", "case ")
    assert command(check, "c.yaml", "--json") == 0


def test_init_never_overwrites(folder):
    (folder / "c.yaml").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        command(init, "table.tsv", "-o", "c.yaml")
    assert (folder / "c.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["tabel.tsv"], MissingFileError),
        (["table.tsv", "--metadata", "none.csv"], MissingFileError),
        (["table.tsv", "--name", "../x"], ConfigError),
    ],
)
def test_init_writes_nothing_where_it_cannot_go_on(folder, words, error):
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(error):
        command(init, *words)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_init_goes_on_where_the_configuration_can_mend_it(folder, capsys):
    (folder / "metadata.csv").write_text("id,group\nX1,a\nX2,b\n")
    assert command(init, "table.tsv", "--metadata", "metadata.csv", "-o", "c.yaml") == 0
    assert "Still to mend" in capsys.readouterr().err
    assert load(folder / "c.yaml").cohorts["table"].metadata == "metadata.csv"


def test_init_quotes_hostile_names(folder):
    hostile = 'a: "b" #\n{x}.csv'
    (folder / hostile).write_text(METADATA.replace("Group", "'Group: [x]'"))
    command(init, "table.tsv", "--metadata", hostile, "-o", "c.yaml")
    assert load(folder / "c.yaml").cohorts["table"].metadata == hostile


def test_check_says_what_it_found(configured, capsys):
    assert command(check, configured()) == 0
    said = capsys.readouterr().out
    assert "6 samples x 2 features" in said
    assert "counts" in said
    assert "6 of 6 samples, by column `Sample`" in said
    assert "`Control` 3" in said
    assert "features are rows: the rows are lineages" in said
    assert 'subject_column: "Subject"' in said
    assert "Nothing to mend" in said


def test_check_as_json(configured, capsys):
    assert command(check, configured(), "--json") == 0
    (cohort,) = json.loads(capsys.readouterr().out).values()
    assert (cohort["samples"], cohort["features"], cohort["total"]) == (6, 2, 102)
    assert cohort["resolved_share"] == pytest.approx(1.0)
    assert cohort["problems"] == []


def test_check_examines_every_cohort_and_tells_all_problems(folder, capsys):
    contrasts = {
        "a": {"column": "Grup", "reference": "Control", "level": "case "},
        "b": {"column": "Group", "reference": "Control", "level": "case"},
    }
    cohorts = {
        "good": {"table": "table.tsv"},
        "gone": {"table": "gone.tsv"},
        "wrong": {"table": "table.tsv", "metadata": "metadata.csv", "contrasts": contrasts},
    }
    (folder / "c.yaml").write_text(yaml.safe_dump({"cohorts": cohorts}))
    assert command(check, "c.yaml", "--json") == 2
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["gone", "good", "wrong"]
    assert found["good"]["problems"] == []
    assert "gone.tsv: the table does not exist" in found["gone"]["problems"][0]
    assert found["gone"]["samples"] is None
    first, second = found["wrong"]["problems"]
    assert "contrasts.a.column" in first
    assert "did you mean 'Group'?" in first
    assert "metadata.csv" in first
    assert "contrasts.b.level" in second
    assert "did you mean 'case '?" in second
    assert command(check, "c.yaml") == 2
    assert capsys.readouterr().out.count("PROBLEM") == 3


def test_paths_start_from_the_directory(configured, folder, monkeypatch, capsys):
    config = configured()
    monkeypatch.chdir("/")
    words = (str(folder / config), "--directory", str(folder), "--json")
    assert command(check, *words) == 0
    assert command(check, str(folder / config), "--json") == 2


def test_check_of_a_folder_that_does_not_exist(configured):
    with pytest.raises(MissingFileError, match="folder does not exist"):
        command(check, configured(), "--directory", "nowhere")


def test_escapes_for_terminals_are_shown_not_obeyed(configured, folder, capsys):
    (folder / "metadata.csv").write_text(METADATA.replace("Control", "\x1b[31mControl"))
    command(check, configured())
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\\x1b[31mControl" in said


def test_require_usable_raises_the_first_problem_and_tells_the_others(configured):
    wrong = {"column": "nope", "reference": "a", "level": "b"}
    config = load(configured(contrasts={"x": wrong, "y": wrong}))
    with pytest.raises(TryptomeError) as caught:
        check.require_usable(config)
    assert caught.value.code == "T300"
    assert str(caught.value).count("have no column 'nope'") == 2


def of_two_cohorts(folder, level):
    """Cohorts that share a contrast at the top level; `case ` is in the first alone."""
    other = METADATA.replace("case ", "ill")
    assert other != METADATA
    (folder / "other.csv").write_text(other)
    contrast = {"column": "Group", "reference": "Control", "level": level}
    cohorts = {
        name: {"table": "table.tsv", "metadata": file}
        for name, file in (("one", "metadata.csv"), ("two", "other.csv"))
    }
    (folder / "c.yaml").write_text(
        yaml.safe_dump({"cohorts": cohorts, "contrasts": {"ill": contrast}})
    )
    return "c.yaml"


def test_a_level_that_one_of_the_cohorts_has_ends_no_run(folder, capsys):
    source = of_two_cohorts(folder, "case ")
    assert command(check, source, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["one"]["not_estimable"], found["one"]["problems"]) == ([], [])
    assert found["two"]["problems"] == []
    (said,) = found["two"]["not_estimable"]
    assert said == "contrasts.ill.level: no sample has 'case ' in the column 'Group'"
    config = load(source)
    check.require_usable(config)
    assert Plan(config).compare(SimpleNamespace(cohort="two"))["shared"] == ["ill"]
    assert command(check, source) == 0
    assert "NOT ESTIMABLE HERE" in capsys.readouterr().out


def test_a_level_that_no_cohort_has_is_a_mistake(folder):
    config = load(of_two_cohorts(folder, "case"))
    with pytest.raises(ContrastError, match=r"did you mean 'case '\?") as caught:
        check.require_usable(config)
    assert str(caught.value).count("no sample has 'case'") == 2


def test_groups_are_checked_too(configured):
    with pytest.raises(ContrastError, match="groups: the metadata have no column 'Grupo'"):
        check.require_usable(load(configured(groups=["Grupo"])))


def test_require_usable_is_silent_where_all_is_well(configured):
    check.require_usable(load(configured()))


def test_require_usable_keeps_the_kind_of_error(configured, folder):
    (folder / "metadata.csv").write_text("id,Group\nq,a\n")
    with pytest.raises(MismatchError):
        check.require_usable(load(configured()))


def test_the_demo_is_sound(capsys):
    assert command(check, str(share() / "config" / "config.yaml"), "--json") == 0
    demo = json.loads(capsys.readouterr().out)["david2014"]
    assert (demo["samples"], demo["features"], demo["total"]) == (236, 184, 9_932_678)
    assert 0.9 < demo["resolved_share"] < 1


def test_persons_and_contrasts_of_the_demo():
    demo = load_cohort(
        resource("demo", "david2014.biom"), metadata=resource("demo", "david2014.tsv")
    )
    assert person_column(demo.samples) == "subject"
    found = {proposal.column: proposal for proposal in proposals(demo.samples, {})}
    assert set(found) == {"diet", "phase"}
    assert found["phase"].reference == "baseline"


def test_a_table_without_lineages_is_not_said_to_need_no_mending(folder, configured, capsys):
    (folder / "table.tsv").write_text("OTU\tS1\tS2\tS3\tS4\tS5\tS6\nF1\t1\t2\t3\t4\t5\t6\n")
    assert command(check, configured()) == 0
    said = capsys.readouterr().out
    assert "give a `taxonomy`" in said
    assert "Nothing to mend" not in said


def test_a_contrast_without_metadata_is_told_to_need_them(configured, capsys):
    assert command(check, configured(metadata=None), "--json") == 2
    (problem,) = json.loads(capsys.readouterr().out)["mine"]["problems"]
    assert problem.startswith("cohort mine: `contrasts` needs metadata")
    assert "name the file under `metadata:`" in problem


@pytest.mark.parametrize(
    "column",
    [
        "bacterial_load",
        "diet_tryptophan_mg_per_day",
        "diet_protein_g_per_day",
        "faecal_mass_g_per_day",
        "transit_time_h",
    ],
)
def test_numbers_that_estimates_use_are_checked_before_a_run(configured, folder, column, capsys):
    def given(*values):
        lines = METADATA.replace("empty", column).splitlines()
        rows = [line + value for line, value in zip(lines[1:], values, strict=True)]
        (folder / "metadata.csv").write_text("\n".join([lines[0], *rows]) + "\n")

    given("1.5", "", "NA", "missing", "3e11", "2")
    assert command(check, configured(), "--json") == 0
    capsys.readouterr()
    given("1.5", "", "NA", "-2", "much", "2")
    assert command(check, configured(), "--json") == 2
    (problem,) = json.loads(capsys.readouterr().out)["mine"]["problems"]
    assert f"metadata.csv, sample `S4`, column `{column}`: `-2` is no positive number" in problem


def test_a_folder_of_coefficients_that_is_not_there_is_told(configured, folder):
    config = yaml.safe_load((folder / configured()).read_text())
    config["estimate"] = {"prediction": "mine"}
    (folder / "c.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(MissingFileError, match="does not exist") as caught:
        command(check, "c.yaml")
    assert "mine/coefficients.tsv" in str(caught.value)


def test_types_that_the_metadata_state_decide(configured, folder, capsys):
    rows = [f"S{number}\t{number % 2}\t{number % 2}" for number in range(1, 7)]
    types = "#q2:types\tnumeric\tcategorical"
    (folder / "metadata.csv").write_text("\n".join(["id\tage\tarm", types, *rows]) + "\n")
    command(check, configured(contrasts={}))
    said = capsys.readouterr().out
    assert "`age` (numbers): 0 to 1" in said
    assert "`arm` (levels): `0` 3, `1` 3" in said
    assert 'column: "arm"' in said
    assert 'column: "age"' not in said


def test_names_that_nobody_knows_are_not_said_to_need_no_mending(folder, configured, capsys):
    (folder / "table.tsv").write_text(
        "taxon\tS1\tS2\tS3\tS4\tS5\tS6\nQwertzuia\t1\t2\t3\t4\t5\t6\nYxcvbnma\t1\t2\t3\t4\t5\t6\n"
    )
    assert command(check, configured()) == 0
    said = capsys.readouterr().out
    assert "TO MEND" in said
    assert "no name of a taxon is known" in said
    assert "Nothing to mend" not in said


def test_init_proposes_contrasts_of_metadata_in_the_table_itself(folder):
    rows = [f"f1,S{n},{n},Blautia,{'case' if n % 2 else 'control'}" for n in range(1, 9)]
    (folder / "melted.csv").write_text("\n".join(["OTU,Sample,Abundance,Genus,Group", *rows]))
    command(init, "melted.csv")
    text = (folder / "melted.yaml").read_text()
    assert 'column: "Group"' in text
    assert 'level: "case"' in text


def test_measured_metabolites_are_looked_at_before_a_run(configured, folder, capsys):
    config = configured(measured="measured.tsv")
    assert command(check, config) == 2
    assert "table of metabolites does not exist" in capsys.readouterr().out
    measured = folder / "measured.tsv"
    measured.write_text("id\ttryptophan\nS1\tmuch\n")
    assert command(check, config) == 2
    assert "`much` of sample `S1` is no number" in capsys.readouterr().out
    measured.write_text("id\ttryptophan\nS1\t3\nS2\t\nS5\t1\n")
    assert command(check, config) == 0
    assert "tryptophan: 2 of 6 samples" in capsys.readouterr().out


def test_every_path_that_is_wrong_is_told_at_once(folder, capsys):
    (folder / "c.yaml").write_text(
        "cohorts: {mine: {table: tabel.tsv, metadata: metadat.csv, taxonomy: none.tsv}}\n"
    )
    assert command(check, "c.yaml") == 2
    said = capsys.readouterr().out
    assert said.count("PROBLEM") == 3
    assert "did you mean `table.tsv`?" in said
    assert "did you mean `metadata.csv`?" in said


def test_samples_without_metadata_are_the_last_word(configured, folder, capsys):
    (folder / "metadata.csv").write_text(METADATA.replace("S6,d", "XS6,d").replace("S5,c", "XS5,c"))
    assert command(check, configured()) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Nothing to mend" not in said
    assert "TO CHECK samples without metadata: 2 of 6, which no contrast uses; the line" in said
