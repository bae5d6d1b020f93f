"""Time and memory of the stage `compare`: `make bench-compare`.

500 samples, 60 shares, five contrasts, 999 permutations each, in a process of its own with
the start of the interpreter and imports, on one core; once with four samples of each of
125 persons, once with 500 persons, and a grouping that crosses persons by itself, which is
the slowest there is. Writes its section of docs/performance.md, and leaves with 1 where any
takes more than 60 s.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import biom
import numpy as np
import pandas as pd
from read_table import measure

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "maintain"))

from page_sections import put
from tryptome.config.model import Contrast
from tryptome.tables import write_biom, write_parquet, write_tsv

SAMPLES, TAXA, QUANTITIES, A_PERSON = 500, 300, 60, 4
SEED = 1
PAGE = Path("docs/performance.md")
MOST = 60
"""Most seconds of processor that five contrasts may take."""

TWO = {"reference": "a", "level": "b"}
REPEATED = {
    "arm between persons": {"column": "arm", **TWO, "adjust": ["age"]},
    "phase within persons": {"column": "phase", **TWO, "adjust": ["age"]},
    "interaction of both": {"column": "phase", **TWO, "interaction": {"column": "arm", **TWO}},
    "three levels": {"formula": "diet + age"},
    "a number": {"formula": "dose + age + arm"},
}
SINGLE = {
    "two groups": {"column": "arm", **TWO, "adjust": ["age"]},
    "three levels": {"formula": "diet + age + arm"},
    "a number by groups": {"formula": "dose * arm"},
    "batches": {"formula": "diet + age + (1|batch)"},
    "inside strata": {"formula": "arm + age", "strata": "batch"},
}
CROSSED = {"batches across persons": {"formula": "diet + age + (1|batch)"}}

COMPARE = """
import json
from tryptome.compare.run import run
at = lambda name: f"{path}/{name}"
settings = json.load(open(at("settings.json")))
run(
    at("samples.tsv"), at("ledger.json"), at("composition.biom"), at("capabilities.parquet"),
    at("copy_number.parquet"), at("quantities.parquet"),
    contrasts_out=at("contrasts.tsv"), drivers_out=at("drivers.tsv"),
    seed=1, confidence=0.95, drivers=20, copy_number_correction=True, **settings,
)
"""


def main() -> None:
    """Measure and write the section; leave with 1 where it takes too long."""
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    rows = [
        ("five contrasts, 125 persons", REPEATED, "person"),
        ("five contrasts, 500 persons", SINGLE, None),
        ("one contrast, batches across 125 persons", CROSSED, "person"),
    ]
    lines, slow = [], []
    for title, contrasts, subject in rows:
        with tempfile.TemporaryDirectory() as folder:
            cohort(Path(folder), contrasts, subject)
            found = measure(COMPARE, Path(folder))
            estimated = (Path(folder) / "contrasts.tsv").read_text().count("\ttrue\t")
        numbers = f"{found.wall:.1f} | {found.cpu:.1f} | {found.peak / 2**20:.0f}"
        lines.append(f"| {title} | {estimated} | {numbers} |")
        if found.cpu > MOST:
            slow.append(f"{title} took {found.cpu:.0f} s of processor")
    put(PAGE, "comparing", section(lines))
    if slow:
        raise SystemExit(f"{'; '.join(slow)}: at most {MOST} s are wanted")


def cohort(folder: Path, contrasts: dict[str, dict[str, object]], subject: str | None) -> None:
    """Write what `compare` reads."""
    rng = np.random.default_rng(SEED)
    taxa = [f"g__{number:03}" for number in range(TAXA)]
    names = [f"s{number:03}" for number in range(SAMPLES)]
    person = np.arange(SAMPLES) // A_PERSON
    samples = pd.DataFrame(
        {
            "sample": names,
            "person": [f"p{number:03}" for number in person],
            "arm": np.where(person % 2, "a", "b"),
            "phase": np.where(np.arange(SAMPLES) % 2, "a", "b"),
            "diet": rng.choice(["x", "y", "z"], SAMPLES),
            "dose": rng.uniform(0, 10, SAMPLES).round(3).astype(str),
            "age": rng.integers(20, 70, SAMPLES).astype(str),
            "batch": rng.choice([f"b{number}" for number in range(10)], SAMPLES),
        }
    )
    cells = rng.gamma(0.3, 100, (TAXA, SAMPLES))
    prevalence = rng.beta(0.5, 2, (QUANTITIES, TAXA))
    shares = prevalence @ cells / cells.sum(axis=0)
    write_tsv(samples, folder / "samples.tsv")
    write_biom(biom.Table(cells, taxa, names), folder / "composition.biom")
    capabilities = pd.DataFrame(
        {
            "taxon": taxa * QUANTITIES,
            "capability": np.repeat([f"c{number:02}" for number in range(QUANTITIES)], TAXA),
            "mean": prevalence.ravel(),
            "sd": 0.05,
            "assessable": True,
        }
    )
    write_parquet(capabilities, folder / "capabilities.parquet")
    copies = pd.DataFrame({"taxon": taxa, "log_sd": 0.1})
    write_parquet(copies, folder / "copy_number.parquet")
    quantities = pd.DataFrame(
        {
            "sample": names * QUANTITIES,
            "quantity": np.repeat([f"share:c{number:02}" for number in range(QUANTITIES)], SAMPLES),
            "unit": "share of cells",
            "mean": shares.ravel(),
            "assessable": True,
            "reason": "",
        }
    )
    write_parquet(quantities, folder / "quantities.parquet")
    (folder / "ledger.json").write_text(json.dumps({"column_types": {}}), encoding="utf-8")
    full = {name: Contrast.model_validate(one).model_dump() for name, one in contrasts.items()}
    settings = {"contrasts": full, "subject_column": subject}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")


def section(lines: list[str]) -> str:
    """Write the section of docs/performance.md."""
    head = f"""\
## Comparing

The stage `compare` on {SAMPLES} samples, {QUANTITIES} shares and {TAXA} taxa, with 999 permutations
of every row, in a process of its own with the start of the interpreter and imports; one run each,
one core, which other work may share: then the seconds of processor are what it takes. Five
contrasts are: of persons, {", ".join(REPEATED)};
of single samples, {", ".join(SINGLE)}.

| contrasts | rows estimated | seconds | of processor | peak, MiB |
| --- | --- | --- | --- | --- |"""
    return "\n".join([head, *lines])


if __name__ == "__main__":
    main()
