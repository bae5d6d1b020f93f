"""Memory and time that a job asks of a cluster, by stage, input size and attempt.

The figures were measured on the demo cohort, on copies of it up to sixty times as
large, and on 500 to 1,000,000 samples drawn of a public table with many more taxa
(docs/reliability.md, docs/performance.md). They hold at least three times what was seen.
They are small on purpose: Snakemake adds up the times of jobs that it groups
into one, and a sum beyond the partition's limit leaves that job pending for
ever. How often a job is tried, partitions and accounts are the profile's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Need:
    """What one stage needs: MB of memory and minutes, each also per MB of input text."""

    mem_mb: int = 1500
    mem_mb_per_mb: float = 3
    minutes: int = 3
    minutes_per_mb: float = 0.05


USUAL = Need()
"""Of 50,000 samples, 194 MB as text, pool (of two such cohorts), export and report took 420 to 640
MiB and at most 94 s of processor; of 1,000,000, 3,175 MB, pool and report took 1,451 and 1,408."""

NEEDS = {
    "extend": Need(mem_mb=2000, mem_mb_per_mb=20, minutes=60, minutes_per_mb=1),
    # Part by part, as text or as BIOM: 157 MiB with 68 MB of text, 362 with a dense table of 126,
    # 593 with 1,000,000 samples, 3,720 MB as text.
    "ingest": Need(mem_mb_per_mb=0.2),
    # There 277 and 171 MiB: names and taxa, however many samples.
    "resolve": Need(mem_mb_per_mb=0.1),
    "annotate": Need(mem_mb_per_mb=0.1),
    # A part of the samples at a time: 536 MiB with 100,000 samples, 370 MB as text.
    "estimate": Need(mem_mb_per_mb=1),
    # 284 MiB there, and 1,056 with 1,000,000 samples, 3,175 MB as text.
    "estimate_survey": Need(mem_mb_per_mb=0.6),
    # 376 and 840 MiB; its input is its part of the cohort's.
    "estimate_shard": Need(mem_mb=2500, mem_mb_per_mb=1),
    # 50,000 samples, 194 MB as text, one contrast: 501 MiB, 32 s. Time grows with contrasts.
    # Some quantities at a time: 1,211 MiB with 1,000,000 samples, 3,175 MB as text.
    "compare": Need(mem_mb_per_mb=1, minutes_per_mb=0.1),
    # There 496 MiB, 53 s; 1,408 MiB with 1,000,000 samples.
    "community": Need(minutes_per_mb=0.1),
    # There 425 MiB, 71 s: a refit for each of hundreds of specifications; 1,036 MiB with 1,000,000.
    "sensitivity": Need(minutes_per_mb=0.1),
    # It reads the heads of reports alone.
    "index": Need(mem_mb_per_mb=0, minutes_per_mb=0),
}


def memory(stage: str, size: float, attempt: int) -> int:
    """MB of memory that a job of a stage asks for.

    Parameters
    ----------
    stage : str
        Name of the stage; one without figures of its own gets the usual ones.
    size : float
        MB of input, as text.
    attempt : int
        1, 2, …: each attempt asks for twice as much as the one before.

    Examples
    --------
    >>> [memory("ingest", 0, attempt) for attempt in (1, 2, 3)]
    [1500, 3000, 6000]
    """
    need = NEEDS.get(stage, USUAL)
    return ceil(need.mem_mb + need.mem_mb_per_mb * size) << (attempt - 1)


def minutes(stage: str, size: float, attempt: int) -> int:
    """Minutes that a job of a stage asks for; parameters as of `memory`.

    Examples
    --------
    >>> [minutes("ingest", 100, attempt) for attempt in (1, 2, 3)]
    [8, 16, 32]
    """
    need = NEEDS.get(stage, USUAL)
    return ceil(need.minutes + need.minutes_per_mb * size) << (attempt - 1)
