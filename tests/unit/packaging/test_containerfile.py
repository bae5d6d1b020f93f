"""The container's description is well-formed. Building it needs an engine: see docs/cluster.md."""

import json
import re
import tomllib

import pytest

from tryptome.paths import share

ROOT = share()
KNOWN = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}


@pytest.fixture(scope="module")
def steps():
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", bare)
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line]


def words(steps, name):
    return [rest for instruction, rest in steps if instruction == name]


def test_every_step_is_one_that_builders_know_and_the_base_is_first(steps):
    assert {instruction for instruction, _ in steps} <= KNOWN
    assert steps[0][0] == "FROM"
    assert len(words(steps, "FROM")) == 1


def test_the_base_has_a_version_that_tryptome_runs_on(steps):
    version = re.fullmatch(r"docker\.io/library/python:(\d+\.\d+)\S*", steps[0][1])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    least = project["project"]["requires-python"].removeprefix(">=")
    assert tuple(map(int, version[1].split("."))) >= tuple(map(int, least.split(".")))


def test_what_is_copied_exists_and_is_all_that_the_wheel_holds(steps):
    copied = {source for line in words(steps, "COPY") for source in line.split()[:-1]}
    assert all((ROOT / source).exists() for source in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    needed = {*shipped, "src", "pyproject.toml", project["project"]["readme"], "LICENSE"}
    assert needed <= copied


def test_packages_come_from_the_lock_with_hashes_and_it_runs_as_nobody_special(steps):
    installs = [line for line in words(steps, "RUN") if "pip install" in line]
    assert "--require-hashes --no-deps -r requirements/base.txt" in installs[0]
    assert all("--no-deps" in line for line in installs)
    assert words(steps, "USER") == ["tryptome"]
    assert json.loads(words(steps, "ENTRYPOINT")[0]) == ["tryptome"]
