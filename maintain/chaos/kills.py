"""One kill: a run, its end at a random moment, the same run again, and a look at its bytes."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.cohorts import make_batch

MANNERS = ("everything", "Snakemake alone")
WITH_TIMES = {"provenance", "ro-crate-metadata.json"}
SECONDS = 2.0
COMMAND = (sys.executable, "-m", "tryptome", "run", "config.yaml")


@dataclass(frozen=True)
class Kill:
    """What was seen.

    Attributes
    ----------
    number : int
        Which kill of the series; with the seed it gives moment and manner.
    manner : str
        What was killed.
    moment : float
        When: as soon as this share of all results was there, and up to two seconds later.
    files : int
        Whole results that were there at that moment.
    halves : int
        Half-written ones, under a name of their own.
    same : bool
        Whether the next run ended well and with the bytes of an undisturbed run.
    said : str
        What the next run said, if not.
    """

    number: int
    manner: str
    moment: float
    files: int
    halves: int
    same: bool
    said: str = ""


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every result, hidden files among them, but of what holds times."""
    results = folder / "results"
    apart = {"provenance", "ro-crate-metadata.json"}
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and not apart.intersection(path.relative_to(results).parts)
    }


def undisturbed(folder: Path) -> dict[str, str]:
    """Run from the beginning to the end: digests of the results."""
    make_batch(folder, 1)
    subprocess.run(COMMAND, cwd=folder, check=True, capture_output=True)
    return digests(folder)


def kill(number: int, seed: int, folder: Path, expected: dict[str, str]) -> Kill:
    """Kill a run, run again, and compare.

    Parameters
    ----------
    number, seed : int
        Give the moment and the manner.
    folder : pathlib.Path
        An empty folder.
    expected : dict of str to str
        Digests of the results of an undisturbed run.
    """
    manner = MANNERS[number % len(MANNERS)]
    chance = random.Random(f"{seed} {number}")
    moment = chance.random()
    make_batch(folder, 1)
    run = subprocess.Popen(
        COMMAND, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    # By progress, not by the clock: a machine with other work is slow now and then.
    while _files(folder) < int(moment * len(expected)) and run.poll() is None:
        time.sleep(0.02)
    time.sleep(chance.uniform(0, SECONDS))
    end(run, manner)
    found = digests(folder)
    halves = sum(".partial" in name for name in found)
    again = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=False)
    same = again.returncode == 0 and digests(folder) == expected
    said = "" if same else (again.stdout + again.stderr)[-4000:]
    return Kill(number, manner, moment, len(found) - halves, halves, same, said)


def _files(folder: Path) -> int:
    results = folder / "results"
    return sum(
        path.is_file() and ".partial" not in path.name
        for top in results.glob("*")
        if top.name not in WITH_TIMES
        for path in top.rglob("*")
    )


def end(run: subprocess.Popen[Any], manner: str = MANNERS[0]) -> None:
    """Kill the run with all below it, or Snakemake alone: then its job goes on."""
    below = _descendants(run.pid)
    victims = [run.pid, *below] if manner == "everything" else below[:1] or [run.pid]
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.wait()


def _descendants(pid: int) -> list[int]:
    """Processes below a process, its own children first."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
            found += map(int, children.split())
    return found[1:]
