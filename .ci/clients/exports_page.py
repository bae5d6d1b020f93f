"""Every command of docs/exports.md runs as it stands there.

Usage: exports_page.py RUN COHORT SCRATCH (with its venv/). RUN is a folder with config.yaml and
results/. Commands of programs of Debian's packages are left out where those are not installed,
and that is said.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "exports.md"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

PLACES = {
    "QIIME 2": "results/cohorts/{cohort}/export",
    "phyloseq": "results/cohorts/{cohort}/export/phyloseq",
    "pandas and scikit-bio": "results/cohorts/{cohort}/export",
    "MultiQC": ".",
    "Snakemake's own report": ".",
}
"""Folder of the run in which the commands of each section are meant."""

SYSTEM = {"QIIME 2": "qiime", "phyloseq": "Rscript"}
"""Programs of Debian's packages, which are run with Debian's Python."""

WRITTEN = {
    "QIIME 2": ("capabilities.qzv", "with-facts.qzv"),
    "MultiQC": ("multiqc_report.html",),
    "Snakemake's own report": ("report.zip",),
}
"""Files that are there afterwards."""

CHECKS = {
    "python": "assert len(long) > 0 and table.shape[0] > 0 and table.shape[1] > 0\n",
    "r": "stopifnot(nsamples(physeq) == nrow(facts), ntaxa(physeq) == nrow(otu), nrow(otu) > 0)\n",
}
"""Lines that are run after those of the page, in the same program."""

RUNNERS = {
    "sh": ("bash", "-euo", "pipefail"),
    "python": (sys.executable,),
    "r": ("Rscript",),
}


def blocks() -> list[tuple[str, str, str]]:
    """Section, language and text of each block of the page."""
    _, *parts = SECTION.split(PAGE.read_text(encoding="utf-8"))
    sections = zip(parts[::2], parts[1::2], strict=True)
    return [(name, *block) for name, text in sections for block in BLOCK.findall(text)]


def environment(section: str, venv: Path, home: Path) -> dict[str, str]:
    """Programs of ours and of the other environment, or of the system first."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    ours = [str(Path(sys.executable).parent), str(venv / "bin")]
    path = ["/usr/bin"] if section in SYSTEM else ours
    return kept | {"PATH": ":".join([*path, kept["PATH"]]), "HOME": str(home)}


def run_block(section: str, language: str, text: str, folder: Path, scratch: Path) -> None:
    """Run a block in a folder, and look for what it writes."""
    home = Path(tempfile.mkdtemp(dir=scratch))
    script = home / f"block.{language}"
    script.write_text(text + CHECKS.get(language, ""), encoding="utf-8")
    done = subprocess.run(
        [*RUNNERS[language], str(script)],
        check=False,
        cwd=folder,
        env=environment(section, scratch / "venv", home),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{section}\n{text}\n{done.stdout}\n{done.stderr}"
    missing = [name for name in WRITTEN.get(section, ()) if not (folder / name).is_file()]
    assert not missing, f"{section}: {missing}"


def main() -> None:
    """Run the blocks, each in its folder of a copy of the run."""
    run, scratch = Path(sys.argv[1]).resolve(), Path(sys.argv[3]).resolve()
    copy = shutil.copytree(run, Path(tempfile.mkdtemp(dir=scratch)) / "run", symlinks=True)
    told = blocks()
    assert {section for section, _, _ in told} == set(PLACES), "a section with commands is new"
    for section, language, text in told:
        if section in SYSTEM and not shutil.which(SYSTEM[section]):
            print(f"{section}: not run, since {SYSTEM[section]} is not installed")
            continue
        run_block(
            section, language, text, copy / PLACES[section].format(cohort=sys.argv[2]), scratch
        )
        print(f"{section}: runs as the page says")


if __name__ == "__main__":
    main()
