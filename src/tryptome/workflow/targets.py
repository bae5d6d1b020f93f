"""What the workflow asks for, of all cohorts.

Input functions, so that only the job that needs their lists makes them: every job of a cluster
reads the rules anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Function = Callable[[Any], list[str]]


def of_each(cohorts: Sequence[str], pattern: str) -> Function:
    """Give the input function for one result of each cohort.

    Parameters
    ----------
    cohorts : sequence of str
        Names.
    pattern : str
        Path of the result, with ``{cohort}``.
    """
    return lambda wildcards: _expand(pattern, cohorts)


def lost(cohorts: Sequence[str], patterns: Sequence[str]) -> Function:
    """Give the input function for results that are missing, although others of their cohort exist.

    Somebody removed them, or a run did not end. Where no later stage misses them, Snakemake would
    not make them again. All results of a cohort that was never run are missing: they come with
    the last of them, and to name each would make a plan of many cohorts slow.

    Parameters
    ----------
    cohorts : sequence of str
        Names.
    patterns : sequence of str
        Paths of all results of a cohort, with ``{cohort}``.
    """

    def find(wildcards: Any) -> list[str]:
        there = {
            pattern: [name for name in cohorts if Path(pattern.format(cohort=name)).exists()]
            for pattern in patterns
        }
        begun = set().union(*there.values())
        return [
            path
            for pattern, names in there.items()
            for path in _expand(pattern, sorted(begun.difference(names)))
        ]

    return find


def _expand(pattern: str, cohorts: Sequence[str]) -> list[str]:
    """Fill in names as Snakemake does, which keeps what it knows of the path."""
    from snakemake.io import expand

    paths: list[str] = expand(pattern, cohort=cohorts)
    return paths
