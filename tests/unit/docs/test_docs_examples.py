"""Commands, configurations and examples of the documentation are right."""

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest
import yaml

from examples import Example, examples, work
from tryptome.cli import COMMANDS
from tryptome.config.load import parse
from tryptome.config.model import Cohort, Config

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    page
    for pattern in ("docs/*.md", "docs/how-to/*.md", "README.md", "config/README.md")
    for page in ROOT.glob(pattern)
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def fenced(language):
    for page in PAGES:
        for kind, text in FENCE.findall(page.read_text(encoding="utf-8")):
            if kind == language:
                yield page, text


def commands():
    lines = [(page, line) for page, text in fenced("sh") for line in joined(text)]
    for page in PAGES:
        lines += [(page, one.command) for one in examples(page.read_text(encoding="utf-8"))]
    return [(page, line) for page, line in lines if line.startswith("tryptome ")]


def joined(text):
    return text.replace("\\\n", " ").splitlines()


def parser():
    out = argparse.ArgumentParser(prog="tryptome", exit_on_error=False)
    subparsers = out.add_subparsers(required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"tryptome.cli.{name}")
        module.configure(subparsers.add_parser(name))
    return out


def words(line):
    """Words of a command, up to a pipe, a comment or what is passed on."""
    out = shlex.split(line, comments=True)
    ends = [out.index(end) for end in ("|", "--", ">") if end in out]
    return out[1 : min(ends, default=len(out))]


def test_every_command_is_one_that_the_command_line_takes():
    found = commands()
    assert len(found) > 15
    assert {words(line)[0] for _, line in found} >= {"init", "check", "run", "lookup"}
    for page, line in found:
        try:
            parser().parse_args(words(line))
        except (SystemExit, argparse.ArgumentError) as error:
            pytest.fail(f"{page.name}: {line}: {error}")


def test_a_command_that_is_none_is_found():
    with pytest.raises((SystemExit, argparse.ArgumentError)):
        parser().parse_args(words("tryptome run --speed 3"))


def whole(block):
    """A configuration out of a block that shows a part of one."""
    top = {key: value for key, value in block.items() if key in Config.model_fields}
    assert set(block) <= set(Config.model_fields) | set(Cohort.model_fields), block
    rest = {key: value for key, value in block.items() if key not in top}
    if not {"cohorts", "sheet"} & set(top):
        top["cohorts"] = {"first": {"table": "a", **rest}, "second": {"table": "b", **rest}}
    if "pool" in block and "cohorts" not in block:
        for question in block["pool"].get("questions", {}).values():
            for cohort, name in question["contrasts"].items():
                contrast = {"column": "x", "reference": "a", "level": "b"}
                top["cohorts"][cohort].setdefault("contrasts", {})[name] = contrast
    return top


CONFIGURATIONS = [(page, text) for page, text in fenced("yaml") if page.name != "studies.md"]


@pytest.mark.parametrize("number", range(len(CONFIGURATIONS)))
def test_every_configuration_has_keys_that_there_are(number, tmp_path):
    page, text = CONFIGURATIONS[number]
    (tmp_path / "cohorts.tsv").write_text("cohort\ttable\nfirst\ta.biom\n")
    parse(whole(yaml.safe_load(text)), place=page.name, directory=tmp_path)


def test_what_is_not_as_shown_is_found_and_written(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo a; echo b\na\n...\n$ printf 'c\\n'\nd\n```\n")
    assert [one.agrees("a\nb\n") for one in examples(page.read_text())] == [True, False]
    wrong = work(page, tmp_path, done=False, write=True)
    assert len(wrong) == 1
    assert list(examples(page.read_text()))[1] == Example("printf 'c\\n'", "c\n")
    assert work(page, tmp_path, done=False, write=False) == []


def test_lookup_prints_what_the_tutorial_shows(tmp_path):
    """The one cheap example; CI runs the others beside a run of the demo."""
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    [lookup] = [one for one in examples(text) if one.command.startswith("tryptome lookup")]
    page = tmp_path / "page.md"
    page.write_text(f"```console\n$ {lookup.command}\n{lookup.shown}```\n")
    assert work(page, tmp_path, done=False, write=False) == []
