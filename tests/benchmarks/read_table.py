"""Time and memory of reading a large table, beside other readers: `make bench-read`.

The table is 8,480 features x 1,024 samples, from the folder that `TRYPTOME_DATA`
names, as BIOM 2.1 and as TSV. Every figure is of whole processes, the start of the
interpreter and imports among it; the readers take turns, and ratios are of pairs.
Writes its section of docs/performance.md.
"""

from __future__ import annotations

import gzip
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

RUNS = 9
PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN = "<!-- reading: begin (written by `make bench-read`) -->"
END = "<!-- reading: end -->"

OURS = (
    "from tryptome.ingest.abundances import Hints\n"
    "from tryptome.ingest.recognise import read_table\n"
)
ARRAYS = (
    "observation/ids", "sample/ids", "observation/metadata/taxonomy",
    "observation/matrix/data", "observation/matrix/indices", "observation/matrix/indptr",
)  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """A way to read a table: what it imports, and the statement that reads."""

    name: str
    imports: str
    statement: str


BIOM = (
    Reader(
        "h5py alone, the same arrays",
        "import h5py",
        f"f = h5py.File(path)\narrays = [f[name][()] for name in {ARRAYS}]",
    ),
    Reader("tryptome", OURS + "import h5py\n", "table = read_table(path, Hints())"),
    Reader("biom-format", "import biom", "table = biom.load_table(path)"),
)
TSV = (
    Reader(
        "pyarrow",
        "import pyarrow.csv as csv",
        "table = csv.read_csv(path, parse_options=csv.ParseOptions(delimiter='\\t'))",
    ),
    Reader("tryptome", OURS + "import numpy\n", "table = read_table(path, Hints())"),
    Reader("biom-format", "import biom", "table = biom.load_table(path)"),
)


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock, seconds of processor, and bytes at its peak."""

    wall: float
    cpu: float
    peak: int


def measure(code: str, path: Path) -> Run:
    """Run a program of Python in a process of its own."""
    return measure_command([sys.executable, "-c", f"path = {str(path)!r}\n{code}"])


def measure_command(words: Sequence[str], folder: Path | None = None) -> Run:
    """Run a command; its processor time is also that of its children, its peak the largest."""
    start = time.perf_counter()
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment(), cwd=folder
    )
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words[-1]}\nended with {process.returncode}:\n{said[-2000:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def _environment() -> dict[str, str]:
    """Environment in which Python keeps what it compiled, as it does for users."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def compare(readers: Sequence[Reader], path: Path) -> Iterator[list[str]]:
    """Rows of the table of figures; the first reader is what the others are compared with."""
    runs: dict[str, list[Run]] = {reader.name: [] for reader in readers}
    for turn in range(RUNS + 1):
        for reader in readers:
            run = measure(f"{reader.imports}\n{reader.statement}", path)
            if turn:  # the first turn only warms the caches
                runs[reader.name].append(run)
    first = runs[readers[0].name]
    for reader in readers:
        own = runs[reader.name]
        imports = min(measure(reader.imports, path).peak for _ in range(3))
        peak = statistics.median(run.peak for run in own)
        pairs = zip(own, first, strict=True)
        yield [
            reader.name,
            _spread([run.wall for run in own]),
            f"{statistics.median(run.cpu for run in own):.2f}",
            f"{statistics.median(a.wall / b.wall for a, b in pairs):.2f}",
            f"{peak / 2**20:.0f}",
            f"{(peak - imports) / 2**20:.0f}",
            f"{(peak - imports) / sparse_bytes():.1f}",
        ]


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def sparse_bytes() -> int:
    """Bytes of the matrix as SciPy holds it: 64-bit values, 32-bit columns, 32-bit row ends."""
    return ENTRIES * (8 + 4) + (FEATURES + 1) * 4


FEATURES, SAMPLES, ENTRIES = 8480, 1024, 1_068_244


BIOM_NAME, TSV_NAME = "table.biom", "table.tsv"


def prepare(data: Path, folder: Path) -> None:
    """Unpack the table, and write it as TSV with its lineages in the last column."""
    import biom

    hdf5, tsv = folder / BIOM_NAME, folder / TSV_NAME
    with gzip.open(data / "large" / "TwinsUK.biom.gz") as packed, hdf5.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    table = biom.load_table(str(hdf5))
    if (*table.shape, table.nnz) != (FEATURES, SAMPLES, ENTRIES):
        raise SystemExit(f"another table than expected: {table.shape}, {table.nnz}")
    with tsv.open("w") as handle:
        print("#OTU ID", *table.ids(), "taxonomy", sep="\t", file=handle)
        for counts, name, about in table.iter(axis="observation"):
            numbers = (str(int(count)) for count in counts)
            print(name, *numbers, "; ".join(about["taxonomy"]), sep="\t", file=handle)


def section(biom_rows: list[list[str]], tsv_rows: list[list[str]]) -> str:
    """Write the section of the page."""
    names = ("numpy", "h5py", "pyarrow", "biom-format")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"""{BEGIN}
## Reading a table

A table of {FEATURES:,} features x {SAMPLES:,} samples with {ENTRIES:,} values that are not zero
({sparse_bytes() / 2**20:.1f} MiB as a sparse matrix), with lineages. Whole processes, with the
start of the interpreter and imports; {RUNS} runs each, in turn, after one that is not counted.
Medians, with the least and the most; the ratio is the median of pairs of runs. *Beyond imports*
is the peak of memory less that of a process that only imports.
Python {platform.python_version()}, {versions}; {os.cpu_count()} processors.

From BIOM 2.1:

{_table(biom_rows, "h5py")}

From TSV:

{_table(tsv_rows, "pyarrow")}
{END}"""


def _table(rows: list[list[str]], other: str) -> str:
    header = [
        "reader", "seconds", "of processor", f"ratio to {other}", "peak, MiB",
        "beyond imports, MiB", "times the sparse matrix",
    ]  # fmt: skip
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def put(text: str, begin: str = BEGIN, end: str = END) -> None:
    """Put the section in its place on the page, or at the end of it."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
    if begin in page:
        before, rest = page.split(begin, 1)
        page = before + text + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n{text}\n"
    PAGE.write_text(page, encoding="utf-8")


def main() -> None:
    data = os.environ.get("TRYPTOME_DATA")
    if not data:
        raise SystemExit("set TRYPTOME_DATA to the folder that holds large/TwinsUK.biom.gz")
    if len(sys.argv) > 1:
        prepare(Path(data), Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        # A process of its own: what this one holds would count as memory of its children.
        subprocess.run([sys.executable, __file__, folder], check=True)
        hdf5, tsv = Path(folder, BIOM_NAME), Path(folder, TSV_NAME)
        put(section(list(compare(BIOM, hdf5)), list(compare(TSV, tsv))))
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
