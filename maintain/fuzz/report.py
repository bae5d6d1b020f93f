"""The figures of a campaign, and the section of a page that holds them."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from fuzz.worker import FILE_SIZE, MEMORY, SECONDS

LIBRARIES = ("h5py", "numpy", "pandas", "pyyaml", "pydantic")

SECTION = """\
A program breaks sound files of every format: bytes, fields, lines, the inside of
gzip, zip and HDF5 files, and pieces of other files put in. Every input must give
a table or a typed error with a remedy (see [errors.md](errors.md)), in bounded
time and memory. Anything else is a failure: another exception, a process that
ends, a table whose ids repeat or whose values are negative or not finite, a
write outside the working folder, a program started, an address looked up, a
pickle loaded. One in twenty of the cohorts that were read is also written, read
again and compared.

{summary}

| | |
|---|---|
| inputs | {inputs:,} |
| read | {read:,} |
| refused with a typed error | {refused:,} |
| failures | {failed:,} |
| slowest input | {slowest:.2f} s (bound: {seconds} s) |
| most memory that a process gained over its inputs | {peak:.0f} MiB (bound: {memory:,} MiB) |
| largest file that may be written | {file_size:,} MiB |
| seed | {seed} |
| versions | {versions} |

### By format

{formats}

### By error

{errors}
"""


@dataclass(frozen=True)
class Figures:
    """Sums over all batches of a campaign."""

    outcomes: Counter[tuple[str, str, str]]
    failures: list[dict[str, Any]]
    slowest: float
    peak: int
    seed: int

    def count(self, *outcomes: str) -> int:
        """Inputs with one of these outcomes."""
        return sum(n for (_, _, outcome), n in self.outcomes.items() if outcome in outcomes)


def gather(results: Sequence[dict[str, Any]], seed: int) -> Figures:
    """Add up the results of batches."""
    outcomes: Counter[tuple[str, str, str]] = Counter()
    for result in results:
        for target, name, outcome, count in result["outcomes"]:
            outcomes[target, name, outcome] += count
    return Figures(
        outcomes,
        [failure for result in results for failure in result["failures"]],
        max(result["slowest"] for result in results),
        max(result["peak"] for result in results),
        seed,
    )


def summary(figures: Figures) -> str:
    """One sentence."""
    total, read, failed = figures.outcomes.total(), figures.count("read"), figures.count("failed")
    refused = total - read - failed
    return (
        f"{total:,} inputs: {read:,} were read, {refused:,} refused with a typed error, "
        f"{failed:,} failed."
    )


def section(figures: Figures) -> str:
    """Write the section of the page."""
    total, read, failed = figures.outcomes.total(), figures.count("read"), figures.count("failed")
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return SECTION.format(
        summary=summary(figures),
        inputs=total,
        read=read,
        refused=total - read - failed,
        failed=failed,
        slowest=figures.slowest,
        seconds=SECONDS,
        peak=figures.peak / 2**20,
        memory=MEMORY // 2**20,
        file_size=FILE_SIZE // 2**20,
        seed=figures.seed,
        versions=f"Python {platform.python_version()}, {libraries}",
        formats=_formats(figures),
        errors=_errors(figures),
    )


def _formats(figures: Figures) -> str:
    pairs = sorted({(target, name) for target, name, _ in figures.outcomes})
    rows = []
    for pair in pairs:
        found = {out: n for (*key, out), n in figures.outcomes.items() if tuple(key) == pair}
        total, read, failed = sum(found.values()), found.get("read", 0), found.get("failed", 0)
        rows.append([*pair, *(f"{n:,}" for n in (total, read, total - read - failed, failed))])
    return _table(["read as", "made from", "inputs", "read", "refused", "failures"], rows)


def _errors(figures: Figures) -> str:
    codes: Counter[str] = Counter()
    for (_, _, outcome), count in figures.outcomes.items():
        codes[outcome] += count
    rows = [[code, f"{codes[code]:,}"] for code in sorted(codes) if code not in ("read", "failed")]
    return _table(["code", "inputs"], rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
