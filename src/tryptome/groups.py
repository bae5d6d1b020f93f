"""The groups of samples that are set side by side, and the persons in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MOST = 12
"""Most groups shown by themselves: more cannot be told apart in one figure."""

EVERYTHING = "all samples"
NO_VALUE = "(no value)"
JOINT = " · "

Person = tuple[str, str]


@dataclass(frozen=True)
class Group:
    """Samples that share their values in the columns of the groups.

    Attributes
    ----------
    label : str
        Values of the columns, joined.
    family : str
        Value of the first column, where there are several: groups of one
        family share their colour.
    positions : tuple of int
        Positions of the samples in ``samples.tsv``.
    """

    label: str
    family: str
    positions: tuple[int, ...]


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

    def label_of(self) -> dict[int, str]:
        """Label of the group of each sample, by position."""
        return {position: g.label for g in self.groups for position in g.positions}


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
    >>> [(g.label, g.positions) for g in form(table, ["diet"], {}).groups]
    [('plant', (0, 2)), ('(no value)', (1,))]
    """
    present = tuple(c for c in dict.fromkeys(columns) if c in samples.columns and c != "sample")
    absent = tuple(c for c in dict.fromkeys(columns) if c not in samples.columns)
    if not present:
        everything = Group(EVERYTHING, EVERYTHING, tuple(range(len(samples))))
        return Grouping((everything,), (), absent, 0)
    members: dict[tuple[str, ...], list[int]] = {}
    for position, values in enumerate(zip(*(samples[c] for c in present), strict=True)):
        members.setdefault(tuple(values), []).append(position)
    hints = [_levels(contrasts, column) for column in present]
    ordered = sorted(members, key=lambda key: _order(key, hints))
    shown, others = _largest(ordered, members)
    groups = [Group(_label(key), _value(key[0]), tuple(members[key])) for key in shown]
    if others:
        pool = sorted(position for key in others for position in members[key])
        label = f"{len(others):,} other groups"
        groups.append(Group(label, label, tuple(pool)))
    return Grouping(tuple(groups), present, absent, len(others))


def persons(samples: pd.DataFrame, subject_column: str | None) -> list[Person]:
    """Person of each sample; a sample that names none is a person of its own.

    Parameters
    ----------
    samples : pandas.DataFrame
        ``samples.tsv``.
    subject_column : str or None
        Column that tells persons apart.
    """
    if subject_column is None or subject_column not in samples.columns:
        return [("sample", str(sample)) for sample in samples["sample"]]
    pairs = zip(samples["sample"], samples[subject_column], strict=True)
    return [("person", who) if who else ("sample", sample) for sample, who in pairs]


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
    ordered: list[tuple[str, ...]], members: Mapping[tuple[str, ...], list[int]]
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
