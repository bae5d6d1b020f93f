"""Pages of reports in a real browser.

Collected where TRYPTOME_BROWSER is set, as `make test-browser` does; its value is a folder
with `results/` of the demo, which is run where they are missing.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

collect_ignore_glob = [] if os.environ.get("TRYPTOME_BROWSER") else ["test_*.py"]
HERE = Path(__file__).parent
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
HOSTILE = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>'


def made_up() -> Any:
    """The makers of made-up cohorts, which the tests of the stage use too."""
    path = HERE.parent / "unit" / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("made_up", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_up"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    where = shutil.which("chromium") or shutil.which("chromium-browser")
    assert where, "no Chromium: Debian's package `chromium` has it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=where, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def demo() -> str:
    """Address of the demo's report."""
    folder = Path(os.environ["TRYPTOME_BROWSER"]).resolve()
    report = folder / "results" / "cohorts" / "david2014" / "report" / "report.html"
    if not report.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "tryptome", "run"], cwd=folder, check=True)
    return report.as_uri()


def _metadata(names: list[str], groups: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"sample": names})
    return table.assign(group=[groups[place % len(groups)] for place in range(len(names))])


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a cohort of 1,000 samples."""
    metadata = _metadata([f"S{place:04d}" for place in range(1000)], ["a", "b"])
    made = made_up().make(tmp_path_factory.mktemp("large"), metadata, groups=["group"])
    made.run()
    return Path(made.report)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a cohort whose every name is an attack."""
    names = [f"{place}{HOSTILE}" for place in range(12)]
    metadata = _metadata(names, [HOSTILE, "javascript:window.ran=1"])
    own = {"title": HOSTILE, "description": HOSTILE, "citation": HOSTILE, "groups": ["group"]}
    contrast = {"column": "group", "reference": HOSTILE, "level": "javascript:window.ran=1"}
    settings = {HOSTILE: contrast | {"title": HOSTILE, "adjust": [], "interaction": None}}
    folder = tmp_path_factory.mktemp("hostile")
    made = made_up().make(folder, metadata, contrast_settings=settings, **own)
    made.taxa["label"] = HOSTILE
    made.resolution["lineage"] = HOSTILE
    made.run()
    return Path(made.report)


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Folder of the screenshots that each run leaves behind."""
    folder = HERE / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder
