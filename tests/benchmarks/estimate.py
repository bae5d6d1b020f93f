"""Time and memory of the stage `estimate`, and how they grow: `make bench-estimate`.

Every figure is of a whole process, the start of the interpreter and imports among it.
The first table is real (`large/TwinsUK.biom.gz` of the folder that `TRYPTOME_DATA` names).
The others are drawn: the demo's features, 150 of them in each sample, numbers of samples
from the command line. The exponent is the slope of log time, less that of one sample,
on log non-zeros. Writes its section of docs/performance.md.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from read_table import Run, measure, put

from stages import annotated

SAMPLES = (1_000, 4_000, 16_000)
FEATURES_A_SAMPLE = 150
RUNS = 5
SEED = 1
BEGIN = "<!-- estimating: begin (written by `make bench-estimate`) -->"
END = "<!-- estimating: end -->"

ESTIMATE = """
from tryptome.estimate.run import run
at = lambda name: f"{path}/{name}"
run(
    at("table.biom"), at("ledger.json"), at("samples.tsv"), at("resolution.tsv"),
    at("capabilities.parquet"), at("copy_number.parquet"),
    **{name.split(".")[0] + "_out": at(name) for name in (
        "composition.biom", "quantities.parquet", "contributions.parquet", "accounting.tsv",
        "depth.tsv", "applicability.tsv", "budget.tsv",
        "scenario_checks.tsv",
    )},
    copy_number_correction=True, min_assessable=0.5, cover=0.95, threads=threads,
)
"""
"""The stage in the folder `path`, with so many `threads`."""

MEANS = """
import json
at = lambda name: f"{path}/{name}"
from tryptome.biom_slices import sliced
from tryptome.estimate.community import Assembly
from tryptome.estimate.shares import Prevalence, moments_of_cells
from tryptome.estimate.slices import parts
from tryptome.tables import read_parquet, read_tsv
counts = json.load(open(at("ledger.json")))["values"] == "counts"
copies = read_parquet(at("copy_number.parquet"))
assembly = Assembly.of(read_tsv(at("resolution.tsv")), copies, counts=counts, correct_copies=True)
prevalence = Prevalence.of(read_parquet(at("capabilities.parquet")), assembly.taxa)
with sliced(at("table.biom")) as table:
    for part, reads in table.in_parts(parts(table.shape[1])):
        community = assembly.community(tuple(table.ids("sample", part.start, part.stop)), reads)
        shares = moments_of_cells(community, prevalence)
        mean, sd = shares.mean, shares.variance**0.5
"""
"""Means and sds of all shares, a part at a time, as the stage works them out."""

PICRUST2 = """For orientation: PICRUSt2 2.6.3's step from table and traits to functions, which
gives no intervals, took 12.8 s and 388 MiB on the real table, and 302 s and 2.1 GiB with
contributions (measured once, on a machine of the same kind)."""


@dataclass(frozen=True)
class Row:
    """A table that was estimated: its size, and the median of the runs."""

    samples: int
    entries: int
    seconds: float
    mebibytes: float


def main(sizes: tuple[int, ...]) -> None:
    """Measure and write the section."""
    data = os.environ.get("TRYPTOME_DATA")
    if not data:
        raise SystemExit("set TRYPTOME_DATA to the folder that holds large/TwinsUK.biom.gz")
    with tempfile.TemporaryDirectory() as folder:
        real, demo = Path(folder) / "real", Path(folder) / "demo"
        for place, table in ((real, Path(data) / "large" / "TwinsUK.biom.gz"), (demo, _demo())):
            place.mkdir()
            annotated(place, table)
        first, means = _row(real, RUNS), _row(real, RUNS, MEANS)
        base = _row(draw(demo, Path(folder) / "1", 1), 1)
        rows = [_row(draw(demo, Path(folder) / str(n), n), 1) for n in sizes]
    put(section([first, means], base, rows), BEGIN, END)


def _demo() -> Path:
    from tryptome.paths import resource

    return Path(resource("demo", "david2014.biom"))


def draw(demo: Path, folder: Path, samples: int) -> Path:
    """Draw samples of the demo's features: those present by chance, log-normal reads."""
    import biom
    import scipy.sparse

    from tryptome.tables import read_tsv, write_biom

    folder.mkdir()
    for name in ("ledger.json", "resolution.tsv", "capabilities.parquet", "copy_number.parquet"):
        (folder / name).symlink_to(demo / name)
    features = read_tsv(demo / "features.tsv")["feature"].tolist()
    rng = np.random.default_rng([SEED, samples])
    rows = [rng.choice(len(features), FEATURES_A_SAMPLE, replace=False) for _ in range(samples)]
    reads = np.ceil(rng.lognormal(2.0, 1.5, samples * FEATURES_A_SAMPLE))
    ends = np.arange(samples + 1) * FEATURES_A_SAMPLE
    matrix = scipy.sparse.csc_matrix(
        (reads, np.concatenate(rows), ends), shape=(len(features), samples)
    )
    names = [f"s{number:06d}" for number in range(samples)]
    write_biom(biom.Table(matrix.tocsr(), features, names, type="OTU table"), folder / "table.biom")
    (folder / "samples.tsv").write_text("\n".join(["sample", *names, ""]), encoding="utf-8")
    return folder


def _row(folder: Path, runs: int, program: str = f"threads = 1\n{ESTIMATE}") -> Row:
    from tryptome.tables import read_biom

    found: list[Run] = [measure(program, folder) for _ in range(runs)]
    table = read_biom(folder / "table.biom")
    return Row(
        table.shape[1],
        table.nnz,
        statistics.median(run.wall for run in found),
        statistics.median(run.peak for run in found) / 2**20,
    )


def exponent(base: Row, rows: list[Row]) -> float:
    """Slope of log time, less that of the base, on log non-zeros: 1 is linear."""
    x = np.log([row.entries for row in rows])
    y = np.log([row.seconds - base.seconds for row in rows])
    return float(np.polyfit(x, y, 1)[0])


def section(real: list[Row], base: Row, rows: list[Row]) -> str:
    """Write the section of the page."""
    lines = [
        f"| {label} | {row.samples:,} | {row.entries:,} | {row.seconds:.2f} | {row.mebibytes:.0f} |"
        for label, row in [
            *zip(("real", "real, means and sds alone"), real, strict=True),
            *(("drawn", row) for row in [base, *rows]),
        ]
    ]
    return f"""{BEGIN}
## Estimating

The stage `estimate` in a process of its own, with the start of the interpreter, imports, every
interval, the taxa that carry each share, and writing. The real table is that of the section above
(median of {RUNS} runs); the others are drawn from the demo's features, {FEATURES_A_SAMPLE} in each
sample, one run each. Time beyond that of one sample grows with the power
{exponent(base, rows):.2f} of the non-zeros. {os.cpu_count()} processors, of which one is used.

| table | samples | non-zeros | seconds | peak, MiB |
| --- | --- | --- | --- | --- |
{chr(10).join(lines)}

{PICRUST2}
{END}"""


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SAMPLES)
