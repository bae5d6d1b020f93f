"""A fingerprint changes with what a stage can import, and with nothing else."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tryptome
from tryptome.paths import STAGES, share
from tryptome.workflow.fingerprint import _reachable, fingerprint, knowledge_fingerprint

PACKAGE = Path(tryptome.__file__).parent
# The package's name `fingerprint` is the function.
MODULE = sys.modules["tryptome.workflow.fingerprint"]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package, which the functions then look at."""
    root = tmp_path / "tryptome"
    for name, text in {
        "__init__.py": "",
        "errors.py": "class Oops(Exception): ...\n",
        "tables.py": "from tryptome.errors import Oops\n",
        "other.py": "X = 1\n",
        "estimate/__init__.py": "",
        "estimate/run.py": "def run():\n    from tryptome.tables import Oops\n",
        "estimate/data.json": "{}",
        "compare/__init__.py": "import tryptome.estimate.run\n",
        "report/__init__.py": "from tryptome import __version__\n",
        "export/__init__.py": "import tryptome\n",
    }.items():
        path = root / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    monkeypatch.setattr(MODULE, "PACKAGE", root)
    fingerprint.cache_clear()
    yield root
    fingerprint.cache_clear()


def changed_by(path: Path, *stages: str) -> list[str]:
    """Stages whose fingerprint changes when something is added to a file."""
    fingerprint.cache_clear()
    before = {stage: fingerprint(stage) for stage in stages}
    path.write_text(path.read_text() + "# more\n")
    fingerprint.cache_clear()
    return [stage for stage in stages if fingerprint(stage) != before[stage]]


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("estimate/run.py", ["estimate", "compare"]),
        ("estimate/data.json", ["estimate"]),
        ("compare/__init__.py", ["compare"]),
        ("tables.py", ["estimate", "compare"]),
        ("errors.py", ["estimate", "compare"]),
        ("other.py", []),
        ("__init__.py", ["report", "export"]),
    ],
)
def test_a_change_reaches_the_stages_that_import_it(package, file, stages):
    assert changed_by(package / file, "estimate", "compare", "report", "export") == stages


def test_a_new_file_of_a_stage_changes_it(package):
    before = fingerprint("compare")
    (package / "compare" / "more.py").write_text("")
    fingerprint.cache_clear()
    assert fingerprint("compare") != before


def test_what_python_caches_changes_nothing(package):
    before = fingerprint("estimate")
    cache = package / "estimate" / "__pycache__"
    cache.mkdir()
    (cache / "run.cpython-311.pyc").write_bytes(b"\x00")
    fingerprint.cache_clear()
    assert fingerprint("estimate") == before


@pytest.mark.parametrize("stage", STAGES)
def test_every_module_that_a_stage_loads_is_in_its_fingerprint(stage):
    """What Python itself imports, asked of a process of its own."""
    code = (
        f"import sys, pathlib, pkgutil, importlib, tryptome.{stage} as stage\n"
        "for found in pkgutil.walk_packages(stage.__path__, stage.__name__ + '.'):\n"
        "    importlib.import_module(found.name)\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('tryptome.')))"
    )
    root = str(PACKAGE.parent)
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = {Path(name).resolve() for name in answer.stdout.split()}
    assert loaded
    assert loaded <= _reachable(stage)


def test_the_command_line_is_part_of_no_stage():
    for stage in STAGES:
        assert not [path for path in _reachable(stage) if "cli" in path.parts]


def test_knowledge_changes_with_any_byte_or_name(monkeypatch, tmp_path):
    monkeypatch.setattr(MODULE, "resource", tmp_path.joinpath)
    (tmp_path / "knowledge").mkdir()
    seen = set()
    for step in (
        lambda folder: (folder / "a.tsv").write_text("1"),
        lambda folder: (folder / "a.tsv").write_text("2"),
        lambda folder: shutil.move(folder / "a.tsv", folder / "b.tsv"),
        lambda folder: (folder / "c.tsv").write_text(""),
    ):
        step(tmp_path / "knowledge")
        knowledge_fingerprint.cache_clear()
        seen.add(knowledge_fingerprint())
    knowledge_fingerprint.cache_clear()
    assert len(seen) == 4


def test_fingerprints_do_not_depend_on_where_the_library_is(package, tmp_path, monkeypatch):
    before = fingerprint("compare")
    elsewhere = tmp_path / "elsewhere" / "tryptome"
    shutil.copytree(package, elsewhere)
    monkeypatch.setattr(MODULE, "PACKAGE", elsewhere)
    fingerprint.cache_clear()
    assert fingerprint("compare") == before


@pytest.mark.parametrize("stage", STAGES)
def test_a_rule_depends_on_the_knowledge_where_its_stage_reads_it(stage):
    reads = any(path.parent.name == "knowledge" for path in _reachable(stage))
    rule = (share() / "workflow" / "rules" / f"{stage}.smk").read_text()
    assert ("knowledge_fingerprint()" in rule) == reads


def imported(path: Path) -> set[str]:
    """Names of this library that a module imports, by Python's own parser."""
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] == "tryptome"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_import_is_missed(path):
    names = imported(path)
    expected = {file for name in names for file in MODULE._files(name)}
    if names & {"tryptome", "tryptome.__version__"}:
        expected.add(PACKAGE / "__init__.py")
    assert set(MODULE._imports(path)) == expected
