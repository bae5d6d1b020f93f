"""One table of all cohorts: samples with the metadata and quantities under shared names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from tryptome.errors import ContrastError
from tryptome.vocabulary import MISSING

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.estimate.community import Array

OWN = {"cohort", "sample", "person"}
"""Columns of the table itself; one of the metadata with such a name, or with that of a quantity,
gets `metadata:` before it."""

ESTIMATES = ("sample", "quantity", "mean", "sd")
"""Columns of ``quantities.parquet`` that are read."""

AT_ONCE = 20_000
"""Rows that are given at a time."""

Mapped = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Of each shared column, the cohort's ``column`` and its ``levels``, by cohort."""


def harmonised(
    samples: Mapping[str, pd.DataFrame],
    quantities: Mapping[str, Iterable[pd.DataFrame]],
    mapped: Mapped,
    persons: Mapping[str, str | None],
) -> Iterator[pd.DataFrame]:
    """Put all cohorts into one table.

    Parameters
    ----------
    samples : mapping of str to DataFrame
        ``samples.tsv`` of each cohort.
    quantities : mapping of str to iterable of DataFrame
        :data:`ESTIMATES` of each cohort's ``quantities.parquet``, part by part: each holds all
        of some samples.
    mapped : mapping
        Fields of :class:`tryptome.config.model.PooledColumn`, by shared name and cohort; where
        empty, the columns that all cohorts have under one name are kept.
    persons : mapping
        Metadata column that tells persons apart, by cohort.

    Yields
    ------
    DataFrame
        Some rows of the table, of one cohort after another: ``cohort``, ``sample``, ``person``
        (empty where none is told), the shared columns, then of
        each quantity its posterior mean and, under ``sd:`` and its name, its standard deviation.

    Raises
    ------
    ContrastError
        A mapping names a column that the cohort does not have.
    """
    chosen = mapped or _common(list(samples.values()))
    parts = {name: _begun(tables) for name, tables in quantities.items()}
    columns = list(dict.fromkeys(column for first, _ in parts.values() for column in first))
    for name, frame in samples.items():
        told = _metadata(name, frame, chosen, persons[name], OWN.union(columns))
        yield from _joined(told, columns, parts[name][1])


def _joined(
    told: pd.DataFrame, columns: list[str], parts: Iterable[pd.DataFrame]
) -> Iterator[pd.DataFrame]:
    """Rows of one cohort, whose estimates are held no longer than these are given."""
    import pandas as pd

    values = _values(told["sample"], columns, parts)
    for start in range(0, max(len(told), 1), AT_ONCE):
        rows = told.iloc[start : start + AT_ONCE]
        # A copy: what is given away would hold the values of all.
        part = pd.DataFrame(values[start : start + AT_ONCE].copy(), rows.index, columns)
        yield pd.concat([rows, part], axis="columns")


def _begun(parts: Iterable[pd.DataFrame]) -> tuple[list[str], Iterator[pd.DataFrame]]:
    """Columns of a cohort's estimates, and these part by part as a table of such columns."""
    wide = map(_wide, parts)
    first = next(wide)
    return list(first.columns), chain([first], wide)


def _values(samples: pd.Series, columns: Sequence[str], parts: Iterable[pd.DataFrame]) -> Array:
    """Estimates of samples, in their order; NaN where there is none."""
    import numpy as np
    import pandas as pd

    row = pd.Index(samples)
    found = np.full((len(row), len(columns)), np.nan)
    for part in parts:
        place = row.get_indexer(part.index)
        there = place >= 0
        at = [columns.index(name) for name in part.columns]
        found[np.ix_(place[there], at)] = part.to_numpy()[there]
    return found


def check_columns(mapped: Mapped, cohort: str, columns: Sequence[str]) -> None:
    """Check that a cohort has the columns that the mapping says it has.

    Raises
    ------
    ContrastError
    """
    for name, places in mapped.items():
        column = places[cohort]["column"] if cohort in places else None
        if column is not None and column not in columns:
            raise ContrastError(
                f"pool.metadata.{name}.{cohort}: the metadata have no column {column!r}",
                place=f"cohort {cohort}",
                remedy=f"columns there: {', '.join(map(repr, columns)) or 'none'}",
            )


def _common(frames: Sequence[pd.DataFrame]) -> Mapped:
    shared = set.intersection(*(set(frame.columns) for frame in frames)) - {"sample"}
    return {str(column): {} for column in frames[0].columns if column in shared}


def _metadata(
    name: str, frame: pd.DataFrame, mapped: Mapped, person: str | None, taken: Collection[str]
) -> pd.DataFrame:
    import pandas as pd

    check_columns(mapped, name, list(frame.columns))
    fixed = {"cohort": name, "sample": frame["sample"]}
    own = {"person": frame[person] if person else ""}
    named = {
        f"metadata:{shared}" if shared in taken else shared: _column(frame, shared, name, places)
        for shared, places in mapped.items()
    }
    return pd.DataFrame({**fixed, **own, **named}, index=frame.index)


def _column(
    frame: pd.DataFrame, shared: str, cohort: str, places: Mapping[str, Mapping[str, Any]]
) -> pd.Series | str:
    """Values of a shared column; empty where the cohort does not have it."""
    if not places:
        return frame[shared]
    if cohort not in places:
        return ""
    values, levels = frame[places[cohort]["column"]], places[cohort]["levels"]
    called: pd.Series = values.map(lambda value: _level(str(value), levels))
    return called


def _level(value: str, levels: Mapping[str, str]) -> str:
    called = levels.get(value, value)
    return "" if called.strip().lower() in MISSING else called


def _wide(table: pd.DataFrame) -> pd.DataFrame:
    order = list(dict.fromkeys(table["quantity"]))
    wide = table.pivot(index="sample", columns="quantity", values=["mean", "sd"])
    columns = [*(("mean", name) for name in order), *(("sd", name) for name in order)]
    names = [*order, *(f"sd:{name}" for name in order)]
    return wide[columns].set_axis(names, axis="columns")
