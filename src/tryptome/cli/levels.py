"""What sample metadata offer: columns with their levels, persons, possible contrasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.ingest.directives import NUMERIC
from tryptome.vocabulary import MISSING

if TYPE_CHECKING:
    import pandas as pd

NO_LEVEL = MISSING | {"not applicable"}
"""Fields, in lower case, that are no level worth comparing."""

MAX_LEVELS = 8
MIN_SAMPLES = 3
"""Most levels of a column, and least samples of a level, for a contrast to be proposed."""

REFERENCES = (
    "control",
    "healthy",
    "baseline",
    "normal",
    "neurotypical",
    "placebo",
    "lean",
    "before",
)
"""Beginnings, in lower case, of levels that are mostly what others are compared against."""

PERSONS = ("subject", "person", "participant", "individual", "patient", "host", "donor")
"""Beginnings, in lower case, of names of columns that tell persons apart."""


@dataclass(frozen=True)
class Column:
    """A metadata column.

    Attributes
    ----------
    name : str
    levels : dict of str to int
        Samples of each level, the commonest first; missing ones left out.
    numeric : bool
        Whether the column holds numbers: as the metadata say, else if every level is one.
    """

    name: str
    levels: dict[str, int]
    numeric: bool


@dataclass(frozen=True)
class Proposal:
    """A contrast that the metadata could support."""

    column: str
    reference: str
    level: str


def columns(samples: pd.DataFrame, types: Mapping[str, str]) -> list[Column]:
    """Describe the metadata columns, in their order.

    Parameters
    ----------
    samples : pandas.DataFrame
        `sample`, then the columns, all text.
    types : mapping
        Columns that the metadata themselves say are ``categorical`` or ``numeric``.
    """
    from tryptome.ingest.decimals import is_number

    found = []
    for name in samples.columns[1:]:
        counts = samples[name].value_counts()
        levels = {
            str(level): int(count)
            for level, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            if str(level).strip().lower() not in NO_LEVEL
        }
        declared = types.get(str(name))
        numbers = bool(levels) and all(map(is_number, levels))
        found.append(Column(str(name), levels, declared == NUMERIC if declared else numbers))
    return found


def person_column(samples: pd.DataFrame) -> str | None:
    """Column that tells persons apart, where its name says so and persons repeat."""
    for column in columns(samples, {}):
        named = column.name.strip().lower().startswith(PERSONS)
        repeats = column.levels and max(column.levels.values()) > 1
        if named and repeats and len(column.levels) > MIN_SAMPLES:
            return column.name
    return None


def proposals(samples: pd.DataFrame, types: Mapping[str, str]) -> list[Proposal]:
    """Contrasts between two levels that hold enough samples, one a column.

    Columns that the metadata themselves say are numeric have no levels.
    """
    found = []
    for column in columns(samples, types):
        if types.get(column.name) == NUMERIC:
            continue
        large = [level for level, count in column.levels.items() if count >= MIN_SAMPLES]
        if len(column.levels) > MAX_LEVELS or len(large) < 2:  # noqa: PLR2004
            continue
        reference = next(
            (level for level in large if level.strip().lower().startswith(REFERENCES)), large[0]
        )
        level = next(other for other in large if other != reference)
        found.append(Proposal(column.name, reference, level))
    return found
