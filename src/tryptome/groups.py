"""The groups of samples that are set side by side, and the persons in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

MOST = 12
"""Most groups shown by themselves: more cannot be told apart in one figure."""

EVERYTHING = "all samples"
NO_VALUE = "(no value)"
JOINT = " · "

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Group:
    """Samples that share their values in the columns of the groups.

    Attributes
    ----------
    label : str
        Values of the columns, joined.
    family : str
        Value of the first column, where there are several: groups of one
        family share their colour.
    positions : ndarray of int
        Positions of the samples in ``samples.tsv``, in their order.
    """

    label: str
    family: str
    positions: Codes


@dataclass(frozen=True)
class Grouping:
    """Every sample in exactly one group.

    Attributes
    ----------
    groups : tuple of Group
        In the order in which they are shown.
    columns : tuple of str
        Columns that make the groups.
    absent : tuple of str
        Columns asked for that the metadata do not have.
    pooled : int
        Number of groups that the last one holds, or 0 where none are pooled.
    """

    groups: tuple[Group, ...]
    columns: tuple[str, ...]
    absent: tuple[str, ...]
    pooled: int

    @property
    def single(self) -> bool:
        """Whether all samples are in one group."""
        return len(self.groups) == 1

    def numbers(self) -> Codes:
        """Number of the group of each sample."""
        found = np.empty(sum(len(group.positions) for group in self.groups), dtype=np.intp)
        for number, group in enumerate(self.groups):
            found[group.positions] = number
        return found


def form(
    samples: pd.DataFrame, columns: Sequence[str], contrasts: Mapping[str, Mapping[str, Any]]
) -> Grouping:
    """Sort samples into groups.

    Parameters
    ----------
    samples : pandas.DataFrame
        ``samples.tsv``.
    columns : sequence of str
        Metadata columns whose combinations are the groups.
    contrasts : mapping
        Contrasts, whose reference levels come first.

    Returns
    -------
    Grouping
        One group of everything where no column is there; at most 12 groups by
        themselves, the largest, and a last one that pools the others.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"sample": ["a", "b", "c"], "diet": ["plant", "", "plant"]})
    >>> [(g.label, g.positions.tolist()) for g in form(table, ["diet"], {}).groups]
    [('plant', [0, 2]), ('(no value)', [1])]
    """
    present = tuple(c for c in dict.fromkeys(columns) if c in samples.columns and c != "sample")
    absent = tuple(c for c in dict.fromkeys(columns) if c not in samples.columns)
    if not present:
        everything = Group(EVERYTHING, EVERYTHING, np.arange(len(samples)))
        return Grouping((everything,), (), absent, 0)
    members = _members([samples[column] for column in present])
    hints = [_levels(contrasts, column) for column in present]
    ordered = sorted(members, key=lambda key: _order(key, hints))
    shown, others = _largest(ordered, members)
    groups = [Group(_label(key), _value(key[0]), members[key]) for key in shown]
    if others:
        label = f"{len(others):,} other groups"
        groups.append(Group(label, label, np.sort(np.concatenate([members[k] for k in others]))))
    return Grouping(tuple(groups), present, absent, len(others))


def persons(samples: pd.DataFrame, subject_column: str | None) -> Codes:
    """Number of the person of each sample; a sample that names none is a person of its own.

    Parameters
    ----------
    samples : pandas.DataFrame
        ``samples.tsv``.
    subject_column : str or None
        Column that tells persons apart.

    Examples
    --------
    >>> import pandas as pd
    >>> persons(pd.DataFrame({"sample": list("abcd"), "who": ["P", "", "P", ""]}), "who").tolist()
    [0, 1, 0, 2]
    """
    import pandas as pd

    code = np.arange(len(samples))
    if subject_column is None or subject_column not in samples.columns:
        return code
    named = named_persons(samples, subject_column)
    # The others have their positions: a million names are not compared.
    code[named] = len(samples) + pd.factorize(samples.loc[named, subject_column])[0]
    return pd.factorize(code)[0]


def named_persons(samples: pd.DataFrame, subject_column: str | None) -> npt.NDArray[np.bool_]:
    """Whether the metadata name the person of each sample; parameters as of :func:`persons`."""
    if subject_column is None or subject_column not in samples.columns:
        return np.zeros(len(samples), dtype=bool)
    return (samples[subject_column] != "").to_numpy(dtype=bool)


def _members(columns: Sequence[pd.Series]) -> dict[tuple[str, ...], Codes]:
    """Positions of the samples with each combination of values."""
    import pandas as pd

    number = np.zeros(len(columns[0]), dtype=np.intp)
    for column in columns:
        own, values = pd.factorize(column)
        number = pd.factorize(number * len(values) + own)[0]
    order = np.argsort(number, kind="stable")
    starts = np.flatnonzero(np.diff(number[order], prepend=-1))
    keys = zip(*(column.iloc[order[starts]] for column in columns), strict=True)
    return dict(zip(keys, np.split(order, starts)[1:], strict=True))


def _levels(contrasts: Mapping[str, Mapping[str, Any]], column: str) -> list[str]:
    """Levels of a column in the order in which the contrasts name them, references first."""
    levels: dict[str, None] = {}
    for contrast in contrasts.values():
        for block in (contrast, contrast.get("interaction") or {}):
            if block.get("column") == column:
                levels.update(dict.fromkeys((block["reference"], block["level"])))
        kept = contrast.get("where", {}).get(column, [])
        levels.update(dict.fromkeys([kept] if isinstance(kept, str) else kept))
    return list(levels)


def _order(key: tuple[str, ...], hints: list[list[str]]) -> list[Any]:
    parts: list[Any] = []
    for value, hint in zip(key, hints, strict=True):
        place = hint.index(value) if value in hint else len(hint)
        parts.append((not value.strip(), place, _natural(value), value))
    return parts


def _natural(text: str) -> list[tuple[int, float, str]]:
    """Sort key in which numbers within text count as numbers (week 2 before week 10)."""
    pieces: Iterable[str] = re.split(r"([0-9]{1,15}(?:\.[0-9]{1,15})?)", text)
    return [
        (0, float(piece), "") if index % 2 else (1, 0.0, piece.casefold())
        for index, piece in enumerate(pieces)
    ]


def _largest(
    ordered: list[tuple[str, ...]], members: Mapping[tuple[str, ...], Codes]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Groups to show by themselves, and those to pool; each in the order given."""
    if len(ordered) <= MOST:
        return ordered, []
    # Sorting is stable: among groups of one size the earlier are kept.
    kept = set(sorted(ordered, key=lambda key: -len(members[key]))[:MOST])
    return [k for k in ordered if k in kept], [k for k in ordered if k not in kept]


def _label(key: tuple[str, ...]) -> str:
    return JOINT.join(_value(part) for part in key)


def _value(text: str) -> str:
    if not text:
        return NO_VALUE
    return text if text.strip() else f"“{text}”"
