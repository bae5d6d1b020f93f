"""Programs of Debian's packages: installed where they are missing, run apart from our Python."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


def install(programs: Sequence[str], packages: Sequence[str]) -> bool:
    """Install the packages where a program is missing; say whether they are there."""
    if all(map(shutil.which, programs)):
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        apt = ["apt-get", "-qq", *command]
        subprocess.run(apt, check=True, env=environment, stdout=subprocess.DEVNULL)
    return True


def run(home: Path, *command: str) -> str:
    """Run a program of the system's in a folder, and give what it says."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    # Debian's Python first, and a home of its own: QIIME 2 keeps a cache there.
    environment = kept | {
        "HOME": str(home),
        "PATH": f"/usr/bin:{kept['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        command, check=False, env=environment, cwd=home, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
