"""Slices of a cohort's samples: parts that are worked out at a time, blocks, and shards."""

from __future__ import annotations

from collections.abc import Iterator

PART = 512
"""Samples that are worked out at a time."""

BLOCK = 16
"""Parts whose sums over samples are added by themselves.

Sums of floating-point numbers depend on their order: this one is the same wherever a
cohort is cut between blocks.
"""


def parts(stop: int, size: int | None = None, start: int = 0) -> Iterator[slice]:
    """Slices of the samples, so that memory does not grow with them; one where there are none.

    Examples
    --------
    >>> [part.stop - part.start for part in parts(5, size=2)]
    [2, 2, 1]
    """
    step = PART if size is None else size
    for first in range(start, max(stop, start + 1), step):
        yield slice(first, min(first + step, stop))


def blocks(within: slice) -> Iterator[slice]:
    """Slices of samples whose sums are added by themselves."""
    yield from parts(within.stop, BLOCK * PART, within.start)


def shard(samples: int, number: int, shards: int) -> slice:
    """Samples of one of the shards of a cohort: whole blocks, spread evenly.

    Parameters
    ----------
    samples : int
        Of the cohort.
    number : int
        Of the shard, from 0.
    shards : int
        Into how many the cohort is cut; where it has fewer blocks, the last ones are empty.

    Examples
    --------
    >>> [shard(100_000, number, 3) for number in range(3)]
    [slice(0, 40960, None), slice(40960, 73728, None), slice(73728, 100000, None)]
    >>> [shard(600, number, 3) for number in range(3)]
    [slice(0, 600, None), slice(600, 600, None), slice(600, 600, None)]
    """
    size = BLOCK * PART
    whole = -(-samples // size)
    first, last = (-(-whole * at // shards) * size for at in (number, number + 1))
    return slice(min(first, samples), min(last, samples))
