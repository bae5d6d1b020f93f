"""Each rule says what a cluster, a conda environment and a reader of logs need of it."""

import re

import pytest

from tryptome.paths import share
from tryptome.workflow import resources

RULES = {
    part.partition(":")[0]: (path, part)
    for path in sorted((share() / "workflow" / "rules").glob("*.smk"))
    for part in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]
}


def value(part: str, directive: str) -> str:
    """The first line below a directive."""
    found = re.search(rf"^    {directive}:\s*(.*)$", part, flags=re.MULTILINE)
    assert found, f"no {directive}"
    return found.group(1) or part[found.end() :].split("\n")[1].strip()


@pytest.mark.parametrize("name", sorted(RULES))
def test_memory_and_time_grow_by_the_plan(name):
    path, part = RULES[name]
    stage = name if name in resources.NEEDS else path.stem
    assert f'mem_mb=plan.mem_mb("{stage}")' in part
    assert f'runtime=plan.runtime("{stage}")' in part


@pytest.mark.parametrize("name", sorted(RULES))
def test_environment_script_and_log_are_there(name):
    path, part = RULES[name]
    for directive in ("conda", "script"):
        relative = value(part, directive).strip('",')
        assert (path.parent / relative).resolve().is_file()
    assert value(part, "log").startswith('"results/provenance/logs/')
    assert value(part, "threads") in {"1", f"plan.{name}_threads"}
    assert value(part, "message")
