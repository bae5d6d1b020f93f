"""``--sdm conda``: each job runs in the environment that its rule names.

No channel is asked: a stand-in makes the environment out of the packages at hand, and writes
down what was asked of it. So this tests the wiring, and not whether the channels have the
versions.
"""

import os
import site
import sys
from pathlib import Path

import pytest
import yaml

from chaos.kills import digests
from tryptome.paths import STAGES, share

STAND_IN = """\
#!{python}
import json, os, sys, venv
from pathlib import Path

home = Path(__file__).resolve().parent.parent
words = sys.argv[1:]
if words == ["info", "--json"]:
    print(json.dumps({{"conda_prefix": str(home), "platform": "linux-64"}}))
elif words == ["--version"]:
    print("conda 25.11.0")
elif words[:2] == ["config", "--get"]:
    print(json.dumps({{"get": {{"channel_priority": "strict"}}}}))
elif words[:2] == ["env", "create"]:
    prefix = words[words.index("--prefix") + 1]
    venv.create(prefix, symlinks=True)
    packages, = Path(prefix).glob("lib/python*/site-packages")
    started = "import sys; open({started!r}, 'a').write(sys.prefix + chr(10))"
    (packages / "all.pth").write_text("{packages}" + chr(10) + started + chr(10))
    (home / "environment.yaml").write_bytes(Path(words[words.index("--file") + 1]).read_bytes())
elif words[0] != "clean":
    sys.exit(f"the stand-in for conda does not know: {{words}}")
"""
ACTIVATE = 'export CONDA_PREFIX="$1" PATH="$1/bin:$PATH"\n'


@pytest.fixture
def conda(tmp_path):
    """Folder like conda's own, with what the stand-in writes down."""
    home = tmp_path / "conda"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "activate").write_text(ACTIVATE)
    program = home / "bin" / "conda"
    program.write_text(
        STAND_IN.format(
            python=sys.executable,
            packages=site.getsitepackages()[0],
            started=str(home / "started"),
        )
    )
    program.chmod(0o755)
    return home


def test_each_job_runs_in_the_environment_of_its_rule(cohort, run, expected, conda, tmp_path):
    prefix = tmp_path / "environments"
    done = run(
        cohort,
        *("--", "--sdm", "conda", "--conda-prefix", str(prefix)),
        PATH=f"{conda / 'bin'}:{os.environ['PATH']}",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert digests(cohort) == expected
    asked = yaml.safe_load((conda / "environment.yaml").read_text())
    assert asked == yaml.safe_load((share() / "envs" / "tryptome.yaml").read_text())
    started = (conda / "started").read_text().splitlines()
    assert {Path(place).parent for place in started} == {prefix}
    assert len(started) >= len(STAGES)
