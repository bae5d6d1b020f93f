"""What Snakemake itself takes to plan many cohorts: `python tests/benchmarks/bare.py`.

The plan is of rules that do nothing, in a row for each cohort: every one writes five files that
the next one reads, about as many as a stage of the workflow. Prints the rows of a table of
docs/performance.md. With `--script` the rules name a script, as those of the workflow do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from read_table import Run, measure_command

JOBS = (1, 3, 6, 9, 11)
FILES = 5
HEAD = """\
COHORTS = [f"c{{number:04d}}" for number in range({cohorts})]


rule all:
    input:
        expand("made/{{cohort}}/{last}/0", cohort=COHORTS),
"""
RULE = """

rule stage_{number}:
    input:
        {inputs},
    output:
        {outputs},
    {action}
"""


def main() -> None:
    """Measure plans of one to eleven jobs for each cohort."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=1_000)
    parser.add_argument("--script", action="store_true")
    options = parser.parse_args()
    print("| jobs of a cohort | s by the clock | s of processor | MiB |")
    for jobs in JOBS:
        with tempfile.TemporaryDirectory() as folder:
            run = plan(Path(folder), options.cohorts, jobs, script=options.script)
        print(f"| {jobs} | {run.wall:.1f} | {run.cpu:.1f} | {run.peak / 2**20:.0f} |")


def plan(folder: Path, cohorts: int, jobs: int, *, script: bool) -> Run:
    """Let Snakemake plan so many jobs of each cohort in an empty folder, and count them."""
    action = 'script:\n        "stage.py"' if script else 'shell:\n        "touch {output}"'
    text = HEAD.format(last=jobs - 1, cohorts=cohorts)
    for number in range(jobs):
        before = f"rules.stage_{number - 1}.output" if number else '"table.tsv"'
        files = [f'"made/{{cohort}}/{number}/{file}"' for file in range(FILES)]
        outputs = ", ".join(files)
        text += RULE.format(number=number, inputs=before, outputs=outputs, action=action)
    (folder / "Snakefile").write_text(text)
    for name in ("table.tsv", "stage.py"):
        (folder / name).touch()
    words = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "--cores", "1"]
    return measure_command(words, folder)


if __name__ == "__main__":
    main()
