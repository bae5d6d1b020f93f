"""One batch of inputs, in a process of its own with bounded time and memory."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fuzz.mutate import mutated
from fuzz.seeds import REAL, Seed, seeds
from fuzz.targets import TARGETS
from tryptome.errors import TryptomeError

SECONDS = 10
"""Most time for one input; the kernel then ends the process."""

MEMORY = 1 << 30
"""Most bytes of address space for one input, beside what the process held before."""

FILE_SIZE = 1 << 26
"""Most bytes of a file that is written."""

FORBIDDEN = frozenset(
    {"os.system", "os.exec", "os.posix_spawn", "os.fork", "os.symlink", "os.link",
     "subprocess.Popen", "socket.connect", "socket.getaddrinfo", "pickle.find_class"}
)  # fmt: skip
"""Audit events of Python that reading must never cause."""


class BreachError(BaseException):
    """Reading did what it must never do; no reader catches this by accident."""


@dataclass
class Result:
    """What became of a batch.

    Attributes
    ----------
    outcomes : Counter
        Inputs by target, format and outcome (``read``, a code, or ``failed``).
    failures : list of dict
        Number, target, format and traceback of each input that broke the promise.
    slowest : float
        Seconds of the slowest input.
    peak : int
        Bytes by which the process grew at its peak, over all inputs.
    """

    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)
    slowest: float = 0.0
    peak: int = 0

    def written(self) -> str:
        """As JSON."""
        rows = [[*key, count] for key, count in sorted(self.outcomes.items())]
        return json.dumps({**vars(self), "outcomes": rows})


def choose(number: int, sources: list[Seed]) -> Seed:
    """Take turns among the seeds; one in four is a real file, where there are any."""
    real = [source for source in sources if source.name == REAL]
    made = [source for source in sources if source.name != REAL]
    if real and number % 4 == 0:
        return real[number // 4 % len(real)]
    return made[number % len(made)]


def make(number: int, seed: int, sources: list[Seed]) -> tuple[Seed, bytes, Random]:
    """Make an input; the same number and seed give the same one."""
    random = Random(f"{seed}:{number}")
    source = choose(number, sources)
    other = random.choice(sources).content
    # One in fifty is left as it is: the sound files must still be read.
    sound = random.random() < 0.02  # noqa: PLR2004
    content = source.content if sound else mutated(source.content, other, random)
    return source, content, random


def attempt(source: Seed, path: Path, random: Random) -> tuple[str, str]:
    """Read an input: the outcome, and the traceback where the promise is broken."""
    try:
        TARGETS[source.target](path, random)
    except TryptomeError as error:
        return (
            (error.code, "") if str(error) and error.remedy else ("failed", f"no remedy: {error}")
        )
    except (Exception, BreachError):
        return "failed", traceback.format_exc()
    return "read", ""


def run(first: int, count: int, seed: int, skip: set[int], progress: Path) -> Result:
    """Read a batch of inputs in the current folder, writing its progress before each."""
    sources = seeds()
    warm_up(sources)
    confine()
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = Result()
    path = Path("input")
    with progress.open("w") as marker:
        for number in range(first, first + count):
            if number in skip:
                continue
            os.pwrite(marker.fileno(), b"%-20d" % number, 0)
            source, content, random = make(number, seed, sources)
            path.write_bytes(content)
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            began = time.perf_counter()
            outcome, trace = attempt(source, path, random)
            result.slowest = max(result.slowest, time.perf_counter() - began)
            signal.setitimer(signal.ITIMER_REAL, 0)
            result.outcomes[source.target, source.name, outcome] += 1
            if trace:
                result.failures.append(
                    {"number": number, "target": source.target, "format": source.name,
                     "trace": trace[-3000:]}
                )  # fmt: skip
    result.peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) * 1024
    return result


def warm_up(sources: list[Seed]) -> None:
    """Load every library before memory and files are bounded."""
    path = Path("input")
    for source in sources:
        path.write_bytes(source.content)
        attempt(source, path, Random(0))


def confine() -> None:
    """Bound memory and files, and raise when anything forbidden is tried."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bound = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    here = str(Path.cwd())

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in FORBIDDEN:
            raise BreachError(f"{event} {arguments[:1]}")
        if event == "open" and isinstance(arguments[0], str) and arguments[2] & (
            os.O_WRONLY | os.O_RDWR
        ):  # fmt: skip
            target = os.path.realpath(arguments[0])
            if not target.startswith((here + os.sep, "/dev/")):
                raise BreachError(f"writes {target}")

    sys.addaudithook(audit)
