"""Time and memory from table to estimates, how they grow, and the workflow's own: `make bench`.

Every figure is of a whole process, the start of the interpreter and imports among it, one run
each. Tables are drawn from `large/TwinsUK.biom.gz` of the folder that `TRYPTOME_DATA` names
(see `drawn`); numbers of samples, and of cohorts behind `--cohorts`, come from the command line.
Writes its section of docs/performance.md, or prints it after `--print`. With `--state FILE`,
sizes that the file holds are not measured again: the largest takes half an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from bare import plan
from read_table import Run, measure, measure_command, put

from estimate import ESTIMATE, MEANS

SAMPLES = (100, 1_000, 10_000, 100_000)
COHORTS = 1_000
BEGIN = "<!-- scale: begin (written by `make bench`) -->"
END = "<!-- scale: end -->"

PREAMBLE = """
at = lambda name: f"{path}/{name}"
out = lambda *names: {name.split(".")[0] + "_out": at(name) for name in names}
"""
STAGES = {
    "ingest": """
from tryptome.config.model import Cohort
from tryptome.ingest.run import run
run(at("drawn.biom"), **Cohort(table=at("drawn.biom")).reading(),
    **out("table.biom", "features.tsv", "samples.tsv", "ledger.json"))
""",
    "resolve": """
from tryptome.resolve.run import run
run(at("table.biom"), at("features.tsv"), **out("resolution.tsv", "taxa.tsv"))
""",
    "annotate": """
from tryptome.annotate.run import run
run(at("taxa.tsv"), **out("capabilities.parquet", "copy_number.parquet"))
""",
    "estimate": f"import os\nthreads = os.cpu_count()\n{ESTIMATE}",
}
"""Programs of the stages, which find and leave their files in the folder `path`."""

FLOOR = """
import h5py, numpy as np, scipy.sparse
with h5py.File(at("drawn.biom")) as f:
    m = f["sample/matrix"]
    x = scipy.sparse.csr_array((m["data"][()], m["indices"][()], m["indptr"][()]))
x @ np.ones((x.shape[1], 32))
"""
"""The least that any estimate of 32 shares does: read the arrays, and one sparse product."""

DRAW = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from drawn import draw
draw(Path({real!r}), Path(at("drawn.biom")), {samples})
"""


@dataclass(frozen=True)
class Row:
    """A drawn table: its size, and one run of each stage, of means and sds, and of the floor."""

    samples: int
    entries: int
    stages: dict[str, Run]
    means: Run
    floor: Run

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Row:
        """Take up a row that was kept."""
        stages = {name: Run(**run) for name, run in kept["stages"].items()}
        means, floor = Run(**kept["means"]), Run(**kept["floor"])
        return cls(kept["samples"], kept["entries"], stages, means, floor)

    @property
    def wall(self) -> float:
        """Seconds of all stages by the clock."""
        return sum(run.wall for run in self.stages.values())

    @property
    def cpu(self) -> float:
        """Seconds of processor of all stages."""
        return sum(run.cpu for run in self.stages.values())

    @property
    def peak(self) -> float:
        """Most memory of any stage, MiB."""
        return max(run.peak for run in self.stages.values()) / 2**20


@dataclass(frozen=True)
class Workflow:
    """Runs of the workflow itself."""

    jobs: int
    demo: Run
    again: Run
    cohorts: int
    dry: Run
    bare: Run


def main() -> None:
    """Measure, and write or print the section."""
    parser = argparse.ArgumentParser(description="make bench")
    parser.add_argument("samples", nargs="*", type=int, default=SAMPLES)
    parser.add_argument("--cohorts", type=int, default=COHORTS)
    parser.add_argument("--state", type=Path, help="file that keeps what was measured")
    parser.add_argument("--print", action="store_true", dest="only_print")
    options = parser.parse_args()
    data = os.environ.get("TRYPTOME_DATA")
    if not data:
        raise SystemExit("set TRYPTOME_DATA to the folder that holds large/TwinsUK.biom.gz")
    real = Path(data) / "large" / "TwinsUK.biom.gz"
    with tempfile.TemporaryDirectory() as folder:
        workflow = run_workflow(Path(folder), options.cohorts)
        kept = read_state(options.state)
        rows = run_sizes(Path(folder), real, options.samples, dict(kept), options.state)
    text = section(rows, workflow, [row.samples for row in rows if row.samples in kept])
    if options.only_print:
        print(text)
    else:
        put(text, BEGIN, END)


def read_state(state: Path | None) -> dict[int, Row]:
    """Rows that were kept, by their samples."""
    kept = json.loads(state.read_text()) if state and state.exists() else []
    return {row["samples"]: Row.read(row) for row in kept}


def run_sizes(
    folder: Path, real: Path, sizes: Sequence[int], rows: dict[int, Row], state: Path | None
) -> list[Row]:
    """Measure the sizes that are not among the rows yet, and keep each at once."""
    for samples in sizes:
        if samples not in rows:
            rows[samples] = run_stages(folder, real, samples)
            if state:
                state.write_text(json.dumps([asdict(row) for row in rows.values()]))
    return [rows[samples] for samples in sizes]


def run_stages(folder: Path, real: Path, samples: int) -> Row:
    """Draw a table and take it through the stages, each in a process of its own."""
    import h5py

    place = folder / str(samples)
    place.mkdir()
    here = str(Path(__file__).parent)
    measure(PREAMBLE + DRAW.format(here=here, real=str(real), samples=samples), place)
    with h5py.File(place / "drawn.biom") as drawn:
        entries = int(drawn.attrs["nnz"])
    stages = {name: measure(PREAMBLE + code, place) for name, code in STAGES.items()}
    means, floor = (measure(PREAMBLE + code, place) for code in (MEANS, FLOOR))
    row = Row(samples, entries, stages, means, floor)
    for path in place.iterdir():
        path.unlink()
    print(f"{samples:,} samples: {row.wall:.1f} s", file=sys.stderr)
    return row


def run_workflow(folder: Path, cohorts: int) -> Workflow:
    """Run the demo, and again when all is done; plan many cohorts, which share one table."""
    words = [sys.executable, "-m", "tryptome", "run"]
    demo, many = folder / "demo", folder / "many"
    demo.mkdir()
    many.mkdir()
    first, again = measure_command(words, demo), measure_command(words, demo)
    (many / "table.tsv").write_text("lineage\ts1\ng__Bacteroides\t1\n")
    sheet = ["cohort\ttable", *(f"c{number:04d}\ttable.tsv" for number in range(cohorts))]
    (many / "sheet.tsv").write_text("\n".join(sheet) + "\n")
    (many / "config.yaml").write_text("sheet: sheet.tsv\n")
    dry = measure_command([*words, "config.yaml", "--", "-n"], many)
    logs = demo / "results" / "provenance" / "logs" / "david2014"
    jobs = len(list(logs.glob("*.log")))
    empty = folder / "bare"
    empty.mkdir()
    return Workflow(jobs, first, again, cohorts, dry, plan(empty, cohorts, jobs, script=True))


def exponent(rows: Sequence[Row], value: str) -> float | None:
    """Slope on log non-zeros of log time or memory, less that of the smallest: 1 is linear."""
    base = getattr(rows[0], value)
    more = [(row.entries, getattr(row, value) - base) for row in rows[1:]]
    known = [pair for pair in more if pair[1] > 0]
    if len(known) < 2:
        return None
    x, y = np.log(np.array(known)).T
    return float(np.polyfit(x, y, 1)[0])


def section(rows: Sequence[Row], workflow: Workflow, kept: Sequence[int] = ()) -> str:
    """Write the section of the page."""
    names = ("numpy", "scipy", "h5py", "pyarrow", "snakemake")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    slopes = {name: exponent(rows, value) for name, value in (("time", "cpu"), ("memory", "peak"))}
    told = "; ".join(f"{name} {slope:.2f}" for name, slope in slopes.items() if slope is not None)
    load = os.getloadavg()[2]
    before = "; ".join(f"{samples:,} samples" for samples in kept)
    head = [
        *("samples", "non-zeros", *(f"{name}, s" for name in STAGES), "all, s", "of processor"),
        *("means and sds", "floor", "peak, MiB"),
    ]
    earlier = f"\nMeasured before the others, by itself: {before}." if before else ""
    return f"""{BEGIN}
## From table to estimates

Tables drawn from the lineages and the sparsity of a real one of 8,480 features (scaled to about
150 features a sample), through the four stages, each in a process of its own with the start of
the interpreter, imports, reading and writing. One run each. Contributions are of samples up to
10,000 samples and of groups above. *Floor*: seconds of processor to read the arrays and multiply
them once with a matrix of 32 columns, without output; *means and sds* of all shares, likewise
without output, come beside it. Beyond the smallest table, processor time
and peak memory grow with these powers of the non-zeros: {told or "too few sizes to tell"}.
Python {platform.python_version()}, {versions}; {os.cpu_count()} processors. Load of the machine
over the last 15 minutes, at the end: {load:.1f}; where it is above 2, other work ran, and the
seconds of processor mean more than those of the clock.{earlier}

{_joined(head)}
{_joined(["---"] * len(head))}
{chr(10).join(map(_line, rows))}

{_of_workflow(workflow)}
{END}"""


def _of_workflow(found: Workflow) -> str:
    return f"""The workflow: the demo takes {_seconds(found.demo)} in {found.jobs} jobs of the
cohort, its figures and its page among them; the same command again, with nothing to do,
{_seconds(found.again)}, which is what Snakemake and the start of the program cost a run. A dry run
of {found.cohorts:,} cohorts takes {_seconds(found.dry)}
and {found.dry.peak / 2**20:.0f} MiB; Snakemake itself, with as many jobs that do nothing and have
five files each, {_seconds(found.bare)}."""


def _seconds(run: Run) -> str:
    return f"{run.wall:.1f} s ({run.cpu:.1f} of processor)"


def _joined(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _line(row: Row) -> str:
    stages = (f"{row.stages[name].wall:.1f}" for name in STAGES)
    cells = [
        *(f"{row.samples:,}", f"{row.entries:,}", *stages, f"{row.wall:.1f}", f"{row.cpu:.1f}"),
        *(f"{row.means.cpu:.1f}", f"{row.floor.cpu:.1f}", f"{row.peak:.0f}"),
    ]
    return _joined(cells)


if __name__ == "__main__":
    main()
