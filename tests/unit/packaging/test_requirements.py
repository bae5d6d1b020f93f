"""The locks, the conda environment and pyproject.toml agree with one another."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement

from tryptome.paths import share

ROOT = share()
LOCKS = ("base", "test")
FURTHER = ("cluster", "docs", "clients")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def lines(name: str) -> list[Requirement]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n", " ", text)
    return [Requirement(re.sub(r"\s--hash=\S+", "", line)) for line in joined.splitlines()]


def versions(name: str, python: str) -> dict[str, str]:
    """What a lock installs on Linux, by package."""
    machine = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
    }
    chosen = [r for r in lines(name) if r.marker is None or r.marker.evaluate(machine)]
    assert len({r.name for r in chosen}) == len(chosen), "a package with two versions"
    return {r.name: str(r.specifier).removeprefix("==") for r in chosen}


@pytest.mark.parametrize("name", [*LOCKS, *FURTHER])
def test_a_lock_has_hashes_and_names_no_host(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    for entry in re.sub(r"\\\n", " ", text).splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==\S+ (; .+? )?( *--hash=sha256:[0-9a-f]{64})+", entry)


@pytest.mark.parametrize("python", PYTHONS)
def test_tests_run_with_the_versions_that_are_shipped(python):
    base, test = (versions(name, python) for name in LOCKS)
    assert base.items() <= test.items()


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_satisfies_what_the_project_asks_for(python):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    base = versions("base", python)
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(base[requirement.name]), requirement


def test_what_is_asked_for_by_name_is_what_the_project_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {Requirement(line).name for line in project["project"]["dependencies"]}
    asked = (ROOT / "requirements" / "base.in").read_text(encoding="utf-8")
    names = set(re.findall(r"^([a-z0-9-]+)", asked, flags=re.MULTILINE))
    assert names - needed == {"hatchling", "editables", "pygments"}
    assert needed <= names


def conda() -> dict[str, object]:
    return yaml.safe_load((ROOT / "envs" / "tryptome.yaml").read_text(encoding="utf-8"))


def test_the_conda_environment_has_the_versions_of_the_lock():
    pins = dict(line.split(" =") for line in conda()["dependencies"])
    locked = versions("base", pins.pop("python"))
    renamed = {"matplotlib-base": "matplotlib"}
    assert {renamed.get(name, name): version for name, version in pins.items()}.items() <= (
        locked.items()
    )


def test_the_conda_environment_holds_what_the_rules_import():
    tool = runpy.run_path(str(ROOT / "maintain" / "conda_environment.py"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {Requirement(line).name for line in project["project"]["dependencies"]}
    names = {line.split(" =")[0] for line in conda()["dependencies"]} - {"python"}
    names = {name.removesuffix("-base") for name in names}
    planning = {"snakemake", "snakemake-storage-plugin-http"}
    assert needed - names == planning <= tool["NOT_IN_RULES"]


def test_the_committed_environment_is_the_one_that_the_tool_writes():
    tool = runpy.run_path(str(ROOT / "maintain" / "conda_environment.py"))
    folder = ROOT / "requirements"
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("base.in", "base.txt")]
    assert Path(tool["ENVIRONMENT"]).read_text(encoding="utf-8") == tool["environment"](*texts)


def test_the_citation_names_the_version():
    import tryptome

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == tryptome.__version__
    assert f"## {tryptome.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
