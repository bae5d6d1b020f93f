"""Time and memory of all stages of one cohort, each in a process of its own.

`python tests/benchmarks/stages_after.py FOLDER SAMPLES [STAGE ...]` draws a table of so many
samples (see `drawn`; needs `TRYPTOME_DATA`) with metadata of two groups and a covariate, takes it
through the stages with the settings that the workflow would give them, and prints seconds and
peaks. What is in the folder already is kept: with stages named, these are run anew. `pool` is of
the cohort and itself. Figures are in docs/performance.md, "After the estimates".
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import drawn
import numpy as np
from read_table import measure, measure_command

from tryptome.paths import STAGES
from tryptome.report.results import INPUTS
from tryptome.workflow import Plan

SEED = 1
NAMES = {
    **{"table": "table.biom", "composition": "composition.biom", "long_text": "long.tsv.gz"},
    **{"quantities": "quantities.parquet", "contributions": "contributions.parquet"},
}
"""Names of files by which their format is told."""

CONTRAST = {"column": "diet", "reference": "plant", "level": "animal", "adjust": ["age"]}
COHORT = "drawn"


def main(folder: Path, samples: int, stages: list[str]) -> None:
    """Draw what is not there, and run the stages."""
    plan = Plan.of(cohort(folder, samples))
    for stage in stages or [*STAGES, "pool"]:
        (folder / stage).mkdir(exist_ok=True)
        program = folder / f"{stage}.json"
        program.write_text(json.dumps(arguments(folder, stage, plan)))
        run = measure(
            f"import json\nfrom tryptome.{stage}.run import run\nrun(**json.load(open(path)))",
            program,
        )
        told = f"{run.peak / 2**20:.0f} MiB, {run.cpu:.0f} s of processor, {run.wall:.0f} s"
        print(f"{samples:,}\t{stage}\t{told}", flush=True)


def cohort(folder: Path, samples: int) -> dict[str, Any]:
    """Draw a table with metadata; the configuration of its cohort."""
    folder.mkdir(parents=True, exist_ok=True)
    table, metadata = folder / "table.biom", folder / "metadata.tsv"
    if not metadata.exists():
        real = Path(os.environ["TRYPTOME_DATA"]) / "large" / "TwinsUK.biom.gz"
        # In a process of its own: the memory of this one counts as that of its children.
        measure_command([sys.executable, drawn.__file__, str(real), str(table), str(samples)])
        rng = np.random.default_rng(SEED)
        diets = rng.choice(["plant", "animal"], samples)
        ages = rng.integers(20, 80, samples)
        rows = [f"s{at:07d}\t{diets[at]}\t{ages[at]}\n" for at in range(samples)]
        metadata.write_text("sample\tdiet\tage\n" + "".join(rows))
    one = {"table": str(table), "metadata": str(metadata), "contrasts": {"diet": CONTRAST}}
    return {
        "cohorts": {COHORT: one, "again": one},
        "pool": {"questions": {"diet": {"contrasts": {COHORT: "diet", "again": "diet"}}}},
    }


def arguments(folder: Path, stage: str, plan: Plan) -> dict[str, Any]:
    """Inputs, outputs and settings of a stage, by the names of its function's parameters."""
    wildcards = SimpleNamespace(cohort=COHORT)
    if stage == "ingest":
        found: dict[str, Any] = plan.inputs(wildcards) | plan.ingest(wildcards)
    else:
        found = getattr(plan, stage)(wildcards) if hasattr(plan, stage) else {}
    run = import_module(f"tryptome.{stage}.run").run
    named = [*inspect.signature(run).parameters, *(INPUTS if stage == "report" else ())]
    for name in named:
        if name.endswith("_out"):
            bare = name.removesuffix("_out")
            found[name] = str(folder / stage / NAMES.get(bare, bare))
        elif name not in found:
            made = [folder / one / NAMES.get(name, name) for one in STAGES if one != "export"]
            paths = [str(path) for path in made if path.exists()]
            if paths:
                found[name] = paths[-1:] * 2 if stage == "pool" else paths[-1]
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
