"""False positives of the stage compare where nothing is there to find, by design.

Run by hand, for example with 1,000 data sets a design (about ten minutes):

    PYTHONPATH=src python tests/benchmarks/compare_null.py 1000

Persons differ and respond differently (random slopes), but the mean response is
zero. Prints, per design, the share of p values under 0.05 of the model and of
the permutation, the coverage of the 95 % interval, and which models were used.
"""

from __future__ import annotations

import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from tryptome.compare.contrast import Comparison

PHASE = {"column": "phase", "reference": "before", "level": "after"}
ARM = {"column": "arm", "reference": "a", "level": "b"}

Design = Callable[[np.random.Generator], pd.DataFrame]


def within(persons: int, most: int) -> Design:
    """Every person in both phases, with 1 to ``most`` samples in each."""

    def rows(rng: np.random.Generator) -> Iterator[tuple[str, str, str]]:
        for person in range(persons):
            for phase in ("before", "after"):
                for _ in range(rng.integers(1, most + 1)):
                    yield f"p{person:03}", phase, "a"

    return lambda rng: pd.DataFrame(rows(rng), columns=["person", "phase", "arm"])


def between(sizes: tuple[int, int], most: int) -> Design:
    """Every person in one arm, with 1 to ``most`` samples."""

    def rows(rng: np.random.Generator) -> Iterator[tuple[str, str, str]]:
        for person in range(sum(sizes)):
            arm = "a" if person < sizes[0] else "b"
            for _ in range(rng.integers(1, most + 1)):
                yield f"p{person:03}", "before", arm

    return lambda rng: pd.DataFrame(rows(rng), columns=["person", "phase", "arm"])


def crossover(both: int, one: int, most: int) -> Design:
    """Persons in both phases of both arms, and some in one arm only."""

    def rows(rng: np.random.Generator) -> Iterator[tuple[str, str, str]]:
        for person in range(both + one):
            for arm in ("a", "b") if person < both else ("ab"[person % 2],):
                for phase in ("before", "after"):
                    for _ in range(rng.integers(1, most + 1)):
                        yield f"p{person:03}", phase, arm

    return lambda rng: pd.DataFrame(rows(rng), columns=["person", "phase", "arm"])


def some_within(both: int, one: int, most: int) -> Design:
    """Some persons in both phases, others in one of them."""

    def rows(rng: np.random.Generator) -> Iterator[tuple[str, str, str]]:
        for person in range(both + one):
            phases = ("before", "after")
            for phase in phases if person < both else (phases[person % 2],):
                for _ in range(rng.integers(1, most + 1)):
                    yield f"p{person:03}", phase, "a"

    return lambda rng: pd.DataFrame(rows(rng), columns=["person", "phase", "arm"])


def outcome(frame: pd.DataFrame, slope: float, rng: np.random.Generator) -> np.ndarray:
    """Null outcome: person, person's response to phase, arm and both, and noise.

    Noise in arm b has twice the standard deviation of that in arm a.
    """
    codes = pd.factorize(frame["person"])[0]
    persons = codes.max() + 1
    phase = (frame["phase"] == "after").to_numpy(float) - 0.5
    arm = (frame["arm"] == "b").to_numpy(float) - 0.5
    effects = rng.normal(size=(persons, 4)) * [1, slope, slope, slope]
    terms = np.column_stack([np.ones(len(frame)), phase, arm, phase * arm])
    noise = rng.normal(size=len(frame)) * np.where(arm > 0, 1.4, 0.7)
    return (effects[codes] * terms).sum(axis=1) + noise


DESIGNS: dict[str, tuple[Design, dict[str, object]]] = {
    "within, 5 persons": (within(5, 5), PHASE),
    "within, 10 persons": (within(10, 5), PHASE),
    "within, 30 persons": (within(30, 3), PHASE),
    "between, 5 and 5 persons": (between((5, 5), 5), ARM),
    "between, 20 and 8 persons": (between((20, 8), 5), ARM),
    "single samples, 30 and 8": (between((30, 8), 1), ARM),
    "crossover, 9 and 2": (crossover(9, 2, 5), PHASE | {"interaction": ARM}),
    "parallel arms, 16 persons": (crossover(0, 16, 4), PHASE | {"interaction": ARM}),
    "10 in both phases, 10 in one": (some_within(10, 10, 4), PHASE),
    "4 in both phases, 20 in one": (some_within(4, 20, 4), PHASE),
}


def measure(name: str, slope: float, count: int) -> str:
    """Simulate ``count`` null data sets of one design, with draws of its own."""
    design, contrast = DESIGNS[name]
    rng = np.random.default_rng([zlib.crc32(name.encode()), int(10 * slope)])
    hits = np.zeros(3)
    models: Counter[str] = Counter()
    tests = 0
    while tests < count:
        frame = design(rng).assign(sample=lambda rows: [f"s{i}" for i in range(len(rows))])
        finding = Comparison("null", contrast, frame, "person", 1).find(outcome(frame, slope, rng))
        estimate = finding.estimate
        if estimate is None:
            models[finding.reason] += 1
            continue
        half = stdtrit(estimate.df, 0.975) * estimate.se
        hits += [finding.p < 0.05, finding.p_permutation <= 0.05, abs(estimate.effect) <= half]
        models[estimate.model] += 1
        tests += 1
    model, permutation, covered = hits / count
    return (
        f"slope {slope}: model {model:.3f}, permutation {permutation:.3f}, "
        f"coverage {covered:.3f}; {dict(models)}"
    )


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chosen = sys.argv[2:] or list(DESIGNS)
    for name in chosen:
        print(name)
        for slope in (0.0, 0.5, 1.5):
            print("  " + measure(name, slope, count), flush=True)


if __name__ == "__main__":
    main()
