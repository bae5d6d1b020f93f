"""Many batches side by side; what was done is kept, so that a campaign can be taken up again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fuzz.seeds import seeds
from fuzz.worker import choose

BATCH = 5000
MOST_LOST = 20
"""Most inputs of one batch that may end its process before the batch is given up."""

SOURCES = ("src/tryptome", "maintain/fuzz")


def fingerprint(root: Path) -> str:
    """Digest of the code that is fuzzed, so that figures are never of two versions of it."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    digest.update(bytes("TRYPTOME_DATA" in os.environ))
    return digest.hexdigest()[:16]


def run(inputs: int, seed: int, workers: int, folder: Path) -> list[dict[str, Any]]:
    """Run all batches that are not yet done.

    Parameters
    ----------
    inputs : int
        How many inputs, in all.
    seed : int
    workers : int
        Processes side by side.
    folder : pathlib.Path
        Where the results of batches are kept.

    Returns
    -------
    list of dict
        Results of all batches, in order; see :class:`fuzz.worker.Result`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    batches = [(first, min(BATCH, inputs - first)) for first in range(0, inputs, BATCH)]
    with ThreadPoolExecutor(workers) as pool:
        return list(
            _shown(
                pool.map(lambda batch: _batch(batch[0], batch[1], seed, folder), batches), inputs
            )
        )


def _shown(results: Iterator[dict[str, Any]], inputs: int) -> Iterator[dict[str, Any]]:
    done = failed = 0
    for result in results:
        done += sum(row[-1] for row in result["outcomes"])
        failed += len(result["failures"])
        print(f"\r{done:,} of {inputs:,} inputs, {failed} failures", end="", file=sys.stderr)
        yield result
    print(file=sys.stderr)


def _batch(first: int, count: int, seed: int, folder: Path) -> dict[str, Any]:
    """Run a batch; an input that ends the process is a failure, and the batch goes on without."""
    kept = folder / f"{seed}-{first}-{count}.json"
    if kept.exists():
        return dict(json.loads(kept.read_text()))
    lost: dict[int, str] = {}
    while len(lost) < MOST_LOST:
        with tempfile.TemporaryDirectory() as scratch:
            words = [str(first), str(count), str(seed), ",".join(map(str, sorted(lost)))]
            done = subprocess.run(
                [sys.executable, "-m", "fuzz.batch", *words],
                cwd=scratch,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return _keep(json.loads(done.stdout), lost, kept)
            marker = Path(scratch, "progress")
            if not marker.exists():
                raise RuntimeError(f"no worker could be started: {done.stderr[-2000:]}")
            lost[int(marker.read_text())] = f"exit {done.returncode}: {done.stderr[-2000:]}"
    raise RuntimeError(f"inputs {sorted(lost)} end their process; see {folder}")


def _keep(result: dict[str, Any], lost: dict[int, str], kept: Path) -> dict[str, Any]:
    sources = seeds()
    for number, trace in lost.items():
        source = choose(number, sources)
        result["outcomes"].append([source.target, source.name, "failed", 1])
        result["failures"].append({"number": number, "target": source.target,
                                   "format": source.name, "trace": trace})  # fmt: skip
    partial = kept.with_suffix(".partial")
    partial.write_text(json.dumps(result))
    partial.replace(kept)
    return result
